"""The walk through a plan: gates, questions, commands, proofs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from app.facts.fact import Readings
from app.recovery.events import (
    Answered,
    Attested,
    CommandEnded,
    CommandsPlanned,
    CommandStarted,
    GateJudged,
    Outcome,
    Overridden,
    ProofJudged,
    RunEnded,
    RunOpened,
    StepEnded,
    StepStarted,
)
from app.recovery.ports import Choice, Question, Topic
from app.recovery.state import StepStatus
from app.recovery.step import AlreadyDone, Danger, Impossible, Kind, Planned
from app.remote.errors import AccessDenied
from app.remote.result import CommandResult
from checks.check import Check, Scope
from checks.finding import Gate
from tests.recovery.kit import TARGET, Bench, Operator, ToyWorld, condition_check, does, request, toy_step


def test_steps_run_in_order_and_each_is_proven_before_the_next(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"), toy_step("2", before=("done.1",)), toy_step("3")))
    state = bench.run()
    assert bench.world.ran == ["done.1", "done.2", "done.3"]
    assert state.outcome is Outcome.DONE
    assert [one.status for one in state.steps] == [StepStatus.DONE] * 3


def test_every_event_is_in_the_journal_before_a_listener_hears_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    heard: list[int] = []
    bench.events = Listening(bench, heard)
    bench.run()
    assert heard
    assert all(recorded >= told for told, recorded in enumerate(heard, start=1))


class Listening(list):  # type: ignore[type-arg]
    """Counts what is on the disk at the moment an event is heard."""

    def __init__(self, bench: Bench, heard: list[int]) -> None:
        super().__init__()
        self._bench = bench
        self._heard = heard

    def append(self, event: object) -> None:
        if type(event).__name__ != "Progress":
            self._heard.append(len(self._bench.recorded()))


def test_the_order_of_one_step_is_gate_plan_answer_start_command_proof_end(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    bench.world.true.add("ready")
    bench.run()
    kinds = [type(one) for one in bench.recorded()]
    assert kinds == [
        RunOpened, GateJudged, CommandsPlanned, Answered, GateJudged, StepStarted, CommandStarted, CommandEnded,
        ProofJudged, StepEnded, RunEnded,
    ]  # fmt: skip


def test_a_failing_check_holds_the_step_and_nothing_runs(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    state = bench.run()
    assert bench.world.ran == []
    assert bench.operator.topics == [Topic.HELD]
    assert "found it does not hold" in bench.operator.asked[0].text
    assert "do next: mend it" in bench.operator.asked[0].text
    assert state.outcome is Outcome.STOPPED


def test_a_check_that_cannot_look_holds_as_well(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    bench.world.unseen.add("ready")
    bench.run()
    assert bench.operator.topics == [Topic.HELD]
    assert "nobody could look at ready" in bench.operator.asked[0].text


def test_an_advisory_check_does_not_hold(tmp_path: Path) -> None:
    def checks(name: str) -> Check:
        return condition_check(name, gate=Gate.ADVISORY if name == "nice" else Gate.BLOCKING)

    bench = Bench(tmp_path, (toy_step("1", before=("nice",)),), checks=checks)
    assert bench.run().outcome is Outcome.DONE


def test_mending_and_rechecking_opens_the_gate(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),), operator=Operator(held=Choice.RECHECK))
    bench.operator.before_answer = lambda question: bench.world.true.add("ready")
    assert bench.run().outcome is Outcome.DONE
    assert bench.operator.topics == [Topic.HELD, Topic.READY]


def test_the_gate_is_judged_again_at_the_moment_run_is_pressed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    bench.world.true.add("ready")

    def break_it(question: Question) -> None:
        if question.topic is Topic.READY:
            bench.world.true.discard("ready")

    bench.operator.before_answer = break_it
    bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.HELD]
    assert bench.world.ran == []


def test_a_gate_judged_a_moment_ago_is_not_judged_again_where_that_is_allowed(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),), options={"judged_again_after": 5.0})
    bench.world.true.add("ready")
    bench.run()
    assert len(bench.of(GateJudged)) == 1


def test_a_gate_older_than_its_checks_allow_is_judged_again(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path,
        (toy_step("1", before=("ready",)),),
        options={"judged_again_after": 3600.0},
        checks=lambda name: condition_check(name, fresh_for=30.0),
    )
    bench.world.true.add("ready")

    def think(question: Question) -> None:
        bench.world.now += timedelta(seconds=31)

    bench.operator.before_answer = think
    bench.run()
    assert len(bench.of(GateJudged)) == 2


def test_other_commands_than_those_shown_are_shown_again_before_they_run(tmp_path: Path) -> None:
    def plan(_scope: Scope, readings: Readings) -> Planned:
        return does("done.1b" if readings[request("moved")].holds else "done.1a")(_scope, readings)

    step = toy_step("1", plan=plan, plan_needs=lambda _scope: (request("moved"),), after=("done.1b",))
    bench = Bench(tmp_path, (step,))
    bench.operator.before_answer = lambda question: bench.world.true.add("moved")
    bench.run()
    assert [one.text.splitlines()[-1].strip() for one in bench.operator.asked] == [
        "Set-Toy -Name done.1a",
        "Set-Toy -Name done.1b",
    ]
    assert bench.world.ran == ["done.1b"]


def test_an_override_lets_the_step_pass_and_says_who_why_and_what(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready", "also")),), operator=Operator(held=Choice.OVERRIDE))
    bench.world.true.add("also")
    state = bench.run()
    assert bench.world.ran == ["done.1"]
    (said,) = state.overrides
    assert (said.checks, said.who, said.reason, said.proof) == (("ready",), "CONTOSO\\admin", "because I say so", False)
    assert state.step("toy.1").gate_overridden
    assert state.outcome is Outcome.DONE


def test_an_override_covers_only_the_checks_it_was_given_for(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, (toy_step("1", before=("ready", "also")),), operator=Operator(held=[Choice.OVERRIDE, Choice.STOP])
    )
    bench.world.true.add("also")

    def break_more(question: Question) -> None:
        if question.topic is Topic.READY:
            bench.world.true.discard("also")

    bench.operator.before_answer = break_more
    bench.run()
    assert bench.operator.topics == [Topic.HELD, Topic.READY, Topic.HELD]
    assert bench.world.ran == []


def test_an_override_of_what_nobody_could_see_does_not_cover_what_is_seen_later(tmp_path: Path) -> None:
    operator = Operator(held=[Choice.OVERRIDE, Choice.STOP])
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),), operator=operator)
    bench.world.unseen.add("ready")

    def look(question: Question) -> None:
        if question.topic is Topic.READY:
            bench.world.unseen.clear()

    bench.operator.before_answer = look
    bench.run()
    assert bench.operator.topics == [Topic.HELD, Topic.READY, Topic.HELD]
    assert bench.world.ran == []


def test_an_override_without_a_reason_is_none(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),), operator=Operator(held=Choice.OVERRIDE))
    bench.operator.note = "  "
    state = bench.run()
    assert bench.of(Overridden) == []
    assert bench.operator.topics == [Topic.HELD] * 3
    assert bench.operator.asked[1].text.startswith("Nothing was overridden")
    assert state.outcome is Outcome.STOPPED


@pytest.mark.parametrize(
    ("typed", "ran"), [(TARGET, True), (TARGET.upper(), True), ("se02.contoso.com", False), ("", False)]
)
def test_a_destructive_step_runs_only_after_the_targets_name_was_typed(tmp_path: Path, typed: str, ran: bool) -> None:
    bench = Bench(tmp_path, (toy_step("1", danger=Danger.DESTRUCTIVE),))
    bench.operator.typed = typed
    bench.run()
    assert bench.world.ran == (["done.1"] if ran else [])
    assert bench.operator.asked[0].type_to_confirm == TARGET


def test_the_safe_answer_stands_first_in_every_question(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, (toy_step("1", before=("ready",), after=("never",)),), operator=Operator(held=Choice.OVERRIDE)
    )
    bench.run()
    assert bench.operator.topics == [Topic.HELD, Topic.READY, Topic.NOT_PROVEN]
    assert all(one.choices[0] is Choice.STOP for one in bench.operator.asked)


def test_an_answer_that_was_not_offered_is_an_error_of_the_face(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),), operator=Operator(held=Choice.RUN))
    with pytest.raises(ValueError, match="only stop, recheck, override were offered"):
        bench.run()


def test_an_exit_code_is_no_proof(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"), toy_step("2")))
    bench.world.effects["done.1"] = lambda: CommandResult(ok=True)
    state = bench.run()
    assert bench.world.ran == ["done.1"]
    assert state.step("toy.1").status is StepStatus.NOT_PROVEN
    assert bench.operator.topics == [Topic.READY, Topic.NOT_PROVEN]


def test_a_proof_that_comes_late_is_seen_on_rechecking_without_running_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),), operator=Operator(not_proven=Choice.RECHECK))
    bench.world.effects["done.1"] = lambda: CommandResult(ok=True)

    def arrive(question: Question) -> None:
        if question.topic is Topic.NOT_PROVEN:
            bench.world.true.add("done.1")

    bench.operator.before_answer = arrive
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["done.1"]


def test_retrying_an_unproven_step_runs_its_commands_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),), operator=Operator(not_proven=Choice.RETRY))
    bench.world.effects["done.1"] = lambda: bench.world.effects.clear() or CommandResult(ok=True)  # type: ignore[func-returns-value]
    state = bench.run()
    assert bench.world.ran == ["done.1", "done.1"]
    assert state.step("toy.1").attempts == 2
    assert state.outcome is Outcome.DONE


def test_a_step_that_cannot_be_repeated_offers_no_retry(tmp_path: Path) -> None:
    step = toy_step("1", after=("never",), repeatable=False, not_repeatable_because="it eats its input")
    bench = Bench(tmp_path, (step,))
    bench.run()
    question = bench.operator.asked[-1]
    assert Choice.RETRY not in question.choices
    assert "it eats its input" in question.text


def test_a_missing_proof_can_be_overridden_and_the_run_says_so(tmp_path: Path) -> None:
    bench = Bench(
        tmp_path, (toy_step("1", after=("never",)), toy_step("2")), operator=Operator(not_proven=Choice.OVERRIDE)
    )
    state = bench.run()
    assert bench.world.ran == ["done.1", "done.2"]
    assert state.outcome is Outcome.NOT_PROVEN
    assert state.why.endswith("toy.1")
    assert [one.id for one in state.unproven] == ["toy.1"]
    assert state.overrides[0].proof


def test_a_lagging_proof_is_waited_for_within_the_steps_limit(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", after=("late", "soon"), settle_seconds=60.0),))
    bench.world.true.add("soon")
    bench.world.on_sleep = lambda: bench.world.true.add("late") if len(bench.world.slept) == 3 else None
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.slept == [1.0, 2.0, 4.0]
    assert bench.world.waves[-1] == ["late"], "only what does not hold yet is asked again"


@pytest.mark.parametrize(("limit", "longest"), [(None, 61.0), (5.0, 6.0), (0.0, 0.0)])
def test_a_proof_that_never_comes_is_given_up_in_time(tmp_path: Path, limit: float | None, longest: float) -> None:
    bench = Bench(tmp_path, (toy_step("1", after=("never",), settle_seconds=60.0),), options={"settle_limit": limit})
    bench.run()
    assert sum(bench.world.slept) <= longest
    assert bench.operator.topics[-1] is Topic.NOT_PROVEN


def test_a_failed_command_stops_the_step_and_the_rest_is_not_sent(tmp_path: Path) -> None:
    step = toy_step("1", plan=does("a", "b", "c"), after=("a", "b", "c"))
    bench = Bench(tmp_path, (step,))
    bench.world.effects["b"] = lambda: CommandResult(ok=False, errors=("it is on fire",), exit_code=3)
    state = bench.run()
    assert bench.world.ran == ["a", "b"]
    assert bench.operator.topics == [Topic.READY, Topic.FAILED]
    assert "it is on fire" in bench.operator.asked[-1].text
    assert state.step("toy.1").status is StepStatus.FAILED


def test_retrying_after_a_failure_skips_what_ended_well(tmp_path: Path) -> None:
    step = toy_step("1", plan=does("a", "b", "c"), after=("a", "b", "c"))
    bench = Bench(tmp_path, (step,), operator=Operator(failed=Choice.RETRY))
    bench.world.effects["b"] = lambda: bench.world.effects.clear() or CommandResult(ok=False)  # type: ignore[func-returns-value]
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["a", "b", "b", "c"]


def test_after_a_failure_the_operator_can_do_the_rest_by_hand(tmp_path: Path) -> None:
    step = toy_step("1", plan=does("a", "b"), after=("a", "b"))
    bench = Bench(tmp_path, (step,), operator=Operator(failed=Choice.BY_HAND))
    bench.world.effects["a"] = lambda: CommandResult(ok=False)

    def act(question: Question) -> None:
        if question.topic is Topic.FAILED:
            bench.world.true |= {"a", "b"}

    bench.operator.before_answer = act
    state = bench.run()
    assert state.outcome is Outcome.DONE
    assert bench.world.ran == ["a"]
    assert bench.of(Attested)[0].who == "CONTOSO\\admin"


def test_a_failed_command_whose_effect_is_there_all_the_same_is_settled_by_rechecking(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),), operator=Operator(failed=Choice.RECHECK))

    def half() -> CommandResult:
        bench.world.true.add("done.1")
        return CommandResult(ok=False, errors=("a warning dressed as an error",))

    bench.world.effects["done.1"] = half
    state = bench.run()
    assert state.outcome is Outcome.DONE
    assert "the proof holds all the same" in state.step("toy.1").why


def test_rechecking_after_a_failure_does_not_forget_commands_that_were_never_sent(tmp_path: Path) -> None:
    step = toy_step("1", plan=does("a", "b"), after=("a",))
    bench = Bench(tmp_path, (step,), operator=Operator(failed=[Choice.RECHECK, Choice.STOP]))

    def half() -> CommandResult:
        bench.world.true.add("a")
        return CommandResult(ok=False)

    bench.world.effects["a"] = half
    state = bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.FAILED, Topic.FAILED]
    assert not state.step("toy.1").over


def test_a_host_that_refuses_is_a_failure_and_not_a_doubt(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))

    def refuse() -> CommandResult:
        raise AccessDenied("se01.contoso.com refuses CONTOSO\\admin")

    bench.world.effects["done.1"] = refuse
    bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.FAILED]
    assert "refuses CONTOSO\\admin" in bench.operator.asked[-1].text


def test_nothing_to_do_is_already_done_only_where_the_proof_holds(tmp_path: Path) -> None:
    step = toy_step("1", plan=lambda _scope, _readings: AlreadyDone(why="the share is there"))
    bench = Bench(tmp_path, (step,))
    bench.world.true.add("done.1")
    state = bench.run()
    assert (state.step("toy.1").status, state.step("toy.1").why) == (StepStatus.ALREADY_DONE, "the share is there")
    assert bench.operator.asked == []


def test_nothing_to_do_without_proof_is_asked_about(tmp_path: Path) -> None:
    step = toy_step("1", plan=lambda _scope, _readings: AlreadyDone(why="the share is there"))
    bench = Bench(tmp_path, (step,))
    state = bench.run()
    assert bench.operator.topics == [Topic.NOT_PROVEN]
    assert "the share is there" in bench.operator.asked[0].text
    assert state.step("toy.1").status is StepStatus.NOT_PROVEN


@pytest.mark.parametrize("how", ["impossible", "unknown"])
def test_where_no_command_can_be_computed_run_is_not_offered(tmp_path: Path, how: str) -> None:
    def plan(_scope: Scope, readings: Readings) -> Planned:
        return Impossible(why="nobody could look at it") if how == "impossible" else does("x")(_scope, _need(readings))

    bench = Bench(tmp_path, (toy_step("1", plan=plan, plan_needs=lambda _scope: (request("it"),)),))
    bench.world.unseen.add("it")
    bench.operator = Operator(ready=Choice.STOP)
    bench.run()
    question = bench.operator.asked[0]
    assert Choice.RUN not in question.choices
    assert "nobody could look at it" in question.text


def _need(readings: Readings) -> Readings:
    assert readings[request("it")].holds
    return readings


def test_a_by_hand_step_is_attested_and_then_proven(tmp_path: Path) -> None:
    step = toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("done.1", "attested.image"))
    bench = Bench(tmp_path, (step, toy_step("2", before=("attested.image",))))
    bench.world.true.add("done.1")
    state = bench.run()
    assert state.outcome is Outcome.DONE
    assert state.attestations["image"].note == "because I say so"
    assert bench.of(StepStarted)[0].by_hand
    assert bench.operator.asked[0].attest == "image"


def test_a_by_hand_step_that_was_not_really_done_is_not_proven(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", kind=Kind.BY_HAND, plan=None),))
    state = bench.run()
    assert bench.operator.topics == [Topic.READY, Topic.NOT_PROVEN]
    assert state.step("toy.1").status is StepStatus.NOT_PROVEN


def test_an_automated_step_can_be_done_by_hand_and_is_proven_all_the_same(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),), operator=Operator(ready=Choice.BY_HAND))
    bench.operator.before_answer = lambda question: bench.world.true.add("done.1")
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == []


def test_stopping_between_two_commands_leaves_nothing_in_doubt(tmp_path: Path) -> None:
    step = toy_step("1", plan=does("a", "b"), after=("a", "b"))
    bench = Bench(tmp_path, (step,))
    bench.options["should_stop"] = lambda: "a" in bench.world.ran
    state = bench.run()
    assert bench.world.ran == ["a"]
    assert state.step("toy.1").status is StepStatus.STOPPED
    bench.options.clear()
    assert bench.run().outcome is Outcome.DONE
    assert bench.world.ran == ["a", "b"]


def test_an_interrupt_at_the_keyboard_is_recorded_and_passed_on(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))

    def interrupt(_question: Question) -> None:
        raise KeyboardInterrupt

    bench.operator.before_answer = interrupt
    with pytest.raises(KeyboardInterrupt):
        bench.run()
    last = bench.recorded()[-1]
    assert isinstance(last, RunEnded)
    assert last.outcome is Outcome.STOPPED


def test_the_answers_and_the_time_they_took_are_recorded(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", danger=Danger.DESTRUCTIVE),))

    def think(_question: Question) -> None:
        bench.world.now += timedelta(seconds=90)

    bench.operator.before_answer = think
    state = bench.run()
    (answered,) = bench.of(Answered)
    assert (answered.topic, answered.choice) == ("ready", "run")
    assert 90 <= answered.seconds < 91
    assert 90 <= state.waited < 91


def test_control_characters_of_a_host_do_not_reach_the_journal(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"),))
    bench.world.effects["done.1"] = lambda: CommandResult(ok=False, errors=("\x1b[2Jred\x07",), output=("a\tb",) * 900)
    bench.run()
    (ended,) = bench.of(CommandEnded)
    assert "\x1b" not in ended.errors[0]
    assert len(ended.output) == 201
    assert "lines left out" in ended.output[100]


def test_facts_of_gate_and_plan_come_in_one_wave(tmp_path: Path) -> None:
    def plan(_scope: Scope, readings: Readings) -> Planned:
        assert readings[request("it")] is not None
        return does("done.1")(_scope, readings)

    step = toy_step(
        "1", before=("ready", "also"), plan=plan, plan_needs=lambda _scope: (request("it"), request("also"))
    )
    bench = Bench(tmp_path, (step,), operator=Operator(held=Choice.STOP))
    bench.run()
    assert bench.world.waves == [["ready", "also", "it"]]


def test_what_a_steps_own_work_makes_false_guards_only_its_beginning(tmp_path: Path) -> None:
    """A machine is clean before setup begins and not after: a step that failed half way is not held by its own traces."""
    world = ToyWorld(true={"clean"})

    def half() -> CommandResult:
        world.true.discard("clean")
        world.effects.pop("done.1")
        return CommandResult(ok=False, errors=("setup stopped half way",))

    world.effects["done.1"] = half
    operator = Operator(failed=Choice.RETRY)
    bench = Bench(tmp_path, (toy_step("1", before=("clean",), spent=("clean",)),), world=world, operator=operator)
    state = bench.run()
    assert state.complete
    assert world.ran == ["done.1", "done.1"]


def test_a_step_that_was_never_begun_is_still_held_by_it(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("clean",), spent=("clean",)),), operator=Operator(held=Choice.STOP))
    state = bench.run()
    assert bench.operator.topics == [Topic.HELD]
    assert not state.complete
