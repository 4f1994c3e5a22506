"""DNS answers, asked of one named server, over UDP and again over TCP where the answer is cut short."""

from __future__ import annotations

from dataclasses import dataclass

from app.facts.fact import Fact, Request, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecord:
    """One SRV record."""

    priority: int
    weight: int
    port: int
    target: str
    """Lower case, without the final dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsAnswer:
    """What one server answered to one question. SERVFAIL, REFUSED and silence are not answers: they are Unknown."""

    rcode: str
    """``NOERROR`` or ``NXDOMAIN``."""
    aliases: tuple[str, ...]
    """Names that the CNAME chain led to, in order, lower case, without final dots: the asked name is not among them, the
    last one is where the records are."""
    addresses: tuple[str, ...]
    """A or AAAA, sorted; empty where the name has none."""
    services: tuple[ServiceRecord, ...]
    authoritative: bool


ANSWER = Fact(name="dns.answer", via=Via.DNS, shape=DnsAnswer, seconds=6.0)
"""Arguments: ``type`` (``A``, ``AAAA``, ``SRV``), ``server`` (``address`` or ``address:port``)."""


def answer(name: str, record_type: str, server: str) -> Request[DnsAnswer]:
    """Return the question for one name at one server."""
    return ANSWER.about(name.lower().rstrip("."), type=record_type, server=server)
