"""PowerShell's values as Python has them: how they turn into text, truth and each other, and how they compare.

None, bool, int, float, str, datetime and list stand for themselves; ``PsObject`` is everything with properties, a hashtable
is a ``PsObject`` of kind HASHTABLE.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

CUSTOM = "System.Management.Automation.PSCustomObject"
HASHTABLE = "System.Collections.Hashtable"
VERSION = "System.Version"


class PsError(Exception):
    """An error record on its way up.

    ``fatal``: it ends the script and not only the statement (throw, or ErrorAction Stop).
    """

    def __init__(self, message: str, error_id: str, *, category: str = "NotSpecified", fatal: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.error_id = error_id
        self.category = category
        self.fatal = fatal
        self.source = ""
        """Name of the command it comes from."""
        self.at: tuple[int, int] = (1, 1)
        """Line and character."""
        self.shown = ""
        """Text of the statement it happened in."""


@dataclass(slots=True)
class PsObject:
    """Something with properties; their names keep the case they were made with and are found in any."""

    properties: dict[str, object] = field(default_factory=dict)
    kind: str = CUSTOM

    def name_of(self, name: str) -> str | None:
        """Return the property's name as it is spelled, or None where there is no such property."""
        if name in self.properties:
            return name
        return next((known for known in self.properties if known.lower() == name.lower()), None)

    def get(self, name: str) -> object:
        """Return a property, or None."""
        known = self.name_of(name)
        return None if known is None else self.properties[known]

    def put(self, name: str, value: object) -> None:
        """Set a property."""
        self.properties[self.name_of(name) or name] = value


def wrapped(value: object) -> object:
    """Return data of the world as PowerShell values: mappings become objects, sequences arrays."""
    match value:
        case Mapping():
            return PsObject({str(name): wrapped(item) for name, item in value.items()})
        case str() | PsObject():
            return value
        case bytes():
            return list(value)
        case Sequence() | set() | frozenset():
            return [wrapped(item) for item in value]
    return value


def plain(value: object) -> object:
    """Return a PowerShell value as data for the world: objects become dictionaries."""
    if isinstance(value, PsObject):
        return {name: plain(item) for name, item in value.properties.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def items(value: object) -> list[object]:
    """Return what a value sends down a pipeline."""
    return list(value) if isinstance(value, list) else [value]


def collected(values: list[object]) -> object:
    """Return what a pipeline is worth as a value: nothing, its only object, or all."""
    if not values:
        return None
    return values[0] if len(values) == 1 else list(values)


def text(value: object) -> str:
    """Return a value as PowerShell puts it into a string (invariant culture)."""
    match value:
        case None:
            return ""
        case bool():
            return "True" if value else "False"
        case float():
            return f"{value:.15g}"
        case str():
            return value
        case datetime():
            return value.strftime("%m/%d/%Y %H:%M:%S")
        case list():
            return " ".join(text(item) for item in value)
        case PsObject():
            return _object_text(value)
    return str(value)


def _object_text(value: PsObject) -> str:
    if value.kind == VERSION:
        return ".".join(text(part) for part in value.properties.values() if part != -1)
    if value.kind != CUSTOM:
        return value.kind
    return "@{" + "; ".join(f"{name}={text(item)}" for name, item in value.properties.items()) + "}"


def truth(value: object) -> bool:
    """Return a value as a condition takes it."""
    if isinstance(value, list):
        return truth(value[0]) if len(value) == 1 else bool(value)
    return bool(value) if isinstance(value, str | int | float) else value is not None


def number(value: object) -> int | float:
    """Return a value as a number.

    Raises:
        PsError: it is none.
    """
    match value:
        case None:
            return 0
        case bool():
            return int(value)
        case int() | float():
            return value
        case str():
            return _parsed_number(value)
    raise PsError(f'Cannot convert "{text(value)}" to a number.', "InvalidCastException", category="InvalidArgument")


def _parsed_number(value: str) -> int | float:
    stripped = value.strip()
    for convert in (lambda: int(stripped or "0", 0), lambda: float(stripped)):
        try:
            return convert()
        except ValueError:
            continue
    message = f'Cannot convert value "{value}" to type "System.Int32". Input string was not in a correct format.'
    raise PsError(message, "InvalidCastFromStringToInteger", category="InvalidArgument")


def moment(value: object) -> datetime:
    """Return a value as a date and time.

    Raises:
        PsError: it is none.
    """
    if isinstance(value, datetime):
        return value
    try:
        read = datetime.fromisoformat(text(value).strip())
    except ValueError:
        message = f'Cannot convert value "{text(value)}" to type "System.DateTime".'
        raise PsError(message, "InvalidCastParseTargetInvocation", category="InvalidArgument") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def equal(left: object, right: object, *, exact: bool = False) -> bool:
    """Return -eq (``exact``: -ceq); the right side is converted to the left side's type."""
    match left:
        case None:
            return right is None
        case bool():
            return left == truth(right)
        case int() | float():
            try:
                return left == number(right) if right is not None else False
            except PsError:
                return False
        case datetime():
            return left == moment(right)
        case str():
            return left == text(right) if exact else left.lower() == text(right).lower()
    return left is right or text(left) == text(right)


def less(left: object, right: object) -> bool:
    """Return -lt; the right side is converted to the left side's type."""
    match left:
        case str():
            return left.lower() < text(right).lower()
        case datetime():
            return left < moment(right)
        case PsObject(kind=kind) if kind == VERSION:
            return _version(left) < _version(right)
    return number(left) < number(right)


def _version(value: object) -> list[int]:
    return [int(part) for part in text(value).split(".") if part.isdigit()]


def like(value: object, pattern: object, *, exact: bool = False) -> bool:
    """Return -like (``exact``: -clike): the wildcards ``*``, ``?`` and ``[a-z]``."""
    if exact:
        return fnmatch.fnmatchcase(text(value), text(pattern))
    return fnmatch.fnmatchcase(text(value).lower(), text(pattern).lower())


def order_key(value: object) -> tuple[int, float, str]:
    """Return the key that Sort-Object sorts by: numbers by size, the rest as text in any case, nothing first."""
    match value:
        case None:
            return 0, 0.0, ""
        case bool() | int() | float():
            return 1, float(value), ""
        case datetime():
            return 1, value.timestamp(), ""
    return 2, 0.0, text(value).lower()
