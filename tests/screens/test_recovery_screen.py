"""The recovery screen: what it shows, which keys live, and that it never acts by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Button, Static

from app.recovery.ports import Choice, Topic
from app.recovery.state import StepStatus
from app.recovery.step import Danger, Kind
from app.tui import RelyncApp
from screens.asking import TextQuestion
from screens.finding import FindingScreen
from screens.lab_panel import LabPanel
from screens.recovery import RecoveryScreen
from screens.report import ReportScreen
from screens.widgets.finding_list import FindingList
from screens.widgets.question_bar import QuestionBar
from screens.widgets.step_list import StepList
from tests.recovery.kit import ToyWorld, toy_step
from tests.screens.kit import ToyDesk, ToyLab, question, started, toy_app, until

WIDE, NARROW = (120, 40), (80, 24)


def text(app: RelyncApp, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).render())


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_held_step_says_what_holds_it_and_offers_no_run(tmp_path: Path, size: tuple[int, int]) -> None:
    """The gate is shut: found, expected and what to do are on the screen, and pressing r does nothing."""
    world = ToyWorld()
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", before=("ready.1",))))
    async with app.run_test(size=size) as pilot:
        asked = await started(pilot, app)
        assert asked.topic is Topic.HELD
        assert "HELD by 1 of 1" in text(app, "#gate-title")
        listing = app.screen.query_one("#gate", FindingList)
        shown = str(listing.get_option_at_index(0).prompt)
        assert "found    it does not hold" in shown
        assert "expected holds" in shown
        assert "do       mend it" in shown
        await pilot.press("r")
        await pilot.pause()
        assert app.run_view.question is asked
        assert world.ran == []


async def test_the_safe_answer_has_the_focus(tmp_path: Path) -> None:
    app = toy_app(ToyDesk(tmp_path, ToyWorld(), toy_step("1")))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        assert isinstance(app.focused, Button)
        assert app.focused.id == f"choice-{Choice.STOP.value}"


async def test_run_shows_the_command_before_it_runs_and_the_proof_after(tmp_path: Path) -> None:
    world = ToyWorld()
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1"), toy_step("2")))
    async with app.run_test(size=WIDE) as pilot:
        asked = await started(pilot, app)
        assert asked.topic is Topic.READY
        assert text(app, "#commands") == "Set-Toy -Name done.1"
        assert world.ran == []
        await pilot.press("r")
        await until(
            pilot,
            lambda: app.run_view.question is not None and app.run_view.question.step == "toy.2",
            "step 2 is asked",
        )
        assert world.ran == ["done.1"]
        assert app.run_view.state.step("toy.1").status is StepStatus.DONE
        steps = app.screen.query_one(StepList)
        assert "√ 1" in str(steps.get_option("toy.1").prompt)


async def test_a_destructive_step_needs_the_target_typed(tmp_path: Path) -> None:
    world = ToyWorld()
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", danger=Danger.DESTRUCTIVE)))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, TextQuestion), "the name is asked for")
        await pilot.press(*"se02", "enter")
        await pilot.pause()
        assert isinstance(app.screen, TextQuestion)
        assert world.ran == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, RecoveryScreen), "back at the step")
        assert world.ran == []
        await pilot.press("r")
        await until(pilot, lambda: isinstance(app.screen, TextQuestion), "the name is asked for again")
        await pilot.press(*"se01.contoso.com", "enter")
        await until(pilot, lambda: world.ran == ["done.1"], "it runs")


async def test_an_override_needs_a_reason_and_records_it(tmp_path: Path) -> None:
    world = ToyWorld()
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", before=("ready.1",))))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        await pilot.press("o")
        await until(pilot, lambda: isinstance(app.screen, TextQuestion), "a reason is asked for")
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, TextQuestion)
        await pilot.press(*"ok", "enter")
        await until(pilot, lambda: bool(app.run_view.state.overrides), "the override is recorded")
        assert app.run_view.state.overrides[0].reason == "ok"


async def test_what_a_host_says_is_never_read_as_markup(tmp_path: Path) -> None:
    world = ToyWorld(unseen={"ready.1"})
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", before=("ready.1",), title="[bold]step[/] [x")))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        assert "[bold]step[/] [x" in text(app, "#step-head")
        app.screen.query_one("#gate", FindingList).focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(app.screen, FindingScreen), "the finding is opened")


async def test_the_lab_panel_mends_and_the_gate_is_looked_at_again(tmp_path: Path) -> None:
    world = ToyWorld()
    lab = ToyLab(world, "ready.1")
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", before=("ready.1",)), lab=lab))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        await pilot.press("l")
        await until(
            pilot, lambda: isinstance(app.screen, LabPanel) and app.screen.actions, "the panel lists its action"
        )
        await pilot.press("down", "enter")
        await until(pilot, lambda: lab.done == ["ready.1"], "it is done")
        await pilot.press("escape")
        await until(
            pilot,
            lambda: app.run_view.question is not None and app.run_view.question.topic is Topic.READY,
            "the gate opens",
        )
        assert "open, 1 findings" in text(app, "#gate-title")


async def test_without_a_lab_there_is_no_panel(tmp_path: Path) -> None:
    app = toy_app(ToyDesk(tmp_path, ToyWorld(), toy_step("1")))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        await pilot.press("l")
        await pilot.pause()
        assert isinstance(app.screen, RecoveryScreen)


async def test_the_narrow_screen_shows_the_step_and_brings_up_the_plan_on_demand(tmp_path: Path) -> None:
    app = toy_app(ToyDesk(tmp_path, ToyWorld(), toy_step("1"), toy_step("2")))
    async with app.run_test(size=NARROW) as pilot:
        await started(pilot, app)
        assert not app.screen.query_one(StepList).display
        await pilot.press("t")
        await pilot.pause()
        assert app.screen.query_one(StepList).display
        assert not app.screen.query_one("#step").display


async def test_stopping_ends_the_session_and_says_that_it_can_be_resumed(tmp_path: Path) -> None:
    app = toy_app(ToyDesk(tmp_path, ToyWorld(), toy_step("1")))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        await pilot.press("s")
        await until(pilot, lambda: app.run_view.state.outcome is not None, "the engine stops")
        await pilot.pause()
        bar = app.screen.query_one(QuestionBar)
        assert "resumed" in str(bar.query_one("#question-text", Static).render())


async def test_a_step_of_hands_is_attested_with_a_note(tmp_path: Path) -> None:
    world = ToyWorld(true={"done.1"})
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", kind=Kind.BY_HAND, plan=None)))
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        assert "1. do it" in text(app, "#hand")
        await pilot.press("h")
        await until(pilot, lambda: isinstance(app.screen, TextQuestion), "a note is asked for")
        await pilot.press(*"did", "enter")
        await until(pilot, lambda: app.run_view.state.complete, "the run is complete")
        assert app.run_view.state.by_hand[0].note == "did"


async def test_the_evidence_can_be_read_and_saved_but_never_over_another_file(tmp_path: Path) -> None:
    app = toy_app(ToyDesk(tmp_path, ToyWorld(), toy_step("1")))
    target = tmp_path / "report.md"
    target.write_text("mine")
    async with app.run_test(size=WIDE) as pilot:
        await started(pilot, app)
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen), "the report is shown")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, TextQuestion), "a path is asked for")
        await pilot.press(*str(target), "enter")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen), "back at the report")
        assert target.read_text() == "mine"


async def test_leaving_at_a_question_stops_the_run_the_safe_way(tmp_path: Path) -> None:
    world = ToyWorld()
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1")))
    async with app.run_test(size=WIDE) as pilot:
        await question_then_quit(pilot, app)
    assert app.engine is not None
    assert not app.engine.is_alive()
    assert world.ran == []


async def question_then_quit(pilot: object, app: RelyncApp) -> None:
    await started(pilot, app)  # type: ignore[arg-type]
    await question(pilot, app)  # type: ignore[arg-type]
    await pilot.press("q")  # type: ignore[attr-defined]
    await until(pilot, lambda: app.return_code == 0, "the app is left")  # type: ignore[arg-type]
