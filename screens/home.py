"""Where everybody starts: what the backup holds, what may have failed, and what was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from app.backup.backup_set import BackupSet, Piece
from app.desk_shapes import DeskError, Failure, Interrupted
from screens.asking import TextQuestion
from screens.plan import PlanScreen
from screens.widgets.marks import age

if TYPE_CHECKING:
    from app.desk import Desk


class HomeScreen(Screen[None]):
    """Backup on the left, failures and interrupted runs on the right."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "choose_backup", "Other backup", id="home.backup"),
        Binding("c", "look", "Look again", id="home.look", tooltip="Ask every server again what has become of it"),
        Binding("q", "app.leave", "Quit", id="home.quit"),
    ]

    def __init__(self, desk: Callable[[], Desk]) -> None:
        """``desk`` loads the rooms below when it is first called: that takes longer than painting this screen."""
        super().__init__()
        self.desk = desk
        self.backup: BackupSet | None = None
        self.failures: tuple[Failure, ...] = ()

    def compose(self) -> ComposeResult:
        """Two columns that become one on a narrow console."""
        yield Static(
            Content.assemble(("Relync", "bold $text-primary"), "   guided, proven recovery of Lync Server"),
            id="run-head",
        )
        with Horizontal(id="home-body"):
            with VerticalScroll(classes="column", can_focus=False, id="failed-column"):
                yield Static("What has failed?", classes="pane-title")
                yield OptionList(id="failures", classes="choices")
                yield Static("", id="failures-hint", classes="hint")
                yield Static("Interrupted recoveries", classes="pane-title", id="runs-title")
                yield OptionList(id="runs", classes="choices")
            with VerticalScroll(classes="column", id="backup-column"):
                yield Static("The backup", classes="pane-title")
                yield Static("", id="backup")
        yield Footer()

    def on_mount(self) -> None:
        """Read the backup and look around."""
        self.query_one("#runs").display = self.query_one("#runs-title").display = False
        self.look()

    def on_screen_resume(self) -> None:
        """Interrupted runs may have changed while another screen was open."""
        self.look_for_runs()

    @work(thread=True, exclusive=True, group="home")
    def look(self) -> None:
        """Open the backup, then ask the servers that it names."""
        call = self.app.call_from_thread
        call(self._say, "reading the backup")
        try:
            backup = self.desk().backup()
        except DeskError as error:
            call(self._no_backup, str(error))
            return
        call(self._show_backup, backup)
        call(self._say, "asking every server of the topology how it is")
        call(self._show_failures, self.desk().failures(backup))

    def _say(self, text: str) -> None:
        self.query_one("#failures-hint", Static).update(Content(text))

    def _no_backup(self, why: str) -> None:
        self.backup = None
        self.query_one("#backup", Static).update(Content.styled(why, "$text-warning"))
        self._say("Press b and give the folder that holds the backup set.")
        self.query_one("#failures", OptionList).clear_options()

    def _show_backup(self, backup: BackupSet) -> None:
        self.backup = backup
        self.query_one("#backup", Static).update(described(backup, datetime.now(UTC)))

    def _show_failures(self, failures: tuple[Failure, ...]) -> None:
        self.failures = failures
        listing = self.query_one("#failures", OptionList)
        listing.clear_options()
        for index, one in enumerate(failures):
            likely = ("likely: ", "bold $text-warning") if one.likely else ""
            why = Content.styled(f"  {one.why}", "$text-muted")
            listing.add_option(
                Option(Content("\n").join([Content.assemble(likely, (one.title, "bold")), why]), id=str(index))
            )
        self._say(
            "Enter shows what the procedure would be; nothing is done yet."
            if failures
            else "The backup names no server that a known procedure fits."
        )
        if failures:
            listing.highlighted = 0
            listing.focus()

    @work(thread=True, exclusive=True, group="runs")
    def look_for_runs(self) -> None:
        """List the runs that can be taken up again."""
        self.app.call_from_thread(self._show_runs, self.desk().interrupted())

    def _show_runs(self, runs: tuple[Interrupted, ...]) -> None:
        listing = self.query_one("#runs", OptionList)
        listing.clear_options()
        for one in runs:
            listing.add_option(
                Option(Content(f"{one.title} - {one.target}   {one.standing}   (run {one.id})"), id=one.id)
            )
        listing.display = self.query_one("#runs-title").display = bool(runs)

    @on(OptionList.OptionSelected, "#failures")
    def open_plan(self, event: OptionList.OptionSelected) -> None:
        """Show the plan for what was chosen."""
        if self.backup is not None:
            failure = self.failures[event.option_index]
            self.app.push_screen(PlanScreen(self.desk(), self.backup, failure))

    @on(OptionList.OptionSelected, "#runs")
    def resume(self, event: OptionList.OptionSelected) -> None:
        """Take an interrupted recovery up again."""
        if event.option.id:
            self.app.post_message(PlanScreen.Resume(event.option.id))

    def action_look(self) -> None:
        """Look again."""
        self.look()

    @work(exclusive=True, group="choose")
    async def action_choose_backup(self) -> None:
        """Ask for another folder."""
        text = "Folder that holds the backup set: a path on this console, a mounted share, or a UNC path on Windows."
        folder = await self.app.push_screen_wait(TextQuestion("Backup folder", text, go="Open"))
        if folder:
            self.desk().choose_backup(folder)
            self.look()


def described(backup: BackupSet, now: datetime) -> Content:
    """Return what a backup set holds, how old it is and what is wrong with it."""
    old = backup.age(now)
    rows = [
        Content(str(backup.root)),
        Content.assemble(("taken    ", "$text-muted"), age(old.total_seconds()) if old is not None else "not known"),
    ]
    topology = backup.topology
    if topology is None:
        rows.append(Content.styled("no published topology in it: nothing can be derived from it", "$text-error bold"))
    else:
        pools = ", ".join(pool.fqdn for pool in topology.pools())
        rows.append(Content.assemble(("product  ", "$text-muted"), topology.product.name))
        rows.append(Content.assemble(("pools    ", "$text-muted"), pools))
        rows.append(Content.assemble(("SIP      ", "$text-muted"), ", ".join(topology.sip_domains)))
    rows.append(Content(""))
    rows += [_piece(one, backup, now) for one in backup.pieces]
    rows += [Content.styled(f"! {note}", "$text-warning") for note in backup.notes]
    return Content("\n").join(rows)


def _piece(piece: Piece, backup: BackupSet, now: datetime) -> Content:
    ok = ("√ ", "$text-success") if piece.usable else ("× ", "$text-error bold")
    name = piece.path.relative_to(backup.root) if piece.path.is_relative_to(backup.root) else piece.path
    counts = f", {piece.users} users" if piece.users else f", {piece.files} files" if piece.files else ""
    pool = f" of {piece.pool}" if piece.pool else ""
    rows = [
        Content.assemble(ok, (f"{piece.kind.value}{pool}", "bold"), (f"  {name}", "$text-muted")),
        Content.styled(
            f"    {_size(piece.size)}{counts}, {age((now - piece.modified).total_seconds())}; {piece.depth.value}",
            "$text-muted",
        ),
    ]
    rows += [Content.styled(f"    × {one}", "$text-error") for one in piece.problems]
    rows += [Content.styled(f"    ! {one}", "$text-warning") for one in piece.warnings]
    return Content("\n").join(rows)


def _size(size: int) -> str:
    value = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024:
            return f"{value:.0f} {unit}"
        value /= 1024
    return f"{value:.1f} TB"
