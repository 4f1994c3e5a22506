"""From the plain values of a TOML document to a settings dataclass, key by key, with an error that says what to do."""

from __future__ import annotations

import difflib
import math
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints


class BadValue(Exception):
    """One key of a document cannot be used."""

    def __init__(self, key: str, *, found: str, expected: str, do_next: str) -> None:
        super().__init__(f"{key}: found {found}, expected {expected}. {do_next}")
        self.key = key
        self.found = found
        self.expected = expected
        self.do_next = do_next


_NAMES: Mapping[type, str] = {
    str: "text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    Path: "a path in quotes",
}


def decoded(shape: type[Any], table: object, *, key: str, folder: Path) -> Any:
    """Return ``table`` as the dataclass ``shape``.

    Args:
        shape: a dataclass whose fields are all optional or given.
        table: a TOML table.
        key: dotted name of the table, empty for the document itself.
        folder: what relative paths start from.

    Raises:
        BadValue: a key is not known or is missing, or a value is of the wrong type.
    """
    if not isinstance(table, dict):
        raise _wrong(key, table, "a table")
    hints = get_type_hints(shape)
    known = [field.name for field in fields(shape)]
    for name in table:
        if name not in known:
            raise _unknown(joined(key, name), name, known)
    for field in fields(shape):
        if field.name not in table and field.default is MISSING and field.default_factory is MISSING:
            raise BadValue(
                joined(key, field.name), found="nothing", expected="a value", do_next=f"Add the key to {key}."
            )
    return shape(**{name: _value(hints[name], table[name], joined(key, name), folder) for name in table})


def joined(key: str, name: str) -> str:
    """Return the dotted name of a key inside a table, quoted where TOML would quote it."""
    bare = bool(name) and all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in name)
    own = name if bare else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{key}.{own}" if key else own


def _value(hint: Any, value: object, key: str, folder: Path) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in get_args(hint) if one is not type(None)), value, key, folder)
    if origin is tuple:
        return _items(get_args(hint)[0], value, key, folder)
    if origin is not None and issubclass(origin, Mapping):
        return _entries(get_args(hint)[1], value, key, folder)
    if is_dataclass(hint) and isinstance(hint, type):
        return decoded(hint, value, key=key, folder=folder)
    return _scalar(hint, value, key, folder)


def _items(hint: Any, value: object, key: str, folder: Path) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _wrong(key, value, "a list, in square brackets")
    return tuple(_value(hint, one, f"{key}[{number}]", folder) for number, one in enumerate(value))


def _entries(hint: Any, value: object, key: str, folder: Path) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(key, value, "a table")
    entries: dict[str, Any] = {}
    for name, one in value.items():
        if name.lower() in entries:
            raise BadValue(
                joined(key, name),
                found="the same name twice, in other letters",
                expected="each name once: upper and lower case are the same",
                do_next="Remove one of the two.",
            )
        entries[name.lower()] = _value(hint, one, joined(key, name), folder)
    return entries


def _scalar(hint: type[Any], value: object, key: str, folder: Path) -> Any:
    if issubclass(hint, StrEnum):
        return _choice(hint, value, key)
    if hint is Path:
        return _path(value, key, folder)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise _wrong(key, value, _NAMES[hint])
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong(key, value, "a finite number")
    return value


def _path(value: object, key: str, folder: Path) -> Path:
    if not isinstance(value, str) or not value or "\0" in value:
        raise _wrong(key, value, _NAMES[Path])
    try:
        return folder / Path(value).expanduser()
    except RuntimeError:
        raise _wrong(key, value, "a path whose home folder is known") from None


def _choice(hint: type[StrEnum], value: object, key: str) -> StrEnum:
    allowed = [one.value for one in hint]
    if not isinstance(value, str) or value.lower() not in allowed:
        text = " or ".join(f'"{one}"' for one in allowed)
        near = _nearest(value, allowed) if isinstance(value, str) else ""
        advice = f'Did you mean "{near}"?' if near else "Correct the value."
        raise BadValue(key, found=shown(value), expected=text, do_next=advice)
    return hint(value.lower())


def shown(value: object) -> str:
    """Return a TOML value as a sentence has it, short."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list"
        case str():
            return '"' + (value if len(value) <= 60 else value[:57] + "...") + '"'
        case _:
            return str(value)


def _wrong(key: str, value: object, expected: str) -> BadValue:
    return BadValue(
        key or "the document", found=shown(value), expected=expected, do_next="Correct the value, or remove the key."
    )


def _unknown(key: str, name: str, known: Sequence[str]) -> BadValue:
    near = _nearest(name, known)
    advice = f'Did you mean "{near}"?' if near else "Remove the key."
    return BadValue(
        key,
        found=f'the key "{name}", which nobody knows',
        expected=f"one of {', '.join(sorted(known))}",
        do_next=advice,
    )


def _nearest(name: str, known: Sequence[str]) -> str:
    return next(iter(difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.5)), "")
