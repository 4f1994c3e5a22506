"""Words that findings share: lists, counts and spans of time, as a person would say them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def listed(names: Iterable[str]) -> str:
    """Return ``a``, ``a and b`` or ``a, b and c``; ``nothing`` for none."""
    given = list(names)
    if not given:
        return "nothing"
    if len(given) == 1:
        return given[0]
    return f"{', '.join(given[:-1])} and {given[-1]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return ``1 file``, ``3 files``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def span(length: timedelta) -> str:
    """Return a length of time in the largest unit that fits, such as ``26 hours``."""
    seconds = abs(length.total_seconds())
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * size:
            return counted(int(seconds // size), name)
    return counted(round(seconds), "second")


def moment(when: datetime) -> str:
    """Return a time as ``2026-11-22 18:30 UTC``."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def same(one: str, other: str) -> bool:
    """Return whether two names are equal to Windows and DNS: without case, without a final dot."""
    return one.lower().rstrip(".") == other.lower().rstrip(".")
