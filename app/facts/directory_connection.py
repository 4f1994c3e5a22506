"""A bound LDAP connection, always under TLS, whose certificate proves the name in the configured URL.

ldap3 waits for ever for a server that says nothing, so whoever uses this runs it under a deadline from outside and calls
``abandon`` when that is over.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPException
from ldap3.core.results import RESULT_NO_SUCH_OBJECT, RESULT_REFERRAL, RESULT_SUCCESS

from app.facts.asking import CouldNotLook
from app.settings import Auth, Settings

_PORTS = {"ldap": 389, "ldaps": 636}
_PAGE = 500
_LINGERING = 5.0
_PAGED = "1.2.840.113556.1.4.319"
_BIND_PROBLEMS = {
    "525": "there is no such account",
    "52e": "account or password is wrong",
    "530": "it may not log on at this time",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password has to be changed first",
    "775": "the account is locked",
}
"""What Active Directory means by the number in its answer to a failed bind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One entry that came back."""

    dn: str
    values: Mapping[str, Sequence[bytes]]
    """By attribute name, lower case."""

    def text(self, name: str) -> str:
        """Return the first value of an attribute as text; empty where there is none."""
        return next((one.decode("utf-8", "replace") for one in self.values.get(name.lower(), ())), "")

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of an attribute as text."""
        return tuple(one.decode("utf-8", "replace") for one in self.values.get(name.lower(), ()))

    def number(self, name: str) -> int:
        """Return the first value of an attribute as a number; 0 where there is none."""
        return int(self.text(name) or 0)


