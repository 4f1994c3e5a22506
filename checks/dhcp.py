"""DHCP: a reservation that waits for the right adapter, and the options that phones sign in by."""

from __future__ import annotations

from app.facts.dhcp_server import DHCP_SERVER, DhcpServerView, Reservation
from app.facts.host import IDENTITY, HostIdentity
from checks.check import Check, NotApplicable, Question, Scope
from checks.dhcp_phones import PHONE_CHECKS
from checks.finding import Gate, Verdict, failed, passed, warned
from checks.hardware import reserved_for, same_mac
from checks.words import counted, listed, same


def _reservation(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    if not scope.settings.dhcp.servers:
        return NotApplicable(why="the settings name no DHCP server (dhcp.servers)")
    return tuple(_at_server(scope, server.lower()) for server in scope.settings.dhcp.servers)


def _at_server(scope: Scope, server: str) -> Question:
    view, host = DHCP_SERVER.about(server), IDENTITY.about(scope.target)
    return Question(
        subject=f"{scope.target} at {server}",
        expected="a reservation of this server's address, if there is one, waits for its present adapter",
        basis="Hh202192: DHCP is as it was at the time of the backup",
        needs=(view, host),
        judge=lambda readings: _judge_reservations(readings[view], readings[host]),
    )


def _judge_reservations(view: DhcpServerView, host: HostIdentity) -> Verdict:
    held = _reserved(view, host)
    if not held:
        return passed("no reservation of this server's address")
    adapters = {adapter.mac for adapter in host.adapters}
    stale = [one for one in held if not any(same_mac(one.client_id, mac) for mac in adapters)]
    if not stale:
        return passed(
            f"{counted(len(held), 'reservation')} for {listed(one.client_id for one in held)}, as the adapter has it"
        )
    said = f"{listed(f'{one.address} waits for {one.client_id}' for one in stale)}; the machine has {listed(sorted(adapters))}"
    if any(adapter.dhcp_enabled for adapter in host.adapters):
        return failed(said)
    return warned(f"{said}. Its address is static, so this does no harm until it is not")


def _reserved(view: DhcpServerView, host: HostIdentity) -> tuple[Reservation, ...]:
    named = [
        one
        for scope in view.scopes
        for one in scope.reservations
        if same(one.name, host.fqdn) or same(one.name, host.hostname)
    ]
    return tuple(dict.fromkeys((*reserved_for(view, host.addresses), *named)))


CHECKS = (
    Check(
        id="dhcp.reservation",
        title="the DHCP reservation of the server's address waits for the new adapter",
        why="A rebuilt machine has a new hardware address: the old reservation silently stops matching, and the address moves.",
        remedy=(
            "On the DHCP server give the reservation the new hardware address (Remove-DhcpServerv4Reservation, then"
            " Add-DhcpServerv4Reservation with the same address and the new ClientId), or make the address static."
        ),
        sources=("H-01", "R-02"),
        ask=_reservation,
        gate=Gate.ADVISORY,
    ),
    *PHONE_CHECKS,
)
