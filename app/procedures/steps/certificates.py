"""Hh202190 step 5, third step of the wizard: certificates that are on the machine are assigned to their usages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.deployment.requirements import CertificateNeed
from app.facts.fact import Readings, Request
from app.facts.host import CERTIFICATES, CertificateStore
from app.facts.lync import ASSIGNED_CERTIFICATES, AssignedCertificates
from app.recovery.step import Action, Danger, Impossible, Kind, Planned, Step
from app.remote.command import cmdlet
from checks.asking import known
from checks.certificate_fit import best_candidate, candidates
from checks.check import Scope
from checks.expected import needs_of


def _needs(scope: Scope) -> tuple[Request[Any], ...]:
    return (CERTIFICATES.about(scope.target), ASSIGNED_CERTIFICATES.about(scope.target))


def _plan(scope: Scope, readings: Readings) -> Planned:
    store = readings[CERTIFICATES.about(scope.target)]
    assigned = known(readings, ASSIGNED_CERTIFICATES.about(scope.target))
    chosen: dict[str, list[str]] = {}
    for need in needs_of(scope):
        if _serves(need, assigned, store, scope.now):
            continue
        best = best_candidate(need, store, scope.now)
        if best is None:
            return Impossible(
                why=f"no certificate of {scope.target} can serve {need.use}: import one with its private key first"
            )
        chosen.setdefault(best.thumbprint, []).append(need.use)
    return (*_assignments(scope, chosen), _enable(scope))


def _serves(
    need: CertificateNeed, assigned: AssignedCertificates | None, store: CertificateStore, now: datetime
) -> bool:
    """Whether what is assigned to a usage can stay."""
    thumbprint = assigned.thumbprint(need.use) if assigned else None
    fitting = [one.stored.thumbprint.upper() for one in candidates(need, store, now) if one.serves]
    return thumbprint is not None and thumbprint.upper() in fitting


def _assignments(scope: Scope, chosen: dict[str, list[str]]) -> tuple[Action, ...]:
    return tuple(
        Action(
            id=f"assign-{'-'.join(usages)}",
            title=f"assign a certificate to {', '.join(usages)}",
            host=scope.target,
            command=cmdlet("Set-CsCertificate", Type=tuple(usages), Thumbprint=thumbprint),
            seconds=300.0,
        )
        for thumbprint, usages in chosen.items()
    )


def _enable(scope: Scope) -> Action:
    return Action(
        id="enable-computer",
        title="activate the services of this computer",
        host=scope.target,
        command=cmdlet("Enable-CsComputer"),
        seconds=900.0,
        proof_shows=False,
    )


CERTIFICATES_STEP = Step(
    id="se.5c",
    number="5c",
    title="Assign the certificates",
    intent=(
        "Each usage gets a certificate of this machine that carries all its names. The deployment's OAuth certificate "
        "is delivered by replication; a new one would break every partner's trust."
    ),
    who="RTCUniversalServerAdmins and local Administrators; to request a new one also Enroll on the template",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=(
        "install.components",
        "certificates.candidate",
        "certificates.key-provider",
        "certificates.signature",
        "certificates.root-store",
        "certificates.expiry",
    ),
    after=("certificates.assigned", "certificates.oauth"),
    source="Hh202190 step 5",
    by_hand=(
        "Run Setup.exe below \\Setup\\amd64 of the media; choose Install or Update Lync Server System.",
        "Run Step 3: Request, Install or Assign Certificates, and assign a certificate to Default, web services "
        "internal and web services external.",
        "Leave OAuthTokenIssuer alone: it arrives from the Central Management store.",
        "Then run Enable-CsComputer.",
    ),
    plan=_plan,
    plan_needs=_needs,
    undo="Assign other certificates with Set-CsCertificate; Remove-CsCertificate takes an assignment away.",
    settle_seconds=120.0,
)
