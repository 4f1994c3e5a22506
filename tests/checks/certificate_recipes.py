"""Certificates that cases name instead of carrying bytes; made once a test session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SERVER_NAMES = (
    "se01.contoso.com",
    "sip.contoso.com",
    "web-ext-se01.contoso.com",
    "meet.contoso.com",
    "dialin.contoso.com",
    "admin.contoso.com",
    "lyncdiscoverinternal.contoso.com",
    "lyncdiscover.contoso.com",
    "sip.fabrikam.com",
    "lyncdiscoverinternal.fabrikam.com",
    "lyncdiscover.fabrikam.com",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What a certificate says."""

    subject: str = "se01.contoso.com"
    names: tuple[str, ...] = SERVER_NAMES
    server: bool = True
    client: bool = True
    begins: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    ends: datetime = datetime(2028, 1, 1, tzinfo=UTC)
    bits: int = 2048


RECIPES = {
    "good": Recipe(),
    "good-fe01": Recipe(
        subject="pool01.contoso.com",
        names=("pool01.contoso.com", "fe01.contoso.com", "web-int.contoso.com", *SERVER_NAMES[1:]),
    ),
    "oauth": Recipe(subject="contoso.com", names=()),
    "expired": Recipe(ends=datetime(2026, 6, 1, tzinfo=UTC)),
    "future": Recipe(begins=datetime(2027, 1, 1, tzinfo=UTC)),
    "ends-soon": Recipe(ends=datetime(2026, 12, 5, tzinfo=UTC)),
    "ends-tonight": Recipe(ends=datetime(2026, 11, 21, 23, 0, tzinfo=UTC)),
    "no-meet": Recipe(names=tuple(one for one in SERVER_NAMES if not one.startswith("meet."))),
    "no-sip": Recipe(names=tuple(one for one in SERVER_NAMES if not one.startswith("sip."))),
    "server-only": Recipe(client=False),
    "client-only": Recipe(server=False),
    "small-key": Recipe(bits=1024),
    "wildcard": Recipe(names=("se01.contoso.com", "web-ext-se01.contoso.com", "sip.contoso.com", "*.contoso.com")),
    "wildcard-alone": Recipe(names=("*.contoso.com",)),
    "other-server": Recipe(subject="se02.contoso.com", names=("se02.contoso.com",)),
}


@cache
def der(name: str) -> bytes:
    """Return a certificate by the name of its recipe."""
    recipe = RECIPES[name]
    key = _key(recipe.bits)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, recipe.subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "contoso-CA")]))
        .public_key(key.public_key())
        .serial_number(1 + list(RECIPES).index(name))
        .not_valid_before(recipe.begins)
        .not_valid_after(recipe.ends)
    )
    if recipe.names:
        names = x509.SubjectAlternativeName([x509.DNSName(one) for one in recipe.names])
        builder = builder.add_extension(names, critical=False)
    usages = [ExtendedKeyUsageOID.SERVER_AUTH] * recipe.server + [ExtendedKeyUsageOID.CLIENT_AUTH] * recipe.client
    builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    return builder.sign(_key(2048), hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@cache
def thumbprint(name: str) -> str:
    """Return the SHA-1 of a certificate as Windows prints it."""
    return x509.load_der_x509_certificate(der(name)).fingerprint(hashes.SHA1()).hex().upper()


@cache
def _key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)
