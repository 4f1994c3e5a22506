"""Which certificate of a machine serves a usage: one rule for the checks and for the step that assigns it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.deployment.requirements import CertificateNeed
from app.facts.host import CertificateStore, StoredCertificate
from checks.certificate_reading import CLIENT_AUTHENTICATION, SERVER_AUTHENTICATION, Leaf, read
from checks.words import listed, moment

REVOCATION_NOT_SEEN = frozenset({"RevocationStatusUnknown", "OfflineRevocation"})
"""Chain flags that say that the list could not be fetched, not that anything is revoked."""
SOUND_RSA_BITS = 2048
"""C-05: one page demands it, two others warn below it."""
_LEAST_RSA_BITS = 1024
_LEGACY_PRODUCTS = (5, 6)
"""Service versions for which a key storage provider is known not to work (C-06)."""
_BAD_SIGNATURES = {
    "1.2.840.113549.1.1.2": "MD2 with RSA",
    "1.2.840.113549.1.1.4": "MD5 with RSA",
    "1.2.840.113549.1.1.10": "RSASSA-PSS",
}
"""C-04: services refuse to start, or sign-in and forwarding fail."""
_DOUBTFUL_SIGNATURES = {
    "1.2.840.113549.1.1.13": "SHA-512 with RSA",
    "1.2.840.10045.4.3.4": "SHA-512 with ECDSA",
}
"""C-04: need a Windows fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One certificate, judged for one usage."""

    stored: StoredCertificate
    leaf: Leaf | None
    """None where the bytes are not a certificate."""
    lacks: tuple[str, ...]
    """Why it cannot serve; empty where it can."""
    concerns: tuple[str, ...]
    """What speaks against it without ruling it out."""
    names_missing: int = 0
    """How many of the names it has to have are not in it."""

    @property
    def serves(self) -> bool:
        """Whether nothing rules it out."""
        return not self.lacks

    def __str__(self) -> str:
        """Return how a finding names it."""
        subject = self.leaf.subject if self.leaf else self.stored.friendly_name or "unreadable"
        return f"{subject} ({self.stored.thumbprint})"


def candidates(need: CertificateNeed, store: CertificateStore, now: datetime) -> tuple[Candidate, ...]:
    """Return every certificate of the personal store judged for a usage, the best one first."""
    found = [_judged(need, stored, now) for stored in store.personal]
    return tuple(sorted(found, key=_rank))


def best_candidate(need: CertificateNeed, store: CertificateStore, now: datetime) -> StoredCertificate | None:
    """Return the certificate to assign to a usage, or None where none can serve."""
    best = next(iter(candidates(need, store, now)), None)
    return best.stored if best is not None and best.serves else None


def provider_problem(stored: StoredCertificate, service_version: int | None) -> str:
    """Return why a key provider does not work with the product, or an empty text (C-06)."""
    if "key storage provider" not in stored.provider.lower():
        return ""
    if service_version in _LEGACY_PRODUCTS:
        return (
            f"key in {stored.provider}, a CNG provider: assigning it fails with a misleading error about a small buffer"
        )
    return f"key in {stored.provider}, a CNG provider: whether this product can use it is not established"


def bad_signatures(stored: StoredCertificate) -> tuple[str, ...]:
    """Return the chain elements whose signature the product cannot use."""
    return _signed_with(stored, _BAD_SIGNATURES)


def doubtful_signatures(stored: StoredCertificate) -> tuple[str, ...]:
    """Return the chain elements whose signature needs a Windows fix."""
    return _signed_with(stored, _DOUBTFUL_SIGNATURES)


def _signed_with(stored: StoredCertificate, algorithms: dict[str, str]) -> tuple[str, ...]:
    return tuple(
        f"{one.subject} is signed with {algorithms[one.signature_algorithm]}"
        for one in stored.chain
        if one.signature_algorithm in algorithms
    )


def _rank(candidate: Candidate) -> tuple[bool, int, int, int, bool, int, float]:
    """Order: those that serve, then by names, obstacles, signatures and provider, concerns, longest validity.

    Among those that cannot serve, the one with the names is the one that was meant, whatever else is wrong with it.
    """
    ends = candidate.leaf.ends.timestamp() if candidate.leaf else 0.0
    legacy = "key storage provider" not in candidate.stored.provider.lower()
    spoilt = len(bad_signatures(candidate.stored)) + (not legacy)
    return (
        not candidate.serves,
        candidate.names_missing,
        len(candidate.lacks),
        spoilt,
        bool(doubtful_signatures(candidate.stored)),
        len(candidate.concerns),
        -ends,
    )


def _judged(need: CertificateNeed, stored: StoredCertificate, now: datetime) -> Candidate:
    try:
        leaf = read(stored.der)
    except ValueError:
        return Candidate(
            stored=stored,
            leaf=None,
            lacks=("cannot be read as a certificate",),
            concerns=(),
            names_missing=len(need.names),
        )
    return Candidate(
        stored=stored,
        leaf=leaf,
        lacks=(*_names_lacking(leaf, need), *_unusable(leaf, stored), *_out_of_time(leaf, now)),
        concerns=(*_names_advised(leaf, need), *_concerns(leaf, stored)),
        names_missing=len(_missing(leaf, need, need.names)),
    )


def _names_lacking(leaf: Leaf, need: CertificateNeed) -> tuple[str, ...]:
    missing = _missing(leaf, need, need.names)
    return (f"its names lack {listed(missing)}",) if missing else ()


def _names_advised(leaf: Leaf, need: CertificateNeed) -> tuple[str, ...]:
    missing = _missing(leaf, need, need.advised)
    found = [f"its names lack {listed(missing)}, which some clients ask for"] if missing else []
    if leaf.subject.startswith("*."):
        found.append("its subject is a wildcard, which no role supports")
    return tuple(found)


def _missing(leaf: Leaf, need: CertificateNeed, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if not leaf.covers(name, by_wildcard=name in need.wildcard_may_cover)]


def _unusable(leaf: Leaf, stored: StoredCertificate) -> tuple[str, ...]:
    found = [] if stored.has_private_key else ["its private key is not on this machine"]
    if not leaf.may(SERVER_AUTHENTICATION):
        found.append("it is not for server authentication")
    if not leaf.elliptic and leaf.key_bits < _LEAST_RSA_BITS:
        found.append(f"its key has {leaf.key_bits} bits")
    broken = [one for one in stored.chain_problems if one not in REVOCATION_NOT_SEEN and one != "NotTimeValid"]
    if broken:
        found.append(f"Windows does not trust its chain ({listed(broken)})")
    return tuple(found)


def _out_of_time(leaf: Leaf, now: datetime) -> tuple[str, ...]:
    if now > leaf.ends:
        return (f"it ended {moment(leaf.ends)}",)
    return (f"it begins only {moment(leaf.begins)}",) if now < leaf.begins else ()


def _concerns(leaf: Leaf, stored: StoredCertificate) -> tuple[str, ...]:
    found = []
    if not leaf.may(CLIENT_AUTHENTICATION):
        found.append("it lacks client authentication, which patched servers demand towards Edge Servers")
    if not leaf.elliptic and _LEAST_RSA_BITS <= leaf.key_bits < SOUND_RSA_BITS:
        found.append(f"its key has only {leaf.key_bits} bits")
    unseen = [one for one in stored.chain_problems if one in REVOCATION_NOT_SEEN]
    if unseen:
        found.append("its revocation list could not be fetched from this machine")
    return tuple(found)
