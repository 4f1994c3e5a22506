"""ConvertTo-Json and ConvertFrom-Json as Windows PowerShell 3.0 to 5.1 write and read JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from app.lab.shell_values import PsError, PsObject, text, wrapped

DEFAULT_DEPTH = 2
_SPECIAL = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&'"}


def to_json(value: object, *, depth: int = DEFAULT_DEPTH, compress: bool = False) -> str:
    """Return a value as JSON; what lies deeper than ``depth`` becomes its text."""
    return _written(value, depth, 0, compress)


def from_json(source: str) -> object:
    """Return what JSON text says.

    Raises:
        PsError: it is not JSON.
    """
    try:
        return wrapped(json.loads(source))
    except ValueError:
        raise PsError("Invalid JSON primitive.", "System.ArgumentException", category="NotSpecified") from None


def _written(value: object, depth: int, level: int, compress: bool) -> str:
    match value:
        case None | bool() | int() | float():
            return json.dumps(value)
        case datetime():
            return f'"\\/Date({int(value.timestamp() * 1000)})\\/"'
        case list() if depth >= 0:
            written = [_written(item, depth - 1, level + 1, compress) for item in value]
            return _grouped("[", "]", written, level, compress)
        case PsObject() if depth >= 0:
            colon = ":" if compress else ":  "
            pairs = [
                _text(name) + colon + _written(item, depth - 1, level + 1, compress)
                for name, item in value.properties.items()
            ]
            return _grouped("{", "}", pairs, level, compress)
    return _text(text(value))


def _grouped(first: str, last: str, parts: Iterable[str], level: int, compress: bool) -> str:
    parts = list(parts)
    if compress:
        return first + ",".join(parts) + last
    inner, outer = "    " * (level + 1), "    " * level
    if not parts:
        return f"{first}\r\n\r\n{outer}{last}"
    return f"{first}\r\n" + ",\r\n".join(inner + part for part in parts) + f"\r\n{outer}{last}"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False).translate(_SPECIAL)
