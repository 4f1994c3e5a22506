"""The lab's certificate authority: a root, an issuing authority below it, and leaves as an AD CS template would make them.

Names and serial numbers follow from the seed; keys are fresh in every process and shared inside one (those of
the authorities by labs of one seed only), because making RSA keys is the slowest thing a lab does.
"""

from __future__ import annotations

import hashlib
import ipaddress
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.endpoints import is_address
from app.lab.ports import Certificate

CRL_URL = "http://pki.contoso.com/ContosoIssuingCA.crl"
_YEAR = timedelta(days=365)


class Usage(StrEnum):
    """An extended key usage."""

    SERVER = "server"
    CLIENT = "client"
    CODE = "code"
    """Code signing: what a certificate for something else altogether carries."""


class KeyKind(StrEnum):
    """What key a certificate is made with."""

    RSA_2048 = "rsa2048"
    """As Lync's own request wizard makes it."""
    RSA_1024 = "rsa1024"
    """Too short since 2013."""
    EC = "ec"
    """P-256: quick to make, for servers that are no Lync server."""


class Signature(StrEnum):
    """How a certificate is signed."""

    SHA256 = "sha256"
    SHA512 = "sha512"
    PSS = "pss"
    """RSASSA-PSS, which AD CS makes where AlternateSignatureAlgorithm is on and Lync cannot use."""


class Issuer(StrEnum):
    """Who signs a leaf."""

    ISSUING = "issuing"
    ROOT = "root"
    STRANGER = "stranger"
    """An authority that nobody in the lab trusts."""
    SELF = "self"


Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_USAGES = {
    Usage.SERVER: ExtendedKeyUsageOID.SERVER_AUTH,
    Usage.CLIENT: ExtendedKeyUsageOID.CLIENT_AUTH,
    Usage.CODE: ExtendedKeyUsageOID.CODE_SIGNING,
}


@dataclass(frozen=True, slots=True)
class _Signer:
    certificate: x509.Certificate
    key: Key


class Authority:
    """A two-tier authority of one lab."""

    def __init__(self, seed: int, now: datetime) -> None:
        """Make root and issuing authority.

        Args:
            seed: what names and serial numbers follow from.
            now: UTC, with a time zone; every validity counts from here.
        """
        self._seed = seed
        self._now = now.replace(microsecond=0)
        self._issued: Counter[str] = Counter()
        self._lock = threading.Lock()
        root = self._self_signed("Contoso Root CA")
        stranger = self._self_signed("Fabrikam Root CA")
        self._signers = {
            Issuer.ROOT: root,
            Issuer.STRANGER: stranger,
            Issuer.ISSUING: self._below(root, "Contoso Issuing CA"),
        }

    @property
    def root_pem(self) -> bytes:
        """The root certificate, PEM: what a client has to trust."""
        return _pem(self._signers[Issuer.ROOT].certificate)

    @property
    def issuing_pem(self) -> bytes:
        """The issuing authority's certificate, PEM."""
        return _pem(self._signers[Issuer.ISSUING].certificate)

    def issue(
        self,
        subject: str,
        names: Sequence[str],
        *,
        eku: Sequence[Usage] = (Usage.SERVER, Usage.CLIENT),
        days: float = 730,
        key: KeyKind = KeyKind.RSA_2048,
        signature: Signature = Signature.SHA256,
        issuer: Issuer = Issuer.ISSUING,
        starts: float = -2,
        crl: bool = True,
    ) -> Certificate:
        """Return a new leaf with its key and the authorities between it and the root.

        Args:
            subject: common name.
            names: subject alternative names; an IP address becomes an address entry; none: no extension at all.
            eku: extended key usages; none: no extension at all.
            days: end of validity in days from the authority's now; negative: it has already ended.
            key: kind of key.
            signature: how it is signed; PSS needs a signer with an RSA key.
            issuer: who signs it.
            starts: start of validity in days from now; where it is not before the end, a year before the end.
            crl: whether a CRL distribution point is named.
        """
        with self._lock:
            self._issued[subject] += 1
            number = self._issued[subject]
        own = _private_key(key, subject, number)
        end = self._now + timedelta(days=days)
        start = self._now + timedelta(days=starts)
        builder = self._builder(subject, own, number, start if start < end else end - _YEAR, end)
        for extension, critical in _leaf_extensions(names, eku, crl=crl):
            builder = builder.add_extension(extension, critical=critical)
        signer = self._signers.get(issuer)
        certificate = _signed(builder, subject, signer, own, signature)
        chain = (self.issuing_pem,) if issuer is Issuer.ISSUING else ()
        return Certificate(certificate=_pem(certificate), private_key=_key_pem(own), chain=chain)

    def _self_signed(self, name: str) -> _Signer:
        key = _private_key(KeyKind.RSA_2048, f"{self._seed}/{name}", 1)
        builder = self._builder(name, key, 1, self._now - 5 * _YEAR, self._now + 15 * _YEAR)
        return _Signer(_signed(_as_authority(builder, None), name, None, key, Signature.SHA256), key)

    def _below(self, root: _Signer, name: str) -> _Signer:
        key = _private_key(KeyKind.RSA_2048, f"{self._seed}/{name}", 1)
        builder = self._builder(name, key, 1, self._now - 3 * _YEAR, self._now + 7 * _YEAR)
        return _Signer(_signed(_as_authority(builder, 0), name, root, key, Signature.SHA256), key)

    def _builder(self, subject: str, key: Key, number: int, start: datetime, end: datetime) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .public_key(key.public_key())
            .serial_number(self._serial(subject, number))
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def _serial(self, subject: str, number: int) -> int:
        digest = hashlib.sha256(f"{self._seed}/{subject}/{number}".encode()).digest()
        return int.from_bytes(digest[:16], "big") | 1


