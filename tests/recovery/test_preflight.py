"""Every gate at once: what is judged now, what an earlier step will make true, and what the exit code says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.recovery.plan import make_plan
from app.recovery.preflight import PreflightFinding, exit_status, preflight
from app.recovery.step import Kind, Step
from checks.check import Attestation, Check
from checks.finding import Gate, Status
from tests.recovery.kit import ToyWorld, any_check, condition_check, toy_procedure, toy_scope_source, toy_step


def looked(
    world: ToyWorld,
    *steps: Step,
    checks: object = any_check,
    attested: tuple[str, ...] = (),
    done: frozenset[str] = frozenset(),
) -> dict[str, PreflightFinding]:
    given = {
        what: Attestation(what=what, who="admin", note="", at=datetime(2026, 11, 22, tzinfo=UTC)) for what in attested
    }
    scope = toy_scope_source(world)(given)
    plan = make_plan(toy_procedure(*steps), scope)
    found = preflight(plan, scope, checks, world.gather, done)  # type: ignore[arg-type]
    assert len({one.finding.check for one in found}) == len(found)
    return {one.finding.check: one for one in found}


def test_every_gate_is_judged_in_one_wave() -> None:
    world = ToyWorld(true={"x"})
    found = looked(world, toy_step("1", before=("x",)), toy_step("2", before=("y", "x")))
    assert world.waves == [["x", "y"]]
    assert (found["x"].status, found["y"].status) == (Status.PASS, Status.FAIL)


def test_a_check_is_shown_once_at_the_first_step_it_stands_before() -> None:
    found = looked(ToyWorld(), toy_step("1", before=("x",)), toy_step("2", before=("x",)))
    assert found["x"].step == "toy.1"


def test_what_an_earlier_automated_step_proves_is_skipped_with_that_step() -> None:
    world = ToyWorld()
    found = looked(world, toy_step("1"), toy_step("2", before=("done.1",)))
    assert found["done.1"].status is Status.SKIPPED
    assert found["done.1"].finding.found == "comes true with step toy.1 (step 1)"
    assert world.waves == [], "what is not judged is not asked"


def test_the_nearest_earlier_step_is_named() -> None:
    again = toy_step("3", after=("running",))
    found = looked(
        ToyWorld(), toy_step("1", after=("running",)), toy_step("2"), again, toy_step("4", before=("running",))
    )
    assert found["running"].deferred_to == "toy.3"


def test_what_an_earlier_step_proves_makes_what_depends_on_it_wait_as_well() -> None:
    def checks(name: str) -> Check:
        return condition_check(name, after=("done.1",) if name == "inside" else ())

    found = looked(ToyWorld(), toy_step("1"), toy_step("2", before=("inside",)), checks=checks)
    assert found["inside"].deferred_to == "toy.1"


def test_the_proof_of_a_by_hand_step_is_judged_now() -> None:
    by_hand = toy_step("1", kind=Kind.BY_HAND, plan=None, after=("named",))
    found = looked(ToyWorld(), by_hand, toy_step("2", before=("named",)))
    assert (found["named"].status, found["named"].step, found["named"].deferred_to) == (Status.FAIL, "toy.1", "")


def test_the_proof_of_an_automated_step_alone_is_not_looked_at() -> None:
    assert looked(ToyWorld(), toy_step("1", before=("x",))).keys() == {"x"}


@pytest.mark.parametrize(("attested", "status"), [((), Status.SKIPPED), (("image",), Status.PASS)])
def test_an_attestation_that_is_still_to_be_given_is_skipped(attested: tuple[str, ...], status: Status) -> None:
    by_hand = toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image",))
    found = looked(ToyWorld(), by_hand, toy_step("2", before=("attested.image",)), attested=attested)
    assert found["attested.image"].status is status


def test_steps_that_are_over_are_left_out() -> None:
    steps = (toy_step("1", before=("clean",)), toy_step("2", before=("done.1",)))
    assert looked(ToyWorld(), *steps, done=frozenset({"toy.1"})).keys() == {"done.1"}


@pytest.mark.parametrize(
    ("true", "unseen", "code"),
    [({"x", "y"}, set(), 0), ({"x"}, set(), 1), ({"x"}, {"y"}, 3), (set(), {"y"}, 1)],
)
def test_the_exit_code_tells_failure_from_not_knowing(true: set[str], unseen: set[str], code: int) -> None:
    found = looked(ToyWorld(true=true, unseen=unseen), toy_step("1", before=("x", "y")))
    assert exit_status(found.values()) == code


def test_advisory_findings_never_fail() -> None:
    found = looked(
        ToyWorld(), toy_step("1", before=("x",)), checks=lambda name: condition_check(name, gate=Gate.ADVISORY)
    )
    assert found["x"].status is Status.FAIL
    assert exit_status(found.values()) == 0


def test_what_is_waiting_for_a_step_counts_neither_as_failure_nor_as_unknown() -> None:
    assert exit_status(looked(ToyWorld(), toy_step("1"), toy_step("2", before=("done.1",))).values()) == 0


def test_what_was_skipped_because_a_prerequisite_is_unknown_is_undetermined() -> None:
    found = looked(ToyWorld(true={"x"}), toy_step("1", before=("x",)))
    skipped = replace(found["x"], finding=replace(found["x"].finding, status=Status.SKIPPED))
    assert exit_status([skipped]) == 3
