"""Databases of the product on SQL Server (preconditions 5; procedures 2)."""

from __future__ import annotations

from app.lab.cmdlets import stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world import installing
from app.lab.world.lync import PoolData
from app.lab.world.machines import Host
from app.lab.world.sql import CENTRAL_STORE, DATABASE_VERSIONS, SqlState


def _row(call: Call, host: Host, state: SqlState, name: str) -> None:
    database = state.databases.get(name)
    installed = database.version if database is not None and database.state == "ONLINE" else ""
    call.say(
        SqlServerFqdn=host.name,
        SqlInstanceName=state.name.lower(),
        MirrorSqlServerFqdn="",
        MirrorSqlInstanceName="",
        DatabaseName=name,
        DataSource=f"{host.name}\\{state.name.lower()}",
        SQLServerVersion=state.version,
        ExpectedVersion=DATABASE_VERSIONS.get(name, ""),
        InstalledVersion=installed,
        # The documented sample says True beside an empty version.
        Succeed=True if not installed and database is None else database is not None and database.state == "ONLINE",
    )


def _expected(call: Call, host: Host, *, local: bool) -> dict[str, list[str]]:
    topology = stores.local_store(call).topology if local else stores.central_store(call)
    found: dict[str, list[str]] = {}
    names = {"UserStore": ["rtcxds", "rtcshared", "rtcab"], "ApplicationStore": ["rgsconfig", "rgsdyn", "cpsdyn"]}
    for store in topology.stores():
        if store.server == host.name:
            wanted = names.get(store.role, list(CENTRAL_STORE) if store.role == "CentralMgmtStore" else [])
            found.setdefault(store.instance.upper(), []).extend(wanted)
    if local:
        found.setdefault("RTCLOCAL", []).extend(["xds", *(("rtc", "rtcdyn") if host.product.components else ())])
        if host.product.components:
            found.setdefault("LYNCLOCAL", []).append("lyss")
    return found


def _test(call: Call) -> None:
    host = call.host
    if call.flag("CentralManagementDatabase"):
        stores.central_store(call)
        pointer = call.world.directory.pointer
        server, _, instance = (pointer.back_end if pointer else "").partition("\\")
        owner = call.world.host(server)
        if owner is not None:
            for name in CENTRAL_STORE:
                _row(call, owner, owner.sql[instance.upper()], name)
        return
    if call.flag("ConfiguredDatabases"):
        found = call.world.host(call.text("SqlServerFqdn"))
        if found is None:
            raise Refused(f"Cannot connect to SQL Server {call.text('SqlServerFqdn')}.", "SqlConnectionError")
        host = found
    for instance, names in _expected(call, host, local=call.flag("LocalService")).items():
        state = host.sql_usable(instance) or SqlState(name=instance)
        for name in names:
            _row(call, host, state, name)


def _install(call: Call) -> None:
    world = call.world
    if call.flag("CentralManagementDatabase"):
        host, state = _target(call, call.text("SqlInstanceName", "rtc"))
        _create(call, state, CENTRAL_STORE)
        if call.flag("Clean"):
            world.lync.store.locations = 0
        return
    host = call.host
    if not call.flag("LocalDatabases"):
        host, _ = _target(call, call.text("SqlInstanceName"))
    topology = stores.local_store(call).topology if call.flag("LocalDatabases") else stores.central_store(call)
    pool = topology.pool_of(host.name)
    if call.flag("Clean"):
        for state in host.sql.values():
            _drop(call, state, tuple(name for name in state.databases if name not in CENTRAL_STORE))
    if pool is not None:
        installing.create_databases(world, host, topology, pool)


def _target(call: Call, instance: str) -> tuple[Host, SqlState]:
    host = call.world.host(call.text("SqlServerFqdn"))
    wanted = instance or "rtc"
    state = host.sql_usable(wanted) if host is not None else None
    if host is None or state is None:
        raise Refused(f"Cannot connect to SQL Server instance {call.text('SqlServerFqdn')}\\{wanted}.", "SqlConnection")
    call.require_hop(host.name)
    if call.account.name not in host.administrators:
        raise Refused(f"User is not a member of the sysadmin role on {host.name}\\{wanted}.", "SqlPermission")
    return host, state


def _create(call: Call, state: SqlState, names: tuple[str, ...]) -> None:
    if call.flag("Clean"):
        _drop(call, state, names)
    owner = f"{call.world.directory.netbios}\\{call.account.name}"
    for name in state.create(names, now=call.world.now, owner=owner):
        call.outcome.output.append(f"Database {name} was created on {state.name}.")


def _drop(call: Call, state: SqlState, names: tuple[str, ...]) -> None:
    """Drop databases, and with them what they hold (Q-13)."""
    for name in names:
        if state.databases.pop(name, None) is not None and name == "rtcxds":
            for pool in [
                one for one in call.world.lync.pools if one == call.text("SqlServerFqdn", call.host.name).lower()
            ]:
                call.world.lync.pools[pool] = PoolData(response_groups=call.world.lync.pools[pool].response_groups)


CMDLETS = (
    lync(
        "Test-CsDatabase", _test, "LocalService", "CentralManagementDatabase", "ConfiguredDatabases", "SqlServerFqdn",
        "SqlInstanceName", "DatabaseType", "Report",
        mandatory=(("LocalService", "CentralManagementDatabase", "ConfiguredDatabases", "DatabaseType"),),
    ),
    lync(
        "Install-CsDatabase", _install, "CentralManagementDatabase", "ConfiguredDatabases", "LocalDatabases",
        "SqlServerFqdn", "SqlInstanceName", "Clean", "Update", "Force", "DatabasePaths", "UseDefaultSqlPaths",
        "ExcludeCollocatedStores", "SkipPrepareCheck", "Report", "NoReindex", "Collocated",
        mandatory=(("CentralManagementDatabase", "ConfiguredDatabases", "LocalDatabases"),), changes=True,
        administrator=True, exclusive=(("Clean", "Update"),),
    ),
)  # fmt: skip
