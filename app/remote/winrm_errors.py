"""Every way in which pywinrm, requests and the TLS library can fail, as a sentence for the operator.

What a library says is repeated only where it helps, on one line, and with the password taken out should it be in it.
"""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator

import requests
from spnego.exceptions import SpnegoError
from urllib3.exceptions import NameResolutionError
from winrm.exceptions import InvalidCredentialsError, WinRMError, WinRMTransportError, WSManFaultError

from app.remote.answers import cleaned
from app.remote.errors import (
    AccessDenied,
    Interrupted,
    NotTrusted,
    RemoteError,
    TimedOut,
    Unreachable,
    Unreadable,
)
from app.remote.winrm_whom import Whom
from app.settings import Auth

SHELL_GONE = 2150858843
"""WS-Management fault: no shell of that id."""
QUOTAS = frozenset((2150859173, 2150859174, *range(2150859236, 2150859243)))
"""WS-Management faults: this user has as many shells (…173), operations (…174), processes and so on as the host allows."""
ACCESS_DENIED = 5
"""Windows error in a WS-Management fault."""
_WRONG_NAME = (62, 64)
_ENDED, _NOT_YET = 10, 9
_UNKNOWN_ISSUER = (2, 18, 19, 20, 21)
_OLD_TLS = ("UNSUPPORTED_PROTOCOL", "PROTOCOL_VERSION", "NO_PROTOCOLS", "HANDSHAKE_FAILURE")
_NO_TLS = ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER", "UNKNOWN_PROTOCOL", "PACKET_LENGTH")
_OFFER = {
    Auth.BASIC: ("basic",),
    Auth.NTLM: ("ntlm", "negotiate"),
    Auth.KERBEROS: ("kerberos", "negotiate"),
    Auth.CREDSSP: ("credssp",),
}


def explained(error: Exception, whom: Whom, *, started: bool, offered: str = "", secret: str = "") -> RemoteError:
    """Return what an exception of the libraries means.

    Args:
        error: what was raised.
        whom: the host that was asked.
        started: a command was already under way, so a broken connection leaves its effect unknown.
        offered: what the host would accept as a sign-in.
        secret: text that must not be repeated.
    """
    found = _meaning(error, whom, started, offered, secret)
    if started and isinstance(found, Unreachable | NotTrusted | AccessDenied):
        # These mean that nothing was sent, and the engine would run it again: a host that refuses half-way (an account
        # locked during a long import) has begun all the same.
        said = str(found).rstrip(".")
        return Interrupted(f"{said}. That was while a command was under way; what it did is not known")
    return found


def _meaning(error: Exception, whom: Whom, started: bool, offered: str, secret: str) -> RemoteError:
    match error:
        case RemoteError():
            return error
        case InvalidCredentialsError():
            return _refused(whom, offered)
        case WSManFaultError():
            return _fault(error, whom, started, secret)
        case WinRMTransportError():
            return _http(error, whom)
        case WinRMError() if "not installed" in str(error):
            return AccessDenied(
                f"{whom.host} was not asked: this console lacks what signing in by {whom.auth.value} needs. "
                f"Install the Python package pywinrm[{whom.auth.value}], or set credentials.auth to another mechanism"
            )
        case WinRMError() | SpnegoError() | PermissionError():
            return AccessDenied(
                f"{whom.host}: signing in as {whom.account or '(no user name)'} by {whom.auth.value} failed: {_said(error, secret)}"
            )
        case requests.exceptions.Timeout():
            return TimedOut(f"{whom.place} accepted the connection and then said nothing")
        case requests.exceptions.TooManyRedirects():
            return Unreadable(
                f"{whom.place} sends its callers elsewhere (an HTTP redirect), which is not followed with a password in hand"
            )
        case requests.exceptions.RequestException() | OSError():
            return _network(error, whom, started, secret)
        case Exception() if type(error).__module__.startswith("requests_credssp"):
            return AccessDenied(f"{whom.host}: signing in as {whom.account} by credssp failed: {_said(error, secret)}")
        case _:
            return Unreadable(
                f"{whom.place} answered with what is no WS-Management answer ({type(error).__name__}: {_said(error, secret)})"
            )


def _refused(whom: Whom, offered: str) -> RemoteError:
    schemes = [one.split()[0] for one in offered.split(",") if one.split()]
    if schemes and not any(one.lower() in _OFFER[whom.auth] for one in schemes):
        return AccessDenied(
            f"{whom.host} does not accept sign-in by {whom.auth.value}; it offers {', '.join(schemes)}. "
            "Set credentials.auth to one of these, or allow it in the host's WinRM service."
        )
    return AccessDenied(
        f"{whom.host} refused the sign-in of {whom.account or '(no user name)'} by {whom.auth.value}: "
        "the user name or the password is wrong, or the account is locked or disabled"
    )


