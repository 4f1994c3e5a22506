"""``relync preflight``: the JSON contract and the text."""

from __future__ import annotations

from app.recovery.plan import Plan, make_plan
from app.recovery.preflight import PreflightFinding, preflight
from app.reports.preflight_report import preflight_json, preflight_text
from tests.recovery.kit import TARGET, ToyWorld, any_check, toy_procedure, toy_scope_source, toy_step

STEPS = (toy_step("1", before=("good", "bad")), toy_step("2", before=("done.1", "hidden")))


def looked() -> tuple[Plan, tuple[PreflightFinding, ...]]:
    world = ToyWorld(true={"good"}, unseen={"hidden"})
    scope = toy_scope_source(world)({})
    plan = make_plan(toy_procedure(*STEPS), scope)
    return plan, preflight(plan, scope, any_check, world.gather)


def test_json_has_exactly_the_agreed_keys() -> None:
    plan, findings = looked()
    content = preflight_json(plan, findings)
    assert content["schema"] == 1
    assert content["plan"] == {"procedure": "toy", "target": TARGET, "digest": plan.digest}
    assert content["findings"][1] == {
        "check": "bad",
        "subject": TARGET,
        "status": "FAIL",
        "expected": "holds",
        "found": "it does not hold",
        "source": "toy",
        "remedy": "mend it",
        "gate": "blocking",
        "step": "toy.1",
    }
    assert content["summary"] == {
        "PASS": 1, "WARN": 0, "FAIL": 1, "UNKNOWN": 1, "SKIPPED": 1, "NOT_APPLICABLE": 0,
    }  # fmt: skip
    assert set(content) == {"schema", "plan", "findings", "summary"}


def test_text_answers_found_expected_do_next_under_the_step() -> None:
    lines = preflight_text(*looked()).splitlines()
    first, second = lines.index("Step toy.1: step 1"), lines.index("Step toy.2: step 2")
    bad = next(number for number, line in enumerate(lines) if line.startswith("  FAIL     bad"))
    assert first < bad < second
    assert lines[bad].endswith("it does not hold")
    assert lines[bad + 1].strip() == "expected: holds [toy]"
    assert lines[bad + 2].strip() == "do next:  mend it"
    assert lines[-1] == "1 PASS, 1 FAIL, 1 UNKNOWN, 1 SKIPPED"


def test_text_says_why_something_could_not_be_seen_and_what_is_still_to_come() -> None:
    text = preflight_text(*looked())
    assert "UNKNOWN  hidden" in text
    assert "nobody could look at hidden" in text
    assert "comes true with step toy.1 (step 1)" in text
