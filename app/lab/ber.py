"""The Basic Encoding Rules as far as LDAP uses them (X.690; RFC 4511 section 5.1): definite lengths, one-byte tags."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

BOOLEAN, INTEGER, OCTETS, NULL, ENUMERATED, SEQUENCE, SET = 0x01, 0x02, 0x04, 0x05, 0x0A, 0x30, 0x31
LONGEST = 1 << 20
"""Bytes of the longest message that is read."""


class Malformed(Exception):
    """Bytes that are not what they should be."""


@dataclass(frozen=True, slots=True)
class Element:
    """One value with its tag."""

    tag: int
    content: bytes

    def children(self) -> tuple[Element, ...]:
        """Return the elements of a constructed value."""
        return tuple(elements(self.content))

    def number(self) -> int:
        """Return an INTEGER or ENUMERATED."""
        if not 0 < len(self.content) <= 8:
            raise Malformed("an integer of no or too many bytes")
        return int.from_bytes(self.content, "big", signed=True)

    def text(self) -> str:
        """Return a UTF-8 string."""
        try:
            return self.content.decode()
        except UnicodeDecodeError as error:
            raise Malformed("text that is not UTF-8") from error


def elements(data: bytes) -> Iterator[Element]:
    """Yield the elements one after the other."""
    start = 0
    while start < len(data):
        tag, length, head = _head(data, start)
        start += head
        if start + length > len(data):
            raise Malformed("a value that goes beyond its end")
        yield Element(tag, data[start : start + length])
        start += length


def read(receive: Callable[[int], bytes]) -> Element:
    """Return the next element of a stream; ``receive`` gives exactly as many bytes as it is asked for.

    Raises:
        Malformed: it is longer than LONGEST, or its head cannot be read.
    """
    head = receive(2)
    if head[1] > 0x80:
        head += receive(head[1] & 0x7F)
    tag, length, _ = _head(head, 0)
    if length > LONGEST:
        raise Malformed("a message too long to be one")
    return Element(tag, receive(length) if length else b"")


def encoded(tag: int, *parts: bytes) -> bytes:
    """Return one element out of the bytes of its content."""
    content = b"".join(parts)
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size, "big") + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Return an INTEGER, or with another tag an ENUMERATED."""
    return encoded(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def octets(value: bytes | str, tag: int = OCTETS) -> bytes:
    """Return an OCTET STRING."""
    return encoded(tag, value.encode() if isinstance(value, str) else value)


def _head(data: bytes, start: int) -> tuple[int, int, int]:
    """Return tag, length of the content, length of the head."""
    if start + 2 > len(data) or data[start] & 0x1F == 0x1F:
        raise Malformed("a tag or a length that is cut off")
    first = data[start + 1]
    if first < 0x80:
        return data[start], first, 2
    size = first & 0x7F
    if not 0 < size <= 4 or start + 2 + size > len(data):
        raise Malformed("a length that cannot be read")
    return data[start], int.from_bytes(data[start + 2 : start + 2 + size], "big"), 2 + size
