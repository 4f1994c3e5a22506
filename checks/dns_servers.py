"""Names of servers: the target's own, its pool's, and those of the servers it depends on."""

from __future__ import annotations

from functools import partial

from app.deployment.requirements import Match, RecordUse
from app.deployment.topology import Edition
from app.facts.dns import DnsAnswer
from app.facts.host import IDENTITY, HostIdentity
from checks.asking import known
from checks.check import Check, NotApplicable, Question, Scope
from checks.dns_asking import (
    asked,
    at_resolvers,
    foreign,
    homes,
    homes_requests,
    hosts_entry,
    not_there,
    or_none,
    owners,
)
from checks.expected import records_of
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.words import listed, same


def _server_address(scope: Scope) -> tuple[Question, ...]:
    expected = "the addresses bound on the machine, no other"
    return at_resolvers(scope, scope.target, expected, lambda resolver: _server_question(scope, resolver, expected))


def _server_question(scope: Scope, resolver: str, expected: str) -> Question:
    request, host = asked(scope.target, resolver), IDENTITY.about(scope.target)
    return Question(
        subject=f"{scope.target} at {resolver}",
        expected=expected,
        basis="the machine itself, and Gg398082",
        needs=(request, host),
        judge=lambda readings: _judge_server(readings[request], readings[host], scope.target),
    )


def _judge_server(found: DnsAnswer, host: HostIdentity, name: str) -> Verdict:
    bound = ", ".join(host.addresses) or "no address"
    overridden = hosts_entry(host, name)
    note = (
        f". Its own HOSTS file says {listed(overridden)}, so the machine itself does not notice" if overridden else ""
    )
    if missing := not_there(found):
        return failed(f"{missing}; the machine has {bound}{note}")
    if any(one not in host.addresses for one in found.addresses):
        return failed(f"{listed(found.addresses)}; the machine has {bound}{note}")
    if overridden and not set(overridden) <= set(host.addresses):
        return warned(
            f"{listed(found.addresses)}, but the machine's own HOSTS file says {listed(overridden)}",
            f"Remove the line for {name} from C:\\Windows\\System32\\drivers\\etc\\hosts on the machine.",
        )
    return passed(listed(found.addresses))


def _pool_address(scope: Scope) -> tuple[Question, ...]:
    standard = scope.pool.edition is Edition.STANDARD
    expected = (
        "one address, the server's (a Standard Edition pool bears the server's name)"
        if standard
        else "the addresses of the pool's servers, the rebuilt one's among them"
    )
    return at_resolvers(scope, scope.pool.fqdn, expected, lambda resolver: _pool_question(scope, resolver, expected))


def _pool_question(scope: Scope, resolver: str, expected: str) -> Question:
    request = asked(scope.pool.fqdn, resolver)
    members = tuple(one.fqdn.lower() for one in scope.pool.machines)
    standard = scope.pool.edition is Edition.STANDARD
    balanced = any(one.match is Match.SOME for one in records_of(scope, RecordUse.POOL))
    also = () if standard else homes_requests(scope, members, resolver)
    return Question(
        subject=f"{scope.pool.fqdn} at {resolver}",
        expected="the load balancer's address" if balanced else expected,
        basis=scope.topology_basis,
        needs=(request,),
        also=also,
        judge=lambda readings: (
            _judge_single(readings[request], balanced=balanced)
            if standard or balanced
            else _judge_pool(readings[request], homes(scope, readings, members, resolver), members, scope.target)
        ),
    )


def _judge_single(found: DnsAnswer, *, balanced: bool) -> Verdict:
    if missing := not_there(found):
        return failed(missing)
    if len(found.addresses) > 1 and not balanced:
        return failed(f"{len(found.addresses)} addresses: {listed(found.addresses)}")
    return passed(listed(found.addresses))


