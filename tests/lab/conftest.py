"""A world in which se01.contoso.com is lost, and hands to work in it, without any server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.lab.hosting import SimulatedHost
from app.lab.scenarios import TARGET, scenario, start_world
from app.lab.world.world import World
from tests.lab.hands import Hands

NOW = 1_795_000_000.0
"""A Friday in November 2026: the clock of these worlds stands still unless a test moves it."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    return start_world(scenario("se-server-lost"), seed=0, folder=tmp_path, clock=lambda: NOW)


@pytest.fixture
def hands(world: World) -> Hands:
    """The operator's hands on the machine that is being recovered."""
    return Hands(SimulatedHost(world, world.hosts[TARGET]))


@pytest.fixture
def on(world: World) -> Callable[[str], Hands]:
    return lambda name: Hands(SimulatedHost(world, world.hosts[name]))


@pytest.fixture
def recovered(world: World, hands: Hands) -> Iterator[World]:
    """The same world after every step was done rightly."""
    hands.recover()
    yield world
