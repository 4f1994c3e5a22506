"""What stands in for the lab's world behind its servers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.facts.fact import Known, Reading, Unknown
from app.lab.ports import Behaviour, Certificate, DhcpOptions

ZONE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "contoso.com": {
        "SOA": ("dc01.contoso.com. hostmaster.contoso.com. 42 900 600 86400 3600",),
        "NS": ("dc01.contoso.com.",),
        "TXT": ('"v=spf1 -all"',),
    },
    "dc01.contoso.com": {"A": ("192.0.2.10",)},
    "se01.contoso.com": {"A": ("192.0.2.11",), "AAAA": ("2001:db8::11",)},
    "two.contoso.com": {"A": ("192.0.2.22", "192.0.2.21")},
    "meet.contoso.com": {"CNAME": ("web.contoso.com.",)},
    "web.contoso.com": {"CNAME": ("se01.contoso.com.",)},
    "lost.contoso.com": {"CNAME": ("gone.contoso.com.",)},
    "away.contoso.com": {"CNAME": ("www.example.org.",)},
    "loop.contoso.com": {"CNAME": ("pool.contoso.com.",)},
    "pool.contoso.com": {"CNAME": ("loop.contoso.com.",)},
    "_sipinternaltls._tcp.contoso.com": {"SRV": ("0 0 5061 se01.contoso.com.",)},
    "many.contoso.com": {"A": tuple(f"192.0.2.{number}" for number in range(1, 120))},
    "wrong.contoso.com": {"A": ("not an address",)},
}


@dataclass
class Names:
    """Zone contoso.com, as a dictionary."""

    how: Behaviour = Behaviour.NORMAL
    zone: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=lambda: ZONE)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def behaviour(self) -> Behaviour:
        return self.how

    def authoritative(self, name: str) -> bool:
        return name == "contoso.com" or name.endswith(".contoso.com")

    def records(self, name: str, record_type: str) -> Sequence[str] | None:
        self.asked.append((name, record_type))
        own = self.zone.get(name)
        return None if own is None else own.get(record_type, ())


@dataclass
class Port:
    """One TLS port."""

    own: Certificate
    how: Behaviour = Behaviour.NORMAL

    def behaviour(self) -> Behaviour:
        return self.how

    def certificate(self) -> Certificate:
        return self.own


@dataclass
class Dhcp:
    """Options by class."""

    given: DhcpOptions
    how: Behaviour = Behaviour.NORMAL

    def behaviour(self) -> Behaviour:
        return self.how

    def options(self) -> DhcpOptions:
        return self.given


@dataclass
class Directory:
    """contoso.com's directory, as a list."""

    listed: list[tuple[str, Mapping[str, Sequence[bytes]]]]
    how: Behaviour = Behaviour.NORMAL
    accounts: Mapping[str, str] = field(default_factory=lambda: {"CONTOSO\\lyncadmin": "Passw0rd.Lab1"})

    def behaviour(self) -> Behaviour:
        return self.how

    def bind(self, name: str, password: str) -> bool:
        return self.accounts.get(name) == password

    def naming_contexts(self) -> Sequence[str]:
        base = "DC=contoso,DC=com"
        return (base, f"CN=Configuration,{base}", f"CN=Schema,CN=Configuration,{base}")

    def entries(self) -> Iterable[tuple[str, Mapping[str, Sequence[bytes]]]]:
        return list(self.listed)

    def current_time(self) -> str:
        return "20261122183000.0Z"


def clock() -> datetime:
    """The real clock, UTC."""
    return datetime.now(UTC)


def known(reading: Reading | None) -> object:
    """Return the value of a reading that must be known; the failure shows the reason otherwise."""
    assert isinstance(reading, Known), reading
    return reading.value


def reason(reading: Reading | None) -> str:
    """Return the sentence of a reading that must be unknown."""
    assert isinstance(reading, Unknown), reading
    return reading.reason
