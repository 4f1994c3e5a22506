"""Scripts below ``lync``: they ask the lab's own cmdlets, as the real ones ask the real cmdlets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from app.facts.lync import (
    AssignedCertificate,
    AssignedCertificates,
    ComputerTest,
    LyncDatabase,
    LyncDatabases,
    LyncService,
    LyncServices,
    Replica,
    ReplicationStatus,
    ResponseGroups,
    StoreLocation,
    TopologyDocument,
    UserDataCount,
)
from app.lab.cmdlets.call import Bag, Call, Outcome
from app.lab.cmdlets.registry import call_cmdlet
from app.lab.ports import Refused


def _ask(call: Call, name: str, **parameters: object) -> Outcome:
    if not call.host.product.core:
        raise Refused("the Lync Server Management Shell is not installed on this host")
    account = f"{call.world.directory.netbios}\\{call.account.name}"
    return call_cmdlet(call.world, call.host, account, name, parameters)


def _rows(call: Call, name: str, **parameters: object) -> list[Bag]:
    return _ask(call, name, **parameters).objects


def _first(rows: list[Bag]) -> Mapping[str, object]:
    return rows[0] if rows else {}


def store_location(call: Call) -> StoreLocation:
    """Answer lync/store_location.ps1."""
    pointer = _first(_rows(call, "Get-CsConfigurationStoreLocation"))
    connection = _first(_rows(call, "Get-CsManagementConnection"))
    return StoreLocation(
        back_end=str(pointer.get("BackEndServer", "")),
        mirror=str(pointer.get("MirrorBackEndServer", "")),
        management_server=str(connection.get("SqlServer", "")),
        management_instance=str(connection.get("SqlInstance", "")),
    )


def replication(call: Call) -> ReplicationStatus:
    """Answer lync/replication.ps1."""
    central = _first(_rows(call, "Get-CsManagementStoreReplicationStatus", CentralManagementStoreStatus=True))
    rows = _rows(call, "Get-CsManagementStoreReplicationStatus")
    return ReplicationStatus(
        master=str(central.get("ActiveMasterFqdn", "")),
        file_transfer_agents=tuple(cast(list[str], central.get("ActiveFileTransferAgents", []))),
        replicas=tuple(
            Replica(
                fqdn=str(row["ReplicaFqdn"]),
                up_to_date=bool(row["UpToDate"]),
                last_status_report=cast(datetime | None, row["LastStatusReport"]),
                product_version=str(row["ProductVersion"]),
            )
            for row in rows
        ),
    )


def topology(call: Call) -> TopologyDocument:
    """Answer lync/topology.ps1."""
    row = _first(_rows(call, "Get-CsTopology", AsXml=True, LocalStore=call.flag("local")))
    return TopologyDocument(xml=str(row["Xml"]))


def assigned_certificates(call: Call) -> AssignedCertificates:
    """Answer lync/assigned_certificates.ps1."""
    rows = _rows(call, "Get-CsCertificate")
    return AssignedCertificates(
        certificates=tuple(AssignedCertificate(use=str(row["Use"]), thumbprint=str(row["Thumbprint"])) for row in rows)
    )


def services(call: Call) -> LyncServices:
    """Answer lync/services.ps1."""
    rows = _rows(call, "Get-CsWindowsService", ExcludeActivityLevel=True)
    return LyncServices(services=tuple(LyncService(name=str(row["Name"]), status=str(row["Status"])) for row in rows))


def databases(call: Call) -> LyncDatabases:
    """Answer lync/databases.ps1."""
    return LyncDatabases(
        databases=tuple(
            LyncDatabase(
                name=str(row["DatabaseName"]),
                data_source=str(row["DataSource"]),
                expected_version=str(row["ExpectedVersion"]),
                installed_version=str(row["InstalledVersion"]),
                succeed=bool(row["Succeed"]),
            )
            for row in _rows(call, "Test-CsDatabase", LocalService=True)
        )
    )


def user_data(call: Call) -> UserDataCount:
    """Answer lync/user_data.ps1: what an export holds, counted; the temporary file is gone again."""
    pool = call.text("pool").lower()
    export = "C:\\Windows\\Temp\\relync-export.zip"
    call.host.disks.make_folder("C:\\Windows\\Temp")
    logged = len(call.world.effects)
    try:
        _ask(call, "Export-CsUserData", PoolFqdn=pool, FileName=export)
    finally:
        # A look is no effect: the export was of a temporary file.
        del call.world.effects[logged:]
        call.host.disks.real(export).unlink(missing_ok=True)
    data = call.world.data_of(pool)
    return UserDataCount(users=len(data.users), other_items=len(data.conference_directories))


def response_groups(call: Call) -> ResponseGroups:
    """Answer lync/response_groups.ps1."""
    service = f"service:ApplicationServer:{call.text('pool')}"

    def count(name: str) -> int:
        return len(_rows(call, name, Identity=service, ShowAll=True))

    return ResponseGroups(
        workflows=count("Get-CsRgsWorkflow"),
        queues=count("Get-CsRgsQueue"),
        agent_groups=count("Get-CsRgsAgentGroup"),
    )


def computer_test(call: Call) -> ComputerTest:
    """Answer lync/computer_test.ps1."""
    outcome = _ask(call, "Test-CsComputer")
    return ComputerTest(errors=tuple(sorted(outcome.errors)), warnings=tuple(sorted(outcome.warnings)))
