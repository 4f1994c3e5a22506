"""The server's side of NTLM (MS-NLMP), alone or inside SPNEGO, for accounts that exist only in the simulated world.

pyspnego speaks the protocol. Its own acceptor finds passwords only through a file named by a process-wide environment
variable; the acceptor here takes them from the host at that moment, so that no password touches a disk, two hosts of
one process may know different accounts, and a changed password holds at once. It answers with the simulated host's
names, and checks channel bindings as Windows does by default (``CbtHardeningLevel=Relaxed``: wrong ones are refused,
absent ones are not).
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from spnego._context import GSSMech
from spnego._negotiate import NegotiateProxy
from spnego._ntlm import NTLMProxy
from spnego._ntlm_raw.crypto import ntowfv1, ntowfv2, rc4k
from spnego._ntlm_raw.messages import (
    Authenticate,
    AvFlags,
    AvId,
    Challenge,
    FileTime,
    Negotiate,
    NegotiateFlags,
    TargetInfo,
    Version,
)
from spnego.channel_bindings import GssChannelBindings

_NO_BINDINGS = bytes(16)
_V1_RESPONSE_BYTES = 24
_PAIRS_AT = 16 + 28
"""Offset of the AV_PAIRs in an NTLMv2 answer: the proof, then the head of the client challenge (MS-NLMP 2.2.2.7)."""


class NotAuthenticated(Exception):
    """The exchange failed: an unknown account, a wrong password, or not the protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of one host at one moment."""

    passwords: Mapping[str, str]
    """``DOMAIN\\\\user`` to password."""

    def find(self, domain: str, user: str) -> str | None:
        """Return the account that a client means, or None: by domain and user, by UPN, or by a user name that is unique."""
        wanted = user.lower()
        if "@" in wanted and not domain:
            wanted, _, suffix = wanted.partition("@")
            domain = suffix.partition(".")[0]
        domain = domain.lower().partition(".")[0]
        found = [
            account
            for account in self.passwords
            if account.lower().rpartition("\\")[2] == wanted
            and domain in ("", ".", account.lower().rpartition("\\")[0])
        ]
        return found[0] if len(found) == 1 else None

    def named(self, name: str) -> str | None:
        """Return the account of a name as it is typed: ``DOMAIN\\\\user``, ``user@domain`` or ``user``."""
        domain, _, user = name.rpartition("\\")
        return self.find(domain, user)


class Exchange:
    """One NTLM or SPNEGO exchange on one connection."""

    def __init__(self, accounts: Accounts, fqdn: str, certificate_hash: bytes) -> None:
        self._acceptor = _Acceptor(accounts, fqdn, certificate_hash)
        self._outer = NegotiateProxy(
            hostname=fqdn, service="http", usage="accept", _negotiate_contexts={GSSMech.ntlm: self._acceptor}
        )

    @property
    def account(self) -> str:
        """The authenticated account; empty until the exchange is complete."""
        return self._acceptor.account if self._outer.complete else ""

    def step(self, token: bytes) -> bytes | None:
        """Take the client's next token and return the answer, if there is one.

        Raises:
            NotAuthenticated: the account is not let in, or the token is none.
        """
        if not token:
            raise NotAuthenticated("an empty token")
        try:
            return self._outer.step(token)
        except NotAuthenticated:
            raise
        except Exception as error:
            # A stranger's bytes can break the parser in any way; it is a refusal in every case.
            raise NotAuthenticated(f"not an NTLM token: {type(error).__name__}") from error


class _Acceptor(NTLMProxy):
    """NTLMv2 acceptor over accounts in memory. NTLMv1 and LM answers are refused, as LmCompatibilityLevel 5 does."""

    def __init__(self, accounts: Accounts, fqdn: str, certificate_hash: bytes) -> None:
        # The base class looks for its password file when it is made an acceptor, so it becomes one after that.
        super().__init__(username="lab", password="", usage="initiate", protocol="ntlm")
        self.usage = "accept"
        self.account = ""
        self._accounts = accounts
        self._fqdn = fqdn
        bindings = GssChannelBindings(application_data=b"tls-server-end-point:" + certificate_hash)
        self._bindings = hashlib.md5(bindings.pack(), usedforsecurity=False).digest()

    def _step_accept_negotiate(self, token: bytes) -> bytes:
        negotiate = Negotiate.unpack(token)
        flags = negotiate.flags | (
            NegotiateFlags.request_target
            | NegotiateFlags.ntlm
            | NegotiateFlags.always_sign
            | NegotiateFlags.target_info
            | NegotiateFlags.target_type_domain
            | NegotiateFlags.unicode
            | NegotiateFlags.extended_session_security
        )
        flags &= ~(NegotiateFlags.oem | NegotiateFlags.lm_key)
        computer, _, suffix = self._fqdn.partition(".")
        domain = suffix.partition(".")[0].upper()
        names = TargetInfo()
        names[AvId.nb_domain_name] = domain
        names[AvId.nb_computer_name] = computer.upper()
        names[AvId.dns_domain_name] = suffix
        names[AvId.dns_computer_name] = self._fqdn
        names[AvId.timestamp] = FileTime.now()
        version = Version(6, 2, 9200) if flags & NegotiateFlags.version else None
        challenge = Challenge(flags, os.urandom(8), target_name=domain, target_info=names, version=version)
        self._temp_negotiate, self._temp_challenge = negotiate, challenge
        return challenge.pack()

    def _step_accept_authenticate(self, token: bytes, channel_bindings: GssChannelBindings | None) -> None:  # noqa: ARG002 - the base's signature
        answer = Authenticate.unpack(token)
        domain, user = answer.domain_name or "", answer.user_name or ""
        account = self._accounts.find(domain, user)
        response = answer.nt_challenge_response or b""
        if account is None or len(response) <= _V1_RESPONSE_BYTES:
            raise NotAuthenticated("unknown account, or not an NTLMv2 answer")
        key = self._verified_key(response, ntowfv2(user, ntowfv1(self._accounts.passwords[account]), domain))
        signing = NegotiateFlags.sign | NegotiateFlags.seal
        if answer.flags & NegotiateFlags.key_exch and answer.flags & signing:
            key = rc4k(key, answer.encrypted_random_session_key or b"")
        self._session_key = key
        pairs = _pairs(response[_PAIRS_AT:])
        if pairs.get(AvId.channel_bindings, _NO_BINDINGS) not in (_NO_BINDINGS, self._bindings):
            raise NotAuthenticated("channel bindings of another TLS connection")
        if int.from_bytes(pairs.get(AvId.flags, b""), "little") & AvFlags.mic:
            self._check_integrity(answer)
        self.account = account
        self._context_attr = answer.flags
        self._complete = True

    def _verified_key(self, response: bytes, hashed: bytes) -> bytes:
        """Return the session base key (MS-NLMP 3.3.2); the proof is over the very bytes that came."""
        challenge = self._temp_challenge
        if challenge is None:
            raise NotAuthenticated("an answer without a challenge")
        proof = hmac.digest(hashed, challenge.server_challenge + response[16:], "md5")
        if not hmac.compare_digest(proof, response[:16]):
            raise NotAuthenticated("wrong password")
        return hmac.digest(hashed, proof, "md5")

    def _check_integrity(self, answer: Authenticate) -> None:
        negotiate, challenge = self._temp_negotiate, self._temp_challenge
        given = answer.mic
        answer.mic = bytes(16)
        if negotiate is None or challenge is None:
            raise NotAuthenticated("an answer without a challenge")
        if given != self._calculate_mic(self.session_key, negotiate.pack(), challenge.pack(), answer.pack()):
            raise NotAuthenticated("the message integrity code is wrong")


def _pairs(raw: bytes) -> dict[int, bytes]:
    """Return the AV_PAIRs at the start of ``raw`` (MS-NLMP 2.2.2.1), unknown ones included."""
    found: dict[int, bytes] = {}
    position = 0
    while position + 4 <= len(raw):
        name, size = struct.unpack_from("<HH", raw, position)
        if name == AvId.eol:
            break
        found[name] = raw[position + 4 : position + 4 + size]
        position += 4 + size
    return found
