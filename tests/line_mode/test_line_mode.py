"""The same engine in lines: what is printed, how answers are read, what happens where nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from app.line_mode import PlainFace, exit_status, nobody
from app.recovery.engine import Engine, opening
from app.recovery.events import Outcome, Progress, RunEnded
from app.recovery.journal import Journal
from app.recovery.ports import Choice, Question, Topic
from app.recovery.state import RunState
from app.recovery.step import Danger, Impossible, Kind
from app.recovery.world import World
from app.remote.errors import TimedOut
from app.remote.result import CommandResult
from app.scripted_operator import ScriptedOperator
from checks.finding import Finding
from tests.recovery.kit import TARGET, Bench, any_check, does, toy_scope_source, toy_step


class Console:
    """Collects lines, and answers from a list; then there is nobody."""

    def __init__(self, *answers: str) -> None:
        self.lines: list[str] = []
        self.answers = list(answers)

    def write(self, line: str) -> None:
        self.lines.append(line)

    def read(self) -> str:
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def played(bench: Bench, console: Console, yes_to: Iterable[str] = ()) -> tuple[RunState, PlainFace]:
    face = PlainFace(write=console.write, read=console.read, steps=bench.plan.planned(), yes_to=tuple(yes_to))
    return _run(bench, face), face


def _run(bench: Bench, face: PlainFace | ScriptedOperator) -> RunState:
    world = World(
        scope=toy_scope_source(bench.world),
        checks=any_check,
        gather=bench.world.gather,
        execute=bench.world.execute,
        clock=bench.world.clock,
        sleep=bench.world.sleep,
    )
    with Journal.create(bench.path) as journal:
        engine = Engine(plan=bench.plan, world=world, journal=journal, emit=face.emit, ask=face.ask, operator="admin")
        return engine.run(opening(bench.plan, run="toy", backup="b", config="", operator="admin"))


def question(*choices: Choice, topic: Topic = Topic.READY, confirm: str = "", attest: str = "") -> Question:
    return Question(
        topic=topic, step="toy.1", title="Step 1", text="why", choices=choices, type_to_confirm=confirm, attest=attest
    )


def face_of(console: Console) -> PlainFace:
    return PlainFace(write=console.write, read=console.read, steps=())


def test_a_whole_recovery_in_words(tmp_path: Path) -> None:
    console = Console("run", "run")
    state, face = played(Bench(tmp_path, (toy_step("1"), toy_step("2"))), console)
    assert exit_status(state, gave_up=face.gave_up) == 0
    assert "  Set-Toy -Name done.1" in console.lines
    assert console.lines[-1].endswith("run done")


def test_each_event_is_one_line_with_its_time_and_without_control_characters(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", title="\x1b[2Jevil"),))
    bench.world.effects["done.1"] = lambda: CommandResult(ok=False, errors=("\x1b[31mred\nnext",))
    console = Console("run", "stop")
    played(bench, console)
    assert all("\x1b" not in line and "\n" not in line for line in console.lines)
    timed = [line for line in console.lines if line.startswith("2026-11-22T09:")]
    assert len(timed) >= 6


@pytest.mark.parametrize(
    ("said", "choice"),
    [("1", Choice.STOP), ("2", Choice.RUN), ("run", Choice.RUN), ("RUN ", Choice.RUN), ("rec", Choice.RECHECK)],
)
def test_answers_are_numbers_words_or_their_beginnings(said: str, choice: Choice) -> None:
    face = face_of(Console(said))
    assert face.ask(question(Choice.STOP, Choice.RUN, Choice.RECHECK)).choice is choice


@pytest.mark.parametrize("wrong", ["", "re", "9", "0", "yes", "\x1b", "²"])
def test_anything_else_is_asked_again(wrong: str) -> None:
    console = Console(wrong, "stop")
    assert face_of(console).ask(question(Choice.STOP, Choice.RECHECK, Choice.RETRY)).choice is Choice.STOP
    assert console.text.count("answer: 1 stop  2 recheck  3 retry") == 2


def test_a_destructive_step_wants_the_name_typed() -> None:
    console = Console("run", TARGET)
    reply = face_of(console).ask(question(Choice.STOP, Choice.RUN, confirm=TARGET))
    assert (reply.choice, reply.typed) == (Choice.RUN, TARGET)
    assert f"type {TARGET} to confirm" in console.text


def test_an_override_asks_for_its_reason_and_an_attestation_for_its_note() -> None:
    console = Console("override", " it is known ")
    assert face_of(console).ask(question(Choice.STOP, Choice.OVERRIDE, topic=Topic.HELD)).note == "it is known"
    console = Console("by-hand", "image on nas01")
    assert face_of(console).ask(question(Choice.STOP, Choice.BY_HAND, attest="rollback-image")).note == "image on nas01"
    assert "(rollback-image)" in console.text


def test_where_nobody_answers_it_stops_and_says_how_to_resume(tmp_path: Path) -> None:
    console = Console()
    state, face = played(Bench(tmp_path, (toy_step("1"),)), console)
    assert face.gave_up
    assert exit_status(state, gave_up=face.gave_up) == 4
    assert "relync recover --resume" in console.text


def test_nobody_to_read_from_is_the_end_of_input() -> None:
    with pytest.raises(EOFError):
        nobody()


@pytest.mark.parametrize("yes_to", [["all"], ["toy.1", "toy.2", "toy.3"]])
def test_steps_answered_in_advance_run_without_anybody(tmp_path: Path, yes_to: list[str]) -> None:
    steps = (
        toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image",)),
        toy_step("2"),
        toy_step("3", danger=Danger.DESTRUCTIVE),
    )
    console = Console()
    bench = Bench(tmp_path, steps)
    state, _face = played(bench, console, yes_to)
    assert exit_status(state) == 0
    assert bench.world.ran == ["done.2", "done.3"]
    assert state.attestations["image"].note == "answered in advance"


@pytest.mark.parametrize(("danger", "times"), [(Danger.DESTRUCTIVE, 1), (Danger.REVERSIBLE, 2)])
def test_a_destructive_command_that_got_lost_is_not_sent_again_in_advance(
    tmp_path: Path, danger: Danger, times: int
) -> None:
    bench = Bench(tmp_path, (toy_step("1", danger=danger),))

    def lost() -> CommandResult:
        bench.world.effects.clear()
        raise TimedOut("no complete answer within 60 s; what was asked for may still be under way there")

    bench.world.effects["done.1"] = lost
    console = Console()
    _state, face = played(bench, console, ["all"])
    assert bench.world.ran == ["done.1"] * times
    assert face.gave_up is (times == 1)
    assert "It may still be running there" in console.text


def test_only_the_named_steps_are_answered_in_advance(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1"), toy_step("2", danger=Danger.DESTRUCTIVE)))
    state, face = played(bench, Console(), ["toy.1"])
    assert bench.world.ran == ["done.1"]
    assert exit_status(state, gave_up=face.gave_up) == 4


def test_a_held_gate_is_never_answered_in_advance(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    state, face = played(bench, Console(), ["all"])
    assert bench.world.ran == []
    assert face.gave_up
    assert state.steps[0].status.value == "held"


def test_an_automated_step_that_cannot_be_computed_is_not_attested_in_advance(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", plan=lambda _scope, _readings: Impossible(why="no certificate")),))
    state, face = played(bench, Console(), ["all"])
    assert face.gave_up
    assert state.by_hand == ()


@pytest.mark.parametrize(
    ("prepare", "answers", "code"),
    [
        ("held", ["stop"], 1),
        ("unknown", ["stop"], 3),
        ("ready", ["stop"], 4),
        ("failed", ["run", "stop"], 1),
        ("unproven", ["run", "stop"], 1),
        ("accepted", ["run", "override", "because"], 1),
    ],
)
def test_the_exit_code_of_a_stopped_run(tmp_path: Path, prepare: str, answers: list[str], code: int) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    if prepare not in ("held", "unknown"):
        bench.world.true.add("ready")
    if prepare == "unknown":
        bench.world.unseen.add("ready")
    if prepare in ("failed", "unproven", "accepted"):
        bench.world.effects["done.1"] = lambda: CommandResult(ok=prepare != "failed")
    state, face = played(bench, Console(*answers))
    assert exit_status(state, gave_up=face.gave_up) == code


def test_the_same_progress_is_printed_once() -> None:
    console = Console()
    face = face_of(console)
    for _ in range(3):
        face.emit(Progress(at="2026-11-22T09:00:00Z", step="toy.1", text="looking"))
    assert len(console.lines) == 1


# The operator that is a policy


def test_the_scripted_operator_mends_what_holds_and_works_to_the_end(tmp_path: Path) -> None:
    by_hand = toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image", "built"))
    bench = Bench(tmp_path, (by_hand, toy_step("2", before=("ready",), danger=Danger.DESTRUCTIVE)))

    def mend(findings: tuple[Finding, ...]) -> bool:
        bench.world.true |= {one.check for one in findings}
        return True

    operator = ScriptedOperator(by_hand=lambda step: f"did {step}", mend=mend)
    state = _run(bench, operator)
    assert exit_status(state) == 0
    assert state.attestations["image"].note == "did toy.1"
    assert [one.topic for one in operator.questions] == [Topic.READY, Topic.NOT_PROVEN, Topic.HELD, Topic.READY]


def test_the_scripted_operator_gives_up_where_mending_does_not_help(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", before=("ready",)),))
    operator = ScriptedOperator(mend=lambda _findings: True, patience=3)
    state = _run(bench, operator)
    assert len(operator.questions) == 4
    assert exit_status(state) == 1


def test_the_scripted_operator_tries_a_failed_step_again(tmp_path: Path) -> None:
    bench = Bench(tmp_path, (toy_step("1", plan=does("a"), after=("a",)),))
    bench.world.effects["a"] = lambda: bench.world.effects.clear() or CommandResult(ok=False)  # type: ignore[func-returns-value]
    assert exit_status(_run(bench, ScriptedOperator())) == 0


def test_the_end_of_a_run_is_said_with_its_reason() -> None:
    console = Console()
    face_of(console).emit(RunEnded(at="2026-11-22T09:00:00Z", outcome=Outcome.STOPPED, why="stopped at step se.3"))
    assert console.lines == ["2026-11-22T09:00:00Z  run stopped: stopped at step se.3"]
