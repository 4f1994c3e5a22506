"""The steps that only a person can do: each is not over until the faults that spoil its proof are mended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.recovery.ports import Topic
from checks.finding import Finding, Status
from tests.end_to_end.faults.bench import Bench
from tests.end_to_end.faults.expectation import Expected
from tests.end_to_end.faults.expected import KEPT_SESSION, SILENT, TABLE
from tests.end_to_end.faults.walking import Walk

BY_HAND = {"se.1": "se.2", "se.2": "se.3", "se.4": "se.5a"}
"""Each with the step after it."""
QUIET = (Status.PASS, Status.NOT_APPLICABLE, Status.WARN)


@pytest.fixture(scope="module")
def walk(room: Bench) -> Iterator[Walk]:
    walking = Walk(room)
    yield walking
    walking.stop()


def spoils(case: Expected, step: str) -> bool:
    """Whether a fault has to be seen by the proof of a step."""
    return step in case.unproven.split() and case.fault not in (*SILENT, KEPT_SESSION)


@pytest.mark.parametrize("step", BY_HAND)
def test_a_step_done_by_hand_is_over_when_nothing_spoils_its_proof(step: str, room: Bench, walk: Walk) -> None:
    walk.walk_to(step)
    cases = [one for one in TABLE if spoils(one, step)]
    assert len(cases) >= 3
    with room.broken(cases[0].fault):
        walk.go_unproven()
        assert_spoilt(cases[0], step, walk, walk.latest())
    for case in cases[1:]:
        with room.broken(case.fault):
            assert_spoilt(case, step, walk, walk.look())
    walk.look()
    assert (walk.question.topic, walk.question.step) == (Topic.READY, BY_HAND[step])


def assert_spoilt(case: Expected, step: str, walk: Walk, proof: tuple[Finding, ...]) -> None:
    """Assert that the proof at hand fails by the checks that concern a fault and no other."""
    assert (walk.question.topic, walk.question.step) == (Topic.NOT_PROVEN, step), case.fault
    asked = {one.check for one in proof}
    assert {one.check for one in proof if one.status not in QUIET} == case.found.keys() & asked, case.fault
    held = {one.check for one in proof if one.holds}
    assert held
    assert all(check in walk.question.text for check in held)
