"""Reading a topology that a server printed, and naming what differs from the one in the backup."""

from __future__ import annotations

from app.deployment.reading import read_topology
from app.deployment.refusals import NotATopology
from app.deployment.topology import Pool, Topology
from app.facts.fact import NotKnown
from app.facts.lync import TopologyDocument


def topology_in(document: TopologyDocument, where: str) -> Topology:
    """Return the topology of a document.

    Raises:
        NotKnown: the text is not a topology document; the reason says why.
    """
    try:
        return read_topology(document.xml.encode(), where)
    except NotATopology as error:
        raise NotKnown(f"{where} answered with something that cannot be read as a topology: {error}") from error


def changes(before: Topology, now: Topology, apart_from: str = "") -> tuple[str, ...]:
    """Return what changed in pools, their machines and roles, one phrase each.

    ``apart_from`` names one machine whose own coming and going is another check's matter.
    """
    old, new = _pools(before, apart_from), _pools(now, apart_from)
    found = [f"pool {name} is gone" for name in old if name not in new]
    found += [f"pool {name} is new" for name in new if name not in old]
    for name in (one for one in old if one in new):
        found += _within(name, old[name], new[name], apart_from)
    if before.sip_domains and set(map(str.lower, before.sip_domains)) != set(map(str.lower, now.sip_domains)):
        found.append(f"SIP domains were {', '.join(before.sip_domains)} and are {', '.join(now.sip_domains)}")
    return tuple(found)


def share_a_name(before: Topology, now: Topology) -> bool:
    """Return whether two topologies have a pool or a computer in common."""
    return bool(_names(before) & _names(now))


def _pools(topology: Topology, apart_from: str) -> dict[str, Pool]:
    return {one.fqdn: one for one in topology.pools() if _machines(one, "") != {apart_from.lower()}}


def _machines(pool: Pool, apart_from: str) -> set[str]:
    return {one.fqdn.lower() for one in pool.machines} - {apart_from.lower()}


def _within(name: str, old: Pool, new: Pool, apart_from: str) -> list[str]:
    before, now = _machines(old, apart_from), _machines(new, apart_from)
    found = [f"{one} left pool {name}" for one in sorted(before - now)]
    found += [f"{one} joined pool {name}" for one in sorted(now - before)]
    found += [f"pool {name} lost the role {one}" for one in old.roles if one not in new.roles]
    found += [f"pool {name} gained the role {one}" for one in new.roles if one not in old.roles]
    if old.hosts_active_cms != new.hosts_active_cms:
        found.append(f"the active Central Management {'left' if old.hosts_active_cms else 'moved to'} pool {name}")
    return found


def _names(topology: Topology) -> set[str]:
    clusters = [one.fqdn.lower() for one in topology.clusters]
    return {*clusters, *(machine.fqdn.lower() for one in topology.clusters for machine in one.machines)}
