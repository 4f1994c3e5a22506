"""What answers on a TLS port, floor lowered for the probe alone (C-19): the leaf is captured, then judged by us."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.facts.fact import Fact, Via


class Greeting(StrEnum):
    """How the port met us."""

    HANDSHAKE = "handshake"
    REFUSED = "refused"
    """Nothing listens: expected before services are started (P-02)."""
    NO_TLS = "no-tls"
    """Something listens and does not speak TLS."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsPeer:
    """One port."""

    greeting: Greeting
    protocol: str
    """``TLSv1``, ``TLSv1.2`` …; empty without a handshake."""
    leaf: bytes
    """DER of the peer's certificate; empty without a handshake."""


PEER = Fact(name="tls.peer", via=Via.TLS, shape=TlsPeer, seconds=8.0)
"""Subject: host FQDN; arguments: ``port`` (int). Silence and a reset are Unknown."""
