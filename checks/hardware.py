"""Hardware addresses and the DHCP reservations that wait for them."""

from __future__ import annotations

from collections.abc import Iterable

from app.facts.dhcp_server import DhcpServerView, Reservation


def same_mac(one: str, other: str) -> bool:
    """Return whether two hardware addresses are equal, however they are punctuated."""
    first = _digits(one)
    return bool(first) and first == _digits(other)


def reserved_for(view: DhcpServerView, addresses: Iterable[str]) -> tuple[Reservation, ...]:
    """Return the reservations of these addresses, in all scopes."""
    wanted = set(addresses)
    return tuple(one for scope in view.scopes for one in scope.reservations if one.address in wanted)


def _digits(text: str) -> str:
    return "".join(character for character in text.lower() if character in "0123456789abcdef")
