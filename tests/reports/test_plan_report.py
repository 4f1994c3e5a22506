"""The plan on paper."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from app.recovery.plan import make_plan
from app.reports.plan_report import plan_report
from app.settings import Settings
from checks.catalogue import by_id
from tests.procedures.kit import TARGET, plan, scope
from tests.recovery.kit import ToyWorld, any_check, toy_procedure, toy_scope_source, toy_step


def paper(form: str) -> str:
    return plan_report(plan(), scope(), by_id, form)


def test_markdown_has_a_heading_a_step_in_order_and_boxes_to_tick() -> None:
    text = paper("markdown")
    assert text.startswith(f"# Restore a Standard Edition server: {TARGET}\n")
    headings = [line for line in text.splitlines() if line.startswith("### ")]
    assert len(headings) == 13
    assert headings[0] == "### Step 1: Rebuild the machine under its old name and take a rollback image"
    assert headings[-1].startswith("### Step 7: ")
    assert "- [ ] " in text


def test_commands_stand_in_fences_exactly_as_they_run() -> None:
    lines = paper("markdown").splitlines()
    line = f"Import-CsUserData -PoolFqdn {TARGET} -FileName C:\\RelyncRestore\\ExportedUserData.zip"
    assert lines[lines.index(line) - 1] == lines[lines.index(line) + 1] == "```"


def test_text_stays_within_the_page_except_for_what_is_copied() -> None:
    long = [line for line in paper("text").splitlines() if len(line) > 100 and not line.startswith("    ")]
    assert long == []


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_paper_says_who_where_danger_way_back_and_source(form: str) -> None:
    text = " ".join(paper(form).replace("*", "").split())
    for said in (
        "Who: RTCUniversalServerAdmins",
        "automated, destructive",
        "Way back: none: the import overwrites",
        "Hh202190 step 5",
    ):
        assert said in text


def test_commands_that_depend_on_facts_are_said_to() -> None:
    assert "decided by what is found on the server" in " ".join(paper("text").split())


def test_a_share_that_is_not_configured_is_named_on_paper() -> None:
    known = replace(scope(), settings=Settings())
    assert "set restore.backup_unc" in " ".join(plan_report(plan(known), known, by_id, "text").split())


def test_json_carries_the_whole_plan() -> None:
    content = json.loads(paper("json"))
    assert content["schema"] == 1
    assert content["plan"]["digest"] == plan().digest
    assert content["plan"]["target"] == TARGET
    steps = [step for phase in content["phases"] for step in phase["steps"]]
    assert [one["id"] for one in steps] == [one.id for one in plan().steps]
    assert steps[2]["commands"][0].startswith("robocopy.exe ")
    assert steps[10]["danger"] == "destructive"


def test_another_form_is_an_error() -> None:
    with pytest.raises(ValueError, match="not as pdf"):
        paper("pdf")


def test_markup_in_what_is_said_is_not_markup() -> None:
    step = toy_step("1", title="a *bold* `step` | with <b>tags</b> and [a](link)\x1b[2J")
    of = toy_scope_source(ToyWorld())({})
    text = plan_report(make_plan(toy_procedure(step), of), of, any_check, "markdown")
    assert "a \\*bold\\* \\`step\\` \\| with \\<b\\>tags" in text
    assert "\x1b" not in text
