"""Which DNS records the topology implies for one server (preconditions sheet 1), seen from the internal network.

A record does not say an address: addresses are the affair of the living machines. It says whose addresses the answer may
or must consist of, and the check compares with those.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.deployment.topology import Machine, Pool, Service, Topology
from app.deployment.web_names import (
    external_web_name,
    internal_web_name,
    is_director,
    serves_web,
    simple_url_host,
)

_SIP_TLS_PORT = 5061


class RecordUse(StrEnum):
    """What a record is for; one use is one kind of expectation."""

    SERVER = "server"
    """The server's own name (D-02)."""
    POOL = "pool"
    """The pool's name (D-03, D-07)."""
    SIGN_IN = "sign-in"
    """``_sipinternaltls._tcp`` (D-11)."""
    DISCOVER = "discover"
    """``lyncdiscoverinternal`` (D-12)."""
    SIMPLE_URL = "simple-url"
    """Host of a simple URL (D-13)."""
    WEB_INTERNAL = "web-internal"
    WEB_EXTERNAL = "web-external"
    """External web services FQDN: internal clients need it for mobility and meetings where split-brain DNS is used (D-19)."""
    SIP_NAME = "sip-name"
    """``sip.<domain>`` for phones and as fallback (D-14)."""
    PARTNER = "partner"
    """A server that this one talks to."""


class RecordType(StrEnum):
    """Type of a record."""

    A = "A"
    SRV = "SRV"


