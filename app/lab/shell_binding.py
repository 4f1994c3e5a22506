"""How the arguments of a command become parameters: by name, by unambiguous beginning of a name, by position."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.lab.shell_values import PsError, items

COMMON_SWITCHES = frozenset({"verbose", "debug", "whatif", "confirm"})
_COMMON_VALUES = ("ErrorAction", "WarningAction", "ErrorVariable", "WarningVariable", "OutVariable", "OutBuffer")
_COMMON_ALIASES = {"ea": "ErrorAction", "wa": "WarningAction", "ev": "ErrorVariable", "ov": "OutVariable"}

WORLD_SWITCHES = frozenset(
    [
        "asxml", "clean", "centralmanagementdatabase", "configureddatabases", "ascsv", "byrelative", "directory", "disjoint",
        "file", "force", "fileversioninfo", "graceful", "hidden", "includeequal", "includeallclasses", "localstore", "local",
        "localdatabases", "localdatabase", "list", "listimported", "nostop", "nowait", "overwriteexisting", "overwriteowner",
        "passthru", "quiet", "raw", "recurse", "refresh", "resolve", "roll", "skipprepare", "update",
        "usedefaultsqlpaths", "wait", "all", "temporary", "continuouslyavailable", "legacyformat", "new",
    ]
)  # fmt: skip
"""Parameters without a value among those of the cmdlets a simulated host may know."""
_POSITIONS: dict[str, tuple[str, ...]] = {
    "get-service": ("Name",),
    "start-service": ("Name",),
    "stop-service": ("Name",),
    "restart-service": ("Name",),
    "get-process": ("Name",),
    "get-smbshare": ("Name",),
    "get-smbshareaccess": ("Name",),
    "get-command": ("Name",),
    "get-module": ("Name",),
    "import-module": ("Name",),
    "get-wmiobject": ("Class", "Property"),
    "get-ciminstance": ("ClassName",),
    "get-childitem": ("Path", "Filter"),
    "get-item": ("Path",),
    "get-itemproperty": ("Path", "Name"),
    "get-content": ("Path",),
    "new-item": ("Path",),
    "remove-item": ("Path",),
    "copy-item": ("Path", "Destination"),
    "test-path": ("Path",),
    "get-filehash": ("Path",),
    "get-cswindowsservice": ("Name",),
    "start-cswindowsservice": ("Name",),
    "stop-cswindowsservice": ("Name",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The parameters of a cmdlet that the lab's PowerShell brings itself."""

    values: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    positions: tuple[str, ...] = ()
    rest: str = ""
    """Parameter that takes all further values, as a list."""

    def bound(self, given: Sequence[tuple[str | None, object]]) -> dict[str, object]:
        """Return the parameters by their full names.

        Args:
            given: in the order of the command; a name without its value is ``(name, NOTHING)`` and may take the next value.

        Raises:
            PsError: a name nobody knows, or a value too many.
        """
        found: dict[str, object] = {}
        waiting = ""
        free = iter(self.positions)
        for name, value in given:
            if name is not None:
                waiting = self._named(found, name, value)
            elif waiting:
                found[waiting], waiting = value, ""
            else:
                place = next((position for position in free if position not in found), None)
                if place is not None:
                    found[place] = value
                elif self.rest:
                    found[self.rest] = [*items(found[self.rest]), value]
                else:
                    raise too_many(value)
        if waiting:
            raise PsError(
                f"Missing an argument for parameter '{waiting}'.", "MissingArgument", category="InvalidArgument"
            )
        return found

    def _named(self, found: dict[str, object], name: str, value: object) -> str:
        """Put a named parameter; return its full name where it waits for its value."""
        full = self._full(name)
        if full in self.switches or full.lower() in COMMON_SWITCHES:
            found[full] = True if value is NOTHING else value
            return ""
        if value is NOTHING:
            return full
        found[full] = value
        return ""

    def _full(self, name: str) -> str:
        lower = _COMMON_ALIASES.get(name.lower(), name).lower()
        known = (*self.values, *self.switches, *_COMMON_VALUES, "Verbose", "Debug", "WhatIf", "Confirm")
        exact = [one for one in known if one.lower() == lower]
        begun = exact or [one for one in known if one.lower().startswith(lower)]
        if not begun:
            raise unknown_parameter(name)
        return begun[0]


class _Nothing:
    """Stands where a parameter was written without a value."""


NOTHING = _Nothing()


def too_many(value: object) -> PsError:
    """Return the error for a value that no position takes."""
    message = f"A positional parameter cannot be found that accepts argument '{value}'."
    return PsError(message, "PositionalParameterNotFound", category="InvalidArgument")


def unknown_parameter(name: str) -> PsError:
    """Return the error for a name that no parameter has."""
    message = f"A parameter cannot be found that matches parameter name '{name}'."
    return PsError(message, "NamedParameterNotFound", category="InvalidArgument")


def bound_for_world(command: str, given: Sequence[tuple[str | None, object]]) -> dict[str, object]:
    """Return the parameters of a cmdlet that the simulated host knows; it judges their names itself.

    Raises:
        PsError: a value stands where no position is known for this cmdlet.
    """
    found: dict[str, object] = {}
    waiting = ""
    free = iter(_positions(command))
    for name, value in given:
        if name is not None:
            if waiting:
                found[waiting] = True
            waiting = ""
            full = _COMMON_ALIASES.get(name.lower(), name)
            if value is NOTHING and full.lower() not in WORLD_SWITCHES | COMMON_SWITCHES:
                waiting = full
            else:
                found[full] = True if value is NOTHING else value
        elif waiting:
            found[waiting], waiting = value, ""
        else:
            place = next((position for position in free if position not in found), None)
            if place is None:
                raise too_many(value)
            found[place] = value
    if waiting:
        found[waiting] = True
    return found


def _positions(command: str) -> tuple[str, ...]:
    known = _POSITIONS.get(command.lower())
    if known is not None:
        return known
    return ("Identity",) if "-cs" in command.lower() else ()
