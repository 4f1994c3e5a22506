"""What happens in a run, one event each: the journal keeps them, every face follows them.

Events are msgspec structs because a tagged union must survive a journal; everything else of the house is a dataclass.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from app.recovery.step import Danger, Kind
from checks.finding import Finding


class Outcome(StrEnum):
    """How a step or a run ended."""

    DONE = "done"
    """Its proof checks pass (for a run: every step is done)."""
    ALREADY_DONE = "already done"
    """Nothing was run, the proof checks pass."""
    NOT_PROVEN = "not proven"
    """It was run or attested, and its proof checks do not all pass."""
    FAILED = "failed"
    """A command failed."""
    IN_DOUBT = "in doubt"
    """It was under way when the program ended."""
    STOPPED = "stopped"
    """The operator stopped the run."""


class Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Something that happened; ``at`` is ISO 8601 UTC."""

    at: str = ""


class PlannedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step as a face needs it."""

    id: str
    number: str
    title: str
    phase: str
    intent: str
    who: str
    where: str
    kind: Kind
    danger: Danger
    source: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    by_hand: tuple[str, ...]
    undo: str
    repeatable: bool = True
    note: str = ""
    """Why it cannot be repeated or undone, where it cannot."""


class RunOpened(Event, frozen=True, kw_only=True):
    """A new run, or (``resumed``) an old one taken up again."""

    run: str
    procedure: str
    title: str
    target: str
    backup: str
    config: str
    digest: str
    """Of the plan; a run whose plan has changed refuses to resume."""
    operator: str
    resumed: bool = False
    steps: tuple[PlannedStep, ...] = ()


class GateJudged(Event, frozen=True, kw_only=True):
    """The checks before a step were judged now."""

    step: str
    findings: tuple[Finding, ...]
    open: bool
    overridden: bool = False


class CommandsPlanned(Event, frozen=True, kw_only=True):
    """What the step would run, in the words the operator can copy; ``why`` where there is nothing to run."""

    step: str
    lines: tuple[str, ...]
    hosts: tuple[str, ...] = ()
    why: str = ""


class StepStarted(Event, frozen=True, kw_only=True):
    """Written before anything is done."""

    step: str
    attempt: int
    by_hand: bool = False


class CommandStarted(Event, frozen=True, kw_only=True):
    """Written before the command is sent."""

    step: str
    action: str
    host: str
    line: str


class CommandEnded(Event, frozen=True, kw_only=True):
    """Written when the host has answered; a command with this row is never run again in this run, unless it failed."""

    step: str
    action: str
    ok: bool
    output: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    seconds: float = 0.0


class CommandLost(Event, frozen=True, kw_only=True):
    """No answer came: what it did is not known."""

    step: str
    action: str
    why: str


class ProofJudged(Event, frozen=True, kw_only=True):
    """The checks after a step were judged on fresh facts."""

    step: str
    findings: tuple[Finding, ...]
    proven: bool


class Attested(Event, frozen=True, kw_only=True):
    """The operator's word."""

    step: str
    what: str
    """Attestation name, empty where the step itself was done by hand."""
    who: str
    note: str


class Overridden(Event, frozen=True, kw_only=True):
    """A held gate or a missing proof was overridden, with a reason."""

    step: str
    checks: tuple[str, ...]
    who: str
    reason: str
    proof: bool = False


class Answered(Event, frozen=True, kw_only=True):
    """The operator answered a question of the engine; what was typed to confirm is not kept."""

    step: str
    topic: str
    """Value of ``ports.Topic``."""
    choice: str
    """Value of ``ports.Choice``."""
    note: str = ""
    seconds: float = 0.0
    """How long the engine waited for the answer."""


class DoubtSettled(Event, frozen=True, kw_only=True):
    """A step that was in doubt was settled: by its proof checks or by the operator."""

    step: str
    outcome: Outcome
    by: str
    reason: str


class StepEnded(Event, frozen=True, kw_only=True):
    """Written when a step is over, for now."""

    step: str
    outcome: Outcome
    why: str = ""


class RunEnded(Event, frozen=True, kw_only=True):
    """The engine has stopped: the recovery is complete, or it was stopped and can be resumed."""

    outcome: Outcome
    why: str = ""


class Progress(Event, frozen=True, kw_only=True):
    """What the engine is doing right now; never kept in the journal, and a newer one replaces an older."""

    step: str
    text: str


AnyEvent = (
    RunOpened
    | GateJudged
    | CommandsPlanned
    | StepStarted
    | CommandStarted
    | CommandEnded
    | CommandLost
    | ProofJudged
    | Attested
    | Overridden
    | Answered
    | DoubtSettled
    | StepEnded
    | RunEnded
    | Progress
)
