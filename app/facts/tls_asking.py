"""Greets a TLS port as tolerantly as OpenSSL lets us, and takes down what it presents; judging is not done here.

A healthy server of 2013 speaks TLS 1.0 with SHA-1, which today's defaults refuse, so the floor is lowered for this probe and
nothing is verified. The handshake runs over memory, which leaves what the server sent in our hands: whether it speaks
TLS at all shows in its first byte, and its certificate can be read even where it goes on to refuse us for having none.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any

from app.facts.asking import CouldNotLook, ask_each
from app.facts.deadline import allowed, spoken
from app.facts.fact import Reading, Request
from app.facts.tls import Greeting, TlsPeer
from app.facts.tls_records import certificate_in, is_tls, version_in
from app.settings import Settings

_REFUSED = TlsPeer(greeting=Greeting.REFUSED, protocol="", leaf=b"")
_NO_TLS = TlsPeer(greeting=Greeting.NO_TLS, protocol="", leaf=b"")


def collect(
    requests: Sequence[Request[Any]], settings: Settings, _password: object, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return how every port greets; refusal is Known, silence and a reset are Unknown.

    Args:
        requests: questions of ``app.facts.tls``.
        settings: where each port is reached, and the limit of a probe.
        clock: UTC now.
    """
    return ask_each(requests, settings, clock, lambda one: _greeted(one, settings), _who)


def _who(request: Request[Any]) -> str:
    return f"{request.subject} port {request.argument('port')}"


def _greeted(request: Request[Any], settings: Settings) -> TlsPeer:
    seconds = allowed(request, settings)
    ends = time.monotonic() + seconds
    address, port = settings.endpoint(request.subject, int(request.argument("port")))
    who = _who(request)
    try:
        with socket.create_connection((address, port), timeout=seconds) as channel:
            return _Handshake(channel, request.subject, ends).peer(who)
    except ConnectionRefusedError:
        return _REFUSED
    except TimeoutError:
        raise CouldNotLook(f"{who} did not complete a TLS handshake within {spoken(seconds)}") from None
    except socket.gaierror:
        raise CouldNotLook(f"{who} could not be tried: this console cannot resolve {address}") from None
    except ConnectionError as error:
        raise CouldNotLook(f"{who} broke the connection off during the handshake ({error.strerror})") from None
    except OSError as error:
        raise CouldNotLook(f"{who} cannot be reached ({error.strerror or error})") from None


class _Handshake:
    """One handshake over an open connection."""

    def __init__(self, channel: socket.socket, name: str, ends: float) -> None:
        self._channel = channel
        self._ends = ends
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = _context().wrap_bio(self._incoming, self._outgoing, server_hostname=name)
        self._heard = bytearray()

    def peer(self, who: str) -> TlsPeer:
        """Shake hands and return the peer."""
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._send()
                if not self._receive():
                    return self._ended(who, "closed the connection without completing the handshake")
            except ssl.SSLError as error:
                with suppress(OSError):
                    self._send()
                return self._ended(
                    who, f"ended the handshake ({(error.reason or 'TLS error').replace('_', ' ').lower()})"
                )
            else:
                leaf = self._tls.getpeercert(binary_form=True) or b""
                return TlsPeer(greeting=Greeting.HANDSHAKE, protocol=self._tls.version() or "", leaf=leaf)

    def _ended(self, who: str, how: str) -> TlsPeer:
        """Make the best of a handshake that was not completed."""
        if self._heard and not is_tls(self._heard):
            return _NO_TLS
        leaf = certificate_in(self._heard)
        if leaf:
            return TlsPeer(greeting=Greeting.HANDSHAKE, protocol=version_in(self._heard), leaf=leaf)
        raise CouldNotLook(f"{who} {how}")

    def _send(self) -> None:
        self._channel.settimeout(self._left())
        self._channel.sendall(self._outgoing.read())

    def _receive(self) -> bool:
        self._channel.settimeout(self._left())
        data = self._channel.recv(16384)
        self._heard += data
        self._incoming.write(data)
        return bool(data)

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@cache
def _context() -> ssl.SSLContext:
    """Return the one context of this process: making one costs more than a handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    return context
