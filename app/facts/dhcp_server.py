"""The DHCP server's own view, by the DhcpServer cmdlets on that server (H-01, H-07, H-08)."""

from __future__ import annotations

from dataclasses import dataclass

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValue:
    """One option value at one level."""

    option: int
    vendor_class: str
    """Class *name* (``MSUCClient``); empty for a standard option."""
    values: tuple[str, ...]
    """As the cmdlet prints them: hex bytes ``0x00`` … for a Binary option, text for a String option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """One reservation: the address and the client identifier (MAC) it waits for."""

    address: str
    client_id: str
    name: str
    options: tuple[OptionValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpScope:
    """One IPv4 scope."""

    scope_id: str
    mask: str
    options: tuple[OptionValue, ...]
    reservations: tuple[Reservation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorClass:
    """One vendor class: its name and the data clients send (case-sensitive, H-03)."""

    name: str
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpServerView:
    """Everything the server would answer with, level by level."""

    vendor_classes: tuple[VendorClass, ...]
    options: tuple[OptionValue, ...]
    """Server level."""
    scopes: tuple[DhcpScope, ...]


DHCP_SERVER = Fact(
    name="dhcp_server.view", via=Via.POWERSHELL, shape=DhcpServerView, script="dhcp_server/view.ps1", seconds=60.0
)
