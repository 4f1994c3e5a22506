"""What is known of a run: a fold over its events. Faces show it, resuming starts from it, reports are written from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.recovery.events import Attested, Outcome, Overridden, PlannedStep, RunOpened
from checks.finding import Finding


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    HELD = "held"
    """Its gate was judged and is shut."""
    READY = "ready"
    """Its gate was judged and is open."""
    RUNNING = "running"
    IN_DOUBT = "in doubt"
    """It was under way when the program ended, or an answer was lost."""
    NOT_PROVEN = "not proven"
    FAILED = "failed"
    STOPPED = "stopped"
    """Stopped between two commands; nothing is in flight."""
    DONE = "done"
    ALREADY_DONE = "already done"


class CommandStatus(StrEnum):
    """How far a command got."""

    RUNNING = "running"
    OK = "ok"
    FAILED = "failed"
    LOST = "lost"
    """It was sent, and no answer came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandState:
    """One command as it was sent."""

    action: str
    host: str
    line: str
    attempt: int
    started: str
    status: CommandStatus = CommandStatus.RUNNING
    output: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepState:
    """One step of a run. Times are ISO 8601 UTC, empty where it has not happened."""

    planned: PlannedStep
    status: StepStatus = StepStatus.PENDING
    attempts: int = 0
    counts_from: int = 0
    """First attempt whose recorded commands still count: a step that was run, not proven and run again starts over."""
    start_over: bool = False
    """It ended without proof: the next attempt runs its commands again."""
    by_hand: bool = False
    """Whether the latest attempt was made by a person."""
    attested_now: bool = False
    """Whether the operator has attested in the latest attempt."""
    gate: tuple[Finding, ...] = ()
    gate_open: bool | None = None
    gate_overridden: bool = False
    lines: tuple[str, ...] = ()
    """What it would run, as last planned."""
    lines_why: str = ""
    proof: tuple[Finding, ...] = ()
    proven: bool | None = None
    accepted: bool = False
    """The operator overrode the missing proof."""
    commands: tuple[CommandState, ...] = ()
    started: str = ""
    """Of the first attempt."""
    ended: str = ""
    why: str = ""
    """Why it ended as it did."""

    @property
    def id(self) -> str:
        """The step's id."""
        return self.planned.id

    @property
    def over(self) -> bool:
        """Whether the run goes on to the next step."""
        return self.status in (StepStatus.DONE, StepStatus.ALREADY_DONE) or self.accepted

    def recorded_ok(self, action: str, line: str) -> bool:
        """Return whether the journal holds this very command as ended well; then it is not run again."""
        return any(
            one.action == action and one.line == line and one.status is CommandStatus.OK for one in self._counting()
        )

    def lost(self) -> tuple[CommandState, ...]:
        """Return the commands whose end is not known and that were not sent again since."""
        latest = {(one.action, one.line): one for one in self._counting()}
        return tuple(one for one in latest.values() if one.status is CommandStatus.LOST)

    def failed(self) -> tuple[CommandState, ...]:
        """Return the commands whose latest sending failed."""
        latest = {(one.action, one.line): one for one in self._counting()}
        return tuple(one for one in latest.values() if one.status is CommandStatus.FAILED)

    def unsent(self) -> tuple[str, ...]:
        """Return the planned lines that were never sent."""
        sent = {one.line for one in self._counting()}
        return tuple(line for line in self.lines if line not in sent)

    def _counting(self) -> tuple[CommandState, ...]:
        return tuple(one for one in self.commands if one.attempt >= self.counts_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One stretch of work: from the opening of the run to its end, or to the last thing the journal holds."""

    opened: str
    last: str
    operator: str
    ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """One run."""

    opened: RunOpened | None = None
    """The first opening: it carries the plan."""
    steps: tuple[StepState, ...] = ()
    current: str = ""
    """Id of the step that the latest event speaks of."""
    attestations: Mapping[str, Attested] = field(default_factory=dict)
    """By what was attested; steps done by hand are not in it."""
    by_hand: tuple[Attested, ...] = ()
    """Every word of the operator, in order."""
    overrides: tuple[Overridden, ...] = ()
    sessions: tuple[Session, ...] = ()
    outcome: Outcome | None = None
    """None while it is going on, or was interrupted without a word."""
    why: str = ""
    waited: float = 0.0
    """Seconds that the engine waited for answers, over all sessions."""
    doing: str = ""
    """The latest progress text."""

    def step(self, step_id: str) -> StepState:
        """Return one step; KeyError where the run has none of that id."""
        for one in self.steps:
            if one.id == step_id:
                return one
        raise KeyError(step_id)

    @property
    def next_step(self) -> StepState | None:
        """The first step that is not over, or None."""
        return next((one for one in self.steps if not one.over), None)

    @property
    def complete(self) -> bool:
        """Whether every step is over."""
        return bool(self.steps) and self.next_step is None

    @property
    def unproven(self) -> tuple[StepState, ...]:
        """Steps that were accepted without their proof."""
        return tuple(one for one in self.steps if one.accepted and one.proven is not True)


def holding(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings that keep a gate shut or a proof open."""
    return tuple(one for one in findings if one.holds)
