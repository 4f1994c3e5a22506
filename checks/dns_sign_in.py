"""The SRV record that desktop clients sign in by (D-11)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from app.deployment.requirements import ExpectedRecord, RecordUse
from app.facts.dns import ServiceRecord, answer
from app.facts.fact import Readings
from checks.asking import known
from checks.check import Question, Scope
from checks.dns_asking import asked, at_resolvers, homes, homes_requests, owners
from checks.expected import records_of
from checks.finding import Status, Verdict, failed, passed, unknown
from checks.words import listed, same


def sign_in_service(scope: Scope) -> Iterator[Question]:
    """Yield the questions about every SIP domain's record."""
    for record in records_of(scope, RecordUse.SIGN_IN):
        expected = f"an SRV record with port {record.port} for a Registrar"
        yield from at_resolvers(scope, record.name, expected, partial(_question, scope, record))


def _question(scope: Scope, record: ExpectedRecord, resolver: str) -> Question:
    domain, request = _domain(record), answer(record.name, "SRV", resolver)
    return Question(
        subject=f"{record.name} at {resolver}",
        expected=f"port {record.port}, a host in {domain} with the address of {listed(record.hosts)}",
        basis=f"{scope.topology_basis}: {record.basis}",
        needs=(request,),
        also=(
            *homes_requests(scope, record.hosts, resolver),
            *(asked(name, resolver) for name in _aliases(record) if name not in record.hosts),
        ),
        judge=lambda readings: _judge(readings, scope, record, resolver),
    )


def _domain(record: ExpectedRecord) -> str:
    return record.name.partition("._tcp.")[2].lower()


def _aliases(record: ExpectedRecord) -> tuple[str, ...]:
    """Return the names under which a Registrar may hide: an alias in the SIP domain is the documented design where the
    pool lies in another domain."""
    domain = _domain(record)
    names = [f"{host.partition('.')[0]}.{domain}" for host in record.hosts]
    return tuple(dict.fromkeys((*names, f"sip.{domain}", f"sipinternal.{domain}")))


def _judge(readings: Readings, scope: Scope, record: ExpectedRecord, resolver: str) -> Verdict:
    found = readings[answer(record.name, "SRV", resolver)]
    if not found.services:
        return failed("no such name" if found.rcode == "NXDOMAIN" else "the name has no SRV record")
    verdicts = [_judge_one(readings, scope, record, resolver, one) for one in found.services]
    wrong = next((one for one in verdicts if one.status is not Status.PASS), None)
    return wrong or passed("; ".join(one.found for one in verdicts))


def _judge_one(
    readings: Readings, scope: Scope, record: ExpectedRecord, resolver: str, service: ServiceRecord
) -> Verdict:
    said, domain = f"{service.target}, port {service.port}", _domain(record)
    if service.port != record.port:
        return failed(said)
    if not service.target.endswith(f".{domain}"):
        return failed(f"{said}: not in {domain}, so clients refuse it unless strict DNS naming is switched off")
    if any(same(service.target, host) for host in record.hosts):
        return passed(said)
    if service.target not in _aliases(record):
        return unknown(f"{said}: whether that is an alias of a Registrar was not asked")
    alias = known(readings, asked(service.target, resolver))
    if alias is None:
        return unknown(f"{said}, whose address could not be asked")
    if not alias.addresses:
        return failed(f"{said}, which has no address")
    home = owners(alias, homes(scope, readings, record.hosts, resolver))
    if home:
        return passed(f"{said}, the address of {listed(home)}")
    return failed(f"{said}, which has {listed(alias.addresses)}, the address of no Registrar")
