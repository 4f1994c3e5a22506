"""Which names the certificates of one server must carry (preconditions sheet 3.2), by use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from app.deployment.topology import Edition, Machine, Pool, Topology
from app.deployment.web_names import (
    external_web_name,
    internal_web_name,
    is_director,
    serves_web,
    simple_url_hosts,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateNeed:
    """What the certificate of one use must say. One certificate may serve several uses if it carries all their names."""

    use: str
    """``Default``, ``WebServicesInternal``, ``WebServicesExternal``, ``Internal`` … as ``Set-CsCertificate -Type`` names it."""
    subjects: tuple[str, ...]
    """Common names that are accepted; where the documentation contradicts itself, both."""
    names: tuple[str, ...]
    """Subject alternative names that must be there."""
    advised: tuple[str, ...] = ()
    """Names without which some clients have trouble."""
    wildcard_may_cover: tuple[str, ...] = ()
    """Those of ``names`` and ``advised`` that ``*.<domain>`` may stand for (C-11: web names only, never the subject)."""
    rule: str
    """Fact sheet reference."""
    basis: str
    """Where in the topology it follows from."""


def certificate_needs(topology: Topology, pool: Pool, machine: Machine) -> tuple[CertificateNeed, ...]:
    """Return what the certificates of a server must carry; OAuthTokenIssuer is delivered by replication (C-14)."""
    if "EdgeServer" in pool.roles:
        return _edge(topology, pool)
    own = machine.fqdn.lower()
    needs = [_default(topology, pool, own)]
    if serves_web(topology, pool):
        needs += [_web_internal(topology, pool, own), _web_external(topology, pool, own)]
    return tuple(needs)


def _default(topology: Topology, pool: Pool, own: str) -> CertificateNeed:
    """``sip.<domain>`` is a must for a pool and a client convenience on Standard Edition (strict naming only)."""
    sip = _per_domain(topology, "sip") if _signs_in(topology, pool) else ()
    alone = pool.edition is Edition.STANDARD
    return CertificateNeed(
        use="Default",
        subjects=(pool.fqdn,),
        names=_unique([pool.fqdn, own, *(() if alone else sip)]),
        advised=sip if alone else (),
        rule="preconditions 3.2, CERT-INT",
        basis=f"pool {pool.fqdn}, computer {own}, SIP domains",
    )


def _web_internal(topology: Topology, pool: Pool, own: str) -> CertificateNeed:
    web = internal_web_name(topology, pool)
    client_names = (*simple_url_hosts(topology, external=False), *_per_domain(topology, "lyncdiscoverinternal"))
    return CertificateNeed(
        use="WebServicesInternal",
        subjects=_unique([pool.fqdn, own]) if is_director(topology, pool) else (pool.fqdn,),
        names=_unique([pool.fqdn, own, web, *client_names]),
        wildcard_may_cover=_unique(client_names),
        rule="preconditions 3.2, CERT-INT",
        basis=f"web services of {pool.fqdn}, simple URLs, SIP domains",
    )


def _web_external(topology: Topology, pool: Pool, own: str) -> CertificateNeed:
    web = external_web_name(topology, pool)
    urls = simple_url_hosts(topology, external=True)
    discover = _per_domain(topology, "lyncdiscover")
    return CertificateNeed(
        use="WebServicesExternal",
        subjects=_unique([pool.fqdn, own]),
        names=_unique([web, *urls]),
        advised=discover,
        wildcard_may_cover=_unique([*urls, *discover]),
        rule="preconditions 3.2, CERT-INT",
        basis=f"web services of {pool.fqdn}, simple URLs, SIP domains",
    )


def _edge(topology: Topology, pool: Pool) -> tuple[CertificateNeed, ...]:
    """The external names are those that the Edge ports publish (formats sheet 1.3); A/V authentication validates no name."""
    access, data = _published(topology, pool, "AccessEdge"), _published(topology, pool, "DataEdge")
    basis = f"Edge pool {pool.fqdn}, names published by its ports"
    rule = "preconditions 3.2, CERT-EXT"
    internal = CertificateNeed(use="Internal", subjects=(pool.fqdn,), names=(), rule=rule, basis=basis)
    if not access:
        return (internal,)
    external = _unique([*access, *data, *_per_domain(topology, "sip")])
    return (
        internal,
        CertificateNeed(use="AccessEdgeExternal", subjects=access, names=external, rule=rule, basis=basis),
        CertificateNeed(use="DataEdgeExternal", subjects=access, names=external, rule=rule, basis=basis),
    )


def _published(topology: Topology, pool: Pool, component: str) -> tuple[str, ...]:
    ports = [port for one in topology.on_cluster(pool.cluster) if one.role == "EdgeServer" for port in one.ports]
    return _unique(one.configured_fqdn.lower() for one in ports if one.owner.rpartition(":")[2] == component)


def _per_domain(topology: Topology, host: str) -> tuple[str, ...]:
    return tuple(f"{host}.{domain}" for domain in topology.sip_domains)


def _signs_in(topology: Topology, pool: Pool) -> bool:
    return "UserServices" in pool.roles or is_director(topology, pool)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for one in names if one))
