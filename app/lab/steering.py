"""What the lab's control can be asked: one function a route."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from app.lab.control import Route
from app.lab.faults.catalogue import inject, mend
from app.lab.hosting import SimulatedHost
from app.lab.panel import do, states
from app.lab.world.snapshot import differences, snapshot
from app.lab.world.world import OPERATOR, World
from app.remote.scripts import script_text

_INVOKE = "command/invoke.ps1"
_LONGEST = 60.0
"""Seconds of slowness that can be asked for."""


class Steering:
    """The routes of one lab."""

    def __init__(
        self,
        world: World,
        *,
        described: Callable[[], Mapping[str, object]],
        started: Callable[[], Mapping[str, int]],
        settle: Callable[[], None],
    ) -> None:
        """Take the world and what only the servers know.

        Args:
            world: what is steered.
            described: the JSON line of ``lab serve``.
            started: commands started so far, by host.
            settle: makes the servers look at the world at once.
        """
        self._world = world
        self._described = described
        self._started = started
        self._settle = settle

    def routes(self) -> dict[str, Route]:
        """Return every route by its name."""
        return {
            "actions": lambda _given: [asdict(one) for one in states(self._world)],
            "do": self._do,
            "inject": lambda given: self._settled(inject(self._world, _text(given, "id")).title),
            "mend": lambda given: self._settled(mend(self._world, _text(given, "id")).mending),
            "broken": lambda _given: sorted(self._world.broken),
            "differences": lambda _given: list(differences(self._world.before, snapshot(self._world))),
            "effects": lambda _given: [asdict(one) for one in list(self._world.effects)],
            "counts": lambda _given: Counter(f"{one.host}: {one.line}" for one in list(self._world.effects)),
            "started": lambda _given: dict(self._started()),
            "pace": self._pace,
            "start_seconds": self._start_seconds,
            "run": self._run,
            "secret": self._secret,
            "described": lambda _given: dict(self._described()),
        }

    def _settled(self, said: str) -> str:
        self._settle()
        return said

    def _do(self, given: Mapping[str, Any]) -> str:
        return self._settled(do(self._world, _text(given, "id")))

    def _pace(self, given: Mapping[str, Any]) -> None:
        self._world.pace = _seconds(given)

    def _start_seconds(self, given: Mapping[str, Any]) -> None:
        for host in self._world.hosts.values():
            host.start_seconds = _seconds(given)

    def _run(self, given: Mapping[str, Any]) -> object:
        host = self._world.host(_text(given, "host"))
        command = given.get("command")
        if host is None or not isinstance(command, Mapping):
            raise ValueError("a known host and a command are needed")
        account = f"{self._world.directory.netbios}\\{OPERATOR}"
        found = SimulatedHost(self._world, host).fragment(account, _INVOKE, script_text(_INVOKE), command)
        self._settle()
        return found

    def _secret(self, given: Mapping[str, Any]) -> str:
        secrets = {"operator": self._world.directory.accounts[OPERATOR].password, "sql": self._world.sql_password}
        return secrets[_text(given, "name")]


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is needed, as text")
    return value


def _seconds(given: Mapping[str, Any]) -> float:
    value = given.get("seconds")
    if not isinstance(value, int | float) or not 0 <= value <= _LONGEST:
        raise ValueError(f"seconds is needed: a number from 0 to {_LONGEST:.0f}")
    return float(value)
