"""How a command that changes something ended, as ``command/invoke.ps1`` reports it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandResult:
    """One command's end. ``ok`` is no proof: a step is done when its proof checks pass."""

    ok: bool
    """No error record, and for a program one of its success codes."""
    exit_code: int | None = None
    """Of a program; None for a cmdlet."""
    output: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    errors: tuple[str, ...] = ()
    """Error records, terminating or not, in the host's words."""
