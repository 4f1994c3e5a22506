"""Which SQL instances and databases the topology implies for a pool (preconditions 5.1, Q-01 to Q-03)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.deployment.topology import Pool, Service, Topology
from app.deployment.web_names import is_director

_OF_STORE = {
    "UserStore": ("rtcxds", "rtcshared", "rtcab"),
    "ApplicationStore": ("rgsconfig", "rgsdyn", "cpsdyn"),
    "CentralMgmtStore": ("xds", "lis"),
    "ArchivingStore": ("LcsLog",),
    "MonitoringStore": ("LcsCDR", "QoEMetrics"),
    "PersistentChatStore": ("mgc",),
    "PersistentChatComplianceStore": ("mgccomp",),
}


class InstanceKind(StrEnum):
    """What an instance is for."""

    STORE = "store"
    """Holds the pool's (or the Central Management) databases."""
    REPLICA = "replica"
    """``RTCLOCAL`` on every server of the product."""
    LOCAL_STORAGE = "local-storage"
    """``LYNCLOCAL`` on Front Ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedInstance:
    """One SQL instance with the databases that must be in it once the server is installed."""

    server: str
    """FQDN, lower case."""
    instance: str
    """Empty: the default instance."""
    kind: InstanceKind
    databases: tuple[str, ...]
    rule: str
    basis: str

    @property
    def name(self) -> str:
        """``server\\instance``, as the SQL fact and its settings address it."""
        return f"{self.server}\\{self.instance}".rstrip("\\").lower()


def expected_databases(topology: Topology, pool: Pool) -> tuple[ExpectedInstance, ...]:
    """Return the stores of a pool, wherever they are, and the local instances of each of its servers."""
    return (*_stores(topology, pool), *_local(topology, pool))


def _stores(topology: Topology, pool: Pool) -> Iterator[ExpectedInstance]:
    """Every store that lies on the pool's own cluster or that one of its services depends on."""
    used = {one.service for service in topology.on_cluster(pool.cluster) for one in service.depends_on}
    by_instance: dict[tuple[str, str], list[Service]] = {}
    for service in topology.services:
        cluster = topology.cluster(service.cluster)
        wanted = service.id in used or service.cluster == pool.cluster
        if wanted and service.sql_instance is not None and cluster is not None:
            by_instance.setdefault((cluster.fqdn.lower(), service.sql_instance), []).append(service)
    for (server, instance), services in by_instance.items():
        names = [name for one in services for name in _databases_of(one)]
        roles = ", ".join(one.id for one in services)
        yield ExpectedInstance(
            server=server,
            instance=instance,
            kind=InstanceKind.STORE,
            databases=tuple(dict.fromkeys(names)),
            rule="Q-01",
            basis=f"installed on it: {roles}",
        )


def _databases_of(store: Service) -> tuple[str, ...]:
    """Return the databases of a store; the exact role names of Persistent Chat stores are not established."""
    if store.role.startswith("PersistentChat") and store.role not in _OF_STORE:
        return ("mgccomp",) if "compliance" in store.role.lower() else ("mgc",)
    return _OF_STORE.get(store.role, ())


def _local(topology: Topology, pool: Pool) -> Iterator[ExpectedInstance]:
    front_end = "UserServices" in pool.roles
    director = is_director(topology, pool)
    for machine in pool.machines:
        server = machine.fqdn.lower()
        yield ExpectedInstance(
            server=server,
            instance="rtclocal",
            kind=InstanceKind.REPLICA,
            databases=("xds", "rtc", "rtcdyn") if front_end else ("xds",),
            rule="Q-02",
            basis=f"computer of pool {pool.fqdn}",
        )
        if front_end or director:
            yield ExpectedInstance(
                server=server,
                instance="lynclocal",
                kind=InstanceKind.LOCAL_STORAGE,
                databases=("lyss",) if front_end else (),
                rule="Q-02",
                basis=f"computer of pool {pool.fqdn}",
            )
