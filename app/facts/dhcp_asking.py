"""Asks DHCP servers as a Lync phone would: DHCPINFORM of class MS-UC-Client, wanting options 120 and 43.

Changes nothing: an INFORM asks for parameters and takes no lease. The answer comes to the DHCP client port, which most
systems keep for administrators; without that right, or while the system's own client holds it, nothing is known.
"""

from __future__ import annotations

import errno
import secrets
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from ipaddress import IPv4Address
from typing import Any

from app.endpoints import is_address, split_endpoint
from app.facts.asking import CouldNotLook, sentence
from app.facts.deadline import Raised, Running, allowed, spoken
from app.facts.dhcp import DhcpReply
from app.facts.fact import Known, Reading, Request, Unknown
from app.settings import Settings

SERVER_PORT = 67
USER_CLASS = "MS-UC-Client"
SIP_SERVERS = 120
VENDOR_OPTIONS = 43
_VENDOR_CLASS = 60
_MESSAGE_TYPE = 53
_SERVER_IDENTIFIER = 54
_ACK = 5
_AGAIN = 2.0
"""Seconds after which the question is sent again, in case the datagram was lost."""
_TAKEN = 1.5
"""Seconds after which a client port that is taken counts as taken for good."""
_LAST_WORD = 0.25


def collect(
    requests: Sequence[Request[Any]], settings: Settings, _password: object, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return what each server answers; silence, and a missing right to the client port, are Unknown.

    Args:
        requests: questions of ``app.facts.dhcp``; all share the client port and are told apart by transaction.
        settings: the client port, the port of the server, the limit of a probe.
        clock: UTC now.
    """
    seconds = max(allowed(one, settings) for one in requests)
    conversation = _Conversation(requests, settings, clock)
    outcome = Running(conversation.hold, "dhcp inform").outcome(seconds + _LAST_WORD)
    known = dict(conversation.readings)
    match outcome:
        case Raised(error=error):
            why = dict.fromkeys(requests, sentence(error, "DHCP"))
        case _:
            why = {one: _silence(one, settings) for one in requests}
    return {one: known.get(one) or Unknown(reason=why[one], at=clock()) for one in requests}


def _silence(request: Request[Any], settings: Settings) -> str:
    return (
        f"DHCP server {request.subject} did not answer a DHCPINFORM of class {USER_CLASS} "
        f"within {spoken(allowed(request, settings))}"
    )


class _Conversation:
    """All questions of one wave over one socket."""

    def __init__(self, requests: Sequence[Request[Any]], settings: Settings, clock: Callable[[], datetime]) -> None:
        self.readings: dict[Request[Any], Reading] = {}
        self._settings = settings
        self._clock = clock
        self._started = time.monotonic()
        self._open = {secrets.randbits(32): one for one in requests}

    def hold(self) -> None:
        """Ask until every question is answered or its time is over.

        Raises:
            CouldNotLook: the client port cannot be had.
        """
        with _client_socket(self._settings.dhcp.client_port, self._last(self._open) / 2) as channel:
            asked_at = -_AGAIN
            while waiting := dict(self._waiting()):
                now = time.monotonic() - self._started
                if now - asked_at >= _AGAIN:
                    asked_at = now
                    self._ask(channel, waiting)
                    continue  # some may have ended already, by an address that is none
                channel.settimeout(max(0.01, min(asked_at + _AGAIN, self._last(waiting)) - now))
                with suppress(TimeoutError, ConnectionError):
                    self._take(*channel.recvfrom(4096))

    def _waiting(self) -> Iterator[tuple[int, Request[Any]]]:
        now = time.monotonic() - self._started
        for transaction, request in self._open.items():
            if request not in self.readings and now < allowed(request, self._settings):
                yield transaction, request

    def _last(self, waiting: Mapping[int, Request[Any]]) -> float:
        return max(allowed(one, self._settings) for one in waiting.values())

    def _ask(self, channel: socket.socket, waiting: Mapping[int, Request[Any]]) -> None:
        for transaction, request in waiting.items():
            try:
                peer = _peer(request.subject, self._settings)
                channel.sendto(_inform(transaction, _own_address(peer)), peer)
            except (OSError, CouldNotLook) as error:
                cause = error.strerror if isinstance(error, OSError) else error
                reason = f"DHCP server {request.subject} could not be asked: {cause}"
                self.readings[request] = Unknown(reason=reason, at=self._clock())

    def _take(self, data: bytes, peer: tuple[str, int]) -> None:
        found = _reply(data, peer[0])
        request = self._open.get(found[0]) if found else None
        if found and request is not None and request not in self.readings:
            taken = time.monotonic() - self._started
            self.readings[request] = Known(value=found[1], at=self._clock(), seconds=taken)


def _client_socket(port: int, seconds: float) -> socket.socket:
    """Return a socket on the client port. Another wave of ours may have it for a moment, so a taken port is tried again."""
    patience = threading.Event()
    ends = time.monotonic() + min(_TAKEN, seconds)
    while True:
        channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            channel.bind(("", port))
        except OSError as error:
            channel.close()
            if error.errno != errno.EADDRINUSE or time.monotonic() >= ends:
                raise CouldNotLook(_not_ours(port, error)) from None
            patience.wait(0.02)
        else:
            return channel


def _not_ours(port: int, error: OSError) -> str:
    if isinstance(error, PermissionError) or error.errno == errno.EACCES:
        why = "this console has no right to it (it takes an administrator, or CAP_NET_BIND_SERVICE)"
    elif error.errno == errno.EADDRINUSE:
        why = "another program has it, such as the system's own DHCP client"
    else:
        why = str(error.strerror)
    return f"DHCP was not asked: the answer comes to UDP port {port}, and {why}"


def _peer(subject: str, settings: Settings) -> tuple[str, int]:
    """Return where a question goes; the settings may name another port for that very address."""
    try:
        address, port = split_endpoint(subject, 0)
        if not port and settings.dhcp.inform:
            configured, number = split_endpoint(settings.dhcp.inform, SERVER_PORT)
            port = number if configured == address else SERVER_PORT
    except ValueError as error:
        raise CouldNotLook(str(error)) from None
    if not is_address(address):
        raise CouldNotLook("a DHCP server is given by its IP address")
    return address, port or SERVER_PORT


def _own_address(peer: tuple[str, int]) -> str:
    """Return the address this console has towards a server, which is where the server answers to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        probe.connect(peer)
        return str(probe.getsockname()[0])


def _inform(transaction: int, own_address: str) -> bytes:
    from pydhcp.options import DHCPOptionCode
    from pydhcp.packet import DHCPMessage, DHCPMessageType, DHCPOpcode

    message = DHCPMessage(
        DHCPOpcode.BOOTREQUEST,
        xid=transaction,
        ciaddr=IPv4Address(own_address),
        chaddr=uuid.getnode().to_bytes(6, "big"),
    )
    message.options[DHCPOptionCode(_MESSAGE_TYPE)] = DHCPMessageType.DHCPINFORM
    message.options[DHCPOptionCode(_VENDOR_CLASS)] = USER_CLASS
    message.options[DHCPOptionCode(55)] = bytes([SIP_SERVERS, VENDOR_OPTIONS])
    return bytes(message.encode())


def _reply(data: bytes, source: str) -> tuple[int, DhcpReply] | None:
    """Return transaction and content of an ACK; None for anything else, which the port may well receive."""
    from pydhcp.exceptions import DHCPError
    from pydhcp.packet import DHCPMessage, DHCPOpcode

    try:
        message = DHCPMessage.decode(data)
    except (DHCPError, ValueError):
        return None
    options = message.options
    if message.op != DHCPOpcode.BOOTREPLY or _raw(options, _MESSAGE_TYPE) != bytes([_ACK]):
        return None
    named = _raw(options, _SERVER_IDENTIFIER)
    server = socket.inet_ntoa(named) if len(named) == 4 else source
    reply = DhcpReply(server=server, option_120=_raw(options, SIP_SERVERS), option_43=_raw(options, VENDOR_OPTIONS))
    return message.xid, reply


def _raw(options: Mapping[int, bytearray], code: int) -> bytes:
    return bytes(options[code]) if code in options else b""
