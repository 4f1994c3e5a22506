"""Reading what a TDS client sends: PRELOGIN, LOGIN7, SQL batches. Everything is bounds-checked: clients may lie."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum


class Malformed(Exception):
    """The client sent something that is not TDS; its connection is closed."""


class Encryption(IntEnum):
    """PRELOGIN's ENCRYPTION option."""

    OFF = 0
    ON = 1
    NOT_SUPPORTED = 2
    REQUIRED = 3


@dataclass(slots=True)
class Cursor:
    """A position in a message."""

    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes; Malformed where there are fewer."""
        if count < 0 or self.at + count > len(self.data):
            raise Malformed("a value ends beyond its message")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, layout: str) -> int:
        """Return the next integer of a struct layout such as ``<H``."""
        value: int = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        return value

    def text(self, characters: int) -> str:
        """Return UTF-16 text of so many characters."""
        return self.take(characters * 2).decode("utf-16-le", "replace")

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self.data) - self.at


def wanted_encryption(message: bytes) -> Encryption:
    """Return what a PRELOGIN asks for; NOT_SUPPORTED where it says nothing."""
    cursor = Cursor(message)
    while (token := cursor.number("<B")) != 0xFF:
        offset, length = cursor.number(">H"), cursor.number(">H")
        if token == 1 and length:
            value = Cursor(message, offset).number("<B")
            try:
                return Encryption(value & 0x0F)
            except ValueError:
                raise Malformed(f"encryption option {value}") from None
    return Encryption.NOT_SUPPORTED


def prelogin_answer(version: tuple[int, int, int], encryption: Encryption) -> bytes:
    """Return the server's PRELOGIN: version, encryption, instance found, no MARS."""
    values = (
        (0, struct.pack(">BBHH", version[0] & 0xFF, version[1] & 0xFF, version[2] & 0xFFFF, 0)),
        (1, bytes([encryption])),
        (2, b"\0"),
        (3, b""),
        (4, b"\0"),
    )
    offset = 5 * len(values) + 1
    head, body = b"", b""
    for token, value in values:
        head += struct.pack(">BHH", token, offset + len(body), len(value))
        body += value
    return head + b"\xff" + body


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Login:
    """LOGIN7. Has no repr: it holds a password."""

    version: int
    packet_size: int
    user: str
    password: str
    database: str
    host: str
    application: str
    integrated: bool


def login_of(message: bytes) -> Login:
    """Return a LOGIN7 message read (MS-TDS 2.2.6.4)."""
    if len(message) < 94:
        raise Malformed("LOGIN7 is too short")
    _, version, packet_size = struct.unpack_from("<III", message)
    return Login(
        version=version,
        packet_size=packet_size,
        user=_field(message, 40),
        password=_revealed(message),
        database=_field(message, 68),
        host=_field(message, 36),
        application=_field(message, 48),
        integrated=bool(message[25] & 0x80),
    )


def _field(message: bytes, at: int) -> str:
    offset, characters = struct.unpack_from("<HH", message, at)
    return Cursor(message, offset).text(characters)


def _revealed(message: bytes) -> str:
    offset, characters = struct.unpack_from("<HH", message, 44)
    hidden = Cursor(message, offset).take(characters * 2)
    # MS-TDS: the nibbles of each byte are swapped, then XOR A5.
    plain = bytes((((byte ^ 0xA5) << 4) | ((byte ^ 0xA5) >> 4)) & 0xFF for byte in hidden)
    return plain.decode("utf-16-le", "replace")


def after_headers(message: bytes) -> Cursor:
    """Return a cursor behind ALL_HEADERS, which begins every batch, RPC and transaction request since TDS 7.2."""
    cursor = Cursor(message)
    length = cursor.number("<I")
    if not 4 <= length <= len(message):
        raise Malformed("ALL_HEADERS is longer than its message")
    cursor.at = length
    return cursor


def batch_text(message: bytes) -> str:
    """Return the text of a SQL batch."""
    cursor = after_headers(message)
    return cursor.text(cursor.left // 2)
