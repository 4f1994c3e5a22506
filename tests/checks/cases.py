"""Cases are data: ``tests/cases/<check id>/<status>-<what>.json``. This turns them into readings and expectations.

A case names what differs from a world in which everything is right::

    {"about": "a sentence",
     "world": "rebuilt" | "recovered",
     "scope": {...},                                   see scopes.standard_scope
     "readings": {"<request key>": {"value": {...}}    the whole answer
                                 | {"change": {...}}   fields of the right answer, nested
                                 | {"unknown": "..."}},
     "expect": [{"subject": "...", "status": "FAIL", "found_contains": "..."}],
     "also": ["other.check"]}                          other checks that rightly fail in this world

``{"$certificate": name}`` and ``{"$thumbprint": name}`` stand for a certificate of certificate_recipes, ``{"$stored":
name, ...}`` for one in a machine's store with fields changed, ``{"$topology": name}`` for a published document.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from app.facts.fact import Known, Reading, Readings, Request, Unknown
from app.lab.documents import published_xml
from checks.catalogue import CATALOGUE, by_id
from checks.check import Check, Scope
from checks.finding import Finding
from checks.running import judged, needed
from tests.checks.certificate_recipes import der, thumbprint
from tests.checks.scopes import NOW, standard_scope
from tests.checks.topologies import TOPOLOGIES
from tests.checks.worlds import World, answer, stored

ROOT = Path(__file__).parent.parent / "cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a case says about one finding."""

    status: str
    subject: str = ""
    """Part of the finding's subject; empty: every finding."""
    found_contains: str = ""
    remedy_contains: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One file."""

    check: Check
    name: str
    about: str
    world: World
    scope: Scope
    readings: Readings
    expect: tuple[Expectation, ...]
    also: tuple[str, ...]

    @property
    def status(self) -> str:
        """What the file's name promises."""
        return self.name.partition("-")[0].upper()

    def findings(self) -> tuple[Finding, ...]:
        """Return what the check says about the case's world."""
        return judged((replace(self.check, after=()),), self.scope, self.readings)


def paths() -> tuple[Path, ...]:
    """Return the files of all cases."""
    return tuple(sorted(ROOT.glob("*/*.json")))


@cache
def load(path: Path) -> Case:
    """Return the case in a file."""
    said = json.loads(path.read_text("utf-8"))
    check, scope = by_id(path.parent.name), standard_scope(said.pop("scope", None))
    world = World(said.pop("world", World.REBUILT))
    case = Case(
        check=check,
        name=path.stem,
        about=said.pop("about"),
        world=world,
        scope=scope,
        readings=world_readings(scope, world, said.pop("readings", {}), needed((check,), scope)),
        expect=tuple(msgspec.convert(one, Expectation) for one in said.pop("expect")),
        also=tuple(said.pop("also", ())),
    )
    assert not said, f"unknown keys in {path.name}: {list(said)}"
    return case


def world_readings(
    scope: Scope, world: World, changes: Mapping[str, Any], must_be_asked: tuple[Request[Any], ...] = ()
) -> Readings:
    """Return a right world's answers to every question of the catalogue, with some changed."""
    found: dict[Request[Any], Reading] = {one: answer(one, scope, world) for one in needed(CATALOGUE, scope)}
    by_key = {one.key(): one for one in found}
    asked = {one.key() for one in must_be_asked}
    for key, change in changes.items():
        assert not must_be_asked or key in asked, f"the check does not ask {key}; it asks {sorted(asked)}"
        found[by_key[key]] = _reading(by_key[key], found[by_key[key]], change)
    return Readings(found)


def _reading(request: Request[Any], right: Reading, change: Mapping[str, Any]) -> Reading:
    if "unknown" in change:
        return Unknown(reason=change["unknown"], at=NOW)
    assert isinstance(right, Known)
    seconds = change.get("seconds", right.seconds)
    value = (
        change["value"] if "value" in change else _merged(msgspec.to_builtins(right.value), change.get("change", {}))
    )
    return Known(value=msgspec.convert(_expanded(value), request.fact.shape), at=right.at, seconds=seconds)


def _merged(right: Any, change: Any) -> Any:
    """Return JSON data with an object's members changed; a list is changed by an object with indices as names."""
    if isinstance(right, dict) and isinstance(change, dict):
        unknown = set(change) - set(right)
        assert not unknown, f"no such fields: {unknown}"
        return {name: _merged(value, change[name]) if name in change else value for name, value in right.items()}
    if isinstance(right, list | tuple) and isinstance(change, dict) and all(one.isdigit() for one in change):
        return [_merged(value, change.get(str(at), value)) for at, value in enumerate(right)]
    return change


def _expanded(value: Any) -> Any:
    """Replace what stands for certificates and documents."""
    if isinstance(value, list | tuple):
        return [_expanded(one) for one in value]
    if not isinstance(value, dict):
        return value
    match next(iter(value), ""):
        case "$certificate":
            return b64encode(der(value["$certificate"])).decode()
        case "$thumbprint":
            return thumbprint(value["$thumbprint"])
        case "$stored":
            changes = {name: one for name, one in value.items() if name != "$stored"}
            return _merged(msgspec.to_builtins(stored(value["$stored"])), changes)
        case "$topology":
            return published_xml(TOPOLOGIES[value["$topology"]]()).decode()
        case _:
            return {name: _expanded(one) for name, one in value.items()}
