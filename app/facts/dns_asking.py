"""Asks one named DNS server, nobody else: UDP, TCP where the answer is cut short, aliases followed at that same server.

All questions are under way at the same time, so a dead server costs its own questions their deadline and others nothing.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dns.asyncbackend
import dns.asyncquery
import dns.exception
import dns.flags
import dns.inet
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from app.endpoints import is_address, split_endpoint
from app.facts.deadline import allowed, spoken
from app.facts.dns import DnsAnswer, ServiceRecord
from app.facts.fact import Known, Reading, Request, Unknown
from app.settings import Settings

PORT = 53
_ATTEMPT = 2.0
"""Seconds after which a question is sent again, in case the datagram was lost."""
_ALIASES = 8
"""Longest chain of aliases that is followed."""
_AT_ONCE = 200
"""Open sockets; a console's limit may be as low as 256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    name: str
    type: str
    server: str
    address: str
    port: int
    ends: float
    """When the deadline is over, on the monotonic clock."""

    def __str__(self) -> str:
        return f"the question for {self.name} {self.type}"

    def left(self) -> float:
        """Return the seconds that are left.

        Every wait is given them, rather than being cancelled from outside: a cancelled ``asyncio.wait_for`` of Python
        3.11 is lost where a datagram comes at the same moment, and a server that drips sends one at just that moment.

        Raises:
            TimeoutError: none are left.
        """
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _NoAnswer(Exception):
    """The server did not answer; ``str()`` is the sentence."""


