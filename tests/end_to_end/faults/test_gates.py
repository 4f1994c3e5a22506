"""A recovery walked by the real engine: at each step every fault that concerns it shuts its gate, and all others leave it open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pytest

from app.recovery.events import Outcome
from app.recovery.ports import Topic
from checks.finding import Finding, Status
from tests.end_to_end.faults.bench import Bench, changed, statuses
from tests.end_to_end.faults.expectation import Expected
from tests.end_to_end.faults.expected import KEPT_SESSION, SILENT, TABLE
from tests.end_to_end.faults.walking import Walk

STEPS = ("se.1", "se.2", "se.3", "se.4", *(f"se.5{one}" for one in "abcd"), *(f"se.6{one}" for one in "abcd"), "se.7")
QUIET = (Status.PASS, Status.NOT_APPLICABLE)
HASTY = [one for one in TABLE if one.fault not in SILENT]
"""A silence would cost its deadline at every step; each of them has a fault beside it that is refused at once."""


@pytest.fixture(scope="module")
def walk(room: Bench) -> Iterator[Walk]:
    walking = Walk(room)
    yield walking
    walking.stop()


def shuts(case: Expected, step: str) -> bool:
    """Whether a fault has to shut the gate of a step once the recovery has come there."""
    return case.fault != KEPT_SESSION and (step in case.holds.split() or step in case.deeper)


def concerned(case: Expected, step: str, asked: set[str]) -> set[str]:
    """Return the checks of a gate that have to speak of a fault."""
    return (case.found.keys() | set(case.deeper.get(step, "").split())) & asked


def _kind(case: Expected) -> str:
    """Faults of one kind are faults of the same thing: it cannot be broken in two ways at once."""
    return "backup" if case.fault.startswith("backup-") else case.check or case.fault


def others(bench: Bench, step: str) -> list[str]:
    """Return a fault of each kind that has nothing to do with a step, as far as the world can be broken so now."""
    offered = {one.id for one in bench.control.actions() if one.applies}
    quiet = [one for one in HASTY if not shuts(one, step) and f"break:{one.fault}" in offered]
    kinds = [list(group) for _, group in groupby(quiet, key=_kind)]
    return [kind[STEPS.index(step) % len(kind)].fault for kind in kinds]


@pytest.mark.parametrize("step", STEPS)
def test_exactly_the_faults_that_concern_a_step_shut_its_gate(step: str, room: Bench, walk: Walk) -> None:
    walk.walk_to(step)
    healthy = walk.look()
    assert walk.question.topic is Topic.READY
    assert {one.status for one in healthy} <= set(QUIET)
    for case in (one for one in HASTY if shuts(one, step)):
        assert_shut(case, step, room, walk, healthy)
    assert statuses(walk.look()) == statuses(healthy), "mended, and not as before"
    with room.broken(*others(room, step)):
        found = walk.look()
    assert walk.question.topic is Topic.READY, f"a fault that does not concern {step}: {walk.question.text}"
    assert {one.check for one in found if one.holds} == set()
    assert statuses(walk.look()) == statuses(healthy), "mended, and not as before"


def assert_shut(case: Expected, step: str, room: Bench, walk: Walk, healthy: tuple[Finding, ...]) -> None:
    """Assert that a fault shuts the gate at hand, by the checks that concern it and no other."""
    with room.broken(case.fault):
        found = walk.look()
    assert walk.question.topic is Topic.HELD, f"{case.fault} does not hold {step}"
    asked = {one.check for one in healthy}
    assert changed(statuses(healthy), statuses(found)).keys() == concerned(case, step, asked), case.fault
    held = {one.check for one in found if one.holds}
    assert held
    assert all(one.remedy for one in found if one.holds and one.status is not Status.SKIPPED), case.fault
    assert all(check in walk.question.text for check in held), "the question does not name what holds it"


def test_the_walk_ends_with_the_deployment_as_it_was(room: Bench, walk: Walk) -> None:
    walk.finish()
    assert walk.state is not None
    assert walk.state.outcome is Outcome.DONE
    assert room.control.broken() == ()
    assert room.control.differences() == ()