class DirectoryConnection:
    """One connection to the configured directory server."""

    def __init__(self, settings: Settings, password: Callable[[], str]) -> None:
        """Prepare; nothing is contacted yet.

        Raises:
            CouldNotLook: no directory is configured, or the file of trusted roots cannot be read.
        """
        if not settings.directory.url:
            raise CouldNotLook("Active Directory was not asked: no directory is configured (set directory.url)")
        parts = urlsplit(settings.directory.url)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._settings = settings
        self._password = password
        self._secure = parts.scheme == "ldaps"
        self._tls = _VerifiedTls(_context(settings), self._host)
        self._ldap: Any = None
        self._abandoned = False

    @property
    def who(self) -> str:
        """How sentences name the server."""
        return f"directory server {self._host}:{self._port}"

    def open(self, seconds: float) -> None:
        """Connect and bind.

        Args:
            seconds: the deadline that is kept from outside; so that an abandoned thread ends some time, the library
                itself gives up a connection that does not come about a little later.

        Raises:
            CouldNotLook: it cannot be reached, is not who it should be, or refuses the account.
        """
        address, port = self._settings.endpoint(self._host, self._port)
        server = ldap3.Server(
            address,
            port=port,
            use_ssl=self._secure,
            tls=self._tls,
            get_info=ldap3.NONE,
            connect_timeout=seconds + _LINGERING,
        )
        self._ldap = ldap3.Connection(
            server,
            **self._identity(),
            read_only=True,
            auto_referrals=False,
            check_names=False,
            raise_exceptions=False,
        )
        try:
            self._ldap.open(read_server_info=False)
            if not self._secure:
                self._ldap.start_tls(read_server_info=False)
            bound = self._ldap.bind(read_server_info=False)
        except LDAPException as error:
            raise CouldNotLook(f"{self.who} {self._why(error)}") from None
        if not bound:
            raise CouldNotLook(self._refused())

    def abandon(self) -> None:
        """Take the connection away from under a thread that waits on it."""
        self._abandoned = True
        channel = getattr(self._ldap, "socket", None)
        if channel is not None:
            with suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)
            with suppress(OSError):
                channel.close()

    def close(self) -> None:
        """Say goodbye; never raises."""
        if self._ldap is not None and not self._abandoned:
            with suppress(LDAPException, OSError):
                self._ldap.unbind()

    def root(self) -> Record:
        """Return the rootDSE."""
        found = self._searched("", "(objectClass=*)", ldap3.BASE, ("*", "currentTime"))
        if not found:
            raise CouldNotLook(f"{self.who} shows no rootDSE")
        return found[0]

    def entry(self, dn: str, attributes: Sequence[str]) -> Record | None:
        """Return one entry, or None where it does not exist."""
        return next(iter(self._searched(dn, "(objectClass=*)", ldap3.BASE, attributes)), None)

    def below(self, base: str, selection: str, attributes: Sequence[str]) -> tuple[Record, ...]:
        """Return every entry in a subtree that a filter selects; none where the base does not exist.

        Args:
            base: DN.
            selection: LDAP filter; values in it escaped by the caller.
            attributes: names of attributes to return.
        """
        return self._searched(base, selection, ldap3.SUBTREE, attributes)

    def _searched(self, base: str, selection: str, scope: Any, attributes: Sequence[str]) -> tuple[Record, ...]:
        found: list[Record] = []
        cookie: bytes | None = None
        paged = scope != ldap3.BASE
        while True:
            self._ldap.search(
                base,
                selection,
                search_scope=scope,
                attributes=list(attributes),
                paged_size=_PAGE if paged else None,
                paged_cookie=cookie,
            )
            result = self._ldap.result
            if result["result"] == RESULT_NO_SUCH_OBJECT:
                return ()
            if result["result"] not in (RESULT_SUCCESS, RESULT_REFERRAL):
                raise CouldNotLook(f"{self.who} answered {_described(result)} to a search below {base or 'its root'}")
            found += [_record(one) for one in self._ldap.response or () if one["type"] == "searchResEntry"]
            cookie = (result.get("controls") or {}).get(_PAGED, {}).get("value", {}).get("cookie")
            if not cookie:
                return tuple(found)

    def _identity(self) -> dict[str, Any]:
        if self._settings.credentials.auth is Auth.KERBEROS:
            target = (self._host,)
            return {
                "authentication": ldap3.SASL, "sasl_mechanism": ldap3.KERBEROS, "sasl_credentials": target
            }  # fmt: skip
        account = self._account
        if not account:
            raise CouldNotLook(f"{self.who} was not asked: no account is configured (set credentials.username)")
        password = self._password()
        if not password:
            # A simple bind without a password counts as anonymous and succeeds, which would look like empty answers.
            raise CouldNotLook(f"{self.who} was not asked: the password of {account} is empty")
        return {"user": account, "password": password, "authentication": ldap3.SIMPLE}

    @property
    def _account(self) -> str:
        return self._settings.directory.username or self._settings.credentials.username

    def _refused(self) -> str:
        result = self._ldap.result
        code = re.search(r"data ([0-9a-f]+)", str(result.get("message", "")))
        meant = _BIND_PROBLEMS.get(code.group(1)) if code else None
        account = self._account or "the Kerberos ticket"
        if result.get("description") == "invalidCredentials":
            return f"{self.who} refuses {account}: {meant or 'account or password is wrong'}"
        return f"{self.who} refuses {account}: {_described(result)}"

    def _why(self, error: LDAPException) -> str:
        failure = self._tls.failure
        if isinstance(failure, ssl.SSLCertVerificationError):
            return f"does not prove its name: {failure.verify_message}"
        if failure is not None:
            return f"did not complete a TLS handshake ({failure})"
        return f"cannot be reached ({error})"


class _VerifiedTls(ldap3.Tls):
    """TLS by a context of our own: the name to prove is that of the URL, whatever address is connected to."""

    def __init__(self, context: ssl.SSLContext, name: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self._context = context
        self._name = name
        self.failure: Exception | None = None

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:  # noqa: ARG002 - ldap3's own signature
        try:
            connection.socket = self._context.wrap_socket(connection.socket, server_hostname=self._name)
        except (OSError, ValueError) as error:
            self.failure = error
            raise


def _context(settings: Settings) -> ssl.SSLContext:
    """Return a verifying context. Its floor is that of the time: a domain controller of 2008 R2 speaks TLS 1.0 alone."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    if settings.ca_file is None:
        context.load_default_certs()
        return context
    try:
        context.load_verify_locations(settings.ca_file)
    except OSError as error:
        raise CouldNotLook(f"Active Directory was not asked: {settings.ca_file} cannot be used ({error})") from None
    return context


def _record(response: Mapping[str, Any]) -> Record:
    values = {name.lower(): tuple(own) for name, own in response["raw_attributes"].items()}
    return Record(dn=str(response["dn"]), values=values)


def _described(result: Mapping[str, Any]) -> str:
    message = " ".join(str(result.get("message") or "").split())
    return f"{result.get('description')}" + (f" ({message})" if message else "")
