"""What a fact is: a question to the world, and the typed answer or the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar, cast

T = TypeVar("T")
Scalar = str | int | bool
Value = Scalar | tuple[Scalar, ...]


class Via(StrEnum):
    """Which collector answers a fact."""

    POWERSHELL = "powershell"
    DNS = "dns"
    SQL = "sql"
    DIRECTORY = "directory"
    TLS = "tls"
    DHCP = "dhcp"
    FILES = "files"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Generic[T]):
    """One kind of thing that can be known."""

    name: str
    """Stable name, ``subsystem.thing``."""
    via: Via
    shape: type[T]
    """The frozen dataclass that an answer becomes; an answer that does not fit is unreadable, hence unknown."""
    script: str = ""
    """For ``Via.POWERSHELL``: the fragment, a path below ``app/facts/scripts``."""
    seconds: float = 20.0
    """Total deadline for one answer, in seconds."""

    def about(self, subject: str, **arguments: Value) -> Request[T]:
        """Return the question for one subject (a host FQDN, a DNS name, ``server\\instance``, a UNC path)."""
        return Request(fact=self, subject=subject, arguments=tuple(sorted(arguments.items())))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Generic[T]):
    """One question to the world; equal questions are asked once a wave."""

    fact: Fact[T]
    subject: str
    arguments: tuple[tuple[str, Value], ...] = ()

    def argument(self, name: str) -> Any:
        """Return one argument; KeyError where it was not given."""
        return dict(self.arguments)[name]

    def key(self) -> str:
        """Return a stable text key, used in evidence and in recorded cases."""
        given = ",".join(f"{name}={_text(value)}" for name, value in self.arguments)
        return f"{self.fact.name}({self.subject}{';' + given if given else ''})"


def _text(value: Value) -> str:
    return "|".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known(Generic[T]):
    """A fact that really came over its protocol."""

    value: T
    at: datetime
    """When the answer arrived, UTC."""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """We could not look. Never a claim that the thing is broken."""

    reason: str
    """A sentence: what was tried, what came back, within which deadline."""
    at: datetime


Reading = Known[Any] | Unknown


class NotKnown(Exception):
    """A judge asked for a fact that could not be gathered; the runner turns it into UNKNOWN."""


@dataclass(frozen=True, slots=True)
class Readings:
    """The answers of one wave."""

    by_request: Mapping[Request[Any], Reading] = field(default_factory=dict)

    def __getitem__(self, request: Request[T]) -> T:
        """Return the value of a known fact; raise NotKnown with the reason otherwise."""
        reading = self.by_request.get(request)
        match reading:
            case Known():
                return cast(T, reading.value)
            case Unknown():
                raise NotKnown(reading.reason)
            case _:
                raise NotKnown(f"{request.key()} was not asked")

    def reading(self, request: Request[Any]) -> Reading | None:
        """Return the reading, known or not, or None where it was not asked."""
        return self.by_request.get(request)

    def __iter__(self) -> Iterator[Request[Any]]:
        """Iterate over the requests."""
        return iter(self.by_request)

    def merged(self, later: Readings) -> Readings:
        """Return these readings with the later ones on top."""
        return Readings({**self.by_request, **later.by_request})
