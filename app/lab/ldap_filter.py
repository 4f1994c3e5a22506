"""Search filters (RFC 4511 section 4.5.1.7) with Active Directory's three matching rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.lab.ber import Element, Malformed
from app.lab.ldap_entries import NAMES, Entry, common_name, folded, place

Test = Callable[[Entry], bool]
Tree = Mapping[tuple[str, ...], Entry]
"""Every entry by its place."""

_AND, _OR, _NOT, _EQUAL, _SUBSTRINGS = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4
_AT_LEAST, _AT_MOST, _PRESENT, _LIKE, _RULE = 0xA5, 0xA6, 0x87, 0xA8, 0xA9
_BIT_AND, _BIT_OR, _IN_CHAIN = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804", "1.2.840.113556.1.4.1941"
_DEEPEST = 64


def compiled(element: Element, tree: Tree, depth: int = 0) -> Test:
    """Return a filter as a function of an entry.

    Raises:
        Malformed: it is no filter, or nested too deeply to be meant.
    """
    if depth > _DEEPEST:
        raise Malformed("a filter nested too deeply")
    if element.tag == _PRESENT:
        name = element.text()
        return lambda entry: bool(entry.values(name))
    if element.tag in (_AND, _OR, _NOT):
        return _joined(element.tag, [compiled(one, tree, depth + 1) for one in element.children()])
    if element.tag == _RULE:
        return _ruled(element, tree)
    if element.tag == _SUBSTRINGS:
        return _substrings(element)
    if element.tag in (_EQUAL, _LIKE, _AT_LEAST, _AT_MOST):
        return _compared(element)
    raise Malformed(f"a filter of the unknown kind 0x{element.tag:02x}")


def _joined(tag: int, tests: list[Test]) -> Test:
    if tag == _NOT:
        if len(tests) != 1:
            raise Malformed("a negation of other than one filter")
        return lambda entry: not tests[0](entry)
    if tag == _AND:
        return lambda entry: all(test(entry) for test in tests)
    return lambda entry: any(test(entry) for test in tests)


def _compared(element: Element) -> Test:
    name, value = _assertion(element)
    if element.tag in (_EQUAL, _LIKE):
        return lambda entry: equal(entry, name, value)
    wanted = _ordered(value)
    if element.tag == _AT_LEAST:
        return lambda entry: any(_ordered(own) >= wanted for own in entry.values(name))
    return lambda entry: any(_ordered(own) <= wanted for own in entry.values(name))


def equal(entry: Entry, name: str, value: bytes) -> bool:
    """Return whether an attribute has a value."""
    if name.lower() == "objectcategory" and b"=" not in value:
        # Active Directory takes the short name of a class for the DN that its schema gives it.
        return any(common_name(own.decode()) == value.decode().lower() for own in entry.values(name))
    wanted = folded(name, value)
    return any(folded(name, own) == wanted for own in entry.values(name))


def _ordered(value: bytes) -> tuple[int, int, str]:
    text = value.decode("utf-8", "surrogateescape").lower()
    try:
        return 0, int(text), ""
    except ValueError:
        return 1, 0, text


def _substrings(element: Element) -> Test:
    name, pieces = _two(element)
    wanted = [(one.tag & 0x1F, one.text().lower()) for one in pieces.children()]
    if not wanted:
        raise Malformed("a substring filter without substrings")
    return lambda entry: any(_has(own.decode("utf-8", "surrogateescape").lower(), wanted) for own in entry.values(name))


def _has(text: str, pieces: list[tuple[int, str]]) -> bool:
    """Return whether the pieces stand in the text one after the other; kind 0 begins it, 2 ends it."""
    start = 0
    for kind, piece in pieces:
        if kind == 2:
            return len(text) - len(piece) >= start and text.endswith(piece)
        found = text.find(piece, start)
        if found < 0 or (kind == 0 and found != 0):
            return False
        start = found + len(piece)
    return True


def _ruled(element: Element, tree: Tree) -> Test:
    parts = {one.tag: one for one in element.children()}
    if 0x83 not in parts:
        raise Malformed("an extensible filter without a value")
    rule = parts[0x81].text() if 0x81 in parts else ""
    name = parts[0x82].text() if 0x82 in parts else ""
    value = parts[0x83].content
    match rule:
        case "":
            return lambda entry: equal(entry, name, value)
        case _ if rule in (_BIT_AND, _BIT_OR):
            return _bits(name, value, all_of_them=rule == _BIT_AND)
        case _ if rule == _IN_CHAIN and name.lower() in NAMES:
            return lambda entry: _leads_to(entry, name, place(value.decode()), tree)
    return lambda _entry: False  # a rule nobody knows is Undefined, which selects nothing


def _bits(name: str, value: bytes, *, all_of_them: bool) -> Test:
    try:
        mask = int(value)
    except ValueError:
        raise Malformed("a bit mask that is no number") from None

    def test(entry: Entry) -> bool:
        owns = [int(own) & 0xFFFFFFFF for own in entry.values(name) if own.lstrip(b"-").isdigit()]
        return any((own & mask) == mask if all_of_them else bool(own & mask) for own in owns)

    return test


def _leads_to(entry: Entry, name: str, wanted: tuple[str, ...], tree: Tree) -> bool:
    """Return whether following an attribute from entry to entry comes to a DN."""
    seen: set[tuple[str, ...]] = set()
    ahead = [entry]
    while ahead:
        for value in ahead.pop().values(name):
            there = place(value.decode())
            if there == wanted:
                return True
            if there not in seen:
                seen.add(there)
                ahead += [tree[there]] if there in tree else []
    return False


def _two(element: Element) -> tuple[str, Element]:
    parts = element.children()
    if len(parts) != 2:
        raise Malformed("an assertion that does not have two parts")
    return parts[0].text(), parts[1]


def _assertion(element: Element) -> tuple[str, bytes]:
    name, value = _two(element)
    return name, value.content