def collect(
    requests: Sequence[Request[Any]], settings: Settings, _password: object, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return an answer for every question; SERVFAIL, REFUSED and silence are Unknown, naming server and deadline.

    Args:
        requests: questions of ``app.facts.dns``.
        settings: the limit of a probe.
        clock: UTC now.
    """
    return asyncio.run(_all(requests, settings, clock))


async def _all(
    requests: Sequence[Request[Any]], settings: Settings, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    room = asyncio.Semaphore(_AT_ONCE)
    readings = await asyncio.gather(*(_reading(one, allowed(one, settings), room, clock) for one in requests))
    return dict(zip(requests, readings, strict=True))


async def _reading(
    request: Request[Any], seconds: float, room: asyncio.Semaphore, clock: Callable[[], datetime]
) -> Reading:
    started = time.monotonic()
    server = request.argument("server")
    who = f"DNS server {server}"
    what = f"the question for {request.subject} {request.argument('type')}"
    try:
        question = _question(request, started + seconds)
        await asyncio.wait_for(room.acquire(), question.left())
        try:
            value = await _answer(question)
        finally:
            room.release()
    except (TimeoutError, dns.exception.Timeout):
        return Unknown(reason=f"{who} did not answer {what} within {spoken(seconds)}", at=clock())
    except _NoAnswer as error:
        return Unknown(reason=f"{who} {error}", at=clock())
    except Exception as error:  # noqa: BLE001 - the collector's edge: shown as Unknown
        return Unknown(reason=f"{who} gave no usable answer to {what} ({type(error).__name__}: {error})", at=clock())
    return Known(value=value, at=clock(), seconds=time.monotonic() - started)


def _question(request: Request[Any], ends: float) -> _Question:
    server = str(request.argument("server"))
    try:
        address, port = split_endpoint(server, PORT)
    except ValueError as error:
        raise _NoAnswer(f"cannot be asked: {error}") from None
    if not is_address(address):
        raise _NoAnswer("cannot be asked: a DNS server is given by its IP address")
    kind = str(request.argument("type"))
    return _Question(name=request.subject, type=kind, server=server, address=address, port=port, ends=ends)


async def _answer(question: _Question) -> DnsAnswer:
    """Ask, and ask on where the answer ends in an alias that the server did not follow by itself."""
    name = _name(question.name)
    aliases: list[dns.name.Name] = []
    authoritative: bool | None = None
    while True:
        response = await _response(question, name)
        authoritative = bool(response.flags & dns.flags.AA) if authoritative is None else authoritative
        led = _led(question, response)
        aliases += [one.target for rrset in led.cnames for one in rrset]
        done = response.rcode() == dns.rcode.NXDOMAIN or led.answer is not None or led.canonical_name == name
        if done:
            return _shaped(response, led.answer, aliases, authoritative=authoritative)
        if len(aliases) > _ALIASES or led.canonical_name in (_name(question.name), *aliases[:-1]):
            raise _NoAnswer(f"leads {question} in a circle of aliases")
        name = led.canonical_name


def _led(question: _Question, response: dns.message.QueryMessage) -> dns.message.ChainingResult:
    try:
        return response.resolve_chaining()
    except dns.message.ChainTooLong:
        raise _NoAnswer(f"leads {question} in a circle of aliases") from None


def _name(text: str) -> dns.name.Name:
    try:
        return dns.name.from_text(text)
    except dns.exception.DNSException as error:
        raise _NoAnswer(f"was not asked: {text!r} is no DNS name ({error})") from None


def _shaped(
    response: dns.message.Message,
    answer: dns.rrset.RRset | None,
    aliases: Sequence[dns.name.Name],
    *,
    authoritative: bool,
) -> DnsAnswer:
    records = list(answer or ())
    addresses = [one.address for one in records if one.rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA)]
    services = [
        ServiceRecord(priority=one.priority, weight=one.weight, port=one.port, target=_plain(one.target))
        for one in records
        if one.rdtype == dns.rdatatype.SRV
    ]
    return DnsAnswer(
        rcode=dns.rcode.to_text(response.rcode()),
        aliases=tuple(map(_plain, aliases)),
        addresses=tuple(sorted(addresses)),
        services=tuple(sorted(services, key=lambda one: (one.priority, one.weight, one.port, one.target))),
        authoritative=authoritative,
    )


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


async def _response(question: _Question, name: dns.name.Name) -> dns.message.QueryMessage:
    """Return the server's answer; one that is NOERROR or NXDOMAIN."""
    # Without EDNS: what an old or careful firewall lets through, and a long answer comes over TCP anyway.
    query = dns.message.make_query(name, question.type, use_edns=False)
    try:
        response = await _over_udp(question, query)
    except dns.message.Truncated:
        response = await _over_tcp(question, query)
    if not isinstance(response, dns.message.QueryMessage):
        raise _NoAnswer(f"answered {question} with what is no answer to a question")
    if response.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        raise _NoAnswer(f"answered {dns.rcode.to_text(response.rcode())} to {question}")
    return response


async def _over_udp(question: _Question, query: dns.message.Message) -> dns.message.Message:
    """Ask over UDP, again and again until the deadline; a connected socket hears that nobody listens."""
    backend: Any = dns.asyncbackend.get_backend("asyncio")
    family = dns.inet.af_for_address(question.address)
    peer = (question.address, question.port)
    try:
        async with await backend.make_socket(family, socket.SOCK_DGRAM, 0, None, peer) as channel:
            while True:
                try:
                    return await dns.asyncquery.udp(
                        query,
                        question.address,
                        min(_ATTEMPT, question.left()),
                        question.port,
                        ignore_unexpected=True,
                        raise_on_truncation=True,
                        ignore_errors=True,
                        sock=channel,
                    )
                except dns.exception.Timeout:
                    continue
    except TimeoutError:
        raise
    except OSError as error:
        raise _NoAnswer(f"cannot be reached over UDP port {question.port}: {_cause(error)}") from None


async def _over_tcp(question: _Question, query: dns.message.Message) -> dns.message.Message:
    try:
        return await dns.asyncquery.tcp(query, question.address, question.left(), question.port)
    except TimeoutError:
        raise
    except (OSError, EOFError) as error:
        raise _NoAnswer(
            f"cut its answer to {question} short and cannot be reached over TCP port {question.port}: {_cause(error)}"
        ) from None


def _cause(error: Exception) -> str:
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
