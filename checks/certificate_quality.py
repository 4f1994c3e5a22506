"""Which certificate of the rebuilt machine can serve which usage, before anything is assigned."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from app.deployment.requirements import CertificateNeed
from app.facts.host import CERTIFICATES, CertificateStore
from checks.asking import about_target
from checks.certificate_fit import Candidate, bad_signatures, candidates, doubtful_signatures, provider_problem
from checks.check import Check, NotApplicable, Question, Scope
from checks.expected import needs_of
from checks.finding import Gate, Verdict, failed, passed, unknown, warned
from checks.words import counted, listed, moment, span

_ROOT_LIMIT = 100
"""More trusted roots than this trouble sign-in (C-08)."""
_LAST_DAY = timedelta(days=1)
"""A recovery can take a day; a certificate that does not outlive it is none."""
_NO_USAGE = "no role of this pool needs a certificate that this program knows"
_AFTER = ("certificates.candidate",)


def _candidate(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return tuple(_usage_question(scope, one) for one in needs_of(scope)) or NotApplicable(why=_NO_USAGE)


def _usage_question(scope: Scope, need: CertificateNeed) -> Question:
    request = CERTIFICATES.about(scope.target)
    return Question(
        subject=f"{scope.target}, {need.use}",
        expected=f"a valid certificate with its private key for {listed(need.names)}",
        basis=scope.topology_basis,
        needs=(request,),
        judge=lambda readings: _judge_candidates(candidates(need, readings[request], scope.now)),
    )


def _judge_candidates(found: tuple[Candidate, ...]) -> Verdict:
    if not found:
        return failed("the machine's personal store holds no certificate at all")
    best = found[0]
    if best.serves:
        return warned(f"{best}: {listed(best.concerns)}") if best.concerns else passed(str(best))
    others = f" (nearest of {len(found)})" if len(found) > 1 else ""
    return failed(f"{best}{others}: {'; '.join(best.lacks)}")


def _of_chosen(
    scope: Scope, expected: str, basis: str, judge: Callable[[tuple[Candidate, ...]], Verdict]
) -> tuple[Question, ...] | NotApplicable:
    """Ask about the certificates that would be assigned, each once, however many usages it serves."""
    needs = needs_of(scope)
    if not needs:
        return NotApplicable(why=_NO_USAGE)
    request = CERTIFICATES.about(scope.target)
    return about_target(
        scope,
        request,
        expected=expected,
        basis=basis,
        judge=lambda readings: _judge_chosen(_chosen(scope, needs, readings[request]), judge),
    )


def _chosen(scope: Scope, needs: tuple[CertificateNeed, ...], store: CertificateStore) -> tuple[Candidate, ...]:
    best = [one[0] for need in needs if (one := candidates(need, store, scope.now)) and one[0].serves]
    return tuple({one.stored.thumbprint: one for one in best}.values())


def _judge_chosen(chosen: tuple[Candidate, ...], judge: Callable[[tuple[Candidate, ...]], Verdict]) -> Verdict:
    return judge(chosen) if chosen else unknown("no certificate of this machine can serve, so there is none to look at")


def _provider(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    version = scope.topology.product.service_version
    return _of_chosen(
        scope,
        "private keys in a legacy cryptographic service provider",
        "experience with Lync Server 2010 and 2013",
        lambda chosen: _judge_providers(chosen, version),
    )


def _judge_providers(chosen: tuple[Candidate, ...], version: int | None) -> Verdict:
    untold = [str(one) for one in chosen if not one.stored.provider]
    wrong = [f"{one}: {said}" for one in chosen if (said := provider_problem(one.stored, version))]
    if wrong:
        established = version in (5, 6)
        return failed("; ".join(wrong)) if established else warned("; ".join(wrong))
    if untold:
        return unknown(f"the key provider of {listed(untold)} could not be told")
    return passed(listed(f"{one}: {one.stored.provider}" for one in chosen))


def _signature(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return _of_chosen(scope, "SHA-1 or SHA-2 signatures up to the root, not RSASSA-PSS", "Gg398066", _judge_signatures)


def _judge_signatures(chosen: tuple[Candidate, ...]) -> Verdict:
    bad = [f"{one}: {listed(said)}" for one in chosen if (said := bad_signatures(one.stored))]
    if bad:
        return failed("; ".join(bad))
    unseen = [str(one) for one in chosen if not one.stored.chain]
    if unseen:
        return unknown(f"the chain of {listed(unseen)} could not be read")
    doubtful = [f"{one}: {listed(said)}" for one in chosen if (said := doubtful_signatures(one.stored))]
    if doubtful:
        return warned(f"{'; '.join(doubtful)}, which Windows Server 2012 R2 and older need a fix for")
    return passed(
        listed(f"{one}: {counted(len(one.stored.chain), 'element')} with a usable signature" for one in chosen)
    )


def _expiry(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    days = scope.settings.limits.certificate_days
    return _of_chosen(
        scope,
        f"valid for {days:g} more days",
        "settings: limits.certificate_days",
        lambda chosen: _judge_expiry(chosen, scope, timedelta(days=days)),
    )


def _judge_expiry(chosen: tuple[Candidate, ...], scope: Scope, limit: timedelta) -> Verdict:
    ends = {str(one): one.leaf.ends for one in chosen if one.leaf is not None}
    said = [
        f"{name} ends {moment(end)}, in {span(end - scope.now)}"
        for name, end in ends.items()
        if end - scope.now < limit
    ]
    if any(end - scope.now < _LAST_DAY for end in ends.values()):
        return failed("; ".join(said))
    if said:
        return warned("; ".join(said))
    return passed(listed(f"{name} ends {moment(end)}" for name, end in ends.items()))


def _root_store(scope: Scope) -> tuple[Question, ...]:
    request = CERTIFICATES.about(scope.target)
    return about_target(
        scope,
        request,
        expected="only self-signed certificates among the trusted roots",
        basis="KB2795828",
        judge=lambda readings: _judge_roots(readings[request]),
    )


def _judge_roots(store: CertificateStore) -> Verdict:
    if store.root_not_self_signed:
        return failed(f"issued by another authority: {listed(store.root_not_self_signed)}")
    if store.root_count == 0:
        return unknown("the machine named no trusted root at all, and every Windows has some")
    if store.root_count > _ROOT_LIMIT:
        return warned(f"all {store.root_count} are self-signed, but more than {_ROOT_LIMIT} of them trouble sign-in")
    return passed(f"all {store.root_count} are self-signed")


QUALITY_CHECKS = (
    Check(
        id="certificates.candidate",
        title="the machine has a certificate for every usage",
        why="Without a name, the key or the right purpose, assigning is refused or the servers refuse each other.",
        remedy=(
            "Import the failed server's certificate with its private key (a PFX into the computer's personal store), or"
            " request a new one with all these names: Request-CsCertificate -New -Type Default,WebServicesInternal,"
            "WebServicesExternal -ComputerFqdn <fqdn> -AllSipDomain -DomainName <further names>."
        ),
        sources=("C-01", "C-02", "C-05", "C-16", "preconditions 3.2", "Gg398094", "Gg398066"),
        ask=_candidate,
    ),
    Check(
        id="certificates.key-provider",
        title="the certificate's key lies in a provider that the product can use",
        why="With a key in a CNG provider the assignment fails with an error that speaks of a buffer.",
        remedy=(
            'Import the PFX again into a legacy provider: certutil -csp "Microsoft RSA SChannel Cryptographic Provider"'
            " -importpfx <file>, and remove the first copy."
        ),
        sources=("C-06",),
        ask=_provider,
        after=_AFTER,
    ),
    Check(
        id="certificates.signature",
        title="the certificate's chain is signed in a way that the product can use",
        why="Services do not start, or sign-in and forwarding fail, with signatures that Lync Server cannot verify.",
        remedy=(
            "Have the named certificate issued again with SHA-256 and PKCS #1 v1.5 padding (on the authority:"
            " AlternateSignatureAlgorithm 0)."
        ),
        sources=("C-04", "Gg398066"),
        ask=_signature,
        after=_AFTER,
    ),
    Check(
        id="certificates.expiry",
        title="the certificate does not end soon",
        why="A recovered server that loses its certificate within days fails a second time.",
        remedy="Request a new certificate now and assign that one instead; the old one is not needed any more.",
        sources=("C-15", "Gg398094"),
        ask=_expiry,
        gate=Gate.ADVISORY,
        after=_AFTER,
    ),
    Check(
        id="certificates.root-store",
        title="the trusted roots are all self-signed",
        why="A single intermediate certificate among them keeps the Front-End service from starting on Windows Server 2012.",
        remedy=(
            "Move the named certificates to Intermediate Certification Authorities of the computer, and find the group"
            " policy that puts them among the roots: it will do so again."
        ),
        sources=("C-07", "C-08"),
        ask=_root_store,
    ),
)
