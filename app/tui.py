"""The Textual app: screens over the desk, and the engine in a thread of its own.

A recovery is never started from a screen's worker: closing a screen cancels its workers, and a step must not be.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType

from app.desk_shapes import DeskError, LabControl
from app.recovery.ports import Choice, Reply
from screens.asking import TextQuestion
from screens.home import HomeScreen
from screens.plan import PlanScreen
from screens.recovery import RecoveryScreen
from screens.run_view import EngineAsks, EngineFailed, EngineNews, RunView

if TYPE_CHECKING:
    from app.desk import Desk, Engine


class RelyncApp(App[int]):
    """Walks the operator through a recovery; the exit code is the one of the command line."""

    TITLE = "Relync"
    CSS_PATH = "relync.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1", "show_help_panel", "Keys", id="app.help", tooltip="All keys of this screen"),
        Binding("ctrl+q", "leave", "Quit", id="app.quit", show=False, priority=True),
    ]

    def __init__(self, desk: Callable[[], Desk], *, lab: LabControl | None = None, resume: str | None = None) -> None:
        """``desk`` is called from worker threads too, and always returns the same one; ``resume`` names a run."""
        super().__init__()
        self.desk = desk
        self.lab = lab
        self.resume_at_start = resume
        self.run_view = RunView(self)
        self.engine: threading.Thread | None = None

    def on_mount(self) -> None:
        """Open the home screen, and the run to resume on top of it where one was asked for."""
        self.push_screen(HomeScreen(self.desk))
        if self.resume_at_start is not None:
            self.post_message(PlanScreen.Resume(self.resume_at_start))

    # Starting and following the engine

    def on_plan_screen_start(self, message: PlanScreen.Start) -> None:
        """Begin a recovery."""
        plan = message.plan
        self.begin(lambda run: self.desk().begin(self.desk().backup(), plan, run.emit, run.ask))

    def on_plan_screen_resume(self, message: PlanScreen.Resume) -> None:
        """Take an interrupted recovery up again."""
        self.begin(lambda run: self.desk().resume(message.run, run.emit, run.ask))

    def begin(self, make: Callable[[RunView], Engine]) -> None:
        """Start an engine in a thread of the app's own and show its run."""
        if self.engine is not None and self.engine.is_alive():
            self.notify("a recovery is under way already", severity="warning")
            return
        run = self.run_view = RunView(self)
        try:
            engine = make(run)
        except DeskError as error:
            self.notify(str(error), title="Not started", severity="error", timeout=30, markup=False)
            return
        self.engine = threading.Thread(target=self._work, args=(engine,), name="engine", daemon=True)
        self.push_screen(RecoveryScreen(run, self.lab))
        self.engine.start()

    def _work(self, engine: Engine) -> None:
        try:
            engine()
        except Exception as error:  # noqa: BLE001 - the edge of the engine's thread: a failure must be seen, not lost
            self.post_message(
                EngineFailed(f"the engine stopped: {type(error).__name__}: {error}. The run can be resumed.")
            )

    def on_engine_news(self, message: EngineNews) -> None:
        """Take an event into the picture of the run."""
        self.run_view.hear(message.event)

    def on_engine_asks(self, message: EngineAsks) -> None:
        """Put the engine's question to the operator."""
        self.run_view.put(message.question, message.answer)

    def on_engine_failed(self, message: EngineFailed) -> None:
        """Say why nothing goes on."""
        self.run_view.fail(message.why)

    # Looking and leaving

    def action_report(self) -> None:
        """Show the evidence of the run so far."""
        opened = self.run_view.state.opened
        if opened is None:
            return
        try:
            report = self.desk().report(opened.run, "markdown")
        except DeskError as error:
            self.notify(str(error), severity="error", markup=False)
            return
        from screens.report import ReportScreen  # Markdown costs 0.1 s that the first screen should not wait for

        self.push_screen(ReportScreen(f"Evidence of run {opened.run}", report))

    @work(exclusive=True, group="leave")
    async def action_leave(self) -> None:
        """Leave; while a step is under way only after the word was typed that says so."""
        if self.run_view.busy:
            text = "A step is under way. Leaving now does not undo it; it comes back as in doubt. Type leave to go."
            if not await self.push_screen_wait(
                TextQuestion("Leave while a step runs?", text, go="Leave", must_be="leave")
            ):
                return
        if self.run_view.question is not None:
            self.run_view.reply(Reply(choice=Choice.STOP, note="left the app"))
            if self.engine is not None:
                self.engine.join(timeout=5.0)
        self.exit(0)