def _fault(error: WSManFaultError, whom: Whom, started: bool, secret: str) -> RemoteError:
    code = error.wsman_fault_code or error.wmierror_code
    match code:
        case int() if code == ACCESS_DENIED:
            return AccessDenied(
                f"{whom.host} knows {whom.account} but does not let it run commands (access denied): "
                "make the account a member of the host's local Administrators group"
            )
        case int() if code in QUOTAS:
            return AccessDenied(
                f"{whom.host} already holds as many remote shells or operations for {whom.account} as it allows "
                f"(a WinRM quota such as MaxShellsPerUser, fault {code}): "
                "end other sessions of this account or wait until they idle out"
            )
        case int() if code == SHELL_GONE and started:
            return Interrupted(
                f"{whom.host} ended the remote shell while a command was under way; what it did is not known"
            )
        case _:
            return Unreadable(
                f"{whom.host} answered with WS-Management fault {code or 'without a code'}: {_clean(error.reason, secret)}"
            )


def _http(error: WinRMTransportError, whom: Whom) -> RemoteError:
    if error.code == 403:
        return AccessDenied(f"{whom.host} forbids {whom.account} its WinRM service (HTTP 403)")
    if error.code == 404:
        return Unreachable(f"what listens at {whom.place} is not a WinRM service (HTTP 404 for /wsman)")
    return Unreadable(f"{whom.place} answered with HTTP {error.code} and without a WS-Management fault")


def _network(error: Exception, whom: Whom, started: bool, secret: str) -> RemoteError:
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, whom)
    if started:
        return Interrupted(
            f"the connection to {whom.place} broke while a command was under way; what it did is not known"
        )
    for cause in causes:
        match cause:
            case ssl.SSLError() if not isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
                return _handshake(cause, whom)
            case NameResolutionError() | socket.gaierror():
                return Unreachable(f"the name {whom.address} cannot be resolved from this console")
            case ConnectionRefusedError():
                return Unreachable(
                    f"{whom.place} refuses the connection: no WinRM HTTPS listener there, or a firewall rejects it"
                )
            case TimeoutError():
                return TimedOut(f"{whom.place} did not answer")
            case OSError() if cause.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN):
                return Unreachable(
                    f"there is no route to {whom.place}: the host is off, or the network between is down"
                )
    return Unreachable(f"{whom.place} closed the connection before it answered ({_said(causes[-1], secret)})")


def _untrusted(error: ssl.SSLCertVerificationError, whom: Whom) -> RemoteError:
    if error.verify_code in _WRONG_NAME:
        return NotTrusted(
            f"the certificate presented at {whom.place} does not carry the name {whom.host}: either another machine answers "
            "at this address, or the listener needs a certificate with this name"
        )
    if error.verify_code in (_ENDED, _NOT_YET):
        state = (
            "is past its end date"
            if error.verify_code == _ENDED
            else "is not valid yet (or this console's clock is slow)"
        )
        return NotTrusted(
            f"the certificate presented at {whom.place} {state}: renew the certificate of the WinRM listener"
        )
    if error.verify_code in _UNKNOWN_ISSUER:
        return NotTrusted(
            f"the certificate presented at {whom.place} was not issued by an authority this console trusts: "
            "add the authority's root certificate to the file of ca_file"
        )
    return NotTrusted(
        f"the certificate presented at {whom.place} is not accepted: {cleaned(str(error.verify_message))}"
    )


def _handshake(error: ssl.SSLError, whom: Whom) -> RemoteError:
    reason = error.reason or str(error)
    if any(one in reason.upper() for one in _NO_TLS):
        return Unreachable(
            f"what listens at {whom.place} does not speak TLS: is the port that of the HTTPS listener (5986)?"
        )
    if any(one in reason.upper() for one in _OLD_TLS):
        return NotTrusted(
            f"{whom.place} and this console have no TLS version in common: the host speaks only what is older than TLS 1.2. "
            "Enable TLS 1.2 there (SCHANNEL), or run this program on the host itself"
        )
    return Unreachable(f"the TLS handshake with {whom.place} failed: {cleaned(reason)}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception and everything it was made from, outermost first, each once."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            yield one
            waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]


def _said(error: BaseException, secret: str) -> str:
    return _clean(str(error) or type(error).__name__, secret)


def _clean(text: str, secret: str) -> str:
    return cleaned(text.replace(secret, "\u2022\u2022\u2022") if secret else text, 240)
