"""What an ODBC driver's error means: which kind it is, and the sentence an operator can act on."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import Enum

from app.facts.odbc import Driver, Login


class Refusal(Enum):
    """Why there is no connection or no answer."""

    LOGIN = "login"
    PERMISSION = "permission"
    TLS_TOO_OLD = "tls too old"
    NOT_TRUSTED = "not trusted"
    NOT_ENCRYPTED = "not encrypted"
    NO_DRIVER = "no driver"
    NO_TICKET = "no ticket"
    SILENT = "silent"
    REFUSED = "refused"
    OTHER = "other"


NEXT_DRIVER_MAY_HELP = (Refusal.TLS_TOO_OLD, Refusal.NO_DRIVER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One driver's failure."""

    kind: Refusal
    sentence: str


_SIGNS: tuple[tuple[Refusal, str], ...] = (
    (Refusal.NO_DRIVER, r"can't open lib|\bIM00[234]\b|data source name not found|driver could not be loaded"),
    (Refusal.NO_TICKET, r"sspi provider|gss(api)? |no kerberos|cannot generate sspi context"),
    (
        Refusal.NOT_TRUSTED,
        r"certificate verify failed|certificate chain was issued by an authority that is not trusted|target principal name is incorrect",
    ),
    (Refusal.NOT_ENCRYPTED, r"encryption not supported on"),
    (
        Refusal.TLS_TOO_OLD,
        r"unsupported protocol|no protocols available|legacy sigalg|dh key too small|ee key too small|ca md too weak|"
        r"unsafe legacy renegotiation|wrong version number|tlsv1 alert protocol version|no common algorithm|"
        r"do not possess a common algorithm|ssl security error|no shared cipher|handshake failure",
    ),
    (Refusal.LOGIN, r"\((18452|18456|18470|18486|18487|18488)\)|^28000|login failed for user"),
    (Refusal.PERMISSION, r"\((229|230|262|297|300|371|916)\)"),
    (Refusal.SILENT, r"^HYT0[01]|timeout expired"),
    (Refusal.REFUSED, r"^08|communication link failure|adaptive server (is unavailable|connection failed)"),
)


def explained(sqlstate: str, message: str, driver: Driver, login: Login) -> Refused:
    """Return what a driver's error means.

    Args:
        sqlstate: five characters.
        message: the driver's own text; it is cleaned, shortened and never holds the password.
        driver: who said it.
        login: what was tried.
    """
    said = _cleaned(message, login)
    kind = _kind(sqlstate, message)
    sentence = _SENTENCES[kind].format(
        server=login.server,
        place=f"{login.address}:{login.port}",
        user=f"the SQL login {login.username}" if login.username else "the Windows user who runs this",
        driver=driver.name,
        said=said,
        trust=_trust_advice(),
    )
    return Refused(kind=kind, sentence=sentence)


def _kind(sqlstate: str, message: str) -> Refusal:
    text = f"{sqlstate} {message}"
    return next((kind for kind, signs in _SIGNS if re.search(signs, text, re.IGNORECASE)), Refusal.OTHER)


def _cleaned(message: str, login: Login) -> str:
    text = re.sub(
        r"\[[0-9A-Z]{5}\]\s*|\[(unixODBC|Microsoft|FreeTDS|SQL Server|Driver Manager|ODBC Driver[^\]]*)\]", "", message
    )
    text = re.sub(r"\(SQL\w+\)", "", text)
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    secret = login.password.reveal() if login.password is not None else ""
    return (text.replace(secret, "***") if secret else text)[:300] or "nothing"


def _trust_advice() -> str:
    if sys.platform == "win32":
        return "put the issuing authority into this computer's trusted roots"
    return "give the issuing authority as ca_file in the configuration"


_SENTENCES = {
    Refusal.LOGIN: "SQL Server {server} at {place} answers and refuses {user}: {said}",
    Refusal.PERMISSION: "SQL Server {server} at {place} answers, and {user} may not see what was asked: {said}",
    Refusal.TLS_TOO_OLD: (
        "SQL Server {server} at {place} speaks only a TLS that {driver} on this console no longer does ({said}); the server itself "
        "may be healthy: ask from a console whose driver still speaks TLS 1.0, or enable TLS 1.2 on the server"
    ),
    Refusal.NOT_TRUSTED: (
        "SQL Server {server} at {place} presents a certificate that does not prove its name ({said}); {trust}, "
        "or set encrypt = optional for this instance"
    ),
    Refusal.NOT_ENCRYPTED: "SQL Server {server} at {place} offers no encryption and encrypt = yes demands it ({said})",
    Refusal.NO_DRIVER: "{driver} cannot be loaded on this console ({said})",
    Refusal.NO_TICKET: (
        "SQL Server {server} at {place} could not be asked as {user}: this console has no Windows credentials for it ({said}); "
        "sign in with kinit, or set username for this instance"
    ),
    Refusal.SILENT: "SQL Server {server} at {place} accepted the connection and did not answer in time ({said})",
    Refusal.REFUSED: "SQL Server {server} at {place} broke the connection off ({said})",
    Refusal.OTHER: "SQL Server {server} at {place} could not be asked through {driver}: {said}",
}
