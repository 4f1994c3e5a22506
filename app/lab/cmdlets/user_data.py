"""Persistent user data of a pool (procedures 1 step 6, 20.3; formats 3)."""

from __future__ import annotations

from app.lab.cmdlets import archives, stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world.machines import Host
from app.lab.world.world import World


def _pool(call: Call) -> str:
    pool = (call.text("PoolFqdn") or call.text("Identity").rpartition(":")[2]).lower()
    topology = stores.central_store(call)
    if pool not in [one.fqdn for one in topology.pools() if "UserServices" in one.roles]:
        raise Refused(f"Cannot find user pool '{pool}' in the topology.", "PoolNotFound")
    for store in topology.stores():
        if store.role == "UserStore" and store.server == pool:
            call.require_hop(pool)
            stores.database(call, f"{store.server}\\{store.instance}", "rtcxds")
    return pool


def _export(call: Call) -> None:
    pool = _pool(call)
    archives.write(call, call.text("FileName"), archives.user_data(call.world.data_of(pool)))


def _import(call: Call) -> None:
    pool = _pool(call)
    imported = archives.read_user_data(call, call.text("FileName"))
    data = call.world.data_of(pool)
    data.users = dict(imported.users)
    data.conference_directories = imported.conference_directories
    if any(host.running("RTCSRV") for host in _front_ends(call.world, pool)):
        # A Front End that was left running writes what it holds in memory back over the import (Table C 10).
        data.users = dict(data.cached or {})


def _front_ends(world: World, pool: str) -> list[Host]:
    topology = world.lync.store.topology
    machines = [one.fqdn.lower() for found in topology.pools() if found.fqdn == pool for one in found.machines]
    return [world.hosts[name] for name in machines if name in world.hosts]


def _directories(call: Call) -> None:
    stores.central_store(call)
    for pool, data in call.world.lync.pools.items():
        for number in data.conference_directories:
            call.say(Identity=int(number), ServiceId=f"UserServer:{pool}", Id=int(number), TargetServerIfMoving="")


CMDLETS = (
    lync(
        "Export-CsUserData", _export, "PoolFqdn", "Identity", "FileName", "Force", "LegacyFormat",
        mandatory=(("PoolFqdn", "Identity"), ("FileName",)), changes=True,
    ),
    lync(
        "Import-CsUserData", _import, "PoolFqdn", "Identity", "FileName", "Force", "LegacyFormat",
        mandatory=(("PoolFqdn", "Identity"), ("FileName",)), changes=True,
    ),
    lync("Get-CsConferenceDirectory", _directories, "Identity", "LocalStore", "Filter"),
)  # fmt: skip
