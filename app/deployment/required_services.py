"""Which Windows services the topology implies for the servers of a pool (preconditions 4.2, S-01), by their short names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.deployment.topology import Pool, Service, Topology

_EVERYWHERE = ("REPLICA", "RTCCLSAGT", "MSSQL$RTCLOCAL")
_BY_ROLE = {
    "Registrar": ("RTCSRV", "FabricHostSvc", "MSSQL$LYNCLOCAL"),
    "WebServices": ("W3SVC",),
    "MediationServer": ("RTCMEDSRV",),
    "CentralMgmt": ("MASTER", "FTA"),
    "EdgeServer": ("RTCSRV", "RTCDATAPROXY", "RTCMRAUTH", "RTCMEDIARELAY"),
    "BackupService": ("LYNCBACKUP",),
    "BackupServer": ("LYNCBACKUP",),
}
_CONFERENCING = {"imconf": "RTCIMMCU", "dataconf": "RTCDATAMCU", "appsharingconf": "RTCASMCU", "avconf": "RTCAVMCU"}
_APPLICATIONS = {"rgs": "RTCRGS", "cps": "RTCCPS", "cas": "RTCCAS", "caa": "RTCCAA", "testbot": "RTCATS"}
_HEALTH_AGENT_SINCE = 7
"""ServiceVersion of Skype for Business Server 2015, the first with RTCHA."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedService:
    """One Windows service that runs on every server of the pool."""

    name: str
    """Short name, compared without case."""
    rule: str
    basis: str
    """The role or application it follows from."""


def expected_services(topology: Topology, pool: Pool) -> tuple[ExpectedService, ...]:
    """Return the services of each server of a pool, out of roles and applications, never out of the edition alone."""
    found: dict[str, ExpectedService] = {}
    for name in _EVERYWHERE:
        found[name] = ExpectedService(name=name, rule="S-01", basis=f"every server of {pool.fqdn}")
    for service in topology.on_cluster(pool.cluster):
        for name, why in _of(service):
            found.setdefault(name, ExpectedService(name=name, rule="S-01", basis=f"{service.id} ({why})"))
    for store in topology.services:
        if store.cluster == pool.cluster and store.sql_instance is not None:
            name = f"MSSQL${store.sql_instance.upper()}" if store.sql_instance else "MSSQLSERVER"
            found.setdefault(name, ExpectedService(name=name, rule="S-01", basis=f"{store.id} (SQL instance)"))
    return tuple(found.values())


def _of(service: Service) -> Iterator[tuple[str, str]]:
    for name in _BY_ROLE.get(service.role, ()):
        yield name, service.role
    if service.role == "Registrar" and (service.version or 0) >= _HEALTH_AGENT_SINCE:
        yield "RTCHA", service.role
    if service.role == "ConfServices":
        yield from _named(_conferencing_units(service), _CONFERENCING)
    if service.role == "ApplicationServer":
        yield from _named(_applications(service), _APPLICATIONS)


def _conferencing_units(service: Service) -> set[str]:
    """Return the conferencing units; the port list stands in where the document has no list of them."""
    listed = {one.strip().lower() for one in service.details.get("MCUs", "").split(",")} - {""}
    return listed or {port.owner.rpartition(":")[2].lower() for port in service.ports}


def _applications(service: Service) -> set[str]:
    listed = {one.strip().rpartition(":")[2].lower() for one in service.details.get("Applications", "").split(",")}
    owners = [port.owner for port in service.ports if port.owner.lower().startswith("urn:application:")]
    return (listed | {one.rpartition(":")[2].lower() for one in owners}) - {""}


def _named(units: set[str], services: dict[str, str]) -> Iterator[tuple[str, str]]:
    for unit, name in services.items():
        if unit in units:
            yield name, unit
