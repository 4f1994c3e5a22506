"""What a step of a procedure is: frozen data. It computes commands from facts and runs nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from app.facts.fact import Readings, Request
from app.remote.command import Command
from checks.check import Scope


class Kind(StrEnum):
    """Who acts."""

    AUTOMATED = "automated"
    """The program can run it; the operator may do it by hand instead and attest."""
    BY_HAND = "by hand"
    """Only a person can do it; attested, then proven."""


class Danger(StrEnum):
    """What a step may cost."""

    READ_ONLY = "read-only"
    REVERSIBLE = "reversible"
    DESTRUCTIVE = "destructive"
    """Destroys or overwrites data: the target's name is typed before it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One command of a step, on one host."""

    id: str
    """Unique within the step; a recorded end of it means it is never run again."""
    title: str
    host: str
    """FQDN of the host it runs on."""
    command: Command
    seconds: float = 600.0
    """Total deadline."""
    proof_shows: bool = True
    """Whether the step's proof would fail without this command's effect. Where it would not, a command whose end is
    not known counts as not run, and is offered again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyDone:
    """Nothing to do, and the sentence why."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """No command can be computed: what is missing, and what to do."""

    why: str


Planned = tuple[Action, ...] | AlreadyDone | Impossible


def _no_needs(_scope: Scope) -> tuple[Request[Any], ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered step of Microsoft's page."""

    id: str
    """``se.5a``: stable, in journals and on command lines."""
    number: str
    """As the page numbers it: ``5`` with the wizard's step as a letter."""
    title: str
    intent: str
    """Why it is done, one or two sentences."""
    who: str
    """Group membership it takes, such as ``RTCUniversalServerAdmins and local Administrators``."""
    where: str
    """``target``, ``console``, ``any server with the Lync Server Management Shell``: for the reader."""
    kind: Kind
    danger: Danger
    before: tuple[str, ...]
    """Ids of checks that must hold at the moment Run is pressed."""
    after: tuple[str, ...]
    """Ids of checks that prove it: the step is done when these pass, not when an exit code is 0."""
    source: str
    """Page and numbered step, such as ``Hh202190 step 5``."""
    by_hand: tuple[str, ...]
    """How a person does it: one instruction a line."""
    plan: Callable[[Scope, Readings], Planned] | None = None
    """Pure; None for a step that only a person can do."""
    plan_needs: Callable[[Scope], tuple[Request[Any], ...]] = _no_needs
    """Facts that ``plan`` reads."""
    attests: str = ""
    """Name of the attestation that the operator gives here, such as ``rollback-image``; empty: none."""
    repeatable: bool = True
    not_repeatable_because: str = ""
    undo: str = ""
    """How it is undone; empty: ``no_undo_because`` says why it cannot be."""
    no_undo_because: str = ""
    spent: tuple[str, ...] = ()
    """Those of ``before`` that the step's own work makes false (a machine is not clean once setup has begun): they are
    judged only until its first command was sent."""
    settle_seconds: float = 0.0
    """How long the proof may lag behind the last command (services that start, a replica that catches up): the proof
    is looked for again until it holds or this time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Steps that belong together."""

    id: str
    title: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """One of Microsoft's procedures."""

    id: str
    """``standard-edition-server``: the name of the failure on the command line."""
    title: str
    applies_when: str
    source: str
    """Page id and title."""
    phases: Callable[[Scope], tuple[Phase, ...]]
    """Which steps this deployment needs (Response Group and Persistent Chat only where the topology has them)."""
    refuses: Callable[[Scope], str]
    """Why it does not fit this target (a sentence that names the procedure that does), or empty."""
    aliases: tuple[str, ...] = ()
