"""What setup does to a machine, step by step. The healthy deployment is built by the same hands that later rebuild a server."""

from __future__ import annotations

import shutil

from app.deployment.topology import Pool, Topology
from app.facts.host import Grant
from app.lab.world import roles
from app.lab.world.files import SharePoint
from app.lab.world.machines import STOPPED, Host, LocalStore, ServiceState
from app.lab.world.sql import APPLICATION_STORE, CENTRAL_STORE, LOCAL_STORE, STORAGE_SERVICE, USER_STORE, SqlState
from app.lab.world.world import World

ADMINISTRATORS = "BUILTIN\\Administrators"
NEW_FOLDER_GRANTS = (
    Grant(account=ADMINISTRATORS, right="FullControl", allow=True),
    Grant(account="NT AUTHORITY\\SYSTEM", right="FullControl", allow=True),
    Grant(account="BUILTIN\\Users", right="ReadAndExecute", allow=True),
)
_SERVICE_GROUPS = ("RTCComponentUniversalServices", "RTCHSUniversalServices", "RTCUniversalServerAdmins")


def install_core(host: Host) -> None:
    """Install OcsCore.msi: the management shell and the bootstrapper."""
    host.product.core = True
    host.disks.write(roles.BOOTSTRAPPER, b"MZ simulated bootstrapper")
    host.disks.write(f"{roles.COMMON_FILES}\\Modules\\Lync\\Lync.psd1", b"# simulated module manifest")


def install_instance(host: Host, name: str) -> SqlState:
    """Install a SQL Server Express instance; an existing one is returned as it is."""
    state = host.sql.setdefault(name.upper(), SqlState(name=name.upper()))
    host.services.setdefault(state.service, ServiceState())
    host.services.setdefault(f"SQLAgent${state.name}", ServiceState(status=STOPPED, start_mode="Disabled"))
    host.services.setdefault("SQLBrowser", ServiceState())
    host.disks.make_folder(f"C:\\Program Files\\Microsoft SQL Server\\MSSQL11.{state.name}")
    return state


def install_local_management(world: World, host: Host) -> None:
    """Do what Bootstrapper /BootstrapLocalMgmt does: RTCLOCAL with an empty store, the replica service and its share."""
    install_instance(host, "RTCLOCAL").create(("xds",), now=world.now, owner=_owner(world))
    for service in roles.EVERY_MACHINE:
        host.services.setdefault(service, ServiceState(status=STOPPED))
    if host.disks.share(roles.REPLICA_SHARE) is None:
        replicator = f"{host.hostname}\\RTC Local Config Replicator"
        host.disks.add_share(
            SharePoint(
                name=roles.REPLICA_SHARE,
                path=f"{roles.REPLICA_ROOT}\\{roles.REPLICA_SHARE}",
                share_grants=(Grant(account=replicator, right="Full", allow=True),),
                folder_grants=(*NEW_FOLDER_GRANTS, Grant(account=replicator, right="Modify", allow=True)),
            )
        )
        for name in ("from-master", "to-master"):
            host.disks.make_folder(f"{roles.REPLICA_ROOT}\\{roles.REPLICA_SHARE}\\{name}")
    host.product.local_management = True


def fill_local_store(host: Host, topology: Topology, version: int) -> None:
    """Do what Import-CsConfiguration -LocalStore does."""
    host.product.local_store = LocalStore(topology=topology, version=version)


def install_components(world: World, host: Host, topology: Topology, pool: Pool) -> None:
    """Install the roles that the local store has for this machine: services, collocated databases, web sites."""
    create_databases(world, host, topology, pool)
    for service in roles.role_services(topology, pool):
        host.services.setdefault(service, ServiceState(status=STOPPED))
    host.product.components |= set(pool.roles)
    for folder in ("Server", "Web Components"):
        host.disks.make_folder(f"{roles.PROGRAM_FILES}\\{folder}")
    for name in host.disks.shares:
        if f"\\\\{host.name}\\{name.name}".lower() in map(str.lower, topology.file_stores_used_by(pool)):
            for folder in roles.share_folders(topology, pool):
                (host.disks.share_folder(name.name) / folder).mkdir(parents=True, exist_ok=True)


def create_databases(world: World, host: Host, topology: Topology, pool: Pool) -> None:
    """Create the collocated instances and databases that are missing (Q-01, Q-02); existing ones are kept."""
    owner = _owner(world)
    for store in topology.stores():
        if store.server != host.name:
            continue
        names = {"UserStore": USER_STORE, "ApplicationStore": APPLICATION_STORE, "CentralMgmtStore": CENTRAL_STORE}
        state = install_instance(host, store.instance)
        state.create(names.get(store.role, ()), now=world.now, owner=owner)
    if "Registrar" in pool.roles:
        install_instance(host, "RTCLOCAL").create(LOCAL_STORE, now=world.now, owner=owner)
        install_instance(host, "LYNCLOCAL").create(STORAGE_SERVICE, now=world.now, owner=owner)
    for state in host.sql.values():
        for database in state.databases.values():
            for file in database.files(state.name):
                host.disks.make_folder(file.rpartition("\\")[0])


def activate(host: Host, topology: Topology, pool: Pool) -> None:
    """Do what Enable-CsComputer does: firewall rules, local groups, access to the file store on this machine."""
    host.product.activated = True
    for path in topology.file_stores_used_by(pool):
        server, _, share = path.strip("\\").partition("\\")
        point = host.disks.share(share) if server.lower() == host.name else None
        if point is not None:
            grant_file_store(host, point)


def grant_file_store(host: Host, point: SharePoint) -> None:
    """Write the access lists that publishing and activation write (F-03)."""
    domain = "CONTOSO"
    shared = [Grant(account=f"{domain}\\{group}", right="Change", allow=True) for group in _SERVICE_GROUPS]
    below = [Grant(account=f"{domain}\\{group}", right="Modify", allow=True) for group in _SERVICE_GROUPS]
    host.disks.grant(
        SharePoint(
            name=point.name,
            path=point.path,
            share_grants=_merged(point.share_grants, shared),
            folder_grants=_merged(point.folder_grants, below),
        )
    )


def share_folder(host: Host, name: str, path: str, grants: tuple[Grant, ...]) -> None:
    """Share a local folder."""
    host.disks.add_share(SharePoint(name=name, path=path, share_grants=grants, folder_grants=NEW_FOLDER_GRANTS))


def _merged(present: tuple[Grant, ...], added: list[Grant]) -> tuple[Grant, ...]:
    return (*present, *(one for one in added if one not in present))


def _owner(world: World) -> str:
    return f"{world.directory.netbios}\\{next(iter(world.directory.accounts.values())).name}"


def remove_folder(host: Host, path: str) -> None:
    """Remove a folder with everything in it, where it is there."""
    shutil.rmtree(host.disks.real(path), ignore_errors=True)
