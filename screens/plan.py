"""What would be done here, step by step, and what stands in the way now; nothing is done from this screen but the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from app.backup.backup_set import BackupSet
from app.desk_shapes import DeskError, Failure
from app.recovery.step import Kind, Step
from checks.finding import Status
from screens.finding import FindingScreen
from screens.widgets.finding_list import FindingList
from screens.widgets.marks import DANGER, STATUS, urgency

if TYPE_CHECKING:
    from app.desk import Desk, Preflight
    from app.recovery.plan import Plan
    from app.recovery.preflight import PreflightFinding


class PlanScreen(Screen[None]):
    """The plan on the left, the chosen step with its gate on the right."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Start the recovery", id="plan.start"),
        Binding("p", "preflight", "Check every gate now", id="plan.preflight"),
        Binding(
            "v",
            "view_paper",
            "On paper",
            id="plan.paper",
            tooltip="The whole procedure as it would run here, printable",
        ),
        Binding("escape,q", "app.pop_screen", "Back", id="plan.back"),
    ]

    class Start(Message):
        """The operator wants to begin this recovery."""

        def __init__(self, plan: Plan) -> None:
            super().__init__()
            self.plan = plan

    class Resume(Message):
        """The operator wants to take up an interrupted run."""

        def __init__(self, run: str) -> None:
            super().__init__()
            self.run = run

    def __init__(self, desk: Desk, backup: BackupSet, failure: Failure) -> None:
        super().__init__()
        self.desk = desk
        self.backup = backup
        self.failure = failure
        self.plan: Plan | None = None
        self.checked: Preflight | None = None

    def compose(self) -> ComposeResult:
        """Plan, step, gate."""
        yield Static("", id="run-head")
        with Horizontal(id="run-body"):
            yield OptionList(id="plan-steps")
            with VerticalScroll(id="step", can_focus=False):
                yield Static("", id="step-head")
                yield Static("", id="step-facts")
                with Vertical(classes="pane"):
                    yield Static("", classes="pane-title", id="gate-title")
                    yield FindingList(id="gate")
        yield Static("", id="plan-hint", classes="hint")
        yield Footer()

    def on_mount(self) -> None:
        """Make the plan and look at every gate."""
        try:
            self.plan = self.desk.plan(self.backup, self.failure.procedure, self.failure.target)
        except DeskError as error:
            self._say(str(error))
            return
        self.query_one("#run-head", Static).update(
            Content.assemble(("Relync  ", "bold $text-primary"), f"{self.plan.procedure.title} - {self.plan.target}")
        )
        self._show_steps()
        self.query_one("#plan-steps", OptionList).focus()
        self.action_preflight()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Without a plan there is nothing to start."""
        return self.plan is not None or action in ("app.pop_screen", "pop_screen")

    def action_preflight(self) -> None:
        """Judge every gate of the plan; nothing is changed."""
        if self.plan is not None:
            self._say("asking every source that the gates of this plan depend on")
            self._judge(self.plan)

    @work(thread=True, exclusive=True, group="preflight")
    def _judge(self, plan: Plan) -> None:
        try:
            found = self.desk.preflight(self.backup, plan)
        except DeskError as error:
            self.app.call_from_thread(self._say, str(error))
            return
        self.app.call_from_thread(self._show_preflight, found)

    def _show_preflight(self, found: Preflight) -> None:
        self.checked = found
        self._show_steps()
        self._show_step()
        held = sorted({one.step for one in found.findings if one.finding.holds and not one.deferred_to})
        counts = {status: sum(1 for one in found.findings if one.status is status) for status in Status}
        said = ", ".join(f"{STATUS[status].word} {count}" for status, count in counts.items() if count)
        verdict = f"held now: steps {', '.join(held)}" if held else "nothing holds this plan now"
        self._say(f"{said}.  {verdict}.  s starts, p looks again.")

    def _say(self, text: str) -> None:
        self.query_one("#plan-hint", Static).update(Content(text))

    def _show_steps(self) -> None:
        if self.plan is None:
            return
        listing = self.query_one("#plan-steps", OptionList)
        kept = listing.highlighted
        listing.clear_options()
        for phase in self.plan.phases:
            listing.add_option(Option(Content.styled(phase.title, "bold $text-muted"), disabled=True))
            for step in phase.steps:
                listing.add_option(Option(self._line(step), id=step.id))
        listing.highlighted = kept if kept is not None else 1

    def _line(self, step: Step) -> Content:
        findings = self._findings(step)
        worst = min(
            (one.finding for one in findings if not one.deferred_to),
            key=lambda one: urgency(one.status, one.gate),
            default=None,
        )
        mark = STATUS[worst.status] if worst else STATUS[Status.SKIPPED]
        hand = " (by hand)" if step.kind is Kind.BY_HAND else ""
        return Content.assemble((f"{mark.glyph} {step.number:<3}", mark.style), f"{step.title}{hand}")

    def _findings(self, step: Step) -> tuple[PreflightFinding, ...]:
        if self.checked is None:
            return ()
        wanted = {*step.before, *(step.after if step.kind is Kind.BY_HAND else ())}
        return tuple(one for one in self.checked.findings if one.finding.check in wanted)

    @on(OptionList.OptionHighlighted, "#plan-steps")
    def look_at(self) -> None:
        """Show the highlighted step."""
        self._show_step()

    def _show_step(self) -> None:
        listing = self.query_one("#plan-steps", OptionList)
        if self.plan is None or listing.highlighted is None:
            return
        step_id = listing.get_option_at_index(listing.highlighted).id
        if not step_id:
            return
        step = self.plan.step(step_id)
        self.query_one("#step-head", Static).update(
            Content.assemble((f"{step.number}  {step.title}", "bold"), "   ", DANGER[step.danger].content())
        )
        rows = [
            Content(step.intent),
            *(Content.assemble((f"{label:<7}", "$text-muted"), text) for label, text in _facts(step) if text),
        ]
        self.query_one("#step-facts", Static).update(Content("\n").join(rows))
        findings = [one.finding for one in self._findings(step)]
        self.query_one("#gate", FindingList).show(findings)
        title = (
            f"what must be true: {len(findings)} findings" if self.checked else "what must be true: not looked at yet"
        )
        self.query_one("#gate-title", Static).update(title)

    @on(FindingList.Opened)
    def open_finding(self, event: FindingList.Opened) -> None:
        """Read a finding in full."""
        self.app.push_screen(FindingScreen(event.finding))

    def action_view_paper(self) -> None:
        """Show the plan as it can be printed."""
        if self.plan is not None:
            from screens.report import ReportScreen  # Markdown costs 0.1 s that the first screen should not wait for

            self.app.push_screen(ReportScreen("The plan on paper", self.desk.paper(self.backup, self.plan)))

    def action_start(self) -> None:
        """Begin."""
        if self.plan is not None:
            self.post_message(self.Start(self.plan))


def _facts(step: Step) -> list[tuple[str, str]]:
    return [
        ("who", step.who),
        ("where", step.where),
        ("source", step.source),
        ("undo", step.undo or step.no_undo_because),
        ("hand", "how a person does it:" if step.by_hand else ""),
    ]
