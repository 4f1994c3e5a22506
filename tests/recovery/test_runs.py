"""The recorded runs of a console."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.recovery.events import Outcome
from app.recovery.journal import Journal, JournalError
from app.recovery.plan import CannotPlan, make_plan
from app.recovery.runs import find_run, list_runs, new_run, runs_folder
from app.recovery.scoping import scope_source
from app.settings import Settings
from tests.recovery.kit import START, TARGET, Bench, ToyWorld, toy_procedure, toy_scope_source, toy_step


def recorded(folder: Path, name: str, *, held: bool) -> None:
    bench = Bench(folder / name, (toy_step("1"), toy_step("2", before=("ready",))))
    if not held:
        bench.world.true.add("ready")
    bench.run()
    bench.path.rename(folder / f"{name}.journal")


def test_a_summary_says_where_a_run_stands(tmp_path: Path) -> None:
    recorded(tmp_path, "a", held=True)
    (found,) = list_runs(tmp_path)
    assert (found.run, found.procedure, found.target) == ("a", "toy", TARGET)
    assert (found.steps, found.over, found.step) == (2, 1, "toy.2")
    assert (found.outcome, found.resumable) == (Outcome.STOPPED, True)


def test_a_complete_run_is_not_resumable(tmp_path: Path) -> None:
    recorded(tmp_path, "a", held=False)
    (found,) = list_runs(tmp_path)
    assert (found.outcome, found.resumable, found.step) == (Outcome.DONE, False, "")


def test_a_run_that_was_cut_off_has_no_outcome_and_is_resumable(tmp_path: Path) -> None:
    recorded(tmp_path, "a", held=True)
    with Journal.read(tmp_path / "a.journal") as whole, Journal.create(tmp_path / "b.journal") as cut:
        for event in whole.events()[:-1]:
            cut.append(event)
    found = find_run(tmp_path, "b")
    assert (found.outcome, found.resumable) == (None, True)


def test_a_file_that_is_no_journal_is_listed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.journal").write_bytes(b"x" * 5000)
    (found,) = list_runs(tmp_path)
    assert "no journal, or damaged" in found.problem
    assert not found.resumable


def test_a_journal_without_an_event_is_listed_and_not_resumable(tmp_path: Path) -> None:
    Journal.create(tmp_path / "empty.journal").close()
    (found,) = list_runs(tmp_path)
    assert (found.problem, found.resumable) == ("nothing is recorded in it", False)


def test_without_an_id_the_newest_resumable_run_is_found(tmp_path: Path) -> None:
    recorded(tmp_path, "a", held=True)
    recorded(tmp_path, "z", held=False)
    assert find_run(tmp_path).run == "a"


def test_for_a_report_any_readable_run_will_do(tmp_path: Path) -> None:
    recorded(tmp_path, "z", held=False)
    assert find_run(tmp_path, resumable=False).run == "z"


def test_the_beginning_of_an_id_is_enough_where_it_is_unmistakable(tmp_path: Path) -> None:
    recorded(tmp_path, "one", held=True)
    recorded(tmp_path, "other", held=True)
    assert find_run(tmp_path, "on").run == "one"
    with pytest.raises(JournalError, match=r"more than one run o in .*one, other|more than one run o in .*other, one"):
        find_run(tmp_path, "o")


def test_a_missing_run_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match=r"there is no run x .*recorded runs: none"):
        find_run(tmp_path / "nowhere", "x")
    with pytest.raises(JournalError, match="no run that can be resumed"):
        find_run(tmp_path)


def test_a_new_run_never_takes_the_id_of_another(tmp_path: Path) -> None:
    first, path = new_run(tmp_path, TARGET, START)
    assert (first, path.name) == ("20261122-090000-se01", "20261122-090000-se01.journal")
    Journal.create(path).close()
    assert new_run(tmp_path, TARGET, START)[0] == "20261122-090000-se01-2"


def test_runs_lie_where_the_settings_say_or_in_the_users_own_folder(tmp_path: Path) -> None:
    assert runs_folder(Settings(state=tmp_path)) == tmp_path
    assert runs_folder(Settings()).name == "runs"


def test_a_refusal_of_the_procedure_is_the_plans_refusal() -> None:
    with pytest.raises(CannotPlan, match="not for this one"):
        make_plan(toy_procedure(toy_step("1"), refuses="not for this one"), toy_scope_source(ToyWorld())({}))


def test_a_backup_without_a_topology_is_refused() -> None:
    backup = replace(toy_scope_source(ToyWorld())({}).backup, topology=None)
    with pytest.raises(CannotPlan, match="holds no published topology"):
        scope_source(backup, TARGET, Settings(), lambda: START)


@pytest.mark.parametrize("target", ["SE01.Contoso.COM", " se01.contoso.com. "])
def test_the_target_is_compared_without_case(target: str) -> None:
    backup = toy_scope_source(ToyWorld())({}).backup
    assert scope_source(backup, target, Settings(), lambda: START)({}).target == TARGET
