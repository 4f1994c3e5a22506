"""Names that clients and phones look for, per SIP domain: they lead to a server that can serve them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.deployment.requirements import ExpectedRecord, Match, RecordUse
from app.facts.dns import DnsAnswer
from app.facts.fact import Readings
from checks.check import Check, NotApplicable, Question, Scope
from checks.dns_asking import (
    alias_among,
    asked,
    at_resolvers,
    foreign,
    homes,
    homes_requests,
    not_there,
    or_none,
    owners,
)
from checks.dns_sign_in import sign_in_service
from checks.expected import records_of
from checks.finding import Gate, Verdict, failed, passed, unknown, warned
from checks.words import listed

_NO_SIGN_IN = "clients do not sign in at this pool"
_NO_WEB = "the pool has no web services"


def _questions(scope: Scope, use: RecordUse, purpose: str) -> Iterator[Question]:
    for record in records_of(scope, use):
        expected = f"leads to {purpose}"
        yield from at_resolvers(scope, record.name, expected, partial(_question, scope, record, purpose))


def _question(scope: Scope, record: ExpectedRecord, purpose: str, resolver: str) -> Question:
    request = asked(record.name, resolver)
    free = record.match is Match.SOME
    return Question(
        subject=f"{record.name} at {resolver}",
        expected=f"an address of {purpose}" if free else f"leads to {purpose}: {listed(record.hosts)}",
        basis=f"{scope.topology_basis}: {record.basis}",
        needs=(request,),
        also=() if free else homes_requests(scope, record.hosts, resolver),
        judge=lambda readings: (
            _judge_some(readings[request])
            if free
            else _judge_within(readings[request], record, homes(scope, readings, record.hosts, resolver))
        ),
    )


def _judge_some(found: DnsAnswer) -> Verdict:
    missing = not_there(found)
    return failed(missing) if missing else passed(listed(found.addresses))


def _judge_within(found: DnsAnswer, record: ExpectedRecord, known_homes: dict[str, tuple[str, ...]]) -> Verdict:
    through = alias_among(found, record.hosts)
    if through:
        return passed(f"leads to {through}" + (f", {listed(found.addresses)}" if found.addresses else ""))
    if missing := not_there(found):
        return failed(missing)
    strangers = foreign(found, known_homes)
    unasked = [one for one in record.hosts if one not in known_homes]
    if strangers and unasked:
        return unknown(f"{listed(strangers)} may be {listed(unasked)}, whose address is not known")
    if strangers:
        return failed(f"{listed(strangers)}, the address of none of them")
    return passed(f"{listed(found.addresses)}, the address of {listed(owners(found, known_homes))}")


def _lyncdiscover(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return or_none(_questions(scope, RecordUse.DISCOVER, "web services of a pool"), _NO_WEB)


def _simple_urls(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    purpose = "web services of a Front End or Director pool"
    return or_none(_questions(scope, RecordUse.SIMPLE_URL, purpose), "the topology has no simple URL for this pool")


def _sip_name(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return or_none(_questions(scope, RecordUse.SIP_NAME, "a Registrar"), _NO_SIGN_IN)


def _sign_in(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return or_none(sign_in_service(scope), _NO_SIGN_IN)


def _web_services(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return or_none(_web_questions(scope), "web services answer under the pool's own name alone, see dns.pool-address")


def _web_questions(scope: Scope) -> Iterator[Question]:
    for record in records_of(scope, RecordUse.WEB_INTERNAL):
        expected = "the load balancer's address, not one of the pool's servers"
        yield from at_resolvers(scope, record.name, expected, partial(_internal_web, scope, record.name, expected))
    for record in records_of(scope, RecordUse.WEB_EXTERNAL):
        expected = "an address: mobile clients inside ask for the external name, too"
        yield from at_resolvers(scope, record.name, expected, partial(_external_web, scope, record.name, expected))


def _internal_web(scope: Scope, name: str, expected: str, resolver: str) -> Question:
    request = asked(name, resolver)
    members = tuple(one.fqdn.lower() for one in scope.pool.machines)
    return Question(
        subject=f"{name} at {resolver}",
        expected=expected,
        basis=scope.topology_basis,
        needs=(request,),
        also=homes_requests(scope, members, resolver),
        judge=lambda readings: _judge_internal(readings, request.subject, resolver, scope, members),
    )


def _judge_internal(readings: Readings, name: str, resolver: str, scope: Scope, members: tuple[str, ...]) -> Verdict:
    found = readings[asked(name, resolver)]
    if missing := not_there(found):
        return failed(missing)
    straight = owners(found, homes(scope, readings, members, resolver)) if len(members) > 1 else ()
    if straight:
        return failed(f"{listed(found.addresses)}, which is {listed(straight)} itself: HTTPS needs the load balancer")
    return passed(listed(found.addresses))


def _external_web(scope: Scope, name: str, expected: str, resolver: str) -> Question:
    request = asked(name, resolver)
    return Question(
        subject=f"{name} at {resolver}",
        expected=expected,
        basis=scope.topology_basis,
        needs=(request,),
        judge=lambda readings: _judge_external(readings[request]),
    )


def _judge_external(found: DnsAnswer) -> Verdict:
    if missing := not_there(found):
        return warned(
            f"{missing} for clients inside", "If mobile clients inside use this name, add it to the internal zone."
        )
    return passed(listed(found.addresses))


CLIENT_CHECKS = (
    Check(
        id="dns.sign-in-service",
        title="clients find a Registrar through _sipinternaltls",
        why="Desktop clients without Autodiscover sign in through this record.",
        remedy=(
            "Put the SRV record _sipinternaltls._tcp.<SIP domain> with port 5061 into the internal zone. Its host must lie in"
            " the SIP domain: where the pool does not, make an A record there with the pool's address."
        ),
        sources=("D-10", "D-11", "Gg398758", "Gg425884"),
        ask=_sign_in,
        gate=Gate.ADVISORY,
    ),
    Check(
        id="dns.lyncdiscover-internal",
        title="clients inside find Autodiscover",
        why="It is the first name that every client asks for; with a wrong answer sign-in takes a detour or fails.",
        remedy="Make lyncdiscoverinternal.<SIP domain> a CNAME of the internal web services FQDN, in the internal zone only.",
        sources=("D-10", "D-12", "JJ945644"),
        ask=_lyncdiscover,
        gate=Gate.ADVISORY,
    ),
    Check(
        id="dns.simple-urls",
        title="meeting, dial-in and administration addresses lead to web services",
        why="Links in every invitation ever sent use these hosts.",
        remedy="Let the host of the simple URL resolve to a Director pool or a Front End pool that is in service.",
        sources=("D-13", "Gg425874"),
        ask=_simple_urls,
        gate=Gate.ADVISORY,
    ),
    Check(
        id="dns.web-services",
        title="the pool's web services can be found under their own names",
        why="Address book, meeting content and mobile clients use the web services FQDN, not the pool's.",
        remedy="Add the A record: the internal name to the load balancer's address, the external one to the reverse proxy's.",
        sources=("D-05", "D-07", "D-19", "Gg398634"),
        ask=_web_services,
        gate=Gate.ADVISORY,
    ),
    Check(
        id="dns.sip-name",
        title="phones find a Registrar under the sip name",
        why="Phones, and clients without the SRV record, try sip.<SIP domain>.",
        remedy="Add the A record sip.<SIP domain> with the address of a pool that has a Registrar.",
        sources=("D-10", "D-14", "Gg398082"),
        ask=_sip_name,
        gate=Gate.ADVISORY,
    ),
)
