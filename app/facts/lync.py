"""Facts that the Lync Server Management Shell answers, by fragments below ``scripts/lync``.

A host without the module answers with an error ("the Lync module is not installed"), hence Unknown, never an empty list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreLocation:
    """``Get-CsConfigurationStoreLocation`` and ``Get-CsManagementConnection`` (A-01, A-02)."""

    back_end: str
    """``sqlfqdn\\instance`` of the pointer in AD; empty where there is none."""
    mirror: str
    management_server: str
    """SqlServer of this computer's management connection."""
    management_instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """One row of ``Get-CsManagementStoreReplicationStatus``."""

    fqdn: str
    up_to_date: bool
    last_status_report: datetime | None
    product_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationStatus:
    """W-06. An empty ``master`` means that the Central Management service is down."""

    master: str
    file_transfer_agents: tuple[str, ...]
    replicas: tuple[Replica, ...]

    def replica(self, fqdn: str) -> Replica | None:
        """Return the row of one machine, or None."""
        return next((one for one in self.replicas if one.fqdn.lower() == fqdn.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TopologyDocument:
    """``(Get-CsTopology -AsXml)`` of the Central Management store, or with ``-LocalStore``."""

    xml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedCertificate:
    """One row of ``Get-CsCertificate`` (C-16: only what is assigned)."""

    use: str
    thumbprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignedCertificates:
    """Assigned certificates of this machine, the global OAuthTokenIssuer among them where the replica delivered it."""

    certificates: tuple[AssignedCertificate, ...]

    def thumbprint(self, use: str) -> str | None:
        """Return the thumbprint assigned to a use, or None."""
        return next((one.thumbprint for one in self.certificates if one.use.lower() == use.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LyncService:
    """One row of ``Get-CsWindowsService``."""

    name: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LyncServices:
    """The services that the product expects on this machine."""

    services: tuple[LyncService, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LyncDatabase:
    """One row of ``Test-CsDatabase -LocalService`` (Q-17)."""

    name: str
    data_source: str
    expected_version: str
    installed_version: str
    """Empty where the database is missing; ``succeed`` may still be true in that case (Q-17)."""
    succeed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LyncDatabases:
    """Databases that the binaries on this machine want."""

    databases: tuple[LyncDatabase, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDataCount:
    """What ``Export-CsUserData`` of the pool holds right now, counted by the prefix of the item's name.

    The fragment exports to a temporary file, counts and deletes it: the strongest proof of an import that the
    documentation gives a cmdlet for. ``users`` counts names that start with ``urn:lcd:``.
    """

    users: int
    other_items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseGroups:
    """Counts of ``Get-CsRgsWorkflow``, ``Get-CsRgsQueue`` and ``Get-CsRgsAgentGroup`` of one pool, ``-ShowAll``."""

    workflows: int
    queues: int
    agent_groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ComputerTest:
    """``Test-CsComputer``: local only; the report's errors and warnings."""

    errors: tuple[str, ...]
    warnings: tuple[str, ...]


STORE_LOCATION = Fact(
    name="lync.store_location", via=Via.POWERSHELL, shape=StoreLocation, script="lync/store_location.ps1", seconds=30.0
)
REPLICATION = Fact(
    name="lync.replication", via=Via.POWERSHELL, shape=ReplicationStatus, script="lync/replication.ps1", seconds=30.0
)
TOPOLOGY = Fact(
    name="lync.topology", via=Via.POWERSHELL, shape=TopologyDocument, script="lync/topology.ps1", seconds=30.0
)
"""Arguments: ``local`` (bool: ask the local replica)."""
ASSIGNED_CERTIFICATES = Fact(
    name="lync.assigned_certificates",
    via=Via.POWERSHELL,
    shape=AssignedCertificates,
    script="lync/assigned_certificates.ps1",
    seconds=30.0,
)
LYNC_SERVICES = Fact(
    name="lync.services", via=Via.POWERSHELL, shape=LyncServices, script="lync/services.ps1", seconds=30.0
)
DATABASES = Fact(
    name="lync.databases", via=Via.POWERSHELL, shape=LyncDatabases, script="lync/databases.ps1", seconds=60.0
)
USER_DATA = Fact(
    name="lync.user_data", via=Via.POWERSHELL, shape=UserDataCount, script="lync/user_data.ps1", seconds=600.0
)
"""Arguments: ``pool`` (FQDN). 10 minutes: an export of 20 000 users is not small."""
RESPONSE_GROUPS = Fact(
    name="lync.response_groups",
    via=Via.POWERSHELL,
    shape=ResponseGroups,
    script="lync/response_groups.ps1",
    seconds=60.0,
)
"""Arguments: ``pool`` (FQDN)."""
COMPUTER_TEST = Fact(
    name="lync.computer_test", via=Via.POWERSHELL, shape=ComputerTest, script="lync/computer_test.ps1", seconds=120.0
)