@lru_cache(maxsize=256)
def _private_key(kind: KeyKind, label: str, number: int) -> Key:  # noqa: ARG001 - label and number tell keys apart
    """Return the key of the ``number``-th certificate called ``label``; the same one all through this process."""
    if kind is KeyKind.EC:
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=1024 if kind is KeyKind.RSA_1024 else 2048)


def _as_authority(builder: x509.CertificateBuilder, length: int | None) -> x509.CertificateBuilder:
    return builder.add_extension(x509.BasicConstraints(ca=True, path_length=length), critical=True).add_extension(
        _key_usage(authority=True), critical=True
    )


def _leaf_extensions(
    names: Sequence[str], eku: Sequence[Usage], *, crl: bool
) -> Sequence[tuple[x509.ExtensionType, bool]]:
    extensions: list[tuple[x509.ExtensionType, bool]] = [(_key_usage(authority=False), True)]
    if names:
        extensions.append((x509.SubjectAlternativeName([_alternative(name) for name in names]), False))
    if eku:
        extensions.append((x509.ExtendedKeyUsage([_USAGES[Usage(one)] for one in eku]), False))
    if crl:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(CRL_URL)], None, None, None)
        extensions.append((x509.CRLDistributionPoints([point]), False))
    return extensions


def _signed(
    builder: x509.CertificateBuilder, subject: str, signer: _Signer | None, own: Key, signature: Signature
) -> x509.Certificate:
    """Sign with the signer's key, or with its own where there is none; the subject then is the issuer too."""
    key = signer.key if signer else own
    issuer = signer.certificate.subject if signer else _name(subject)
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    digest = hashes.SHA512() if signature is Signature.SHA512 else hashes.SHA256()
    salted = padding.PSS(padding.MGF1(digest), padding.PSS.DIGEST_LENGTH)
    return (
        builder.issuer_name(issuer)
        .add_extension(identifier, critical=False)
        .sign(key, digest, rsa_padding=salted if signature is Signature.PSS else None)
    )


def _alternative(name: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(name)) if is_address(name) else x509.DNSName(name)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=not authority,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key: Key) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
