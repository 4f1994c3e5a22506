"""Which certificates are assigned on the rebuilt server, and whether the deployment's OAuth certificate has arrived."""

from __future__ import annotations

from datetime import datetime

from app.deployment.requirements import CertificateNeed
from app.facts.host import CERTIFICATES, CertificateStore
from app.facts.lync import ASSIGNED_CERTIFICATES, AssignedCertificates
from checks.asking import NO_MANAGEMENT_HOST, management, undecided
from checks.certificate_fit import candidates
from checks.check import Check, NotApplicable, Question, Scope
from checks.expected import needs_of
from checks.finding import Verdict, failed, passed
from checks.words import listed

_OAUTH = "OAuthTokenIssuer"


def _assigned(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    questions = tuple(_usage_question(scope, one) for one in needs_of(scope))
    return questions or NotApplicable(why="no role of this pool needs a certificate that this program knows")


def _usage_question(scope: Scope, need: CertificateNeed) -> Question:
    assigned, store = ASSIGNED_CERTIFICATES.about(scope.target), CERTIFICATES.about(scope.target)
    return Question(
        subject=f"{scope.target}, {need.use}",
        expected=f"a valid certificate of this machine for {listed(need.names)} is assigned",
        basis=scope.topology_basis,
        needs=(assigned, store),
        judge=lambda readings: _judge_assigned(readings[assigned], readings[store], need, scope.now),
    )


def _judge_assigned(
    assigned: AssignedCertificates, store: CertificateStore, need: CertificateNeed, now: datetime
) -> Verdict:
    thumbprint = assigned.thumbprint(need.use)
    if thumbprint is None:
        return failed("none is assigned")
    found = [one for one in candidates(need, store, now) if one.stored.thumbprint.upper() == thumbprint.upper()]
    if not found:
        return failed(f"{thumbprint} is assigned, which the machine's personal store does not hold")
    if not found[0].serves:
        return failed(f"{found[0]} is assigned: {'; '.join(found[0].lacks)}")
    return passed(f"{found[0]} is assigned")


def _oauth(scope: Scope) -> tuple[Question, ...]:
    request, store = management(scope, ASSIGNED_CERTIFICATES), CERTIFICATES.about(scope.target)
    expected = "the deployment's OAuthTokenIssuer certificate, with its private key, on this machine"
    if request is None:
        return undecided(scope, expected=expected, why=NO_MANAGEMENT_HOST)
    return (
        Question(
            subject=scope.target,
            expected=expected,
            basis=f"what is assigned at {request.subject}",
            needs=(request, store),
            judge=lambda readings: _judge_oauth(readings[request], readings[store], request.subject),
        ),
    )


def _judge_oauth(assigned: AssignedCertificates, store: CertificateStore, where: str) -> Verdict:
    thumbprint = assigned.thumbprint(_OAUTH)
    if thumbprint is None:
        return failed(
            f"{where} has no {_OAUTH} certificate assigned: the deployment has none to deliver",
            "Look at Get-CsCertificate -Type OAuthTokenIssuer on every surviving server. Where the deployment has really"
            " lost it, import the archived PFX with Import-CsCertificate -Identity global -Type OAuthTokenIssuer.",
        )
    stored = next((one for one in store.personal if one.thumbprint.upper() == thumbprint.upper()), None)
    if stored is None:
        return failed(f"{thumbprint} has not arrived on this machine")
    if not stored.has_private_key:
        return failed(f"{thumbprint} is there without its private key")
    return passed(f"{thumbprint} is there with its private key")


ASSIGNMENT_CHECKS = (
    Check(
        id="certificates.assigned",
        title="a fitting certificate is assigned to every usage",
        why="The services of a usage without one do not start, or are refused by clients and servers.",
        remedy=(
            "Run Set-CsCertificate -Type <usage> -Thumbprint <thumbprint> on the server with the certificate that"
            " certificates.candidate names, then Enable-CsComputer."
        ),
        sources=("C-16", "C-17", "Gg398518", "Hh202190 step 5"),
        ask=_assigned,
    ),
    Check(
        id="certificates.oauth",
        title="the deployment's OAuth certificate has arrived on the server",
        why="It is one and the same everywhere; a new one would break the trust of Exchange and SharePoint in all servers.",
        remedy=(
            "Replication delivers it: run Invoke-CsManagementStoreReplication -ReplicaFqdn <fqdn> and wait. Never request a"
            " new one for a single server."
        ),
        sources=("C-14", "JJ205253"),
        ask=_oauth,
    ),
)
