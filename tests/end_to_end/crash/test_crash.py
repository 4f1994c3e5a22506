"""``kill -9`` at any moment of a recovery, then ``recover --resume``: nothing recorded runs again, and it ends well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.crash.recovering import Recovery
from tests.end_to_end.crash.watching import Key, Seen
from tests.end_to_end.kit import STEPS, relync, served

POINTS = 50
"""The fewest kill points that are enough."""
_PACE_SECONDS = 0.6
"""How long the lab takes for every changing command while one is to be caught in flight."""
_STRIDE = 6


@pytest.fixture(scope="module")
def tally() -> list[Seen]:
    """The last row of the journal at every kill of this module."""
    return []


@pytest.fixture
def recovery(tmp_path: Path, tally: list[Seen]) -> Iterator[Recovery]:
    with served(tmp_path) as lab:
        found = Recovery(lab, tmp_path)
        yield found
        tally.extend(found.kills)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Key, ...]:
    """What the rows of an undisturbed recovery are about, in order."""
    home = tmp_path_factory.mktemp("undisturbed")
    with served(home) as lab:
        undisturbed = Recovery(lab, home)
        undisturbed.finish()
        undisturbed.proves_itself()
        return tuple(dict.fromkeys(row.key for row in undisturbed.watch.rows()))


def _sent(keys: tuple[Key, ...]) -> list[Key]:
    return [key for key in keys if key[1] == "CommandStarted"]


def test_an_undisturbed_recovery_has_the_rows_that_kill_points_are_taken_from(keys: tuple[Key, ...]) -> None:
    assert len(keys) >= 100
    assert len(_sent(keys)) >= 18
    assert {key[0] for key in keys} - {""} == set(STEPS)


@pytest.mark.parametrize("chain", [0, 3])
def test_killed_after_every_few_rows_it_goes_on_where_the_journal_ends(
    recovery: Recovery, keys: tuple[Key, ...], chain: int
) -> None:
    for key in keys[chain:-1:_STRIDE]:
        if not recovery.over:
            recovery.killed_at(key)
    if not recovery.over:
        recovery.finish()
    recovery.proves_itself()


def test_killed_while_each_command_is_in_flight_it_comes_back_in_doubt(
    recovery: Recovery, keys: tuple[Key, ...]
) -> None:
    recovery.lab.control.pace(_PACE_SECONDS)
    caught = [key for key in _sent(keys)[1::2] if recovery.killed_in_flight(key, landed=False)]
    recovery.lab.control.pace(0)
    assert len(caught) >= 6
    assert len(_in_flight(recovery)) >= 4
    recovery.finish()
    recovery.proves_itself()
    assert _settled(recovery) >= _in_flight(recovery)


def test_killed_after_each_command_took_effect_and_before_that_was_recorded(
    recovery: Recovery, keys: tuple[Key, ...]
) -> None:
    recovery.lab.control.pace(_PACE_SECONDS)
    caught = [key for key in _sent(keys)[::2] if recovery.killed_in_flight(key, landed=True)]
    recovery.lab.control.pace(0)
    assert len(caught) >= 6
    recovery.finish()
    recovery.proves_itself()
    assert _settled(recovery) >= _in_flight(recovery)


def test_dead_exactly_between_the_answer_of_a_host_and_its_row(recovery: Recovery, keys: tuple[Key, ...]) -> None:
    ends = [key for key in keys if key[1] == "CommandEnded"]
    caught = [key for key in ends[1::2] if recovery.died("before", key)]
    assert len(caught) >= 6
    recovery.finish()
    recovery.proves_itself()


def _in_flight(recovery: Recovery) -> set[str]:
    """The steps that were killed with a command announced and not ended; on a busy machine a kill can come late."""
    return {row.step for row in recovery.kills if row.kind == "CommandStarted"}


def _settled(recovery: Recovery) -> set[str]:
    """The steps that were in doubt and are no more."""
    return {row.step for row in recovery.watch.rows() if row.kind == "DoubtSettled"}


CRASH_IN_THE_CRASH = (
    ("after", ("se.3", "CommandStarted", "copy-lyncshare")),
    ("after", ("", "RunOpened", "")),
    ("after", ("se.3", "ProofJudged", "")),
    ("before", ("se.3", "DoubtSettled", "")),
    ("after", ("se.3", "DoubtSettled", "")),
    ("after", ("se.3", "GateJudged", "")),
    ("after", ("se.3", "StepStarted", "")),
    ("before", ("se.3", "ProofJudged", "")),
    ("before", ("se.6c", "CommandEnded", "import")),
    ("before", ("se.6c", "ProofJudged", "")),
    ("after", ("se.6c", "ProofJudged", "")),
    ("after", ("se.6c", "DoubtSettled", "")),
    ("before", ("se.7", "StepEnded", "")),
    ("before", ("", "RunEnded", "")),
)


def test_killed_while_it_settles_what_the_last_crash_left_in_doubt(recovery: Recovery) -> None:
    died = [(when, key) for when, key in CRASH_IN_THE_CRASH if recovery.died(when, key)]
    assert died == list(CRASH_IN_THE_CRASH)
    words = ("--state", recovery.home / "runs", "recover", "--resume", "--plain")
    ended = relync(*words, home=recovery.home)  # the journal knows the configuration, and what is left asks nothing
    assert ended.code == 0, ended.said
    recovery.proves_itself()
    imports = [one for one in recovery.lab.control.effects() if one["line"].startswith("Import-CsUserData")]
    assert len(imports) == 1, "the import was settled by its proof, and not run a second time"


def test_all_that_adds_up_to_fifty_kill_points_and_every_kind_of_row(tally: list[Seen]) -> None:
    assert len(tally) >= POINTS, "this counts what the tests above have done: run the whole file"
    assert {row.step for row in tally} - {""} == set(STEPS)
    kinds = {"RunOpened", "GateJudged", "CommandsPlanned", "Answered", "StepStarted", "Attested"}
    assert kinds | {"CommandStarted", "CommandEnded", "ProofJudged", "StepEnded"} <= {row.kind for row in tally}
