"""How PowerShell prints objects: strings as they are, up to four properties as a table, more as a list."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from app.lab.shell_values import CUSTOM, HASHTABLE, VERSION, PsObject, text

WIDTH = 80
"""Columns of the console that WinRM gives to PowerShell."""
_TABLE_MOST = 4
_ENUMERATED = 4
"""$FormatEnumerationLimit."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """Output of a Format cmdlet: lines that only Out-String and the console take."""

    lines: tuple[str, ...]


def printed(values: Sequence[object], width: int = WIDTH) -> list[str]:
    """Return the lines that values leave on the console."""
    lines: list[str] = []
    for grouped, group in groupby(values, key=_grouping):
        members = list(group)
        if grouped == "object":
            objects = [member for member in members if isinstance(member, PsObject)]
            objects = [row for one in objects for row in _rows(one)]
            names = list(objects[0].properties)
            short = len(names) <= _TABLE_MOST
            lines += table(objects, names, width) if short else listed(objects, names, width)
        else:
            for member in members:
                lines += (
                    list(member.lines) if isinstance(member, Formatted) else console_text(member).splitlines() or [""]
                )
    return lines


def _rows(value: PsObject) -> list[PsObject]:
    """Return what stands for an object: of a hashtable, one row a key."""
    if value.kind != HASHTABLE:
        return [value]
    return [PsObject({"Name": name, "Value": worth}) for name, worth in value.properties.items()]


def _grouping(value: object) -> str:
    shown = isinstance(value, PsObject) and value.kind in (CUSTOM, HASHTABLE, VERSION) and value.properties
    return "object" if shown else "text"


def console_text(value: object) -> str:
    """Return a value as the console shows it alone: a date in its long form."""
    if isinstance(value, datetime):
        return f"{value:%A, %B} {value.day}, {value:%Y} {int(f'{value:%I}')}:{value:%M:%S %p}"
    return text(value)


def cell(value: object) -> str:
    """Return a property's value as tables and lists show it."""
    match value:
        case list():
            shown = [cell(item) for item in value[:_ENUMERATED]]
            return "{" + ", ".join(shown + (["..."] if len(value) > _ENUMERATED else [])) + "}"
        case datetime():
            return f"{value.month}/{value.day}/{value:%Y} {int(f'{value:%I}')}:{value:%M:%S %p}"
    return text(value)


def table(objects: Sequence[PsObject], names: Sequence[str], width: int = WIDTH) -> list[str]:
    """Return objects as Format-Table prints them: columns as wide as needed, cut with ``...`` at the console's edge."""
    rows = [[cell(one.get(name)).replace("\r\n", " ").replace("\n", " ") for name in names] for one in objects]
    right = [all(_numeric(one.get(name)) for one in objects) for name in names]
    widths = _fitted([max(map(len, column)) for column in zip(names, *rows, strict=True)], width)
    shown = range(len(widths))
    head = [_padded(names[i], widths[i], right[i]) for i in shown]
    rule = [_padded("-" * min(len(names[i]), widths[i]), widths[i], right[i]) for i in shown]
    body = [[_padded(row[i], widths[i], right[i]) for i in shown] for row in rows]
    return ["", *(" ".join(line).rstrip() for line in (head, rule, *body)), "", ""]


def _numeric(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fitted(widths: list[int], limit: int) -> list[int]:
    """Return the columns that find room, the last of them cut to what is left."""
    kept: list[int] = []
    left = limit - 1
    for wanted in widths:
        if left < 3:
            break
        kept.append(min(wanted, left))
        left -= kept[-1] + 1
    return kept


def _padded(value: str, width: int, right: bool) -> str:
    if len(value) > width:
        value = value[: max(0, width - 3)] + "..."[:width]
    return value.rjust(width) if right else value.ljust(width)


def listed(objects: Sequence[PsObject], names: Sequence[str], width: int = WIDTH) -> list[str]:
    """Return objects as Format-List prints them: a property a line, long values continued below their beginning."""
    lines = [""]
    for one in objects:
        widest = max((len(name) for name in names), default=0)
        for name in names:
            lines += _item(name.ljust(widest), cell(one.get(name)), width)
        lines.append("")
    return [*lines, ""]


def _item(name: str, value: str, width: int) -> list[str]:
    head = f"{name} : "
    room = max(8, width - len(head) - 1)
    pieces = [line[at : at + room] for line in value.splitlines() or [""] for at in range(0, max(1, len(line)), room)]
    return [(head if number == 0 else " " * len(head)) + piece for number, piece in enumerate(pieces)]


def chosen(value: PsObject, patterns: Sequence[str]) -> list[str]:
    """Return the names of the properties that patterns such as ``Name`` or ``*`` choose; an unknown plain name stays."""
    names: list[str] = []
    for pattern in patterns:
        matching = [name for name in value.properties if fnmatch.fnmatchcase(name.lower(), pattern.lower())]
        names += matching or ([] if set("*?[") & set(pattern) else [pattern])
    return list(dict.fromkeys(names))
