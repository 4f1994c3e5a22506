"""Names, addresses and paths between hosts: DNS zones, DHCP, and what is blocked on the way."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.lab.ports import Behaviour

CERTIFICATE_PATH = "/CertProv/CertProvisioningService.svc"
"""Sub-option 5 of option 43 (H-03)."""
VENDOR_CLASS_NAME = "MSUCClient"
VENDOR_CLASS_DATA = "MS-UC-Client"


@dataclass(kw_only=True)
class Zones:
    """The DNS server's records, absolute names in lower case without the final dot."""

    names: tuple[str, ...]
    """Zones that the server holds."""
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """(name, type) to data in zone-file form; absolute names end in a dot."""
    behaviour: Behaviour = Behaviour.NORMAL

    def put(self, name: str, record_type: str, *data: str) -> None:
        """Set the records of one name and type; without data the record goes."""
        key = (name.lower(), record_type.upper())
        if data:
            self.records[key] = list(data)
        else:
            self.records.pop(key, None)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Return the A records of a name, CNAMEs followed."""
        seen: set[str] = set()
        wanted = name.lower().rstrip(".")
        while wanted not in seen:
            seen.add(wanted)
            alias = self.records.get((wanted, "CNAME"))
            if not alias:
                return tuple(self.records.get((wanted, "A"), ()))
            wanted = alias[0].lower().rstrip(".")
        return ()


@dataclass(kw_only=True)
class ReservedAddress:
    """One DHCP reservation."""

    address: str
    mac: str
    """``00:15:5D:01:02:03``."""
    name: str


@dataclass(kw_only=True)
class Dhcp:
    """The Windows DHCP server: one scope, server-level phone options (H-02, H-03)."""

    scope: str
    mask: str
    option_120: bytes
    option_43: dict[int, bytes]
    """Sub-options of vendor class MSUCClient; empty: not set."""
    reservations: list[ReservedAddress] = field(default_factory=list)
    behaviour: Behaviour = Behaviour.NORMAL


@dataclass(kw_only=True)
class Network:
    """What lies between the hosts."""

    prefix: str
    """First three octets of the deployment's addresses."""
    zones: Zones
    dhcp: Dhcp
    blocked: set[tuple[str, str, int]] = field(default_factory=set)
    """(from host, to host, port) that a firewall in between drops."""


def option_120(fqdn: str) -> bytes:
    """Return RFC 3361 option 120 with one name (H-02)."""
    return b"\0" + b"".join(bytes([len(part)]) + part.encode("ascii") for part in fqdn.split(".")) + b"\0"


def option_43(web_server: str) -> dict[int, bytes]:
    """Return the sub-options of option 43 for a web server (H-03)."""
    texts = (VENDOR_CLASS_DATA, "https", web_server, "443", CERTIFICATE_PATH)
    return {number: text.encode("ascii") for number, text in enumerate(texts, start=1)}


def encoded(suboptions: dict[int, bytes]) -> bytes:
    """Return sub-options as they go over the wire: type, length, value."""
    return b"".join(bytes([number, len(value)]) + value for number, value in sorted(suboptions.items()))
