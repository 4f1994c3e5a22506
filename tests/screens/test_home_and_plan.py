"""The way to a recovery: what the backup holds, what may have failed, and what stands in the way of the plan."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import OptionList, Static

from app.backup.backup_set import BackupSet, Depth, Piece, PieceKind
from app.desk_shapes import DeskError
from app.lab.contoso import contoso_topology
from app.tui import RelyncApp
from screens.home import HomeScreen, described
from screens.plan import PlanScreen
from tests.recovery.kit import ToyWorld, toy_step
from tests.screens.kit import ToyDesk, toy_app, until

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def text(app: RelyncApp, selector: str) -> str:
    return str(app.screen.query_one(selector, Static).render())


class NoBackup(ToyDesk):
    """A desk whose backup cannot be opened."""

    def backup(self) -> Any:
        raise DeskError("/srv/nothing is not there; expected a folder; give another one")


async def test_a_backup_that_cannot_be_opened_says_why_and_what_to_press(tmp_path: Path) -> None:
    app = toy_app(NoBackup(tmp_path, ToyWorld(), toy_step("1")))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "is not there" in text(app, "#backup"), "the reason is shown")
        assert "Press b" in text(app, "#failures-hint")
        assert app.screen.query_one("#failures", OptionList).option_count == 0


def test_what_a_backup_holds_is_said_with_its_age_its_depth_and_its_faults() -> None:
    root = Path("/srv/set")
    good = Piece(
        kind=PieceKind.USER_DATA,
        path=root / "ExportedUserData.zip",
        size=3 * 1024 * 1024,
        modified=NOW - timedelta(hours=6),
        depth=Depth.CONTENT,
        pool="se01.contoso.com",
        users=120,
    )
    bad = Piece(
        kind=PieceKind.RESPONSE_GROUPS,
        path=root / "Rgs.zip",
        size=10,
        modified=NOW - timedelta(days=40),
        depth=Depth.ARCHIVE,
        problems=("it is cut short",),
    )
    backup = BackupSet(root=root, pieces=(good, bad), topology=contoso_topology(), topology_source="Config.zip")
    shown = str(described(backup, NOW))
    for words in (
        "taken    6 h ago",
        "√ user-data of se01.contoso.com  ExportedUserData.zip",
        "3 MB, 120 users, 6 h ago; content read",
        "× response-groups",
        "40 d ago",
        "× it is cut short",
    ):
        assert words in shown


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_plan_names_the_steps_that_are_held_now(tmp_path: Path, size: tuple[int, int]) -> None:
    world = ToyWorld(true={"ready.1"})
    app = toy_app(ToyDesk(tmp_path, world, toy_step("1", before=("ready.1",)), toy_step("2", before=("ready.2",))))
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.screen.query_one("#failures", OptionList).option_count, "failures are shown")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, PlanScreen) and app.screen.checked, "the gates are judged")
        await until(pilot, lambda: "held now: steps toy.2" in text(app, "#plan-hint"), "the held step is named")
        assert world.ran == []
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, HomeScreen), "back home")
        assert app.engine is None
