"""Reading a TDS remote procedure call and its parameters (MS-TDS 2.2.6.6, 2.2.5.4, 2.2.5.5)."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.lab.tds_reading import Cursor, Malformed, after_headers

_BY_NUMBER = {
    1: "sp_cursor",
    2: "sp_cursoropen",
    3: "sp_cursorprepare",
    4: "sp_cursorexecute",
    5: "sp_cursorprepexec",
    6: "sp_cursorunprepare",
    7: "sp_cursorfetch",
    8: "sp_cursoroption",
    9: "sp_cursorclose",
    10: "sp_executesql",
    11: "sp_prepare",
    12: "sp_execute",
    13: "sp_prepexec",
    14: "sp_prepexecrpc",
    15: "sp_unprepare",
}
_EPOCH = datetime(1900, 1, 1)
_PLP = 0xFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One parameter of a call."""

    name: str
    """``@P1``; empty where it is given by position."""
    value: object
    """str, int, float, bool, bytes, Decimal, datetime, date or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One remote procedure call."""

    procedure: str
    parameters: tuple[Given, ...]


def calls_of(message: bytes) -> tuple[Call, ...]:
    """Return the calls of one RPC message; several are separated by 0xFF or 0x80."""
    cursor = after_headers(message)
    calls: list[Call] = []
    while cursor.left:
        calls.append(_call(cursor))
    return tuple(calls)


def _call(cursor: Cursor) -> Call:
    length = cursor.number("<H")
    if length == 0xFFFF:
        number = cursor.number("<H")
        name = _BY_NUMBER.get(number, f"procedure number {number}")
    else:
        name = cursor.text(length)
    cursor.take(2)
    parameters: list[Given] = []
    while cursor.left:
        first = cursor.number("<B")
        if first in (0x80, 0xFE, 0xFF):
            break
        given = cursor.text(first)
        cursor.take(1)
        parameters.append(Given(name=given, value=_value(cursor)))
    return Call(procedure=name.removeprefix("sys.").removeprefix("[sys]."), parameters=tuple(parameters))


def _value(cursor: Cursor) -> object:
    token = cursor.number("<B")
    if token in _FIXED:
        size, read = _FIXED[token]
        return read(cursor.take(size))
    if token in _COUNTED:
        cursor.take(1)
        body = cursor.take(cursor.number("<B"))
        return _COUNTED[token](body) if body else None
    if token in (0x6A, 0x6C):
        return _decimal(cursor)
    if token in (0x28, 0x29, 0x2A, 0x2B):
        return _new_date(cursor, token)
    if token in (0xA5, 0xA7, 0xAD, 0xAF, 0xE7, 0xEF):
        return _short(cursor, token)
    if token in (0x22, 0x23, 0x63):
        return _old_long(cursor, token)
    raise Malformed(f"a parameter of type 0x{token:02x}")


def _short(cursor: Cursor, token: int) -> object:
    size = cursor.number("<H")
    if token in (0xA7, 0xAF, 0xE7, 0xEF):
        cursor.take(5)
    if size == _PLP:
        body = _partial(cursor)
    else:
        length = cursor.number("<H")
        body = None if length == _PLP else cursor.take(length)
    return None if body is None else _decoded(token, body)


def _decoded(token: int, body: bytes) -> object:
    match token:
        case 0xE7 | 0xEF | 0x63:
            return body.decode("utf-16-le", "replace")
        case 0xA7 | 0xAF | 0x23:
            return body.decode("cp1252", "replace")
        case _:
            return body


def _partial(cursor: Cursor) -> bytes | None:
    if cursor.number("<Q") == 0xFFFFFFFFFFFFFFFF:
        return None
    body = bytearray()
    while length := cursor.number("<I"):
        body += cursor.take(length)
    return bytes(body)


def _old_long(cursor: Cursor, token: int) -> object:
    cursor.take(4)
    if token != 0x22:
        cursor.take(5)
    length = cursor.number("<i")
    return None if length < 0 else _decoded(token, cursor.take(length))


def _decimal(cursor: Cursor) -> Decimal | None:
    cursor.take(2)
    scale = cursor.number("<B")
    body = cursor.take(cursor.number("<B"))
    if not body:
        return None
    return Decimal(int.from_bytes(body[1:], "little") * (1 if body[0] else -1)).scaleb(-scale)


def _new_date(cursor: Cursor, token: int) -> object:
    scale = 0 if token == 0x28 else cursor.number("<B")
    body = cursor.take(cursor.number("<B"))
    if not body:
        return None
    if token == 0x29:
        return str((datetime.min + _elapsed(body, scale)).time())
    zone = 2 if token == 0x2B else 0
    day = body[len(body) - zone - 3 : len(body) - zone]
    try:
        found = date.fromordinal(int.from_bytes(day, "little") + 1)
        if token == 0x28:
            return found
        return datetime.combine(found, datetime.min.time()) + _elapsed(body[: len(body) - zone - 3], scale)
    except (ValueError, OverflowError):
        raise Malformed("a date that is none") from None


def _elapsed(body: bytes, scale: int) -> timedelta:
    return timedelta(microseconds=int.from_bytes(body, "little") * 10.0 ** (6 - scale))


def _moment(body: bytes) -> datetime:
    try:
        if len(body) == 4:
            days, minutes = struct.unpack("<HH", body)
            return _EPOCH + timedelta(days=days, minutes=minutes)
        days, ticks = struct.unpack("<iI", body)
        return _EPOCH + timedelta(days=days, milliseconds=round(ticks * 10 / 3))
    except (OverflowError, struct.error):
        raise Malformed("a date that is none") from None


def _integer(body: bytes) -> int:
    # tinyint is the one unsigned integer.
    return int.from_bytes(body, "little", signed=len(body) > 1)


def _real(body: bytes) -> float:
    if len(body) not in (4, 8):
        raise Malformed("a float of odd length")
    value: float = struct.unpack("<f" if len(body) == 4 else "<d", body)[0]
    return value


def _money(body: bytes) -> Decimal:
    if len(body) == 4:
        return Decimal(_integer(body)).scaleb(-4)
    high, low = struct.unpack("<iI", body) if len(body) == 8 else (0, 0)
    return Decimal((high << 32) | low).scaleb(-4)


def _guid(body: bytes) -> str:
    if len(body) != 16:
        raise Malformed("a GUID of odd length")
    return str(uuid.UUID(bytes_le=body)).upper()


_FIXED: dict[int, tuple[int, Callable[[bytes], object]]] = {
    0x1F: (0, lambda _: None),
    0x30: (1, _integer),
    0x32: (1, lambda body: body != b"\0"),
    0x34: (2, _integer),
    0x38: (4, _integer),
    0x3A: (4, _moment),
    0x3B: (4, _real),
    0x3C: (8, _money),
    0x3D: (8, _moment),
    0x3E: (8, _real),
    0x7A: (4, _money),
    0x7F: (8, _integer),
}
_COUNTED: dict[int, Callable[[bytes], object]] = {
    0x24: _guid,
    0x26: _integer,
    0x68: lambda body: body != b"\0",
    0x6D: _real,
    0x6E: _money,
    0x6F: _moment,
}
