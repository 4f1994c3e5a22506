"""The Central Management store on the surviving server."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from app.lab.faults.fault import Fault, setting, survivor
from app.lab.ports import Behaviour
from app.lab.world import running
from app.lab.world.machines import RUNNING, STOPPED
from app.lab.world.sql import SqlState
from app.lab.world.world import World

_AGENTS = ("MASTER", "FTA")
_NO_MASTER = "cms-master-blank"
_CASCADE = ("cms.master-alive", "cms.lists-target")


def _instance(world: World) -> SqlState:
    return survivor(world).sql["RTC"]


_SILENT = setting(_instance, "behaviour", Behaviour.SILENT)
_LOGIN = setting(_instance, "refuses_logins", True)


def _stop(world: World) -> None:
    survivor(world).services["MSSQL$RTC"].status = STOPPED


def _start(world: World) -> None:
    host = survivor(world)
    agents = () if _NO_MASTER in world.broken else _AGENTS
    for name in ("MSSQL$RTC", *agents, "RTCSRV"):
        running.start(world, host, name)


def _suspect(world: World) -> None:
    _instance(world).databases["xds"].state = "SUSPECT"


def _repaired(world: World) -> None:
    _instance(world).databases["xds"].state = "ONLINE"


def _stop_master(world: World) -> None:
    for name in _AGENTS:
        running.stop(world, survivor(world), name)


def _start_master(world: World) -> None:
    """Where the store itself is broken too they run all the same, and work once it is mended."""
    for name in _AGENTS:
        survivor(world).services[name].status = RUNNING
    running.replicate(world)


def _without_target(world: World) -> None:
    """Publish a topology that has lost the server: somebody removed the pool in Topology Builder."""
    store = world.lync.store
    world.keep("published", store.topology)
    gone = next(pool.cluster for pool in store.topology.pools() if pool.fqdn == world.target)
    store.topology = replace(
        store.topology,
        signature="0a9d7e52-5d0b-4f6f-8c44-1f1fd2f5a7c9",
        clusters=tuple(one for one in store.topology.clusters if one.id != gone),
        sql_instances=tuple(one for one in store.topology.sql_instances if one.cluster != gone),
        services=tuple(one for one in store.topology.services if one.cluster != gone),
    )
    running.replicate(world)


def _republished(world: World) -> None:
    world.restore("published", lambda topology: setattr(world.lync.store, "topology", topology))
    running.replicate(world)


def _no_token_issuer(world: World) -> None:
    world.lync.store.delivers_oauth = False
    host = world.hosts[world.target]
    thumbprint = world.lync.store.oauth.thumbprint
    host.stores.personal = [one for one in host.stores.personal if one.thumbprint != thumbprint]
    host.product.assigned = {use: one for use, one in host.product.assigned.items() if one != thumbprint}


def _token_issuer(world: World) -> None:
    world.lync.store.delivers_oauth = True
    running.replicate(world)


_Fault = partial(Fault, area="Central Management")
FAULTS = (
    _Fault(
        id="cms-sql-stopped", title="SQL Server of the Central Management store is stopped", check="cms.database",
        status="UNKNOWN", mending="Start SQL Server (RTC) on the server of the Central Management store", breaks=_stop,
        mends=_start, also=(*_CASCADE, "host.reaches-dependencies"),
    ),
    _Fault(
        id="cms-sql-silent", title="SQL Server of the Central Management store accepts and says nothing",
        check="cms.database", status="UNKNOWN", mending="Restart SQL Server (RTC) on that server", breaks=_SILENT[0],
        mends=_SILENT[1], also=_CASCADE,
    ),
    _Fault(
        id="cms-sql-login", title="SQL Server of the Central Management store refuses the login", check="cms.database",
        status="UNKNOWN", mending="Give the login its rights back", breaks=_LOGIN[0], mends=_LOGIN[1], also=_CASCADE,
    ),
    _Fault(
        id="cms-database-suspect", title="the database xds is suspect", check="cms.database", status="FAIL",
        mending="Repair the database xds", breaks=_suspect, mends=_repaired, also=_CASCADE,
    ),
    _Fault(
        id=_NO_MASTER, title="the Central Management service is stopped: there is no master",
        check="cms.master-alive", status="FAIL", mending="Start the Master Replicator and File Transfer Agents",
        breaks=_stop_master, mends=_start_master,
    ),
    _Fault(
        id="topology-without-target", title="somebody has removed the lost server from the topology",
        check="cms.lists-target", status="FAIL", mending="Publish the topology with the server again",
        breaks=_without_target, mends=_republished, also=("backup.same-deployment",),
    ),
    _Fault(
        id="oauth-missing", later=True, title="the OAuth certificate does not come with replication", check="certificates.oauth",
        status="FAIL", mending="Replicate the OAuth certificate again", breaks=_no_token_issuer, mends=_token_issuer,
    ),
)  # fmt: skip
