"""Ports: what answers for SIP over TLS, and with which certificate."""

from __future__ import annotations

from datetime import datetime

from app.facts.fact import Request
from app.facts.lync import ASSIGNED_CERTIFICATES, AssignedCertificates
from app.facts.tls import PEER, Greeting, TlsPeer
from checks.asking import known
from checks.certificate_reading import Leaf, read
from checks.check import Check, Question, Scope
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.words import listed, moment

_SIP_TLS = 5061


def _sip_tls(scope: Scope) -> tuple[Question, ...]:
    peer: Request[TlsPeer] = PEER.about(scope.target, port=_SIP_TLS)
    assigned = ASSIGNED_CERTIFICATES.about(scope.target)
    return (
        Question(
            subject=f"{scope.target}:{_SIP_TLS}",
            expected=f"a TLS handshake with a valid certificate for {scope.pool.fqdn}",
            basis=scope.topology_basis,
            needs=(peer,),
            also=(assigned,),
            judge=lambda readings: _judge(readings[peer], known(readings, assigned), scope),
        ),
    )


def _judge(peer: TlsPeer, assigned: AssignedCertificates | None, scope: Scope) -> Verdict:
    match peer.greeting:
        case Greeting.REFUSED:
            return failed("the connection is refused: nothing listens")
        case Greeting.NO_TLS:
            return failed("something listens and does not speak TLS")
        case Greeting.HANDSHAKE:
            return _judge_handshake(peer, assigned, scope)


def _judge_handshake(peer: TlsPeer, assigned: AssignedCertificates | None, scope: Scope) -> Verdict:
    try:
        leaf = read(peer.leaf)
    except ValueError:
        return unknown("a handshake, but the certificate that came with it cannot be read")
    said = f"{peer.protocol} with {leaf.subject} ({leaf.thumbprint})"
    wrong = _wrong(leaf, scope.pool.fqdn, scope.now)
    if wrong:
        return failed(f"{said}; {wrong}")
    wanted = assigned.thumbprint("Default") if assigned else None
    if wanted and wanted.upper() != leaf.thumbprint:
        return warned(
            f"{said}, but the certificate assigned to Default is {wanted}",
            "The service still uses the certificate that it started with: restart it with Stop-CsWindowsService -Name RTCSRV"
            " and Start-CsWindowsService -Name RTCSRV.",
        )
    return passed(said)


def _wrong(leaf: Leaf, pool: str, now: datetime) -> str:
    if not leaf.covers(pool):
        return f"its names lack {pool} (it has {listed(leaf.names)})"
    if not leaf.begins <= now <= leaf.ends:
        return f"it is valid from {moment(leaf.begins)} to {moment(leaf.ends)}"
    return ""


CHECKS = (
    Check(
        id="ports.sip-tls",
        title="the server answers for SIP over TLS with its own certificate",
        why="Clients and the other servers of the deployment speak to it on this port.",
        remedy=(
            "Refused: see that RTCSRV is running and that nothing else took the port. A wrong certificate: assign the right"
            " one with Set-CsCertificate -Type Default -Thumbprint <thumbprint> and restart the service."
        ),
        sources=("P-02", "C-19", "Gg398833"),
        ask=_sip_tls,
        after=("services.running",),
    ),
)
