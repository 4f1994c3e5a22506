"""DHCP options 120 and 43 for phones, byte by byte (preconditions 2.2: H-02 to H-06)."""

from __future__ import annotations

import re
from dataclasses import dataclass

IDENTIFIER = "MS-UC-Client"
"""Vendor class (option 60), case-sensitive."""
SCHEME = "https"
PORT = "443"
PATH = "/CertProv/CertProvisioningService.svc"
_FQDN_ENCODING = 0
_ADDRESS_ENCODING = 1
_LABEL_LIMIT = 63
_NAME_LIMIT = 253
_VALUE_LIMIT = 255
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class SipServerOption:
    """Option 120 as decoded."""

    servers: tuple[str, ...]
    """FQDNs, lower case, as far as they could be read."""
    problems: tuple[str, ...] = ()
    """Sentences; empty where a phone can use the option."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebServerOption:
    """Option 43 of class MS-UC-Client as decoded; an empty field was missing."""

    identifier: str = ""
    scheme: str = ""
    server: str = ""
    """Internal web services FQDN, lower case."""
    port: str = ""
    path: str = ""
    problems: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where a phone fetches its certificate."""
        return f"{self.scheme}://{self.server}:{self.port}{self.path}"


def encode_option_120(fqdn: str) -> bytes:
    """Return option 120 for one SIP server: encoding 0, labels, root (H-02).

    Raises:
        ValueError: the name cannot be encoded.
    """
    labels = _host(fqdn).split(".")
    if any(len(one) > _LABEL_LIMIT for one in labels):
        raise ValueError(f"a label of {fqdn} is longer than {_LABEL_LIMIT} bytes")
    return bytes([_FQDN_ENCODING]) + b"".join(bytes([len(one)]) + one.encode("ascii") for one in labels) + b"\x00"


def encode_option_43(server: str) -> bytes:
    """Return option 43 for the internal web services FQDN: sub-options 1 to 5 without terminating NUL (H-03).

    Raises:
        ValueError: the name cannot be encoded.
    """
    values = (IDENTIFIER, SCHEME, _host(server), PORT, PATH)
    return b"".join(bytes([code, len(one)]) + one.encode("ascii") for code, one in enumerate(values, start=1))


def decode_option_120(data: bytes) -> SipServerOption:
    """Return what option 120 says; never raises, since a wrong option is a finding and not an error."""
    if not data:
        return SipServerOption(servers=(), problems=("the option is empty",))
    if data[0] == _ADDRESS_ENCODING:
        return SipServerOption(servers=(), problems=("it holds IP addresses; phones need a name to verify TLS",))
    if data[0] != _FQDN_ENCODING:
        return SipServerOption(servers=(), problems=(f"its encoding byte is {data[0]}, expected 0",))
    servers, cut_off = _names(data[1:])
    problems = ["it is cut off"] if cut_off else []
    if not servers:
        problems.append("it names no server")
    return SipServerOption(servers=tuple(servers), problems=tuple(problems))


def decode_option_43(data: bytes) -> WebServerOption:
    """Return what option 43 says; truncation (H-06) and terminating NULs are problems. Never raises."""
    values: dict[int, str] = {}
    problems: list[str] = []
    at = 0
    while at < len(data):
        code = data[at]
        length = data[at + 1] if at + 1 < len(data) else None
        raw = data[at + 2 : at + 2 + (length or 0)]
        if length is None or len(raw) < length:
            problems.append(f"it is cut off inside sub-option {code}")
        values.setdefault(code, raw.decode("ascii", "replace"))
        at += 2 + (length or 0)
    clean = {code: value.rstrip("\x00") for code, value in values.items()}
    if clean != values:
        problems.append("a sub-option ends in NUL")
    problems += _wrong_values(clean)
    server = clean.get(3, "").lower()
    return WebServerOption(
        identifier=clean.get(1, ""),
        scheme=clean.get(2, ""),
        server=server,
        port=clean.get(4, ""),
        path=clean.get(5, ""),
        problems=tuple(problems),
    )


def _wrong_values(values: dict[int, str]) -> list[str]:
    problems = [f"sub-option {code} is missing" for code in range(1, 6) if code not in values]
    for code, expected in ((1, IDENTIFIER), (2, SCHEME), (4, PORT), (5, PATH)):
        if code in values and values[code] != expected:
            problems.append(f"sub-option {code} is {values[code]!r}, expected {expected!r}")
    return problems


def _host(fqdn: str) -> str:
    name = fqdn.strip().rstrip(".").lower()
    if not _HOST.match(name) or len(name) > min(_NAME_LIMIT, _VALUE_LIMIT):
        raise ValueError(f"{fqdn!r} is not a host name")
    return name


def _names(data: bytes) -> tuple[list[str], bool]:
    """Return the names of a label sequence and whether it stops in the middle."""
    names: list[str] = []
    labels: list[str] = []
    at = 0
    while at < len(data):
        length = data[at]
        if length == 0:
            if labels:
                names.append(".".join(labels).lower())
            labels = []
            at += 1
            continue
        raw = data[at + 1 : at + 1 + length]
        labels.append(raw.decode("ascii", "replace"))
        if len(raw) < length or length > _LABEL_LIMIT:
            return [*names, ".".join(labels).lower()], True
        at += 1 + length
    return ([*names, ".".join(labels).lower()], True) if labels else (names, False)
