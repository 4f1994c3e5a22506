"""A run that was cut off anywhere goes on to the same end, and runs nothing twice that is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.recovery.chain import Row
from app.recovery.engine import opening
from app.recovery.events import (
    AnyEvent,
    CommandEnded,
    CommandLost,
    CommandStarted,
    DoubtSettled,
    Outcome,
    RunEnded,
    RunOpened,
)
from app.recovery.journal import Journal
from app.recovery.plan import PlanChanged
from app.recovery.ports import Choice, Topic
from app.recovery.state import StepStatus
from app.recovery.step import Kind, Planned
from app.remote.errors import Interrupted, TimedOut
from app.remote.result import CommandResult
from checks.check import Scope
from tests.recovery.kit import Bench, Operator, does, toy_action, toy_step


class Killed(BaseException):
    """The process dies here: nothing catches this."""


class DyingJournal(Journal):
    """Dies before or after it writes a given row."""

    dies_at = 0
    before = False

    def append(self, event: AnyEvent) -> Row:
        number = sum(1 for _ in self.rows()) + 1
        if number == self.dies_at and self.before:
            raise Killed
        row = super().append(event)
        if number == self.dies_at:
            raise Killed
        return row


def killed_run(bench: Bench, row: int, *, before: bool) -> None:
    """Run until the process dies at a row of the journal."""
    plan, opened = bench.plan, None
    kind = type("Dying", (DyingJournal,), {"dies_at": row, "before": before})
    journal = kind.open(bench.path) if bench.path.exists() else kind.create(bench.path)
    if not journal.events():
        opened = opening(plan, run="toy", backup="backup", config="relync.toml", operator="CONTOSO\\admin")
    try:
        with pytest.raises(Killed):
            bench.engine(journal).run(opened)
    finally:
        journal.close()


def long_plan(folder: Path) -> Bench:
    by_hand = toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image",))
    two = toy_step("2", before=("attested.image",), plan=does("a", "b", "c"), after=("a", "b", "c"))
    three = toy_step("3", before=("c",))
    hidden = replace(toy_action("hidden"), proof_shows=False)

    def with_hidden(_scope: Scope, _readings: object) -> Planned:
        return (toy_action("shown"), hidden)

    four = toy_step("4", plan=with_hidden, after=("shown",))
    return Bench(folder, (by_hand, two, three, four))


def rows_of_a_whole_run(folder: Path) -> tuple[AnyEvent, ...]:
    bench = long_plan(folder)
    assert bench.run().outcome is Outcome.DONE
    return bench.recorded()


# gate, plan, answer, start … of four steps; asserted below, so that a longer run cannot silently lose its last points.
ROWS = 42


def test_the_kill_points_below_cover_the_whole_run(tmp_path: Path) -> None:
    assert len(rows_of_a_whole_run(tmp_path)) == ROWS


@pytest.mark.parametrize(
    ("row", "before"), [(1, False), *((row, before) for row in range(2, ROWS + 1) for before in (True, False))]
)
def test_a_run_killed_at_any_row_resumes_to_the_same_end(tmp_path: Path, row: int, before: bool) -> None:
    bench = long_plan(tmp_path)
    killed_run(bench, row, before=before)
    ended = [one.action for one in bench.recorded() if isinstance(one, CommandEnded)]
    in_flight = [one.action for one in bench.recorded() if isinstance(one, CommandStarted) and one.action not in ended]
    state = bench.run()
    assert state.complete
    assert state.outcome is Outcome.DONE
    for name in ("a", "b", "c", "done.3", "shown", "hidden"):
        assert bench.world.ran.count(name) >= 1, f"{name} was never run"
        allowed = 2 if name in in_flight else 1
        assert bench.world.ran.count(name) <= allowed, f"{name} was run again although its end was recorded"


@pytest.mark.parametrize("second", range(3, 22, 3))
def test_a_run_killed_twice_resumes_all_the_same(tmp_path: Path, second: int) -> None:
    bench = long_plan(tmp_path)
    killed_run(bench, 20, before=False)
    killed_run(bench, 20 + second, before=False)
    assert bench.run().outcome is Outcome.DONE
    with Journal.read(bench.path) as journal:
        assert journal.verify().holds


@pytest.mark.parametrize("kept", range(1, ROWS))
def test_every_beginning_of_a_journal_can_be_resumed(tmp_path: Path, kept: int) -> None:
    """The journal alone is cut; the world is as the whole run left it, so nothing recorded may run again."""
    whole = rows_of_a_whole_run(tmp_path / "whole")
    bench = long_plan(tmp_path)
    bench.world.true |= {"a", "b", "c", "done.3", "shown"}
    with Journal.create(bench.path) as journal:
        for event in whole[:kept]:
            journal.append(event)
    recorded = {one.action for one in whole[:kept] if isinstance(one, CommandEnded)}
    assert bench.run().outcome is Outcome.DONE
    assert not recorded & set(bench.world.ran)


def test_a_finished_step_is_not_even_looked_at_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"), toy_step("2", before=("ready",))))
    bench.run()
    assert bench.world.ran == ["done.1"]
    bench.world.true = {"ready"}
    bench.world.waves.clear()
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["done.1", "done.2"]
    assert ["done.1"] not in bench.world.waves


def in_flight(folder: Path, *, repeatable: bool = True) -> Bench:
    """A run that died while its only command was under way."""
    changes = {} if repeatable else {"repeatable": False, "not_repeatable_because": "it eats its input"}
    bench = Bench(folder, (toy_step("1", **changes),))
    started = 5  # opened, gate, planned, answered … the row of CommandStarted
    bench.world.effects["done.1"] = lambda: (_ for _ in ()).throw(Killed)
    journal = Journal.create(bench.path)

    with pytest.raises(Killed):
        bench.engine(journal).run(opening(bench.plan, run="toy", backup="b", config="c", operator="CONTOSO\\admin"))
    journal.close()
    assert isinstance(bench.recorded()[-1], CommandStarted)
    assert len(bench.recorded()) > started
    bench.world.effects.clear()
    bench.world.ran.clear()
    return bench


def test_in_doubt_and_proven_is_done_without_running_or_asking(tmp_path: Path) -> None:
    bench = in_flight(tmp_path)
    bench.world.true.add("done.1")
    state = bench.run()
    assert state.outcome is Outcome.DONE
    assert bench.world.ran == []
    assert bench.operator.topics == [Topic.READY]
    assert bench.of(DoubtSettled)[0].by == "the proof checks"


def test_in_doubt_and_plainly_not_done_goes_back_to_its_gate(tmp_path: Path) -> None:
    bench = in_flight(tmp_path)
    state = bench.run()
    assert bench.world.ran == ["done.1"]
    assert bench.operator.topics == [Topic.READY, Topic.READY], "it is asked again, never run silently"
    assert "does not hold: done.1" in bench.operator.asked[-1].text
    assert state.outcome is Outcome.DONE


def test_in_doubt_and_not_repeatable_is_the_operators_to_decide(tmp_path: Path) -> None:
    bench = in_flight(tmp_path, repeatable=False)
    bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.IN_DOUBT]
    assert bench.world.ran == []


@pytest.mark.parametrize(
    ("answer", "status", "ran"),
    [
        (Choice.IS_DONE, StepStatus.DONE, []),
        (Choice.NOT_DONE, StepStatus.NOT_PROVEN, ["done.1"]),
        (Choice.STOP, StepStatus.IN_DOUBT, []),
    ],
)
def test_in_doubt_and_not_to_be_seen_is_the_operators_to_decide(
    tmp_path: Path, answer: Choice, status: StepStatus, ran: list[str]
) -> None:
    bench = in_flight(tmp_path)
    bench.world.unseen.add("done.1")
    bench.operator = Operator(in_doubt=answer)
    state = bench.run()
    assert bench.operator.topics[0] is Topic.IN_DOUBT
    assert "Set-Toy -Name done.1" in bench.operator.asked[0].text
    assert "may still be running" in bench.operator.asked[0].text
    assert state.step("toy.1").status is status
    assert bench.world.ran == ran


def test_rechecking_a_doubt_looks_again(tmp_path: Path) -> None:
    bench = in_flight(tmp_path)
    bench.world.unseen.add("done.1")
    bench.operator = Operator(in_doubt=Choice.RECHECK)

    def appear(_question: object) -> None:
        bench.world.unseen.clear()
        bench.world.true.add("done.1")

    bench.operator.before_answer = appear
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == []


@pytest.mark.parametrize("error", [TimedOut("no answer in 60 s"), Interrupted("the line broke"), RuntimeError("a bug")])
def test_a_lost_answer_puts_the_step_in_doubt_at_once(tmp_path: Path, error: Exception) -> None:
    bench = Bench(tmp_path, (toy_step("1"),), operator=Operator(in_doubt=Choice.STOP))
    bench.world.unseen.add("done.1")
    bench.world.effects["done.1"] = _raising(error)
    bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.IN_DOUBT]
    assert str(error) in bench.of(CommandLost)[0].why


def test_a_lost_answer_whose_effect_is_there_is_done(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))

    def late() -> CommandResult:
        bench.world.true.add("done.1")
        raise TimedOut("no answer in 60 s")

    bench.world.effects["done.1"] = late
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["done.1"]


def _raising(error: Exception) -> Callable[[], CommandResult]:
    def effect() -> CommandResult:
        raise error

    return effect


def test_a_proof_that_holds_does_not_cover_commands_that_were_never_sent(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", plan=does("a", "b"), after=("a",)),))

    def lost() -> CommandResult:
        bench.world.true.add("a")
        raise TimedOut("no answer in 60 s")

    bench.world.effects["a"] = lost
    bench.options["settle_limit"] = 0.0
    bench.operator = Operator(ready=[Choice.RUN, Choice.STOP])
    state = bench.run()
    assert not state.step("toy.1").over
    assert "never sent: Set-Toy -Name b" in bench.operator.asked[-1].text


def test_a_changed_plan_refuses_to_resume_and_says_what_changed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)), toy_step("2")))
    bench.run()
    before = bench.recorded()
    bench.steps = (toy_step("1", before=("ready", "more")), toy_step("3"))
    with pytest.raises(PlanChanged, match=r"step toy\.2 is gone; step toy\.3 is new; step toy\.1 has other checks"):
        bench.run()
    assert bench.recorded() == before, "a refused resume writes nothing"


def test_a_plan_with_other_commands_is_another_plan(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    bench.run()
    bench.steps = (toy_step("1", before=("ready",), plan=does("done.1", "more")),)
    with pytest.raises(PlanChanged, match="the commands or the target"):
        bench.run()


def test_resuming_is_recorded_with_who_did_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    bench.run()
    state = bench.run()
    openings = [one for one in bench.recorded() if isinstance(one, RunOpened)]
    assert [one.resumed for one in openings] == [False, True]
    assert openings[0].steps
    assert not openings[1].steps, "the plan is kept once"
    assert len(state.sessions) == 2


def test_a_complete_run_can_be_opened_again_and_does_nothing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    bench.run()
    bench.world.ran.clear()
    state = bench.run()
    assert bench.world.ran == []
    assert isinstance(bench.recorded()[-1], RunEnded)
    assert state.outcome is Outcome.DONE


def test_an_unproven_step_is_proven_on_resume_without_running_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    bench.world.effects["done.1"] = lambda: CommandResult(ok=True)
    bench.run()
    bench.world.true.add("done.1")
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["done.1"]


def test_a_by_hand_step_that_was_cut_off_before_the_operators_word_is_asked_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image",)),))
    # opened, gate, planned, answered, started: the word itself was not written
    killed_run(bench, 5, before=False)
    assert type(bench.recorded()[-1]).__name__ == "StepStarted"
    state = bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.READY]
    assert state.outcome is Outcome.DONE


def test_nothing_in_flight_and_something_unsent_is_told_by_the_journal_alone(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    killed_run(bench, 5, before=False)  # opened, gate, planned, answered, gate … the kill comes before anything is sent
    assert not bench.world.ran
    bench.world.unseen.add("done.1")
    bench.options["settle_limit"] = 0.0
    bench.operator = Operator(ready=Choice.RUN)
    bench.run()
    assert Topic.IN_DOUBT not in bench.operator.topics
    assert bench.world.ran == ["done.1"]


def test_a_step_that_lacks_only_its_proof_is_proven_and_not_doubted(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    rows = _rows_until(bench, tmp_path / "probe", CommandEnded)
    killed_run(bench, rows, before=False)
    bench.world.unseen.add("done.1")
    bench.operator = Operator()
    state = bench.run()
    assert bench.operator.topics == [Topic.NOT_PROVEN]
    assert bench.world.ran == ["done.1"]
    assert state.step("toy.1").status is StepStatus.NOT_PROVEN


def test_a_failure_that_was_recorded_and_not_yet_told_does_not_undo_what_ended_well(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", plan=does("a", "b"), after=("a", "b")),))
    bench.world.effects["b"] = lambda: CommandResult(ok=False, errors=("no",))
    rows = _rows_until(bench, tmp_path / "probe", CommandEnded) + 2  # the second command starts and ends
    killed_run(bench, rows, before=False)
    last = bench.recorded()[-1]
    assert isinstance(last, CommandEnded)
    assert not last.ok
    bench.world.effects.clear()
    bench.operator = Operator(ready=Choice.RUN)
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["a", "b", "b"]
    assert "failed: Set-Toy -Name b" in bench.operator.asked[0].text


def _rows_until(bench: Bench, folder: Path, kind: type[AnyEvent]) -> int:
    """Return the number of the first row of a kind in a run of the same steps."""
    probe = Bench(folder, bench.steps)
    probe.run()
    return 1 + next(number for number, one in enumerate(probe.recorded()) if isinstance(one, kind))
