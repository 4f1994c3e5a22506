"""Replication of the Central Management store (W-06)."""

from __future__ import annotations

from app.lab.cmdlets import stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world import roles, running
from app.lab.world.keys import utc
from app.lab.world.snapshot import up_to_date


def _status(call: Call) -> None:
    stores.central_store(call)
    world = call.world
    if call.flag("CentralManagementStoreStatus"):
        active = running.master(world)
        sender = world.hosts.get(active)
        agents = [active] if sender is not None and sender.running("FTA") else []
        replicas = [host.name for host in world.lync_hosts() if host.product.replica]
        call.say(ActiveMasterFqdn=active, ActiveFileTransferAgents=agents, ActiveReplicas=replicas, DeletedReplicas=[])
        return
    wanted = call.text("ReplicaFqdn").lower()
    machines = [one.fqdn.lower() for pool in world.lync.store.topology.pools() for one in pool.machines]
    if wanted and wanted not in machines:
        raise Refused(f"Cannot find replica '{wanted}' in the topology.", "ReplicaNotFound")
    for fqdn in machines:
        host = world.hosts.get(fqdn)
        if host is None or (wanted and wanted != fqdn):
            continue
        report = world.lync.reports.get(fqdn)
        call.say(
            UpToDate=up_to_date(world, host),
            ReplicaFqdn=fqdn,
            LastStatusReport=utc(report.at) if report else None,
            LastUpdateCreation=utc(report.at) if report else None,
            ProductVersion=roles.BUILD if report else "",
        )


def _invoke(call: Call) -> None:
    stores.central_store(call)
    if not running.master(call.world):
        raise Refused("The Master Replicator Agent is not running: no replication was started.", "NoActiveMaster")
    running.replicate(call.world)


def _enable(call: Call) -> None:
    if call.host.product.local_store is None:
        raise Refused(
            "The local configuration store is empty: run Import-CsConfiguration -LocalStore first.", "NoStore"
        )
    stores.central_store(call)
    call.host.product.replica = True
    running.replicate(call.world)


def _test(call: Call) -> None:
    if not call.host.product.replica:
        raise Refused("The Replica Replicator Agent is not enabled on this computer.", "ReplicaNotEnabled")
    if not call.host.running("REPLICA"):
        call.fail("Service REPLICA is not running.")


_REPORTING = ("Force", "GlobalCatalog", "GlobalSettingsDomainController", "Report")
CMDLETS = (
    lync("Get-CsManagementStoreReplicationStatus", _status, "CentralManagementStoreStatus", "ReplicaFqdn"),
    lync("Invoke-CsManagementStoreReplication", _invoke, "ReplicaFqdn", "Force", changes=True),
    lync("Enable-CsReplica", _enable, *_REPORTING, changes=True, administrator=True),
    lync("Test-CsReplica", _test, "GlobalCatalog", "GlobalSettingsDomainController", "Report", administrator=True),
)