class Match(StrEnum):
    """How the answer compares with the addresses of ``hosts``."""

    EXACTLY = "exactly"
    """The answer's addresses are those of the hosts that are deployed, no more and no less."""
    WITHIN = "within"
    """Each address belongs to one of the hosts."""
    SOME = "some"
    """There is an answer; whose it is the topology does not say (a load balancer, a reverse proxy)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedRecord:
    """One record that must or should exist on every internal resolver."""

    use: RecordUse
    type: RecordType
    name: str
    """Lower case, without trailing dot."""
    hosts: tuple[str, ...]
    """FQDNs whose addresses the answer is compared with; for SRV the names that may be its target."""
    match: Match
    addresses: tuple[str, ...] = ()
    """Addresses that the topology itself names for those hosts; usually none ("all configured")."""
    port: int | None = None
    """SRV only."""
    rule: str
    """Fact sheet id, such as ``D-02``."""
    basis: str
    """Where in the topology it follows from."""


def expected_records(topology: Topology, pool: Pool, machine: Machine) -> tuple[ExpectedRecord, ...]:
    """Return every internal record that a server of a pool depends on; no name and use occurs twice."""
    records = [
        _server(machine, pool),
        *_pool(topology, pool, machine),
        *_sign_in(topology, pool),
        *_web(topology, pool),
        *_sip_names(topology, pool),
        *_partners(topology, pool, machine),
    ]
    unique = {(one.use, one.type, one.name): one for one in reversed(records)}
    return tuple(reversed(unique.values()))


def _server(machine: Machine, pool: Pool) -> ExpectedRecord:
    fqdn = machine.fqdn.lower()
    return ExpectedRecord(
        use=RecordUse.SERVER,
        type=RecordType.A,
        name=fqdn,
        hosts=(fqdn,),
        match=Match.EXACTLY,
        addresses=machine.addresses,
        rule="D-02",
        basis=f"computer of pool {pool.fqdn}",
    )


def _pool(topology: Topology, pool: Pool, machine: Machine) -> Iterator[ExpectedRecord]:
    """The pool's name: its server (Standard Edition, single Front End), or the deployed members of a DNS-balanced pool.

    A hardware load balancer answers with an address of its own where the web name is the pool's name too (D-06).
    """
    members = tuple(one.fqdn.lower() for one in pool.machines)
    balanced = len(members) > 1
    if balanced and serves_web(topology, pool) and internal_web_name(topology, pool) == pool.fqdn:
        match, rule = Match.SOME, "D-06"
    else:
        match, rule = Match.EXACTLY, "D-03" if balanced else "D-07"
    yield ExpectedRecord(
        use=RecordUse.POOL,
        type=RecordType.A,
        name=pool.fqdn,
        hosts=members or (machine.fqdn.lower(),),
        match=match,
        addresses=tuple(address for one in pool.machines for address in one.addresses),
        rule=rule,
        basis=f"cluster {pool.cluster}",
    )


def _sign_in(topology: Topology, pool: Pool) -> Iterator[ExpectedRecord]:
    """One SRV a SIP domain; it may lead to any user pool or Director, by an alias in the domain itself where names are strict."""
    if not _signs_in(topology, pool):
        return
    targets = _sign_in_targets(topology, pool)
    for domain in topology.sip_domains:
        yield ExpectedRecord(
            use=RecordUse.SIGN_IN,
            type=RecordType.SRV,
            name=f"_sipinternaltls._tcp.{domain}",
            hosts=targets,
            match=Match.WITHIN,
            port=_SIP_TLS_PORT,
            rule="D-11",
            basis=f"SIP domain {domain}",
        )


def _web(topology: Topology, pool: Pool) -> Iterator[ExpectedRecord]:
    if not serves_web(topology, pool):
        return
    servers = _web_servers(topology, pool)
    match = Match.WITHIN if _without_load_balancer(topology) else Match.SOME
    for domain in topology.sip_domains:
        name, basis = f"lyncdiscoverinternal.{domain}", f"SIP domain {domain}"
        yield _web_record(RecordUse.DISCOVER, name, servers, match, "D-12", basis)
    for url in topology.simple_urls:
        host = simple_url_host(url)
        if host:
            basis = f"simple URL {url.component} of {url.domain}"
            yield _web_record(RecordUse.SIMPLE_URL, host, servers, match, "D-13", basis)
    internal, external = internal_web_name(topology, pool), external_web_name(topology, pool)
    if internal != pool.fqdn:
        basis = f"web services of {pool.fqdn}, internal base URL"
        yield _web_record(RecordUse.WEB_INTERNAL, internal, (), Match.SOME, "D-05", basis)
    if external and external != pool.fqdn:
        basis = f"web services of {pool.fqdn}, external base URL"
        yield _web_record(RecordUse.WEB_EXTERNAL, external, (), Match.SOME, "D-19", basis)


def _web_record(
    use: RecordUse, name: str, hosts: tuple[str, ...], match: Match, rule: str, basis: str
) -> ExpectedRecord:
    return ExpectedRecord(use=use, type=RecordType.A, name=name, hosts=hosts, match=match, rule=rule, basis=basis)


def _sip_names(topology: Topology, pool: Pool) -> Iterator[ExpectedRecord]:
    if not _signs_in(topology, pool):
        return
    targets = _sign_in_targets(topology, pool)
    for domain in topology.sip_domains:
        yield ExpectedRecord(
            use=RecordUse.SIP_NAME,
            type=RecordType.A,
            name=f"sip.{domain}",
            hosts=targets,
            match=Match.WITHIN,
            rule="D-14",
            basis=f"SIP domain {domain}",
        )


def _partners(topology: Topology, pool: Pool, machine: Machine) -> Iterator[ExpectedRecord]:
    """The CMS store's server, what the pool's services depend on, and the members of every other pool."""
    own = {machine.fqdn.lower()}
    store = topology.cms_store()
    if store is not None and store.server not in own:
        yield _partner(store.server, (store.server,), "D-08", "SQL server of the Central Management store")
    for service, cluster_id in _depended_on(topology, pool):
        cluster = topology.cluster(cluster_id)
        if cluster is not None and _is_name(cluster.fqdn) and cluster.fqdn.lower() not in own:
            hosts = tuple(one.fqdn.lower() for one in cluster.machines)
            yield _partner(cluster.fqdn.lower(), hosts, "D-08", f"{service.role} that pool {pool.fqdn} depends on")
    for other in topology.pools():
        for member in other.machines:
            if member.fqdn.lower() not in own and _is_name(member.fqdn):
                yield _partner(member.fqdn.lower(), (member.fqdn.lower(),), "D-02", f"computer of pool {other.fqdn}")


def _depended_on(topology: Topology, pool: Pool) -> Iterator[tuple[Service, str]]:
    for service in topology.on_cluster(pool.cluster):
        for dependency in service.depends_on:
            found = topology.service(dependency.service)
            if found is not None and found.cluster != pool.cluster:
                yield found, found.cluster


def _partner(name: str, hosts: tuple[str, ...], rule: str, basis: str) -> ExpectedRecord:
    """A partner's address is its own affair: that there is an answer is what this server needs."""
    return _web_record(RecordUse.PARTNER, name, hosts, Match.SOME, rule, basis)


def _is_name(fqdn: str) -> bool:
    """Return whether a cluster goes by name: a gateway may be listed by its address (formats sheet 1.3)."""
    return bool(fqdn) and not fqdn.replace(".", "").isdigit() and ":" not in fqdn


def _signs_in(topology: Topology, pool: Pool) -> bool:
    """Return whether clients sign in at the pool: user pools and Directors, not Edge or Mediation servers."""
    return is_director(topology, pool) or "UserServices" in pool.roles


def _sign_in_targets(topology: Topology, pool: Pool) -> tuple[str, ...]:
    names = [pool.fqdn, *(one.fqdn for one in topology.pools() if _signs_in(topology, one))]
    return tuple(dict.fromkeys(names))


def _web_servers(topology: Topology, pool: Pool) -> tuple[str, ...]:
    """Return the computers of every pool with web services, this pool's first: any of them may answer (D-13, D-20)."""
    pools = [pool, *(one for one in topology.pools() if serves_web(topology, one))]
    return tuple(dict.fromkeys(machine.fqdn.lower() for one in pools for machine in one.machines))


def _without_load_balancer(topology: Topology) -> bool:
    """Return whether every web pool is one computer; HTTP of a larger one goes through a load balancer (D-05)."""
    return all(len(one.machines) <= 1 for one in topology.pools() if serves_web(topology, one))