def _judge_pool(
    found: DnsAnswer, known_homes: dict[str, tuple[str, ...]], members: tuple[str, ...], target: str
) -> Verdict:
    """Only deployed servers belong into the set, so a member that is missing is no fault unless it is the target (D-03)."""
    if missing := not_there(found):
        return failed(missing)
    if not known_homes.get(target):
        return unknown(f"{listed(found.addresses)}; the address of {target} itself could not be asked")
    if target not in owners(found, known_homes):
        return failed(f"{listed(found.addresses)}; {target} ({listed(known_homes[target])}) is not among them")
    strangers, unasked = foreign(found, known_homes), [one for one in members if one not in known_homes]
    if strangers and unasked:
        return unknown(f"{listed(strangers)} may be {listed(unasked)}, whose address could not be asked")
    if strangers:
        return failed(f"{listed(strangers)} belongs to no server of the pool")
    absent = [one for one in known_homes if one not in owners(found, known_homes)]
    if absent:
        return warned(
            f"{listed(found.addresses)}; without {listed(absent)}, which is right only while it is not deployed"
        )
    return passed(listed(found.addresses))


def _partner_servers(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    questions = (
        question
        for record in records_of(scope, RecordUse.PARTNER)
        for question in at_resolvers(
            scope, record.name, "the server's address", partial(_partner, scope, record.name, record.basis)
        )
    )
    return or_none(questions, "the pool depends on no other server")


def _partner(scope: Scope, name: str, basis: str, resolver: str) -> Question:
    request, target = asked(name, resolver), IDENTITY.about(scope.target)
    own = IDENTITY.about(name) if same(name, scope.management_host) else None
    return Question(
        subject=f"{name} at {resolver}",
        expected="the server's address",
        basis=f"{scope.topology_basis}: {basis}",
        needs=(request,),
        also=(target, own) if own else (target,),
        judge=lambda readings: _judge_partner(
            readings[request], hosts_entry(known(readings, target), name), known(readings, own)
        ),
    )


def _judge_partner(found: DnsAnswer, overridden: tuple[str, ...], own: HostIdentity | None) -> Verdict:
    if missing := not_there(found):
        if overridden:
            return warned(f"{missing} in DNS; the target's HOSTS file says {listed(overridden)}")
        return failed(missing)
    if own is not None and not set(found.addresses) & set(own.addresses):
        return failed(f"{listed(found.addresses)}; the server itself has {listed(own.addresses)}")
    if overridden and own is not None and not set(overridden) & set(own.addresses):
        return failed(
            f"the target's HOSTS file says {listed(overridden)} and wins there; the server has {listed(own.addresses)}",
            "Remove the line from C:\\Windows\\System32\\drivers\\etc\\hosts on the target, or correct its address.",
        )
    if overridden and not set(overridden) & set(found.addresses):
        return warned(
            f"{listed(found.addresses)}, but the target's HOSTS file says {listed(overridden)} and wins there"
        )
    return passed(listed(found.addresses))


SERVER_CHECKS = (
    Check(
        id="dns.server-address",
        title="the server's name resolves to the rebuilt machine",
        why="Replication, MTLS and clients go where DNS points; with the old address they reach a dead machine.",
        remedy=(
            "Where the machine has got another address than the failed server had, give it the address of the failed server."
            " Otherwise correct the A record of the server (or run ipconfig /registerdns on it), wait until the zone has"
            " replicated, and flush the resolvers' caches."
        ),
        sources=("D-02", "R-02", "Gg398082", "Gg398758"),
        ask=_server_address,
    ),
    Check(
        id="dns.pool-address",
        title="the pool's name resolves to its deployed servers",
        why="Clients that are given a dead address wait for its time-out before they try the next one.",
        remedy="Add the missing A record of the pool's name, and remove those of machines that are not deployed.",
        sources=("D-03", "D-06", "D-07", "JJ204936", "Gg398634"),
        ask=_pool_address,
        after=("dns.server-address",),
    ),
    Check(
        id="dns.partner-servers",
        title="the servers that this one depends on can be found",
        why="Setup connects to the Central Management store by name, and the services to their stores.",
        remedy="Restore the A record of the named server with the address that the server has.",
        sources=("D-02", "D-08", "D-18", "Gg398082"),
        ask=_partner_servers,
    ),
)
