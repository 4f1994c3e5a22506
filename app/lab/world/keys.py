"""Certificates as a Windows machine holds them: in a store, with or without a key, below authorities it trusts or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from app.facts.host import ChainElement, StoredCertificate
from app.lab.ports import Certificate

LEGACY_PROVIDER = "Microsoft RSA SChannel Cryptographic Provider"
CNG_PROVIDER = "Microsoft Software Key Storage Provider"
"""Keys in it cannot be assigned (C-06)."""
OAUTH = "OAuthTokenIssuer"


@lru_cache(maxsize=512)
def parsed(pem: bytes) -> x509.Certificate:
    """Return a PEM certificate as an object."""
    return x509.load_pem_x509_certificate(pem)


def der(pem: bytes) -> bytes:
    """Return a PEM certificate as DER."""
    return parsed(pem).public_bytes(Encoding.DER)


@lru_cache(maxsize=512)
def thumbprint(pem: bytes) -> str:
    """Return the SHA-1 thumbprint, upper-case hex, as Windows prints it."""
    return parsed(pem).fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - Windows names certificates by it


def common_name(name: x509.Name) -> str:
    """Return a distinguished name as Windows prints it, most specific part first."""
    return ", ".join(part.rfc4514_string() for part in reversed(name.rdns))


@dataclass(kw_only=True)
class HeldCertificate:
    """One certificate of LocalMachine\\My."""

    material: Certificate
    friendly_name: str
    has_key: bool = True
    provider: str = LEGACY_PROVIDER
    exportable: bool = True

    @property
    def thumbprint(self) -> str:
        """SHA-1, upper-case hex."""
        return thumbprint(self.material.certificate)


@dataclass(kw_only=True)
class Stores:
    """The machine's stores."""

    personal: list[HeldCertificate] = field(default_factory=list)
    intermediate: list[bytes] = field(default_factory=list)
    """PEM."""
    root: list[bytes] = field(default_factory=list)
    """PEM."""

    def held(self, wanted: str) -> HeldCertificate | None:
        """Return a personal certificate by thumbprint."""
        return next((one for one in self.personal if one.thumbprint == wanted.upper().replace(" ", "")), None)

    def misplaced_roots(self) -> tuple[str, ...]:
        """Return the subjects in Trusted Root whose issuer is another (C-07)."""
        found = [parsed(one) for one in self.root]
        return tuple(common_name(one.subject) for one in found if one.subject != one.issuer)

    def chain(self, leaf: bytes, now: datetime) -> tuple[tuple[x509.Certificate, ...], tuple[str, ...]]:
        """Return the chain that this machine builds for a leaf, and X509ChainStatusFlags that speak against it."""
        known = [parsed(one) for one in (*self.intermediate, *self.root)]
        chain = [parsed(leaf)]
        while chain[-1].issuer != chain[-1].subject and len(chain) < 8:
            above = next((one for one in known if one.subject == chain[-1].issuer), None)
            if above is None:
                break
            chain.append(above)
        problems: list[str] = []
        if chain[-1].issuer != chain[-1].subject:
            problems.append("PartialChain")
        elif chain[-1] not in [parsed(one) for one in self.root]:
            problems.append("UntrustedRoot")
        if any(not one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in chain):
            problems.append("NotTimeValid")
        return tuple(chain), tuple(problems)

    def described(self, held: HeldCertificate, now: datetime) -> StoredCertificate:
        """Return a certificate as the collecting script prints it."""
        chain, problems = self.chain(held.material.certificate, now)
        return StoredCertificate(
            thumbprint=held.thumbprint,
            der=der(held.material.certificate),
            friendly_name=held.friendly_name,
            has_private_key=held.has_key,
            provider=held.provider if held.has_key else "",
            exportable=held.exportable if held.has_key else None,
            chain_problems=problems,
            chain=tuple(
                ChainElement(
                    subject=common_name(one.subject), signature_algorithm=one.signature_algorithm_oid.dotted_string
                )
                for one in chain
            ),
        )

    def usable(self, wanted: str, now: datetime) -> bool:
        """Return whether a service can start with a certificate: key there, chain holds."""
        held = self.held(wanted)
        return held is not None and held.has_key and not self.chain(held.material.certificate, now)[1]


def utc(seconds: float) -> datetime:
    """Return a time in seconds since the epoch as an aware UTC time."""
    return datetime.fromtimestamp(seconds, UTC)
