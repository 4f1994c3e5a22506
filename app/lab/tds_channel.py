"""TDS packets over one socket, with TLS inside PRELOGIN packets, and with the misbehaviour the world asks for."""

from __future__ import annotations

import select
import socket
import ssl
import struct
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event

from app.lab.ports import Behaviour
from app.lab.tds_reading import Malformed

PRELOGIN, BATCH, RPC, ATTENTION, TRANSACTION, LOGIN, ANSWER = 0x12, 0x01, 0x03, 0x06, 0x0E, 0x10, 0x04
_LAST = 0x01
_IGNORE = 0x02
_LONGEST_MESSAGE = 4 * 1024 * 1024
_HEADER = 8
_TLS_HEADER = 5
_LONGEST_RECORD = 18 * 1024
PACKET_SIZE = 4096


class Gone(Exception):
    """The client has closed its connection, or this server is being closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One TDS message, its packets put together."""

    kind: int
    body: bytes


class Channel:
    """One client connection."""

    def __init__(self, connection: socket.socket, behaviour: Callable[[], Behaviour], closing: Event) -> None:
        self._socket = connection
        self._behaviour = behaviour
        self._closing = closing
        self._tls: ssl.SSLObject | None = None
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._pending = bytearray()
        self.packet_size = PACKET_SIZE

    def receive(self) -> Message:
        """Return the next message. Raises Gone or Malformed."""
        while True:
            kind, body, ignored = self._assembled()
            if not ignored:
                return Message(kind=kind, body=body)

    def _assembled(self) -> tuple[int, bytes, bool]:
        body, kind = bytearray(), -1
        while True:
            packet_kind, status, part = self._packet()
            if kind not in (-1, packet_kind):
                raise Malformed("the packets of a message are of different kinds")
            kind = packet_kind
            body += part
            if len(body) > _LONGEST_MESSAGE:
                raise Malformed("a message longer than 4 MiB")
            if status & _LAST:
                return kind, bytes(body), bool(status & _IGNORE)

    def _packet(self) -> tuple[int, int, bytes]:
        kind, status, length = struct.unpack(">BBHxxxx", self._read(_HEADER))
        if length < _HEADER or kind not in (PRELOGIN, BATCH, RPC, ATTENTION, TRANSACTION, LOGIN):
            raise Malformed(f"a packet of kind 0x{kind:02x} and length {length}")
        return kind, status, self._read(length - _HEADER)

    def send(self, body: bytes, kind: int = ANSWER) -> None:
        """Send one message, cut into packets."""
        wire = b"".join(_packets(body, kind, self.packet_size))
        self._write(self._sealed(wire) if self._tls is not None else wire)

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Shake hands, every TLS record inside a PRELOGIN packet. Raises Malformed where it fails."""
        tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush_handshake()
                message = self.receive()
                self._incoming.write(message.body)
            except ssl.SSLError as error:
                self._flush_handshake()
                raise Malformed(f"TLS: {error}") from error
            else:
                self._flush_handshake()
                self._tls = tls
                return

    def _flush_handshake(self) -> None:
        if said := self._outgoing.read():
            self._write(b"".join(_packets(said, PRELOGIN, self.packet_size)))

    def stop_tls(self) -> None:
        """Go on in the clear, as after the LOGIN7 message where only the login is encrypted."""
        self._tls = None
        self._pending.clear()

    def _sealed(self, body: bytes) -> bytes:
        if self._tls is None:
            return body
        self._tls.write(body)
        return self._outgoing.read()

    def _read(self, count: int) -> bytes:
        if self._tls is None:
            return self._exactly(count)
        while len(self._pending) < count:
            try:
                self._pending += self._tls.read(_LONGEST_RECORD)
            except ssl.SSLWantReadError:
                self._incoming.write(self._record())
            except ssl.SSLError as error:
                raise Malformed(f"TLS: {error}") from error
            else:
                if not self._pending:
                    raise Gone
        taken = bytes(self._pending[:count])
        del self._pending[:count]
        return taken

    def _record(self) -> bytes:
        # Exactly one TLS record: what follows a login that alone was encrypted is clear text and must stay in the socket.
        head = self._exactly(_TLS_HEADER)
        length = int.from_bytes(head[3:], "big")
        if length > _LONGEST_RECORD:
            raise Malformed("a TLS record of impossible length")
        return head + self._exactly(length)

    def _exactly(self, count: int) -> bytes:
        body = bytearray()
        while len(body) < count:
            try:
                part = self._socket.recv(count - len(body))
            except OSError:
                raise Gone from None
            if not part:
                raise Gone
            body += part
        return bytes(body)

    def _write(self, wire: bytes) -> None:
        try:
            self._hold_while_silent()
            if self._behaviour() is not Behaviour.DRIP:
                self._socket.sendall(wire)
                return
            for byte in wire:
                self._socket.sendall(bytes([byte]))
                if self._closing.wait(1.0):
                    raise Gone
        except OSError:
            raise Gone from None

    def _hold_while_silent(self) -> None:
        while self._behaviour() is Behaviour.SILENT:
            if self._closing.wait(0.1) or self._client_left():
                raise Gone

    def _client_left(self) -> bool:
        readable, _, _ = select.select([self._socket], [], [], 0)
        return bool(readable) and not self._socket.recv(1, socket.MSG_PEEK)


def _packets(body: bytes, kind: int, size: int) -> list[bytes]:
    room = size - _HEADER
    parts = [body[at : at + room] for at in range(0, len(body), room)] or [b""]
    last = len(parts) - 1
    return [
        struct.pack(">BBHHBB", kind, _LAST if number == last else 0, len(part) + _HEADER, 0, (number + 1) & 0xFF, 0)
        + part
        for number, part in enumerate(parts)
    ]
