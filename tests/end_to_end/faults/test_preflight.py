"""Each fault before anything is done: the right finding in the right words, the right steps held, nothing else touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from app.desk_shapes import DeskError
from app.lab.faults.catalogue import FAULTS
from app.recovery.preflight import PreflightFinding, exit_status
from app.recovery.step import Kind
from checks.finding import Gate, Status
from tests.end_to_end.faults.bench import HURRIED, Bench, Subject, changed, statuses
from tests.end_to_end.faults.expectation import Expected
from tests.end_to_end.faults.expected import KEPT_SESSION, REFUSED, SILENT, TABLE

NAMED = [pytest.param(one, id=one.fault) for one in TABLE]


@pytest.fixture(scope="module")
def healthy(room: Bench) -> dict[Subject, Status]:
    found = room.preflight()
    judged = {one.status for one in found if not one.deferred_to}
    assert judged == {Status.PASS}
    return statuses(one.finding for one in found)


@pytest.fixture(scope="module")
def hurried(room: Bench) -> Iterator[Bench]:
    with room.console(seconds=HURRIED) as console:
        console.preflight()  # drivers are loaded and sessions open: from here on a deadline means silence
        yield console


@contextmanager
def at_console(case: Expected, room: Bench, hurried: Bench) -> Iterator[Bench]:
    """Yield the console that meets a fault: a new one where an open session would not notice it."""
    if case.fault == KEPT_SESSION:
        with room.console() as console:
            yield console
    else:
        yield hurried if case.fault in SILENT else room


def held_steps(room: Bench, findings: Sequence[PreflightFinding]) -> set[str]:
    """Return the steps of the plan whose gate holds a finding that is known now."""
    holding = {one.finding.check for one in findings if one.finding.holds and not one.deferred_to}
    return {step.id for step in room.planned()[1].steps if holding & set(step.before)}


def unproven_steps(room: Bench, findings: Sequence[PreflightFinding]) -> set[str]:
    """Return the steps done by hand whose proof would not hold."""
    holding = {one.finding.check for one in findings if one.finding.holds and not one.deferred_to}
    return {step.id for step in room.planned()[1].steps if step.kind is Kind.BY_HAND and holding & set(step.after)}


def test_the_table_knows_every_fault_of_the_lab() -> None:
    assert {one.fault for one in TABLE} | REFUSED.keys() == {one.id for one in FAULTS}
    assert len(TABLE) >= 60


@pytest.mark.parametrize("case", NAMED)
def test_a_fault_is_found_holds_its_steps_and_nothing_else(
    case: Expected, room: Bench, hurried: Bench, healthy: dict[Subject, Status]
) -> None:
    with at_console(case, room, hurried) as console:
        with room.broken(case.fault):
            found = console.preflight()
        assert changed(healthy, statuses(one.finding for one in found)) == case.found
        assert held_steps(room, found) == set(case.holds.split())
        assert unproven_steps(room, found) == set(case.unproven.split())
        assert_told(case, found)
        assert statuses(one.finding for one in console.preflight()) == healthy, "mended, and not as before"


def assert_told(case: Expected, found: Sequence[PreflightFinding]) -> None:
    """Assert that what is wrong is told in concrete words, and that the exit status means the same."""
    if not case.check:
        return
    told = [one.finding for one in found if one.finding.check == case.check and one.status.value == case.status]
    for finding in told:
        assert re.search(case.wrong, finding.found), finding.found
        assert finding.basis
        assert re.search(case.do, finding.remedy), finding.remedy
    assert any(re.search(case.right, one.expected) for one in told), [one.expected for one in told]
    blocking = [one.status for one in found if one.finding.gate is Gate.BLOCKING and not one.deferred_to]
    wanted = 1 if Status.FAIL in blocking else 3 if {Status.UNKNOWN, Status.SKIPPED} & set(blocking) else 0
    assert exit_status(found) == wanted
    assert (wanted == 0) == (not case.holds and not case.unproven)


@pytest.mark.parametrize("fault", REFUSED)
def test_a_backup_that_cannot_be_planned_with_is_refused_with_a_sentence(
    fault: str, room: Bench, healthy: dict[Subject, Status]
) -> None:
    with room.broken(fault), pytest.raises(DeskError, match=REFUSED[fault]):
        room.preflight()
    assert statuses(one.finding for one in room.preflight()) == healthy


def test_everything_mended_is_as_it_was(room: Bench, healthy: dict[Subject, Status]) -> None:
    assert room.control.broken() == ()
    assert statuses(one.finding for one in room.preflight()) == healthy
