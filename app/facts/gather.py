"""One wave: every question once, all hosts and protocols at the same time, nothing later than the slowest deadline.

A *lane* is what waits for the same thing: one Windows host (one PowerShell start answers everything about it), or one
protocol, whose collector keeps its servers apart by itself. Lanes never wait for each other.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from app.facts.deadline import Finished, Raised, Running, TimedOut, allowed, spoken
from app.facts.fact import Reading, Readings, Request, Unknown, Via
from app.settings import Settings

if TYPE_CHECKING:
    from app.remote.connections import Connections

Clock = Callable[[], datetime]
"""UTC now, with a time zone."""
Password = Callable[[], str]
Answers = Mapping[Request[Any], Reading]
Collector = Callable[[Sequence[Request[Any]], Settings, Any, Clock], Answers]
"""``(requests, settings, password, clock)``; what the password is depends on the protocol."""
HostCollector = Callable[[str, Sequence[Request[Any]], Any, Clock], Answers]
"""``(host, requests, connections, clock)``: one batch."""

GRACE = 0.75
"""Seconds a collector has beyond its deadline to say itself why it has no answer. Below the 1 s that a wave may add."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a wave is."""

    lane: str
    """What has just answered, or not: a host, or ``DNS``, ``SQL``, ``LDAP``, ``TLS``, ``DHCP``, ``file stores``."""
    ended: int
    """Lanes that have ended."""
    lanes: int
    seconds: float
    """Since the wave started."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lane:
    name: str
    requests: tuple[Request[Any], ...]
    seconds: float
    work: Callable[[], Answers]


_TITLES: Mapping[Via, str] = {
    Via.DNS: "DNS",
    Via.SQL: "SQL",
    Via.DIRECTORY: "LDAP",
    Via.TLS: "TLS",
    Via.DHCP: "DHCP",
    Via.FILES: "file stores",
}


class Gatherer:
    """Asks the world. Thread-safe: waves may overlap."""

    def __init__(
        self,
        settings: Settings,
        connections: Connections | None,
        password: Password,
        clock: Clock,
        *,
        sql: object = None,
        collectors: Mapping[Via, Collector] | None = None,
        hosts: HostCollector | None = None,
    ) -> None:
        """Make a gatherer; nothing is contacted yet.

        Args:
            settings: how things are reached.
            connections: the kept sessions to Windows hosts; None where no host is asked.
            password: of ``settings.credentials``. An operator types slowly, so have it fetched before the first wave.
            clock: UTC now.
            sql: what the SQL collector takes as its password; None: it gets ``password``.
            collectors: other collectors than the product's own, by protocol.
            hosts: another collector of facts about Windows hosts than the product's own.
        """
        self._settings = settings
        self._connections = connections
        self._password = password
        self._clock = clock
        self._sql = sql
        self._collectors = collectors or {}
        self._hosts = hosts
        self._batches: Counter[str] = Counter()
        self._waves = 0
        self._lock = threading.Lock()

    @property
    def batches(self) -> Mapping[str, int]:
        """How many PowerShell batches each host has been sent so far: one a wave."""
        with self._lock:
            return dict(self._batches)

    @property
    def waves(self) -> int:
        """How many waves have been started."""
        with self._lock:
            return self._waves

    def gather(self, requests: Iterable[Request[Any]], describe: Callable[[Progress], None] | None = None) -> Readings:
        """Ask every question once and return all answers; what could not be had is Unknown with a sentence.

        Args:
            requests: questions; equal ones are asked once.
            describe: told as each lane ends, in the calling thread.

        Returns:
            A reading for each request, no later than one second after the slowest of their deadlines. Never raises
            for anything the world does.
        """
        asked = tuple(dict.fromkeys(requests))
        with self._lock:
            self._waves += 1
        lanes = self._lanes(asked)
        found: dict[Request[Any], Reading] = {}
        started = time.monotonic()
        for number, (lane, outcome) in enumerate(_outcomes(lanes), 1):
            found.update(self._readings(lane, outcome))
            if describe is not None:
                seconds = time.monotonic() - started
                describe(Progress(lane=lane.name, ended=number, lanes=len(lanes), seconds=seconds))
        return Readings({request: found[request] for request in asked})

    def _lanes(self, asked: Sequence[Request[Any]]) -> list[_Lane]:
        groups: dict[tuple[Via, str], list[Request[Any]]] = {}
        for request in asked:
            groups.setdefault((request.fact.via, _host(request) if _is_host(request) else ""), []).append(request)
        return [self._lane(via, host, tuple(own)) for (via, host), own in groups.items()]

    def _lane(self, via: Via, host: str, requests: tuple[Request[Any], ...]) -> _Lane:
        seconds = max(allowed(one, self._settings) for one in requests)
        if via is Via.POWERSHELL:
            return _Lane(name=host, requests=requests, seconds=seconds, work=lambda: self._ask_host(host, requests))
        return _Lane(name=_TITLES[via], requests=requests, seconds=seconds, work=lambda: self._ask(via, requests))

    def _ask_host(self, host: str, requests: Sequence[Request[Any]]) -> Answers:
        collect = self._hosts or _host_collector()
        with self._lock:
            self._batches[host] += 1
        return collect(host, requests, self._connections, self._clock)

    def _ask(self, via: Via, requests: Sequence[Request[Any]]) -> Answers:
        collect = self._collectors.get(via) or _collector(via)
        secret = self._sql if via is Via.SQL and self._sql is not None else self._password
        return collect(requests, self._settings, secret, self._clock)

    def _readings(self, lane: _Lane, outcome: Finished[Answers] | Raised | TimedOut) -> Answers:
        match outcome:
            case Finished(value=answers):
                silent = Unknown(reason=f"{lane.name}: the collector left this question out", at=self._clock())
                return {request: answers.get(request, silent) for request in lane.requests}
            case Raised(error=error):
                reason = f"{lane.name}: asking failed ({type(error).__name__}: {error})"
            case TimedOut():
                reason = f"{lane.name}: no answer within {spoken(lane.seconds)}"
        return dict.fromkeys(lane.requests, Unknown(reason=reason, at=self._clock()))


def _outcomes(lanes: Sequence[_Lane]) -> Iterator[tuple[_Lane, Finished[Answers] | Raised | TimedOut]]:
    """Run all lanes at the same time and yield each as it ends, or as its time is over."""
    ended: SimpleQueue[int] = SimpleQueue()
    started = time.monotonic()
    waiting = {
        number: (lane, Running(_announced(lane.work, number, ended), f"gather {lane.name}"))
        for number, lane in enumerate(lanes)
    }
    while waiting:
        soonest = min(waiting, key=lambda number: lanes[number].seconds)
        left = started + lanes[soonest].seconds + GRACE - time.monotonic()
        try:
            number = ended.get(timeout=max(0.0, left))
        except Empty:
            number = soonest
        if number in waiting:
            lane, running = waiting.pop(number)
            yield lane, running.outcome(lane.seconds + GRACE)


def _announced(work: Callable[[], Answers], number: int, ended: SimpleQueue[int]) -> Callable[[], Answers]:
    def announced() -> Answers:
        try:
            return work()
        finally:
            ended.put(number)

    return announced


def _is_host(request: Request[Any]) -> bool:
    return request.fact.via is Via.POWERSHELL


def _host(request: Request[Any]) -> str:
    return request.subject.lower()


def _host_collector() -> HostCollector:
    """Import it when it is first needed: the libraries behind it cost 0.2 s, which no screen should wait for."""
    from app.facts.powershell import collect

    return collect


def _collector(via: Via) -> Collector:
    """Import one when it is first needed; see above."""
    match via:
        case Via.DNS:
            from app.facts.dns_asking import collect as ask_dns

            return ask_dns
        case Via.DIRECTORY:
            from app.facts.directory_asking import collect as ask_directory

            return ask_directory
        case Via.TLS:
            from app.facts.tls_asking import collect as ask_tls

            return ask_tls
        case Via.DHCP:
            from app.facts.dhcp_asking import collect as ask_dhcp

            return ask_dhcp
        case Via.FILES:
            from app.facts.file_store_asking import collect as ask_files

            return ask_files
        case _:
            from app.facts.sql_asking import collect as ask_sql

            return ask_sql
