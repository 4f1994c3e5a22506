"""TDS 7.4 type information and values of result columns (MS-TDS 2.2.5.4 to 2.2.5.6)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from app.lab.sql_types import Column, Kind

COLLATION = bytes.fromhex("0904d00034")
"""SQL_Latin1_General_CP1_CI_AS."""
_NULL_LONG = b"\xff" * 8
_NULL_SHORT = b"\xff\xff"
_MAX_SHORT_BYTES = 8000
_VARIANT_LENGTH = 8009
_EPOCH = datetime(1900, 1, 1)


def type_info(column: Column) -> bytes:
    """Return TYPE_INFO of a column."""
    match column.kind:
        case Kind.BIT:
            return b"\x68\x01"
        case Kind.INT:
            return b"\x26\x04"
        case Kind.BIGINT:
            return b"\x26\x08"
        case Kind.FLOAT:
            return b"\x6d\x08"
        case Kind.DATETIME:
            return b"\x6f\x08"
        case Kind.DATE:
            return b"\x28"
        case Kind.NVARCHAR:
            return b"\xe7" + struct.pack("<H", _declared(column.length * 2)) + COLLATION
        case Kind.VARBINARY:
            return b"\xa5" + struct.pack("<H", _declared(column.length))
        case Kind.VARIANT:
            return b"\x62" + struct.pack("<I", _VARIANT_LENGTH)


def encoded(column: Column, value: object) -> bytes:
    """Return one value of a column. Raises TypeError or ValueError where the value does not fit the column."""
    match column.kind:
        case Kind.NVARCHAR:
            return _long(None if value is None else _text(value).encode("utf-16-le"), column.length * 2)
        case Kind.VARBINARY:
            return _long(None if value is None else _binary(value), column.length)
        case Kind.VARIANT:
            return _variant(value)
        case _:
            body = b"" if value is None else _FIXED[column.kind](value)
            return bytes([len(body)]) + body


def _declared(size: int) -> int:
    return size if 0 < size <= _MAX_SHORT_BYTES else 0xFFFF


def _long(body: bytes | None, size: int) -> bytes:
    if _declared(size) != 0xFFFF:
        return _NULL_SHORT if body is None else struct.pack("<H", len(body[:size])) + body[:size]
    if body is None:
        return _NULL_LONG
    chunk = struct.pack("<I", len(body)) + body if body else b""
    return struct.pack("<Q", len(body)) + chunk + b"\0\0\0\0"


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def _binary(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    raise TypeError(f"{value!r} is not binary")


def _integer(value: object) -> int:
    if isinstance(value, int | float | str):
        return int(value)
    raise TypeError(f"{value!r} is not a number")


def _real(value: object) -> bytes:
    if isinstance(value, int | float | str):
        return struct.pack("<d", float(value))
    raise TypeError(f"{value!r} is not a number")


def _moment(value: object) -> datetime:
    match value:
        case datetime():
            return value
        case date():
            return datetime.combine(value, time())
        case str():
            return datetime.fromisoformat(value.strip())
    raise TypeError(f"{value!r} is not a date")


def _datetime(value: object) -> bytes:
    since = _moment(value).replace(tzinfo=None) - _EPOCH
    within = since - timedelta(days=since.days)
    # datetime counts three-hundredths of a second.
    ticks = round(within / timedelta(seconds=1) * 300)
    return struct.pack("<iI", since.days + ticks // 25_920_000, ticks % 25_920_000)


def _date(value: object) -> bytes:
    return struct.pack("<I", _moment(value).toordinal() - 1)[:3]


_FIXED: dict[Kind, Callable[[object], bytes]] = {
    Kind.BIT: lambda value: bytes([1 if value and value != "0" else 0]),
    Kind.INT: lambda value: struct.pack("<i", _integer(value)),
    Kind.BIGINT: lambda value: struct.pack("<q", _integer(value)),
    Kind.FLOAT: _real,
    Kind.DATETIME: _datetime,
    Kind.DATE: _date,
}


def _variant(value: object) -> bytes:
    match value:
        case None:
            return b"\0\0\0\0"
        case bool():
            return struct.pack("<IBBB", 3, 0x32, 0, int(value))
        case int() if -(2**31) <= value < 2**31:
            return struct.pack("<IBBi", 6, 0x38, 0, value)
        case int():
            return struct.pack("<IBBq", 10, 0x7F, 0, value)
        case float():
            return struct.pack("<IBBd", 10, 0x3E, 0, value)
        case datetime():
            return struct.pack("<IBB", 10, 0x3D, 0) + _datetime(value)
        case _:
            body = _text(value).encode("utf-16-le")[:_MAX_SHORT_BYTES]
            return struct.pack("<IBB", 9 + len(body), 0xE7, 7) + COLLATION + struct.pack("<H", len(body)) + body
