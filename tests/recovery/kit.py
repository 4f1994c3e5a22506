"""A toy world for the engine: named conditions that are true, false or not to be seen, and commands that change them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.backup.backup_set import BackupSet
from app.facts.fact import Fact, Known, Reading, Readings, Request, Unknown, Via
from app.lab.contoso import contoso_topology
from app.recovery.engine import Engine, opening
from app.recovery.events import AnyEvent
from app.recovery.journal import Journal
from app.recovery.plan import Plan, make_plan
from app.recovery.ports import Choice, Question, Reply, Topic
from app.recovery.scoping import scope_source
from app.recovery.state import RunState
from app.recovery.step import Action, Danger, Kind, Phase, Planned, Procedure, Step
from app.recovery.world import World
from app.remote.command import Command, cmdlet
from app.remote.result import CommandResult
from app.settings import Settings
from checks import check as checking
from checks.check import Check, Scope
from checks.finding import Gate, Verdict, failed, passed

TARGET = "se01.contoso.com"
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """The value of the toy fact."""

    holds: bool


CONDITION = Fact(name="toy.condition", via=Via.POWERSHELL, shape=Condition)


def request(name: str) -> Request[Condition]:
    return CONDITION.about(TARGET, name=name)


def condition_check(
    name: str, *, gate: Gate = Gate.BLOCKING, after: tuple[str, ...] = (), fresh_for: float = 60.0
) -> Check:
    """A check that passes where the condition ``name`` holds; ``attested.x`` passes where x was attested."""
    asked = request(name)

    def judge(readings: Readings) -> Verdict:
        return passed("it holds") if readings[asked].holds else failed("it does not hold")

    def ask(scope: Scope) -> tuple[checking.Question, ...]:
        if name.startswith("attested."):
            given = name.partition(".")[2] in scope.attestations
            verdict = passed("attested") if given else failed("not attested")
            return (
                checking.Question(subject=TARGET, expected="attested", basis="toy", needs=(), judge=lambda _: verdict),
            )
        return (checking.Question(subject=TARGET, expected="holds", basis="toy", needs=(asked,), judge=judge),)

    return Check(
        id=name, title=f"{name} holds", why="toy", remedy="mend it", sources=("toy",), ask=ask, gate=gate, after=after,
        fresh_for=fresh_for,
    )  # fmt: skip


def any_check(name: str) -> Check:
    return condition_check(name)


def toy_action(name: str, *, proof_shows: bool = True) -> Action:
    return Action(
        id=name,
        title=f"do {name}",
        host=TARGET,
        command=cmdlet("Set-Toy", Name=name),
        seconds=60.0,
        proof_shows=proof_shows,
    )


def does(*names: str) -> Callable[[Scope, Readings], Planned]:
    return lambda _scope, _readings: tuple(toy_action(one) for one in names)


def toy_step(number: str, **changes: Any) -> Step:
    """An automated step that runs one command and is proven by the condition of the same name."""
    fields: dict[str, Any] = {
        "id": f"toy.{number}",
        "number": number,
        "title": f"step {number}",
        "intent": "because",
        "who": "anyone",
        "where": "target",
        "kind": Kind.AUTOMATED,
        "danger": Danger.REVERSIBLE,
        "before": (),
        "after": (f"done.{number}",),
        "source": f"Toy page step {number}",
        "by_hand": ("do it",),
        "plan": does(f"done.{number}"),
        "undo": "put it back",
    }
    return Step(**{**fields, **changes})


def toy_procedure(*steps: Step, refuses: str = "") -> Procedure:
    phases = (Phase(id="one", title="Phase one", steps=steps),)
    return Procedure(
        id="toy",
        title="A toy procedure",
        applies_when="never",
        source="Toy page",
        phases=lambda _scope: phases,
        refuses=lambda _scope: refuses,
    )


class Operator:
    """Answers by topic: a list is used up, the last entry stays."""

    def __init__(self, **answers: list[Choice] | Choice) -> None:
        self.answers = {topic: list(given) if isinstance(given, list) else [given] for topic, given in answers.items()}
        self.asked: list[Question] = []
        self.before_answer: Callable[[Question], None] = lambda _question: None
        self.note = "because I say so"
        self.typed: str | None = None

    def __call__(self, question: Question) -> Reply:
        self.asked.append(question)
        self.before_answer(question)
        given = self.answers.get(question.topic.name.lower(), [_default(question)])
        choice = given.pop(0) if len(given) > 1 else given[0]
        typed = question.type_to_confirm if self.typed is None else self.typed
        return Reply(choice=choice, note=self.note, typed=typed)

    @property
    def topics(self) -> list[Topic]:
        return [one.topic for one in self.asked]


def _default(question: Question) -> Choice:
    if question.topic is Topic.READY:
        return Choice.RUN if Choice.RUN in question.choices else Choice.BY_HAND
    return Choice.STOP


@dataclass
class ToyWorld:
    """What is true, what was run, what time it is."""

    true: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    ran: list[str] = field(default_factory=list)
    effects: dict[str, Callable[[], CommandResult]] = field(default_factory=dict)
    waves: list[list[str]] = field(default_factory=list)
    now: datetime = START
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None

    def clock(self) -> datetime:
        self.now += timedelta(milliseconds=10)
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        self.on_sleep()

    def gather(self, requests: Iterable[Request[Any]]) -> Readings:
        asked = list(requests)
        self.waves.append([str(one.argument("name")) for one in asked])
        return Readings({one: self._reading(str(one.argument("name"))) for one in asked})

    def _reading(self, name: str) -> Reading:
        if name in self.unseen:
            return Unknown(reason=f"nobody could look at {name}", at=self.now)
        return Known(value=Condition(holds=name in self.true), at=self.now, seconds=0.1)

    def execute(self, _host: str, command: Command, _seconds: float) -> CommandResult:
        name = str(command.parameters[0].value)
        self.ran.append(name)
        if name in self.effects:
            return self.effects[name]()
        self.true.add(name)
        return CommandResult(ok=True, output=(f"{name} done",))


def toy_scope_source(world: ToyWorld, settings: Settings | None = None) -> Any:
    topology = contoso_topology()
    backup = BackupSet(root=Path("backup"), pieces=(), topology=topology, topology_source="Config.zip")
    return scope_source(backup, TARGET, settings or Settings(), world.clock)


@dataclass
class Bench:
    """One run on a toy world."""

    folder: Path
    steps: tuple[Step, ...]
    world: ToyWorld = field(default_factory=ToyWorld)
    operator: Operator = field(default_factory=Operator)
    checks: Callable[[str], Check] = any_check
    events: list[AnyEvent] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> Path:
        return self.folder / "toy.journal"

    @property
    def plan(self) -> Plan:
        return make_plan(toy_procedure(*self.steps), toy_scope_source(self.world)({}))

    def engine(self, journal: Journal) -> Engine:
        world = World(
            scope=toy_scope_source(self.world),
            checks=self.checks,
            gather=self.world.gather,
            execute=self.world.execute,
            clock=self.world.clock,
            sleep=self.world.sleep,
            **self.options,
        )
        return Engine(
            plan=self.plan,
            world=world,
            journal=journal,
            emit=self.events.append,
            ask=self.operator,
            operator="CONTOSO\\admin",
        )

    def run(self) -> RunState:
        """Start a new run, or take up the recorded one."""
        if self.path.exists():
            with Journal.open(self.path) as journal:
                return self.engine(journal).run()
        with Journal.create(self.path) as journal:
            opened = opening(self.plan, run="toy", backup="backup", config="relync.toml", operator="CONTOSO\\admin")
            return self.engine(journal).run(opened)

    def recorded(self) -> tuple[AnyEvent, ...]:
        with Journal.read(self.path) as journal:
            return journal.events()

    def of(self, kind: type[AnyEvent]) -> list[Any]:
        return [one for one in self.events if isinstance(one, kind)]
