"""The lab's DHCP server: answers DHCPINFORM with options 120 and 43 as their vendor class asks; it leases nothing.

It reads and writes packets by itself (RFC 2131, 2132), so that the program's own library meets another make.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping

from app.lab.listening import DatagramServer, bound
from app.lab.ports import Behaviour, DhcpData

_COOKIE = b"\x63\x82\x53\x63"
_HEAD = 236
_PAD, _END = 0, 255
_REQUEST, _REPLY = 1, 2
_INFORM, _ACK, _NAK = 8, 5, 6


class DhcpServer:
    """One DHCP server address."""

    def __init__(self, data: DhcpData, host: str, port: int) -> None:
        """Bind and serve; port 0 takes a free one.

        Raises:
            OSError: the port is taken.
        """
        self._data = data
        self._host = host
        own = bound(host, port, socket.SOCK_DGRAM)
        self._server = DatagramServer(own, data.behaviour, self._answer, "lab dhcp")

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._server.address

    def settle(self) -> None:
        """Nothing to settle: what the world says holds for the very next question."""

    def close(self) -> None:
        """Stop and release the socket."""
        self._server.close()

    def _answer(self, data: bytes, behaviour: Behaviour) -> bytes | None:
        if len(data) < _HEAD + 4 or data[0] != _REQUEST or data[_HEAD : _HEAD + 4] != _COOKIE:
            return None
        asked = dict(_options(data[_HEAD + 4 :]))
        if asked.get(53) != bytes([_INFORM]) or behaviour is Behaviour.REFUSE:
            return None
        kind = _NAK if behaviour is Behaviour.BROKEN else _ACK
        given = {53: bytes([kind]), 54: socket.inet_aton(self._host)}
        if kind == _ACK:
            given |= self._wanted(asked)
        return _packet(data, given)

    def _wanted(self, asked: Mapping[int, bytes]) -> dict[int, bytes]:
        """Return what the client listed in option 55 and the server has for its class."""
        options = self._data.options()
        own_class = asked.get(60, b"").decode("latin-1")
        has = {120: options.option_120, 43: options.option_43_by_class.get(own_class)}
        return {code: value for code in asked.get(55, b"") if (value := has.get(code)) is not None}


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data and data[0] != _END:
        if data[0] == _PAD:
            data = data[1:]
            continue
        if len(data) < 2 or len(data) < 2 + data[1]:
            return
        yield data[0], data[2 : 2 + data[1]]
        data = data[2 + data[1] :]


def _packet(request: bytes, options: Mapping[int, bytes]) -> bytes:
    """Return a reply to a request: its transaction, flags, addresses and hardware address come back unchanged."""
    head = bytearray(request[:_HEAD])
    head[0] = _REPLY
    head[44:_HEAD] = bytes(_HEAD - 44)
    body = b"".join(_encoded(code, value) for code, value in options.items())
    return bytes(head) + _COOKIE + body + bytes([_END])


def _encoded(code: int, value: bytes) -> bytes:
    """Return one option; what is longer than 255 bytes goes into several of the same code (RFC 3396)."""
    pieces = [value[start : start + 255] for start in range(0, len(value), 255)] or [b""]
    return b"".join(bytes([code, len(piece)]) + piece for piece in pieces)
