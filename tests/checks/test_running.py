"""Running checks: prerequisites, unknowns, broken judges; never silence, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from app.facts.fact import Known, Readings, Unknown
from app.facts.host import IDENTITY, PENDING_REBOOT, PendingReboot
from checks.check import Check, NotApplicable, Question, Scope
from checks.finding import Gate, Status, Verdict, failed, passed, warned
from checks.running import judged, needed
from tests.checks.scopes import NOW, standard_scope

SCOPE = standard_scope()
REBOOT = PENDING_REBOOT.about("se01.contoso.com")
KNOWN = Readings({REBOOT: Known(value=PendingReboot(reasons=(), noisy=()), at=NOW, seconds=1.5)})


def check(name: str, judge: Callable[[Readings], Verdict], *after: str) -> Check:
    """Return a check that needs one fact."""
    question = Question(subject="x", expected="y", basis="z", needs=(REBOOT,), judge=judge)
    return Check(
        id=name,
        title="a claim",
        why="w.",
        remedy="do this.",
        sources=("R-01",),
        ask=lambda _scope: (question,),
        after=after,
    )


def statuses(*checks: Check, readings: Readings = KNOWN) -> dict[str, Status]:
    """Return the status of each check."""
    return {one.check: one.status for one in judged(checks, SCOPE, readings)}


def test_what_failed_skips_what_builds_on_it() -> None:
    found = statuses(check("a.a", lambda _: failed("no")), check("a.b", lambda _: passed("yes"), "a.a"))
    assert found == {"a.a": Status.FAIL, "a.b": Status.SKIPPED}


def test_a_prerequisite_counts_although_it_is_asked_for_later() -> None:
    found = statuses(check("a.b", lambda _: passed("yes"), "a.a"), check("a.a", lambda _: failed("no")))
    assert found == {"a.b": Status.SKIPPED, "a.a": Status.FAIL}


def test_findings_come_in_the_order_asked() -> None:
    found = judged((check("a.b", lambda _: passed(""), "a.a"), check("a.a", lambda _: passed(""))), SCOPE, KNOWN)
    assert [one.check for one in found] == ["a.b", "a.a"]


def test_a_skipped_prerequisite_skips_on() -> None:
    chain = (
        check("a.c", lambda _: passed(""), "a.b"),
        check("a.b", lambda _: passed(""), "a.a"),
        check("a.a", lambda _: failed("")),
    )
    assert statuses(*chain)["a.c"] is Status.SKIPPED


def test_a_warning_skips_nothing() -> None:
    found = statuses(check("a.a", lambda _: warned("hm")), check("a.b", lambda _: passed(""), "a.a"))
    assert found["a.b"] is Status.PASS


def test_a_prerequisite_that_was_not_selected_is_left_alone() -> None:
    assert statuses(check("a.b", lambda _: passed(""), "a.a")) == {"a.b": Status.PASS}


def test_checks_that_wait_for_each_other_are_both_judged() -> None:
    found = statuses(check("a.a", lambda _: passed(""), "a.b"), check("a.b", lambda _: passed(""), "a.a"))
    assert set(found) == {"a.a", "a.b"}


def test_a_fact_that_is_not_known_is_unknown_with_its_reason() -> None:
    readings = Readings({REBOOT: Unknown(reason="no answer within 20 s", at=NOW)})
    (found,) = judged((check("a.a", lambda _: passed("")),), SCOPE, readings)
    assert (found.status, found.found) == (Status.UNKNOWN, "no answer within 20 s")


def test_a_fact_that_was_not_asked_is_unknown() -> None:
    (found,) = judged((check("a.a", lambda _: passed("")),), SCOPE, Readings())
    assert found.status is Status.UNKNOWN
    assert "not gathered" in found.found


def test_a_judge_that_breaks_is_unknown_and_says_so() -> None:
    (found,) = judged((check("a.a", lambda _: passed(str(1 // 0))),), SCOPE, KNOWN)
    assert found.status is Status.UNKNOWN
    assert "ZeroDivisionError" in found.found


def test_a_judge_that_reads_what_it_did_not_ask_for_is_unknown() -> None:
    (found,) = judged((check("a.a", lambda readings: passed(readings[IDENTITY.about("x")].hostname)),), SCOPE, KNOWN)
    assert found.status is Status.UNKNOWN


def test_a_check_that_cannot_ask_is_unknown() -> None:
    def ask(scope: Scope) -> tuple[Question, ...]:
        raise LookupError(scope.target)

    (found,) = judged((replace(check("a.a", lambda _: passed("")), ask=ask),), SCOPE, KNOWN)
    assert found.status is Status.UNKNOWN
    assert "LookupError" in found.found


def test_a_check_that_asks_nothing_does_not_pass() -> None:
    (found,) = judged((replace(check("a.a", lambda _: passed("")), ask=lambda _scope: ()),), SCOPE, KNOWN)
    assert found.status is Status.UNKNOWN


def test_what_does_not_apply_is_shown_and_holds_nothing() -> None:
    asks = replace(check("a.a", lambda _: passed("")), ask=lambda _scope: NotApplicable(why="there is none"))
    (found,) = judged((asks,), SCOPE, KNOWN)
    assert (found.status, found.found, found.holds) == (Status.NOT_APPLICABLE, "there is none", False)


def test_no_checks_are_an_error() -> None:
    with pytest.raises(ValueError, match="no checks"):
        judged((), SCOPE, KNOWN)


def test_a_fact_is_needed_once() -> None:
    assert needed((check("a.a", passed_always), check("a.b", passed_always)), SCOPE) == (REBOOT,)


@pytest.mark.parametrize(("gate", "holds"), [(Gate.BLOCKING, True), (Gate.ADVISORY, False)])
def test_only_what_blocks_holds(gate: Gate, holds: bool) -> None:
    (found,) = judged((replace(check("a.a", lambda _: failed("no")), gate=gate),), SCOPE, KNOWN)
    assert found.holds is holds


def test_a_finding_is_as_old_as_its_oldest_reading() -> None:
    older = Readings(
        {REBOOT: Known(value=PendingReboot(reasons=(), noisy=()), at=NOW - timedelta(minutes=3), seconds=1.5)}
    )
    (found,) = judged((check("a.a", passed_always),), SCOPE, older)
    assert (found.at, found.seconds) == (NOW - timedelta(minutes=3), 1.5)


def passed_always(_readings: Readings) -> Verdict:
    """Pass."""
    return passed("fine")
