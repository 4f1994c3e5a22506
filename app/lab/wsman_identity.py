"""Who is on a connection: Negotiate/NTLM authenticates the connection, Basic each request."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from app.lab.ntlm import Accounts, Exchange, NotAuthenticated
from app.lab.ports import Certificate

OFFERED = ("Negotiate", 'Basic realm="WSMAN"')
"""WWW-Authenticate lines of an unauthenticated answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an Authorization header came to."""

    account: str = ""
    """Empty: not authenticated (yet)."""
    challenges: tuple[str, ...] = ()
    """WWW-Authenticate lines to send along."""


class ConnectionIdentity:
    """The authentication state of one connection."""

    def __init__(self, accounts: Callable[[], Accounts], fqdn: str, certificate_hash: bytes) -> None:
        self._accounts = accounts
        self._fqdn = fqdn
        self._certificate_hash = certificate_hash
        self._exchange: Exchange | None = None
        self._account = ""

    def judge(self, authorization: str) -> Verdict:
        """Return who sends this request, given its Authorization header (empty: none)."""
        scheme, _, value = authorization.strip().partition(" ")
        match scheme.lower():
            case "":
                return Verdict(account=self._account) if self._account else Verdict(challenges=OFFERED)
            case "basic":
                return self._basic(value)
            case "negotiate" | "ntlm":
                return self._negotiate(scheme, value)
        return Verdict(challenges=OFFERED)

    def _basic(self, value: str) -> Verdict:
        try:
            name, _, password = _text(base64.b64decode(value.strip(), validate=True)).partition(":")
        except (binascii.Error, ValueError):
            return Verdict(challenges=OFFERED)
        accounts = self._accounts()
        account = accounts.named(name)
        expected = accounts.passwords[account] if account else ""
        if account is None or not hmac.compare_digest(expected.encode(), password.encode()):
            return Verdict(challenges=OFFERED)
        return Verdict(account=account)

    def _negotiate(self, scheme: str, value: str) -> Verdict:
        self._account = ""
        try:
            token = base64.b64decode(value.strip(), validate=True)
            if self._exchange is None or _opens(token):
                self._exchange = Exchange(self._accounts(), self._fqdn, self._certificate_hash)
            answer = self._exchange.step(token)
        except (NotAuthenticated, binascii.Error, ValueError):
            self._exchange = None
            return Verdict(challenges=OFFERED)
        self._account = self._exchange.account
        if self._account:
            self._exchange = None
        token_line = (f"{scheme} {base64.b64encode(answer).decode()}",) if answer else ()
        if not self._account and not answer:
            self._exchange = None
            return Verdict(challenges=OFFERED)
        return Verdict(account=self._account, challenges=token_line)


def _text(raw: bytes) -> str:
    """Return credentials as text: UTF-8, or Latin-1 as older clients (requests among them) send it."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _opens(token: bytes) -> bool:
    """Return whether a token begins an exchange: a SPNEGO NegTokenInit or an NTLM negotiate message."""
    return token[:1] == b"\x60" or token[:12] == b"NTLMSSP\x00\x01\x00\x00\x00"


def binding_hash(certificate: Certificate) -> bytes:
    """Return the hash that channel bindings of type ``tls-server-end-point`` carry (RFC 5929 section 4.1)."""
    leaf = x509.load_pem_x509_certificate(certificate.certificate)
    algorithm = leaf.signature_hash_algorithm
    if algorithm is None or isinstance(algorithm, hashes.MD5 | hashes.SHA1):
        return hashlib.sha256(leaf.public_bytes(serialization.Encoding.DER)).digest()
    return leaf.fingerprint(algorithm)
