"""Central Management store: content, location, topology (procedures 2, 20; preconditions A-01, A-02)."""

from __future__ import annotations

from app.lab.cmdlets import archives, stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world import installing, running
from app.lab.world.directory import Pointer


def _export(call: Call) -> None:
    topology = stores.local_store(call).topology if call.flag("LocalStore") else stores.central_store(call)
    archives.write(call, call.text("FileName"), archives.configuration(topology))


def _import(call: Call) -> None:
    topology = archives.read_configuration(call, call.text("FileName"))
    world = call.world
    if call.flag("LocalStore"):
        if not call.host.product.local_management or call.host.sql_usable("RTCLOCAL") is None:
            raise Refused("The instance RTCLOCAL is not installed on this computer.", "LocalStoreNotFound")
        installing.fill_local_store(call.host, topology, world.lync.store.version)
        return
    _import_central(call)
    world.lync.store.topology = topology
    world.lync.store.version += 1
    running.replicate(world)


def _import_central(call: Call) -> None:
    pointer = call.world.directory.pointer
    if pointer is None:
        raise Refused("The Central Management Store location is not defined in Active Directory.", "NoPointer")
    call.require_hop(pointer.back_end)
    stores.database(call, pointer.back_end, "xds")


def _topology(call: Call) -> None:
    topology = stores.local_store(call).topology if call.flag("LocalStore") else stores.central_store(call)
    if call.flag("AsXml"):
        call.say(Xml=archives.topology_text(topology))
        return
    for site in topology.sites:
        call.say(
            Identity=f"Site:{site.name}",
            Sites=site.name,
            Clusters=[f"{one.id} {one.fqdn}" for one in topology.clusters],
            Services=[one.id for one in topology.services],
        )


def _location(call: Call) -> None:
    pointer = call.world.directory.pointer
    if pointer is None:
        return
    call.say(Identity="Topology Settings", BackEndServer=pointer.back_end, MirrorBackEndServer=pointer.mirror)


def _connection(call: Call) -> None:
    pointer = call.world.directory.pointer
    server, _, instance = (pointer.back_end if pointer else "").partition("\\")
    call.say(
        StoreProvider="Sql", Connection=pointer.back_end if pointer else "", SqlServer=server, SqlInstance=instance
    )


def _set_location(call: Call) -> None:
    back_end = f"{call.text('SqlServerFqdn')}\\{call.text('SqlInstanceName')}".rstrip("\\")
    if not call.flag("SkipLookup"):
        stores.database(call, back_end, "xds")
    mirror = f"{call.text('MirrorSqlServerFqdn')}\\{call.text('MirrorSqlInstanceName')}".strip("\\")
    call.world.directory.pointer = Pointer(back_end=back_end, mirror=mirror)


def _enable_topology(call: Call) -> None:
    topology = stores.central_store(call)
    for host in call.world.lync_hosts():
        pool = topology.pool_of(host.name)
        if pool is not None and call.account.name in host.administrators:
            for path in topology.file_stores_used_by(pool):
                server, _, share = path.strip("\\").partition("\\")
                owner = call.world.host(server)
                point = owner.disks.share(share) if owner else None
                if owner is not None and point is not None:
                    installing.grant_file_store(owner, point)
                else:
                    call.warn(f"Unable to access share permissions: {path}.")


CMDLETS = (
    lync(
        "Export-CsConfiguration", _export, "FileName", "LocalStore", "Force", "AsBytes",
        mandatory=(("FileName",),), changes=True,
    ),
    lync(
        "Import-CsConfiguration", _import, "FileName", "LocalStore", "Force", "ByteInput",
        mandatory=(("FileName",),), changes=True, administrator=True,
    ),
    lync("Get-CsTopology", _topology, "AsXml", "LocalStore"),
    lync("Get-CsConfigurationStoreLocation", _location, "GlobalSettingsDomainController", "Report"),
    lync("Get-CsManagementConnection", _connection),
    lync(
        "Set-CsConfigurationStoreLocation", _set_location, "SqlServerFqdn", "SqlInstanceName", "MirrorSqlServerFqdn",
        "MirrorSqlInstanceName", "SkipLookup", "Force", "GlobalSettingsDomainController", "Report",
        mandatory=(("SqlServerFqdn",),), changes=True,
    ),
    lync(
        "Enable-CsTopology", _enable_topology, "Force", "GlobalCatalog", "GlobalSettingsDomainController", "Report",
        "SkipPrepareCheck", changes=True,
    ),
)  # fmt: skip
