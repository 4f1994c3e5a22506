"""What a certificate says: read from the certificate itself, so that no locale of the host can bend it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

SERVER_AUTHENTICATION = ExtendedKeyUsageOID.SERVER_AUTH.dotted_string
CLIENT_AUTHENTICATION = ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string
_ANY_USAGE = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE.dotted_string


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One end certificate."""

    subject: str
    """Common name; the whole distinguished name where there is none."""
    names: tuple[str, ...]
    """DNS names of the subject alternative name extension, lower case."""
    usages: tuple[str, ...] | None
    """OIDs of the extended key usage extension; None where it is absent, which allows every use."""
    begins: datetime
    """UTC."""
    ends: datetime
    """UTC."""
    key_bits: int
    elliptic: bool
    """An elliptic curve key: its bits do not compare with those of RSA."""
    signature_algorithm: str
    """OID."""
    thumbprint: str
    """SHA-1 of the certificate, upper case, as Windows prints it."""

    def may(self, usage: str) -> bool:
        """Return whether an extended key usage is allowed."""
        return self.usages is None or usage in self.usages or _ANY_USAGE in self.usages

    def covers(self, name: str, *, by_wildcard: bool = False) -> bool:
        """Return whether a host name is among the names, where allowed also through a wildcard of one label."""
        wanted = name.lower()
        return wanted in self.names or (by_wildcard and f"*.{wanted.partition('.')[2]}" in self.names)


def read(der: bytes) -> Leaf:
    """Return what a DER certificate says.

    Raises:
        ValueError: it is not a certificate.
    """
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key()
    return Leaf(
        subject=_subject(certificate),
        names=_names(certificate),
        usages=_usages(certificate),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        key_bits=key.key_size
        if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey | ec.EllipticCurvePublicKey)
        else 0,
        elliptic=isinstance(key, ec.EllipticCurvePublicKey),
        signature_algorithm=certificate.signature_algorithm_oid.dotted_string,
        # Windows names certificates by their SHA-1; nothing is proven by it here.
        thumbprint=certificate.fingerprint(hashes.SHA1()).hex().upper(),  # noqa: S303
    )


def _subject(certificate: x509.Certificate) -> str:
    common = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(common[0].value) if common else certificate.subject.rfc4514_string()


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(extension, x509.SubjectAlternativeName)
    return tuple(name.lower() for name in extension.get_values_for_type(x509.DNSName))


def _usages(certificate: x509.Certificate) -> tuple[str, ...] | None:
    try:
        extension = certificate.extensions.get_extension_for_oid(ExtensionOID.EXTENDED_KEY_USAGE).value
    except x509.ExtensionNotFound:
        return None
    assert isinstance(extension, x509.ExtendedKeyUsage)
    return tuple(usage.dotted_string for usage in extension)
