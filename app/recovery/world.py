"""Everything outside the engine that it needs besides its two ports; tests hand in fakes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.recovery.gate import Checks, Gather
from app.recovery.scoping import ScopeSource
from app.remote.command import Command
from app.remote.result import CommandResult

Execute = Callable[[str, Command, float], CommandResult]
"""Runs one command on a host (FQDN) within a total deadline in seconds; RemoteError where there is no answer."""


def never() -> bool:
    """Return False: nobody asks the engine to stop."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How the engine looks, acts and tells the time."""

    scope: ScopeSource
    checks: Checks
    gather: Gather
    execute: Execute
    clock: Callable[[], datetime]
    """UTC."""
    sleep: Callable[[float], None]
    should_stop: Callable[[], bool] = never
    """Looked at between commands and between two looks at a proof."""
    settle_limit: float | None = None
    """Upper bound for every step's ``settle_seconds``; None: as the steps say."""
    judged_again_after: float = 0.0
    """A gate is judged again when Run is pressed, unless its oldest reading is younger than this many seconds."""
