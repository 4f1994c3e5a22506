"""Directory entries as LDAP compares them: names without case, and where each stands in the tree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

BINARY = frozenset({"objectsid", "objectguid", "usercertificate", "ntsecuritydescriptor"})
"""Attributes whose values are compared byte for byte."""
NAMES = frozenset({"memberof", "member", "objectcategory", "manager", "distinguishedname"})
"""Attributes whose values are distinguished names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry."""

    dn: str
    attributes: Mapping[str, Sequence[bytes]]
    """By name as the directory spells it; none is empty."""
    place: tuple[str, ...]
    """The DN, normalised, root first."""

    def values(self, name: str) -> Sequence[bytes]:
        """Return the values of an attribute, whatever the case and options of its name."""
        wanted = name.partition(";")[0].lower()
        if wanted == "distinguishedname":
            return (self.dn.encode(),)
        return next((values for own, values in self.attributes.items() if own.lower() == wanted), ())


def entry(dn: str, attributes: Mapping[str, Sequence[bytes]]) -> Entry:
    """Return an entry without its empty attributes."""
    return Entry(dn, {name: tuple(values) for name, values in attributes.items() if values}, place(dn))


def place(dn: str) -> tuple[str, ...]:
    """Return where a DN stands: its parts, lower case and without spaces around them, root first."""
    parts: list[str] = [""]
    escaped = False
    for letter in dn:
        if letter in ",;" and not escaped:
            parts.append("")
            continue
        parts[-1] += letter
        escaped = letter == "\\" and not escaped
    trimmed = ["=".join(half.strip() for half in part.split("=", 1)).lower() for part in parts]
    return tuple(reversed([part for part in trimmed if part]))


def common_name(dn: str) -> str:
    """Return the value of a DN's first part, lower case."""
    parts = place(dn)
    return parts[-1].partition("=")[2] if parts else ""


def folded(name: str, value: bytes) -> bytes | tuple[str, ...] | str:
    """Return a value of an attribute as it is compared for equality."""
    lowered = name.partition(";")[0].lower()
    if lowered in BINARY:
        return value
    text = value.decode("utf-8", "surrogateescape")
    return place(text) if lowered in NAMES else " ".join(text.lower().split())
