"""Whatever the operator answers, whatever the world does, whenever the process dies: the promises hold in every journal."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from app.recovery.chain import Row
from app.recovery.engine import opening
from app.recovery.events import (
    AnyEvent,
    CommandEnded,
    CommandStarted,
    DoubtSettled,
    GateJudged,
    Outcome,
    Overridden,
    ProofJudged,
    StepEnded,
    StepStarted,
)
from app.recovery.journal import Journal
from app.recovery.ports import Choice, Question, Reply
from app.recovery.reducing import fold
from app.recovery.step import Danger, Kind
from app.remote.errors import TimedOut
from app.remote.result import CommandResult
from tests.recovery.kit import Bench, does, toy_step

NAMES = ("x", "y", "a", "b", "c", "done.3")


class Killed(BaseException):
    """The process dies."""


class Chaos:
    """Decides everything by one seed."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.dice = random.Random(seed)
        by_hand = toy_step("1", kind=Kind.BY_HAND, plan=None, attests="image", after=("attested.image", "x"))
        two = toy_step("2", before=("x", "attested.image"), plan=does("a", "b", "c"), after=("a", "b", "c"))
        three = toy_step("3", before=("y", "c"), danger=Danger.DESTRUCTIVE, repeatable=self.dice.random() < 0.5)
        self.bench = Bench(folder, (by_hand, two, three))
        self.bench.operator = self.answer  # type: ignore[assignment]
        for name in ("a", "b", "c", "done.3"):
            self.bench.world.effects[name] = self.effect(name)
        self.answers = 0

    def effect(self, name: str) -> Callable[[], CommandResult]:
        def happen() -> CommandResult:
            luck = self.dice.random()
            if luck < 0.7:
                self.bench.world.true.add(name)
            if luck < 0.55:
                return CommandResult(ok=True)
            if luck < 0.8:
                raise TimedOut("no answer in 60 s")
            return CommandResult(ok=False, errors=("bad luck",))

        return happen

    def answer(self, question: Question) -> Reply:
        self.answers += 1
        for name in NAMES:
            if self.dice.random() < 0.3:
                self.bench.world.true ^= {name}
            if self.dice.random() < 0.2:
                self.bench.world.unseen ^= {name}
        choices = [one for one in question.choices if one is not Choice.STOP]
        choice = Choice.STOP if self.answers > 60 or self.dice.random() < 0.1 else self.dice.choice(choices)
        typed = question.type_to_confirm if self.dice.random() < 0.8 else "wrong"
        return Reply(choice=choice, note="" if self.dice.random() < 0.1 else "because", typed=typed)

    def live(self) -> None:
        """One session: it ends by itself, or dies somewhere."""
        dice = self.dice

        class Dying(Journal):
            def append(self, event: AnyEvent) -> Row:
                if dice.random() < 0.02:
                    raise Killed
                row = super().append(event)
                if dice.random() < 0.02:
                    raise Killed
                return row

        bench = self.bench
        journal = Dying.open(bench.path) if bench.path.exists() else Dying.create(bench.path)
        first = opening(bench.plan, run="toy", backup="b", config="c", operator="admin")
        try:
            bench.engine(journal).run(None if journal.events() else first)
        except Killed:
            pass
        finally:
            journal.close()


@pytest.fixture(params=range(40))
def history(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[AnyEvent, ...]:
    """The journal after five sessions of chaos."""
    chaos = Chaos(request.param, tmp_path)
    for _ in range(5):
        chaos.answers = 0
        chaos.live()
    with Journal.read(chaos.bench.path) as journal:
        assert journal.verify().holds
        return journal.events()


def test_every_promise_holds_in_every_history(history: tuple[AnyEvent, ...]) -> None:
    ok: dict[str, set[tuple[str, str]]] = {}
    sent: dict[str, str] = {}
    start_over: set[str] = set()
    latest: dict[tuple[str, type[AnyEvent]], AnyEvent] = {}
    for number, event in enumerate(history):
        step = str(getattr(event, "step", ""))
        match event:
            case StepStarted():
                gate = latest.get((step, GateJudged))
                assert isinstance(gate, GateJudged)
                # By hand after a failure needs no open gate: the work was done already, its proof decides.
                assert gate.open or event.by_hand
                before = fold(history[:number]).steps
                index = [one.id for one in before].index(step)
                assert all(one.over for one in before[:index]), "a step begins only when all before it are over"
                if step in start_over:
                    ok[step] = set()
                    start_over.discard(step)
            case CommandStarted():
                assert (event.action, event.line) not in ok.get(step, set()), "a recorded end is never run again"
                sent[event.action] = event.line
            case CommandEnded() if event.ok:
                ok.setdefault(step, set()).add((event.action, sent[event.action]))
            case StepEnded(outcome=Outcome.DONE | Outcome.ALREADY_DONE):
                proof, doubt = latest.get((step, ProofJudged)), latest.get((step, DoubtSettled))
                proven = isinstance(proof, ProofJudged) and proof.proven
                told = (
                    isinstance(doubt, DoubtSettled) and doubt.outcome is Outcome.DONE and doubt.by == "CONTOSO\\admin"
                )
                assert proven or told, "done is what was proven, or what the operator has looked at"
            case StepEnded(outcome=Outcome.NOT_PROVEN):
                start_over.add(step)
            case Overridden():
                assert event.reason.strip()
            case _:
                pass
        latest[(step, type(event))] = event


def test_the_chaos_above_really_reaches_the_rare_corners(tmp_path: Path) -> None:
    kinds: set[str] = set()
    ends: set[Outcome] = set()
    for seed in range(20):
        chaos = Chaos(seed, tmp_path / str(seed))
        for _ in range(5):
            chaos.answers = 0
            chaos.live()
        with Journal.read(chaos.bench.path) as journal:
            events = journal.events()
        kinds |= {type(one).__name__ for one in events}
        ends |= {one.outcome for one in events if isinstance(one, StepEnded)}
    assert {"CommandLost", "DoubtSettled", "Overridden", "Attested", "RunEnded"} <= kinds
    assert {Outcome.DONE, Outcome.NOT_PROVEN, Outcome.FAILED} <= ends
