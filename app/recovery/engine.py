"""The engine: walks a plan step by step, and takes up an interrupted run where its journal ends."""

from __future__ import annotations

from msgspec.structs import replace

from app.recovery.asking import Asker
from app.recovery.events import Outcome, RunEnded, RunOpened
from app.recovery.journal import Journal
from app.recovery.plan import Plan, refuse_other_plan
from app.recovery.ports import Ask, Emit
from app.recovery.recorder import Recorder
from app.recovery.state import RunState
from app.recovery.stepping import StepRun
from app.recovery.world import World


def opening(plan: Plan, *, run: str, backup: str, config: str, operator: str) -> RunOpened:
    """Return the first event of a new run; with it in the journal, resuming needs nothing else.

    Args:
        plan: what will be done.
        run: the run's id.
        backup: path of the backup folder.
        config: path of the configuration file; empty where there is none.
        operator: who works on it.
    """
    return RunOpened(
        run=run,
        procedure=plan.procedure.id,
        title=plan.procedure.title,
        target=plan.target,
        backup=backup,
        config=config,
        digest=plan.digest,
        operator=operator,
        steps=plan.planned(),
    )


class Engine:
    """One session of work on one run. It runs in the thread that calls ``run`` and starts none of its own."""

    def __init__(self, *, plan: Plan, world: World, journal: Journal, emit: Emit, ask: Ask, operator: str) -> None:
        """Take up what the journal holds; nothing is looked at, asked or done before ``run``."""
        self._plan = plan
        self._world = world
        self._operator = operator
        self._recorder = Recorder(journal, emit, world.clock)
        self._asker = Asker(ask, self._recorder, world.clock, operator)

    @property
    def state(self) -> RunState:
        """What is known of the run right now."""
        return self._recorder.state

    def run(self, opened: RunOpened | None = None) -> RunState:
        """Work until every step is over, or the operator stops.

        Args:
            opened: the first event of a new run (see ``opening``); None to take up the run in the journal.

        Raises:
            PlanChanged: the journal belongs to another plan; nothing was done.
            JournalError: an event could not be written; nothing was done after it.
            KeyboardInterrupt: passed on, after it was recorded; what was in flight comes back in doubt.
        """
        self._open(opened)
        try:
            outcome, why = self._steps()
        except KeyboardInterrupt:
            self._recorder.say(RunEnded(outcome=Outcome.STOPPED, why="interrupted at the keyboard"))
            raise
        self._recorder.say(RunEnded(outcome=outcome, why=why))
        return self.state

    def _open(self, opened: RunOpened | None) -> None:
        first = self.state.opened
        if first is None and opened is None:
            raise ValueError("a journal without any event cannot be resumed; it needs an opening")
        if first is None and opened is not None:
            self._recorder.say(opened)
        elif first is not None:
            refuse_other_plan(first.digest, first.steps, self._plan)
            self._recorder.say(replace(first, resumed=True, operator=self._operator, steps=()))

    def _steps(self) -> tuple[Outcome, str]:
        for step in self._plan.steps:
            if self.state.step(step.id).over:
                continue
            if self._world.should_stop():
                return Outcome.STOPPED, f"stopped before step {step.id}"
            if not StepRun(step, self._world, self._recorder, self._asker).walk():
                return Outcome.STOPPED, f"stopped at step {step.id}; it can be resumed"
        unproven = ", ".join(one.id for one in self.state.unproven)
        if unproven:
            return Outcome.NOT_PROVEN, f"every step is over, and accepted without proof: {unproven}"
        return Outcome.DONE, ""
