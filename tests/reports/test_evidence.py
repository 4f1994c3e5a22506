"""The evidence of a run: everything that was done and not done, and whether the record is whole."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.recovery.journal import Journal
from app.recovery.ports import Choice, Question, Topic
from app.recovery.step import Kind
from app.remote.errors import TimedOut
from app.remote.result import CommandResult
from app.reports.evidence import evidence_report
from tests.recovery.kit import Bench, Operator, does, toy_step


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A run with everything in it: by hand, an override, a lost answer, a step that was never reached."""
    steps = (
        toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image",)),
        toy_step("2", before=("ready",), plan=does("a", "b"), after=("a", "b")),
        toy_step("3", before=("more",)),
        toy_step("4"),
    )
    made = Bench(tmp_path, steps, operator=Operator(held=[Choice.OVERRIDE, Choice.STOP]))

    def late() -> CommandResult:
        made.world.true.add("b")
        raise TimedOut("no answer in 60 s")

    made.world.effects["b"] = late

    def think(question: Question) -> None:
        if question.topic is Topic.HELD:
            made.world.now += timedelta(seconds=300)

    made.operator.before_answer = think
    made.run()
    return made


def report(bench: Bench, form: str) -> str:
    with Journal.read(bench.path) as journal:
        return evidence_report(journal, form)


def content(bench: Bench) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report(bench, "json"))
    return found


def test_steps_that_were_not_executed_are_in_the_evidence(bench: Bench) -> None:
    assert [(one["id"], one["executed"], one["status"]) for one in content(bench)["steps"]] == [
        ("toy.1", True, "done"),
        ("toy.2", True, "done"),
        ("toy.3", False, "held"),
        ("toy.4", False, "pending"),
    ]
    for form in ("text", "markdown"):
        assert "not executed (pending)" in report(bench, form)


def test_findings_carry_found_expected_source_and_age(bench: Bench) -> None:
    (finding,) = content(bench)["steps"][2]["gate"]["findings"]
    assert (finding["found"], finding["expected"], finding["source"]) == ("it does not hold", "holds", "toy")
    assert 0 <= finding["age"] < 1


def test_commands_carry_their_line_output_and_end(bench: Bench) -> None:
    first, second = content(bench)["steps"][1]["commands"]
    assert (first["line"], first["status"], first["output"]) == ("Set-Toy -Name a", "ok", ["a done"])
    assert (second["status"], second["errors"]) == ("lost", ["no answer in 60 s"])


def test_a_settled_doubt_says_by_what_and_why(bench: Bench) -> None:
    (doubt,) = content(bench)["steps"][1]["doubts"]
    assert (doubt["outcome"], doubt["by"]) == ("done", "the proof checks")


def test_what_rests_on_a_word_is_listed(bench: Bench) -> None:
    found = content(bench)
    assert [(one["what"], one["who"]) for one in found["attestations"]] == [("image", "CONTOSO\\admin")]
    assert [(one["checks"], one["reason"], one["proof"]) for one in found["overrides"]] == [
        (["ready"], "because I say so", False)
    ]
    assert "because I say so" in report(bench, "markdown")


def test_machine_time_and_waiting_time_are_told_apart(bench: Bench) -> None:
    time = content(bench)["time"]
    assert 600 <= time["waiting"] < 601
    assert 0 < time["machine"] < 5


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_head_hash_is_printed_and_the_chain_is_said_to_hold(bench: Bench, form: str) -> None:
    with Journal.read(bench.path) as journal:
        head, rows = journal.head, len(journal.events())
    text = report(bench, form)
    assert head in text
    assert f"whole: {rows} rows" in text
    assert content(bench)["journal"] == {"rows": rows, "head": head, "holds": True, "first_bad": None, "why": ""}


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_changed_record_is_reported_as_changed(bench: Bench, form: str) -> None:
    with sqlite3.connect(bench.path) as connection:
        connection.execute("UPDATE events SET body = replace(body, 'because I say so', 'all is well')")
    connection.close()
    text = report(bench, form)
    assert ('"holds": false' if form == "json" else "NOT WHOLE") in text


def test_a_record_that_cannot_be_read_to_its_end_is_reported_as_far_as_it_reads(bench: Bench) -> None:
    with sqlite3.connect(bench.path) as connection:
        connection.execute("UPDATE events SET body = '{' WHERE seq = 8")
    connection.close()
    found = content(bench)
    assert found["journal"]["first_bad"] == 8
    assert found["run"]["id"] == "toy"


def test_every_row_of_the_journal_is_a_row_of_the_record(bench: Bench) -> None:
    with Journal.read(bench.path) as journal:
        rows = len(journal.events())
    lines = report(bench, "markdown").partition("## Record")[2].strip().splitlines()
    assert len(lines) == rows + 2


def test_an_empty_journal_has_a_report_too(tmp_path: Path) -> None:
    with Journal.create(tmp_path / "empty.journal") as journal:
        assert "empty run" in evidence_report(journal, "text")
        assert json.loads(evidence_report(journal, "json"))["run"]["id"] is None


def test_another_form_is_an_error(bench: Bench) -> None:
    with pytest.raises(ValueError, match="not as pdf"):
        report(bench, "pdf")
