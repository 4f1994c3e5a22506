"""What a journal says of a run, gathered for the evidence report: latest gate and proof of each step, times, doubts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.recovery.events import AnyEvent, DoubtSettled, GateJudged, ProofJudged
from app.recovery.state import RunState
from checks.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFinding:
    """A finding with the moment at which a gate or a proof was judged on it."""

    finding: Finding
    judged: str
    """ISO 8601 UTC."""

    @property
    def age(self) -> float:
        """Seconds from the reading to the judgement."""
        return max(0.0, (moment(self.judged) - self.finding.at).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class StepHistory:
    """What the report says of a step beyond its state."""

    gate: tuple[JudgedFinding, ...] = ()
    """The last time its gate was judged."""
    proof: tuple[JudgedFinding, ...] = ()
    times_judged: int = 0
    times_held: int = 0
    doubts: tuple[DoubtSettled, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Where the time of a run went, in seconds."""

    total: float
    """Inside sessions; the time between them is nobody's."""
    waiting: float
    """For answers of the operator."""

    @property
    def machine(self) -> float:
        """Looking, running, proving."""
        return max(0.0, self.total - self.waiting)


def moment(text: str) -> datetime:
    """Return the time of an event; the epoch where it carries none."""
    return datetime.fromisoformat(text) if text else datetime.fromtimestamp(0, UTC)


def times(state: RunState) -> Times:
    """Return where the time of a run went."""
    total = sum((moment(one.last) - moment(one.opened)).total_seconds() for one in state.sessions)
    return Times(total=total, waiting=min(state.waited, total))


def step_history(step_id: str, events: Sequence[AnyEvent]) -> StepHistory:
    """Return the history of one step."""
    gates = [one for one in events if isinstance(one, GateJudged) and one.step == step_id]
    proofs = [one for one in events if isinstance(one, ProofJudged) and one.step == step_id]
    return StepHistory(
        gate=_judged(gates[-1].findings, gates[-1].at) if gates else (),
        proof=_judged(proofs[-1].findings, proofs[-1].at) if proofs else (),
        times_judged=len(gates),
        times_held=sum(not one.open for one in gates),
        doubts=tuple(one for one in events if isinstance(one, DoubtSettled) and one.step == step_id),
    )


def _judged(findings: Iterable[Finding], at: str) -> tuple[JudgedFinding, ...]:
    return tuple(JudgedFinding(finding=one, judged=at) for one in findings)
