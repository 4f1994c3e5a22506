"""Static members of .NET types, as far as scripts that only look around use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.lab.shell_state import State
from app.lab.shell_types import unknown
from app.lab.shell_values import equal, moment, number, text

UTF8 = "System.Text.UTF8Encoding"


def static_member(state: State, type_name: str, name: str) -> object:
    """Return ``[type]::name``.

    Raises:
        PsError: the lab does not know it.
    """
    computer = state.host.fqdn.partition(".")[0]
    match type_name, name.lower():
        case "environment", "machinename":
            return computer.upper()[:15]
        case "environment", "username":
            return state.account.rpartition("\\")[2]
        case "environment", "userdomainname":
            return state.account.rpartition("\\")[0]
        case "environment", "newline":
            return "\r\n"
        case (("text.encoding" | "text.utf8encoding"), "utf8"):
            return UTF8
        case "console", "outputencoding":
            return UTF8 if state.utf8 else "System.Text.SBCSCodePageEncoding"
        case "datetime", ("now" | "utcnow"):
            return state.now()
        case "datetime", "today":
            return state.now().replace(hour=0, minute=0, second=0, microsecond=0)
        case "string", "empty":
            return ""
        case "int" | "int32", "maxvalue":
            return 2**31 - 1
    raise unknown(f"[{type_name}]::{name}")


def put_static(state: State, type_name: str, name: str, value: object) -> None:
    """Set ``[type]::name``; the console's output encoding is all there is to set."""
    if type_name != "console" or name.lower() not in ("outputencoding", "inputencoding"):
        raise unknown(f"how to set [{type_name}]::{name}")
    if name.lower() == "outputencoding":
        state.utf8 = equal(value, UTF8)


def static_method(state: State, type_name: str, name: str, given: list[object]) -> object:
    """Return ``[type]::name(…)``.

    Raises:
        PsError: the lab does not know it.
    """
    match type_name, name.lower():
        case "net.dns", "gethostname":
            return state.host.fqdn.partition(".")[0]
        case ("net.dns", "gethostentry") if not given or text(given[0]).lower() in ("", "localhost"):
            return state.host.fqdn
        case "text.utf8encoding", "new":
            return UTF8
    found = _METHODS.get((type_name, name.lower()))
    if found is None:
        raise unknown(f"[{type_name}]::{name}()")
    return found(given)


def _joined(given: list[object]) -> object:
    parts = given[1] if isinstance(given[1], list) else given[1:]
    return text(given[0]).join(text(part) for part in parts)


def _rounded(given: list[object]) -> object:
    return round(number(given[0]), round(number(given[1]))) if len(given) > 1 else round(number(given[0]))


def _parsed(given: list[object]) -> datetime:
    return moment(given[0])


_METHODS: dict[tuple[str, str], Callable[[list[object]], object]] = {
    ("math", "round"): _rounded,
    ("math", "abs"): lambda given: abs(number(given[0])),
    ("math", "max"): lambda given: max(number(given[0]), number(given[1])),
    ("math", "min"): lambda given: min(number(given[0]), number(given[1])),
    ("string", "join"): _joined,
    ("string", "isnullorempty"): lambda given: not text(given[0]),
    ("datetime", "parse"): _parsed,
}
