"""A desk over the toy world, so that the app runs the real engine without a deployment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from app.desk import Desk, Preflight
from app.desk_shapes import DeskError, Failure
from app.recovery.engine import Engine, opening
from app.recovery.journal import Journal
from app.recovery.plan import Plan, make_plan
from app.recovery.ports import Question
from app.recovery.preflight import preflight
from app.recovery.state import RunState
from app.recovery.step import Step
from app.recovery.world import World
from app.tui import RelyncApp
from checks.check import Check
from tests.recovery.kit import ToyWorld, condition_check, toy_procedure, toy_scope_source


@dataclass
class ToyLab:
    """A panel with one action that makes a condition true."""

    world: ToyWorld
    condition: str
    done: list[str] = field(default_factory=list)

    @dataclass(frozen=True)
    class Action:
        id: str
        title: str
        area: str = "DNS"
        explanation: str = "makes it true"
        breaks: bool = False
        applies: bool = True

    def actions(self) -> tuple[Action, ...]:
        return (self.Action(id=self.condition, title=f"make {self.condition} true"),)

    def do(self, action: str) -> str:
        self.done.append(action)
        self.world.true.add(action)
        return f"{action} is true"


class ToyDesk(Desk):
    """A real desk in what the app sees of it, with toy insides."""

    def __init__(
        self,
        folder: Path,
        world: ToyWorld,
        *steps: Step,
        lab: Any = None,
        checks: Callable[[str], Check] = condition_check,
    ) -> None:
        self.folder = folder
        self.world = world
        self.lab = lab
        self.checks = checks
        self.source = toy_scope_source(world)
        self.toy_plan = make_plan(toy_procedure(*steps), self.source({}))
        self.engines = 0

    def backup(self) -> Any:
        return self.source({}).backup

    def failures(self, backup: Any) -> tuple[Failure, ...]:
        return (
            Failure(
                procedure="toy", target="se01.contoso.com", title="the toy is broken", why="it says so", likely=True
            ),
        )

    def plan(self, backup: Any, failure: str, target: str) -> Plan:
        return self.toy_plan

    def paper(self, backup: Any, plan: Plan, form: str = "markdown") -> str:
        return "# on paper"

    def preflight(self, backup: Any, plan: Plan) -> Preflight:
        return Preflight(plan=plan, findings=preflight(plan, self.source({}), self.checks, self.world.gather))

    def interrupted(self) -> Any:
        return ()

    def report(self, run: str, form: str) -> str:
        return f"# evidence of {run}"

    def begin(self, backup: Any, plan: Plan, emit: Any, ask: Any) -> Callable[[], RunState]:
        self.engines += 1
        journal = Journal.create(self.folder / f"run{self.engines}.journal")
        world = World(
            scope=self.source,
            checks=self.checks,
            gather=self.world.gather,
            execute=self.world.execute,
            clock=self.world.clock,
            sleep=self.world.sleep,
        )

        def work() -> RunState:
            with journal:
                engine = Engine(plan=plan, world=world, journal=journal, emit=emit, ask=ask, operator="lyncadmin")
                return engine.run(opening(plan, run="run1", backup="", config="", operator="lyncadmin"))

        return work

    def resume(self, run: str, emit: Any, ask: Any) -> Any:
        raise DeskError(f"there is no run {run}")

    def close(self) -> None:
        return


def toy_app(desk: ToyDesk) -> RelyncApp:
    """The app on a toy desk."""
    return RelyncApp(lambda: desk, lab=desk.lab)


async def until(pilot: Pilot[int], true: Callable[[], object], what: str) -> None:
    """Let the app work until something is true; fail with a sentence after ten seconds of messages."""
    for _ in range(1000):
        if true():
            return
        await pilot.pause(0.01)
    raise AssertionError(f"never came true: {what}")


async def question(pilot: Pilot[int], app: RelyncApp) -> Question:
    """Return the question that the engine asks next."""
    await until(pilot, lambda: app.run_view.question is not None, "the engine asks")
    await pilot.pause()
    found = app.run_view.question
    assert found is not None
    return found


async def started(pilot: Pilot[int], app: RelyncApp) -> Question:
    """Go from the home screen into the recovery and return its first question."""
    await until(
        pilot,
        lambda: app.screen.query("#failures > *") or app.screen.query_one("#failures").option_count,
        "failures are shown",
    )  # type: ignore[attr-defined]
    await pilot.press("enter")
    await until(pilot, lambda: app.screen.__class__.__name__ == "PlanScreen", "the plan is shown")
    await pilot.press("s")
    return await question(pilot, app)
