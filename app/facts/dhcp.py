"""The client's own view: DHCPINFORM with class MS-UC-Client, asking for options 120 and 43 (H-02, H-03, H-09)."""

from __future__ import annotations

from dataclasses import dataclass

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpReply:
    """What a server answered."""

    server: str
    option_120: bytes
    """Raw bytes; empty where the option is absent."""
    option_43: bytes


INFORM = Fact(name="dhcp.inform", via=Via.DHCP, shape=DhcpReply, seconds=6.0)
"""Subject: the DHCP server's address, or ``255.255.255.255``. Silence is Unknown, as is a missing right to port 68."""
