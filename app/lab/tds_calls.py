"""What a remote procedure call of a driver means: a batch with parameters, or a statement prepared for later."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.lab.sql_types import SqlError
from app.lab.tds_rpc import Call, Given

_VARIABLE = re.compile(r"@[\w@#$]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A statement to run, and the handle to give out."""

    text: str
    """Empty: nothing to run."""
    values: Mapping[str, object] = field(default_factory=dict)
    handle: int | None = None
    """Returned to the client as ``@handle``."""


@dataclass(slots=True)
class Prepared:
    """Statements that a connection has prepared, by handle."""

    statements: dict[int, tuple[str, str]] = field(default_factory=dict)
    """Text and declaration of parameters."""
    last: int = 0

    def work(self, call: Call) -> Work:
        """Return what a call asks for. Raises SqlError 2812 for a procedure that is not known."""
        given = call.parameters
        match call.procedure.lower():
            case "sp_executesql":
                return Work(text=_text(given, 0), values=_bound(_text(given, 1), given[2:]))
            case "sp_prepare":
                return Work(text="", handle=self._kept(_text(given, 2), _text(given, 1)))
            case "sp_prepexec":
                text, declared = _text(given, 2), _text(given, 1)
                return Work(text=text, values=_bound(declared, given[3:]), handle=self._kept(text, declared))
            case "sp_execute":
                text, declared = self._statement(given)
                return Work(text=text, values=_bound(declared, given[1:]))
            case "sp_unprepare":
                self._statement(given)
                del self.statements[_handle(given)]
                return Work(text="")
            case "sp_reset_connection":
                return Work(text="")
        raise SqlError(2812, f"Could not find stored procedure '{call.procedure}'.", state=62)

    def _kept(self, text: str, declared: str) -> int:
        self.last += 1
        self.statements[self.last] = (text, declared)
        return self.last

    def _statement(self, given: Sequence[Given]) -> tuple[str, str]:
        handle = _handle(given)
        try:
            return self.statements[handle]
        except KeyError:
            raise SqlError(8179, f"Could not find prepared statement with handle {handle}.") from None


def _handle(given: Sequence[Given]) -> int:
    value = given[0].value if given else None
    return value if isinstance(value, int) else 0


def _text(given: Sequence[Given], place: int) -> str:
    value = given[place].value if place < len(given) else ""
    return value if isinstance(value, str) else ""


def _bound(declared: str, given: Sequence[Given]) -> dict[str, object]:
    """Return values by variable: by name where the call names them, otherwise in the order of the declaration."""
    names = _VARIABLE.findall(declared)
    return {
        one.name or (names[place] if place < len(names) else f"@p{place}"): one.value for place, one in enumerate(given)
    }
