"""Types, static members, methods and properties that the lab's PowerShell knows; everything else is refused by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.lab.shell_values import HASHTABLE, PsError, PsObject, items, moment, number, text, truth

_DATE_PARTS = (
    ("yyyy", "%Y"),
    ("yy", "%y"),
    ("MMMM", "%B"),
    ("MMM", "%b"),
    ("MM", "%m"),
    ("dddd", "%A"),
    ("ddd", "%a"),
    ("dd", "%d"),
    ("HH", "%H"),
    ("hh", "%I"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("fff", "%f"),
    ("tt", "%p"),
)
_DATE_TOKEN = re.compile("|".join(part for part, _ in _DATE_PARTS))
_ROUND_TRIP = "o"


def unknown(what: str) -> PsError:
    """Return the error for a member or type the lab does not know; it ends the script, for nothing after it could be trusted."""
    return PsError(f"The lab's PowerShell does not know {what}.", "NotSimulated", category="NotImplemented", fatal=True)


def dated(value: datetime, pattern: str) -> str:
    """Return a date in a .NET format: ``o``, ``s``, ``u`` or a custom one of the usual parts."""
    if pattern.lower() == _ROUND_TRIP:
        return value.strftime("%Y-%m-%dT%H:%M:%S.%f0") + ("Z" if value.tzinfo else "")
    if pattern == "s":
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if pattern == "u":
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    names = dict(_DATE_PARTS)
    return _DATE_TOKEN.sub(
        lambda part: f"{value.microsecond // 1000:03}" if part[0] == "fff" else value.strftime(names[part[0]]), pattern
    )


def cast(name: str, value: object) -> object:
    """Return a value converted to a type.

    Raises:
        PsError: it cannot be, or the type is not known.
    """
    if name.endswith("[]"):
        return [cast(name[:-2], item) for item in items(value)]
    convert = _CASTS.get(name)
    if convert is None:
        raise unknown(f"the type [{name}]")
    return convert(value)


def _pscustomobject(value: object) -> object:
    return PsObject(dict(value.properties)) if isinstance(value, PsObject) else value


_CASTS: dict[str, Callable[[object], object]] = {
    "string": text,
    "int": lambda value: round(number(value)),
    "int32": lambda value: round(number(value)),
    "int64": lambda value: round(number(value)),
    "long": lambda value: round(number(value)),
    "double": lambda value: float(number(value)),
    "bool": truth,
    "boolean": truth,
    "datetime": moment,
    "array": items,
    "object": lambda value: value,
    "void": lambda _: None,
    "ordered": lambda value: value,
    "pscustomobject": _pscustomobject,
    "psobject": _pscustomobject,
}


def member(value: object, name: str) -> object:
    """Return a property of a value: of an object its own, of an array that of all its items; nothing where there is none."""
    lower = name.lower()
    match value:
        case PsObject() if value.name_of(name) is not None:
            return value.get(name)
        case PsObject(kind=kind) if kind == HASHTABLE and lower in _TABLE_MEMBERS:
            return _TABLE_MEMBERS[lower](value)
        case list() if lower in ("count", "length"):
            return len(value)
        case list():
            found = [member(item, name) for item in value]
            return [item for item in found if item is not None] or None
        case str() if lower == "length":
            return len(value)
        case datetime() if lower in _DATE_MEMBERS:
            return _DATE_MEMBERS[lower](value)
        case None:
            return 0 if lower == "count" else None
    return 1 if lower in ("count", "length") else None


_TABLE_MEMBERS: dict[str, Callable[[PsObject], object]] = {
    "count": lambda value: len(value.properties),
    "keys": lambda value: list(value.properties),
    "values": lambda value: list(value.properties.values()),
}
_DATE_MEMBERS: dict[str, Callable[[datetime], object]] = {
    "year": lambda value: value.year,
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: value.second,
    "date": lambda value: value.replace(hour=0, minute=0, second=0, microsecond=0),
    "dayofweek": lambda value: value.strftime("%A"),
    "ticks": lambda value: int((value - datetime(1, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10,
}


def method(value: object, name: str, given: list[object]) -> object:
    """Return the result of a method.

    Raises:
        PsError: the value has no such method, or the lab does not know it.
    """
    lower = name.lower()
    if value is None:
        raise PsError(
            "You cannot call a method on a null-valued expression.", "InvokeMethodOnNull", category="InvalidOperation"
        )
    if isinstance(value, str) and lower in _STRING_METHODS:
        try:
            return _STRING_METHODS[lower](value, [text(item) for item in given])
        except (IndexError, ValueError):
            message = f'Cannot find an overload for "{name}" and the argument count: "{len(given)}".'
            raise PsError(message, "MethodCountCouldNotFindBest", category="NotSpecified") from None
    if isinstance(value, datetime):
        return _date_method(value, lower, given)
    if lower == "tostring" and not given:
        return text(value)
    if isinstance(value, list) and lower == "contains" and len(given) == 1:
        return given[0] in value
    if isinstance(value, PsObject) and lower in ("containskey", "contains") and len(given) == 1:
        return value.name_of(text(given[0])) is not None
    raise unknown(f"the method {name}() of this object")


_STRING_METHODS: dict[str, Callable[[str, list[str]], object]] = {
    "toupper": lambda value, _: value.upper(),
    "tolower": lambda value, _: value.lower(),
    "trim": lambda value, given: value.strip(given[0] if given else None),
    "trimend": lambda value, given: value.rstrip(given[0] if given else None),
    "trimstart": lambda value, given: value.lstrip(given[0] if given else None),
    "split": lambda value, given: re.split("[" + re.escape("".join(given)) + "]", value) if given else value.split(),
    "replace": lambda value, given: value.replace(given[0], given[1]),
    "startswith": lambda value, given: value.startswith(given[0]),
    "endswith": lambda value, given: value.endswith(given[0]),
    "contains": lambda value, given: given[0] in value,
    "indexof": lambda value, given: value.find(given[0]),
    "substring": lambda value, given: value[int(given[0]) :][: int(given[1]) if len(given) > 1 else None],
    "padleft": lambda value, given: value.rjust(int(given[0])),
    "padright": lambda value, given: value.ljust(int(given[0])),
    "tostring": lambda value, _: value,
}


def _date_method(value: datetime, name: str, given: list[object]) -> object:
    spans = {"adddays": 86_400, "addhours": 3_600, "addminutes": 60, "addseconds": 1}
    if name in spans and len(given) == 1:
        return value + timedelta(seconds=spans[name] * float(number(given[0])))
    match name:
        case "tostring":
            return dated(value, text(given[0])) if given else text(value)
        case "touniversaltime" | "tolocaltime":
            return value
    raise unknown(f"the method {name}() of a date")
