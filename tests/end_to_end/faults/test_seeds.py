"""Whole recoveries with two obstacles each: an operator who mends what the findings name comes to the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.recovery.events import AnyEvent, GateJudged, Outcome, ProofJudged
from app.scripted_operator import ScriptedOperator
from checks.finding import Finding, Status
from tests.end_to_end.faults.bench import Bench, bench
from tests.end_to_end.faults.expected import BY_FAULT

SEEDS = range(1, 9)
_IMAGE = "take-rollback-image"


def names(fault: str, findings: tuple[Finding, ...]) -> bool:
    """Whether findings speak of a fault."""
    case = BY_FAULT[fault]
    told = {one.check for one in findings}
    return bool(told & {*case.found, *(check for deeper in case.deeper.values() for check in deeper.split())})


def mends(found: Bench, findings: tuple[Finding, ...]) -> bool:
    """Mend what the findings name, and nothing else; False where they name nothing that is broken."""
    named = [one for one in found.control.broken() if names(one, findings)]
    for fault in named:
        found.control.mend(fault)
    return bool(named)


def does_by_hand(found: Bench) -> str:
    """Take the image of the machine while that is the thing to do; everything else waits for a finding."""
    offered = {one.id for one in found.control.actions() if one.applies}
    return found.control.do(_IMAGE) if _IMAGE in offered else "done as the page says"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_recovery_with_two_obstacles_comes_to_its_end(seed: int, tmp_path: Path) -> None:
    with bench(tmp_path, seed=seed) as found:
        obstacles = found.control.broken()
        assert len(obstacles) == 2
        operator = ScriptedOperator(
            by_hand=lambda _step: does_by_hand(found), mend=lambda findings: mends(found, findings)
        )
        events: list[AnyEvent] = []

        def emit(event: AnyEvent) -> None:
            events.append(event)
            operator.emit(event)

        state = found.desk.begin(*found.planned(), emit, operator.ask)()
        told = [one for event in events if isinstance(event, GateJudged | ProofJudged) for one in event.findings]
        wrong = tuple(one for one in told if one.status in (Status.FAIL, Status.UNKNOWN))
        assert [one for one in obstacles if not names(one, wrong)] == []
        assert (state.outcome, state.why) == (Outcome.DONE, "")
        assert found.control.differences() == ()
