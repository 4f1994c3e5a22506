"""The token stream of a TDS 7.2 to 7.4 answer (MS-TDS 2.2.7)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from app.lab.sql_types import Column, Rows, SqlError
from app.lab.tds_values import COLLATION, encoded, type_info

DONE, DONE_PROC, DONE_IN_PROC = 0xFD, 0xFE, 0xFF
MORE, FAILED, COUNTED, ATTENTION = 0x01, 0x02, 0x10, 0x20
_CURRENT_SELECT = 0xC1
_NULLABLE = 0x01
_ENV_DATABASE, _ENV_LANGUAGE, _ENV_PACKET, _ENV_COLLATION = 1, 2, 4, 7
_HIGHEST_VERSION = 0x74000004


def _short_text(text: str) -> bytes:
    cut = text[:255]
    return bytes([len(cut)]) + cut.encode("utf-16-le")


def _long_text(text: str) -> bytes:
    cut = text[:4000]
    return struct.pack("<H", len(cut)) + cut.encode("utf-16-le")


@dataclass(slots=True)
class Answer:
    """One answer being written."""

    server: str
    """Named in every message."""
    body: bytearray = field(default_factory=bytearray)
    failed: bool = False
    """Whether an ERROR has been added since this was last set to False."""

    def _token(self, number: int, content: bytes) -> None:
        self.body += bytes([number]) + struct.pack("<H", len(content)) + content

    def message(self, number: int, text: str, *, severity: int = 0, state: int = 1, error: bool = False) -> None:
        """Add INFO or ERROR."""
        content = struct.pack("<iBB", number, state, severity) + _long_text(text) + _short_text(self.server)
        self._token(0xAA if error else 0xAB, content + _short_text("") + struct.pack("<i", 1))

    def error(self, error: SqlError) -> None:
        """Add ERROR."""
        self.failed = True
        self.message(error.number, str(error), severity=error.severity, state=error.state, error=True)

    def database(self, old: str, new: str) -> None:
        """Add what USE says: ENVCHANGE and message 5701."""
        self._token(0xE3, bytes([_ENV_DATABASE]) + _short_text(new) + _short_text(old))
        self.message(5701, f"Changed database context to '{new}'.", state=2)

    def environment(self, packet_size: int) -> None:
        """Add the other changes that a login announces: collation, language, packet size."""
        self._token(0xE3, bytes([_ENV_COLLATION, len(COLLATION)]) + COLLATION + b"\0")
        self._token(0xE3, bytes([_ENV_LANGUAGE]) + _short_text("us_english") + _short_text(""))
        self.message(5703, "Changed language setting to us_english.")
        self._token(0xE3, bytes([_ENV_PACKET]) + _short_text(str(packet_size)) + _short_text("4096"))

    def transaction(self, kind: int, descriptor: bytes) -> None:
        """Add ENVCHANGE 8 (begin), 9 (commit) or 10 (rollback) of a transaction."""
        new, old = (descriptor, b"") if kind == 8 else (b"", descriptor)
        self._token(0xE3, bytes([kind, len(new)]) + new + bytes([len(old)]) + old)

    def login_ack(self, client_version: int, version: tuple[int, int, int]) -> None:
        """Add LOGINACK; ``version`` is major, minor and build of the product."""
        major, minor, build = version
        spoken = struct.pack(">I", min(client_version, _HIGHEST_VERSION))
        content = b"\x01" + spoken + _short_text("Microsoft SQL Server\0\0")
        self._token(0xAD, content + struct.pack(">BBH", major & 0xFF, minor & 0xFF, build & 0xFFFF))

    def columns(self, columns: tuple[Column, ...]) -> None:
        """Add COLMETADATA."""
        self.body += struct.pack("<BH", 0x81, len(columns))
        for column in columns:
            self.body += struct.pack("<IH", 0, _NULLABLE) + type_info(column) + _short_text(column.name)

    def rows(self, result: Rows) -> None:
        """Add COLMETADATA and every ROW. Raises TypeError or ValueError where a value does not fit."""
        self.columns(result.columns)
        for row in result.rows:
            self.body.append(0xD1)
            for column, value in zip(result.columns, row, strict=True):
                self.body += encoded(column, value)

    def done(self, token: int = DONE, *, status: int = 0, count: int | None = None) -> None:
        """Add DONE, DONEPROC or DONEINPROC."""
        status |= COUNTED if count is not None else 0
        command = _CURRENT_SELECT if count is not None else 0
        self.body += struct.pack("<BHHQ", token, status, command, count or 0)

    def return_status(self, value: int = 0) -> None:
        """Add RETURNSTATUS."""
        self.body += struct.pack("<Bi", 0x79, value)

    def return_handle(self, name: str, handle: int) -> None:
        """Add RETURNVALUE for the integer output parameter of sp_prepare and sp_prepexec."""
        self.body += struct.pack("<BH", 0xAC, 0) + _short_text(name) + b"\x01"
        self.body += struct.pack("<IH", 0, _NULLABLE) + b"\x26\x04\x04" + struct.pack("<i", handle)
