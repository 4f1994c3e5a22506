"""Searching a directory: base and scope, filter, selection of attributes, paging, the limit of sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.lab.ber import SEQUENCE as SEQUENCE_TAG
from app.lab.ber import Element, Malformed, elements, encoded, integer, octets
from app.lab.ldap_entries import Entry, place
from app.lab.ldap_filter import Tree, compiled

SUCCESS, SIZE_LIMIT, UNAVAILABLE_EXTENSION, NO_SUCH_OBJECT = 0, 4, 12, 32
PAGED = "1.2.840.113556.1.4.319"
MOST = 1000
"""Entries of one answer, as Active Directory's MaxPageSize."""
_TOLERATED = frozenset({PAGED, "2.16.840.1.113730.3.4.2", "1.2.840.113556.1.4.1339", "1.2.840.113556.1.4.801"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """One search request (RFC 4511 section 4.5.1)."""

    base: str
    scope: int
    size: int
    types_only: bool
    filter: Element
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One control of a request."""

    oid: str
    critical: bool
    value: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search came to."""

    code: int
    entries: tuple[Entry, ...] = ()
    matched: str = ""
    message: str = ""
    controls: bytes = b""


def search_in(element: Element) -> Search:
    """Return a search request out of its element."""
    parts = element.children()
    if len(parts) != 8:
        raise Malformed("a search request that does not have eight parts")
    base, scope, _, size, _, types_only, chosen, attributes = parts
    return Search(
        base=base.text(),
        scope=scope.number(),
        size=size.number(),
        types_only=types_only.content not in (b"", b"\0"),
        filter=chosen,
        attributes=tuple(one.text() for one in attributes.children()),
    )


def controls_in(element: Element | None) -> tuple[Control, ...]:
    """Return the controls of a message."""
    return tuple(_control(one.children()) for one in (element.children() if element else ()))


def _control(parts: Sequence[Element]) -> Control:
    if not parts:
        raise Malformed("a control without a name")
    critical = any(one.tag == 0x01 and one.content not in (b"", b"\0") for one in parts[1:])
    value = next((one.content for one in parts[1:] if one.tag == 0x04), b"")
    return Control(oid=parts[0].text(), critical=critical, value=value)


def searched(search: Search, controls: Sequence[Control], tree: Tree) -> Found:
    """Return what a search finds.

    Raises:
        Malformed: the filter or the paging cannot be read.
    """
    unknown = next((one.oid for one in controls if one.critical and one.oid not in _TOLERATED), "")
    if unknown:
        return Found(code=UNAVAILABLE_EXTENSION, message=f"the control {unknown} is not available")
    base = place(search.base)
    if base not in tree:
        return Found(code=NO_SUCH_OBJECT, matched=_nearest(base, tree), message=f"there is no {search.base}")
    test = compiled(search.filter, tree)
    found = [one for one in _in_scope(base, search.scope, tree) if test(one)]
    paging = next((one for one in controls if one.oid == PAGED), None)
    if paging is not None:
        return _page(found, paging, search.size)
    most = min(search.size or MOST, MOST)
    code = SIZE_LIMIT if len(found) > most else SUCCESS
    return Found(code=code, entries=tuple(found[:most]))


def _in_scope(base: tuple[str, ...], scope: int, tree: Tree) -> Iterator[Entry]:
    for there, one in tree.items():
        below = len(there) - len(base)
        inside = there[: len(base)] == base
        if inside and (below == 0 if scope == 0 else below == 1 if scope == 1 else True):
            yield one


def _page(found: Sequence[Entry], paging: Control, limit: int) -> Found:
    """Return one page; the cookie is where the next one starts."""
    size, start = _paging(paging)
    end = start + min(max(size, 0), MOST)
    entries = tuple(found[start:end]) if size else ()
    more = bool(size) and end < len(found)
    cookie = str(end).encode() if more else b""
    value = encoded(SEQUENCE_TAG, integer(len(found)), octets(cookie))
    own = encoded(SEQUENCE_TAG, octets(PAGED), octets(value))
    code = SIZE_LIMIT if limit and end > limit and len(found) > limit else SUCCESS
    return Found(code=code, entries=entries[: limit - start] if limit else entries, controls=own)


def _paging(control: Control) -> tuple[int, int]:
    parts = [inner for one in elements(control.value) for inner in one.children()]
    if len(parts) != 2:
        raise Malformed("a paging control without size and cookie")
    cookie = parts[1].content
    if cookie and not cookie.isdigit():
        raise Malformed("a paging cookie that this server did not give")
    return parts[0].number(), int(cookie or b"0")


def _nearest(base: tuple[str, ...], tree: Tree) -> str:
    """Return the DN of the nearest ancestor that exists."""
    while base and base not in tree:
        base = base[:-1]
    return tree[base].dn if base else ""


def entry_body(entry: Entry, search: Search) -> bytes:
    """Return the content of a search result entry with the attributes that were chosen."""
    chosen = {name.partition(";")[0].lower() for name in search.attributes}
    everything = not chosen or "*" in chosen
    picked = {name: values for name, values in entry.attributes.items() if everything or name.lower() in chosen}
    if everything or "distinguishedname" in chosen:
        picked["distinguishedName"] = (entry.dn.encode(),)
    attributes = [
        encoded(SEQUENCE_TAG, octets(name), encoded(0x31, *(() if search.types_only else map(octets, values))))
        for name, values in picked.items()
    ]
    return octets(entry.dn) + encoded(SEQUENCE_TAG, *attributes)
