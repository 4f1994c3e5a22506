"""The state of a run is a fold over its events, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.recovery.events import (
    AnyEvent,
    CommandsPlanned,
    CommandStarted,
    Outcome,
    Progress,
    RunEnded,
    RunOpened,
    StepEnded,
    StepStarted,
)
from app.recovery.reducing import fold, reduce
from app.recovery.state import CommandStatus, RunState, StepStatus
from tests.recovery.kit import Bench, does, toy_step


@pytest.fixture
def events(tmp_path: Path) -> tuple[AnyEvent, ...]:
    bench = Bench(tmp_path, (toy_step("1", plan=does("a", "b"), after=("a", "b")), toy_step("2", before=("a",))))
    bench.run()
    return bench.recorded()


def test_the_same_events_give_the_same_state_and_leave_the_old_one_alone(events: tuple[AnyEvent, ...]) -> None:
    state = RunState()
    for event in events:
        before = repr(state)
        after = reduce(state, event)
        assert repr(state) == before
        assert reduce(state, event) == after
        state = after
    assert state == fold(events)


def test_the_engines_own_state_is_the_fold_of_its_journal(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    assert bench.run() == fold(bench.recorded())


def test_the_state_during_a_run_shows_where_it_is(events: tuple[AnyEvent, ...]) -> None:
    started = next(number for number, one in enumerate(events) if isinstance(one, StepStarted))
    state = fold(events[: started + 1])
    assert (state.current, state.step("toy.1").status) == ("toy.1", StepStatus.RUNNING)
    assert state.next_step is not None
    assert not state.complete


def test_reopening_puts_what_was_under_way_in_doubt_and_its_command_is_lost(events: tuple[AnyEvent, ...]) -> None:
    sent = next(number for number, one in enumerate(events) if isinstance(one, CommandStarted))
    opened = events[0]
    assert isinstance(opened, RunOpened)
    state = reduce(fold(events[: sent + 1]), RunOpened(
        run="toy", procedure="toy", title="", target="", backup="", config="", digest="", operator="b", resumed=True
    ))  # fmt: skip
    step = state.step("toy.1")
    assert step.status is StepStatus.IN_DOUBT
    assert [one.status for one in step.commands] == [CommandStatus.LOST]
    assert [one.line for one in step.lost()] == ["Set-Toy -Name a"]
    assert step.unsent() == ("Set-Toy -Name b",)


def test_what_ended_well_counts_until_the_step_is_begun_afresh(events: tuple[AnyEvent, ...]) -> None:
    line = "Set-Toy -Name a"
    state = fold(events)
    assert state.step("toy.1").recorded_ok("a", line)
    state = reduce(state, StepEnded(step="toy.1", outcome=Outcome.NOT_PROVEN, why="not proven"))
    assert state.step("toy.1").start_over
    state = reduce(state, StepStarted(step="toy.1", attempt=2))
    assert not state.step("toy.1").recorded_ok("a", line)


def test_a_recorded_end_counts_for_that_very_command_only(events: tuple[AnyEvent, ...]) -> None:
    assert not fold(events).step("toy.1").recorded_ok("a", "Set-Toy -Name other")


def test_progress_changes_nothing_but_what_is_being_done(events: tuple[AnyEvent, ...]) -> None:
    state = fold(events)
    told = reduce(state, Progress(step="toy.1", text="looking"))
    assert told.doing == "looking"
    assert told.steps == state.steps


def test_an_event_of_an_unknown_step_harms_nothing() -> None:
    assert fold([CommandsPlanned(step="nowhere", lines=())]).steps == ()


def test_the_outcome_is_unknown_until_the_run_says_it(events: tuple[AnyEvent, ...]) -> None:
    assert isinstance(events[-1], RunEnded)
    assert fold(events[:-1]).outcome is None
    assert fold(events).outcome is Outcome.DONE


def test_each_session_has_its_times_and_its_operator(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    bench.run()
    state = bench.run()
    assert len(state.sessions) == 2
    assert all(one.ended and one.operator == "CONTOSO\\admin" and one.opened <= one.last for one in state.sessions)
