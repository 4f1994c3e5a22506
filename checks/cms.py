"""The Central Management store: pointed to, holding its databases, served by a living master, listing the target."""

from __future__ import annotations

from app.deployment.topology import Pool
from app.facts.directory import STORE_POINTERS, StorePointers
from app.facts.fact import Readings, Request
from app.facts.lync import REPLICATION, STORE_LOCATION, TOPOLOGY, ReplicationStatus, StoreLocation, TopologyDocument
from app.facts.sql import INSTANCE, SqlInstance
from checks.asking import NO_MANAGEMENT_HOST, known, management, undecided
from checks.check import Check, Question, Scope
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.instances import instance_name, joined
from checks.live_topology import topology_in
from checks.words import listed, same

_DATABASES = ("xds", "lis")
"""What a Central Management store consists of (Q-01)."""
_NO_STORE = "the topology names no Central Management store"


def _pointer(scope: Scope) -> tuple[Question, ...]:
    store = scope.topology.cms_store()
    expected = f"one pointer, to {instance_name(store)}" if store else "one pointer to the Central Management store"
    if store is None:
        return undecided(scope, subject=scope.domain, expected=expected, why=_NO_STORE)
    wanted = instance_name(store)
    request, location = STORE_POINTERS.about(scope.domain), management(scope, STORE_LOCATION)
    return (
        Question(
            subject=scope.domain,
            expected=expected,
            basis=scope.topology_basis,
            needs=(request,),
            also=(location,) if location else (),
            judge=lambda readings: _judge_pointers(readings[request], wanted, known(readings, location)),
        ),
    )


def _judge_pointers(found: StorePointers, wanted: str, location: StoreLocation | None) -> Verdict:
    if not found.pointers:
        return failed("there is no msRTCSIP-GlobalTopologySetting object in either place where it may live")
    targets = {one.back_end.lower().rstrip("\\") for one in found.pointers}
    if targets != {wanted}:
        return failed("; ".join(f"{one.dn} points to {one.back_end or 'nothing'}" for one in found.pointers))
    if len(found.pointers) > 1:
        return warned(
            f"{len(found.pointers)} objects point to {wanted}",
            "One of the two containers is a remnant of a move of the global settings; find out which one before relying on it.",
        )
    redirected = _connection(location)
    if redirected and redirected != wanted:
        return warned(
            f"the directory points to {wanted}, but the management host itself was redirected to {redirected}",
            "On the management host compare Get-CsManagementConnection with Get-CsConfigurationStoreLocation.",
        )
    return passed(wanted)


def _connection(location: StoreLocation | None) -> str:
    if location is None or not location.management_server:
        return ""
    return joined(location.management_server, location.management_instance)


def _database(scope: Scope) -> tuple[Question, ...]:
    store = scope.topology.cms_store()
    expected = f"databases {listed(_DATABASES)}, online"
    if store is None:
        return undecided(scope, expected=expected, why=_NO_STORE)
    request = INSTANCE.about(instance_name(store))
    return (
        Question(
            subject=instance_name(store),
            expected=expected,
            basis=scope.topology_basis,
            needs=(request,),
            judge=lambda readings: _judge_database(readings[request]),
        ),
    )


def _judge_database(instance: SqlInstance) -> Verdict:
    missing = [name for name in _DATABASES if instance.database(name) is None]
    if missing:
        return failed(f"no database {listed(missing)}")
    states = {name: one.state for name in _DATABASES if (one := instance.database(name)) is not None}
    broken = [f"{name} is {state}" for name, state in states.items() if state.upper() != "ONLINE"]
    return failed(listed(broken)) if broken else passed(f"{listed(states)} are ONLINE")


def _at_management_host(scope: Scope, request: Request[TopologyDocument] | Request[ReplicationStatus]) -> str:
    return f"{request.subject} (management host)" if scope.settings.management_host else request.subject


def _master(scope: Scope) -> tuple[Question, ...]:
    pool, request = scope.topology.cms_pool(), management(scope, REPLICATION)
    names = [one.fqdn.lower() for one in pool.machines] if pool else []
    expected = f"an active master and file transfer agent on {listed(names)}" if names else "an active master"
    if request is None:
        return undecided(scope, expected=expected, why=NO_MANAGEMENT_HOST)
    return (
        Question(
            subject=_at_management_host(scope, request),
            expected=expected,
            basis=scope.topology_basis,
            needs=(request,),
            judge=lambda readings: _judge_master(readings[request], pool, scope.target),
        ),
    )


def _judge_master(status: ReplicationStatus, pool: Pool | None, target: str) -> Verdict:
    master = status.master.lower()
    if not master:
        return failed("no active master is named: the Central Management service is down")
    if same(master, target):
        return failed(
            f"the active master is {master}, the very server that is lost",
            "This needs the procedure for the server that hosts the Central Management store (Hh202172), or a failover of"
            " the store to a paired pool (JJ205376).",
        )
    if not status.file_transfer_agents:
        return failed(f"the active master is {master}, but no file transfer agent is active: no replica is served")
    homes = {one.fqdn.lower() for one in pool.machines} | {pool.fqdn} if pool else set()
    if homes and master not in homes:
        return warned(f"the active master is {master}: Central Management moved since the backup was taken")
    return passed(f"active master {master}, file transfer agent {listed(status.file_transfer_agents)}")


def _lists_target(scope: Scope) -> tuple[Question, ...]:
    request = management(scope, TOPOLOGY, local=False)
    expected = f"{scope.target} in pool {scope.pool.fqdn} with the roles {listed(scope.pool.roles)}"
    if request is None:
        return undecided(scope, expected=expected, why=NO_MANAGEMENT_HOST)
    return (
        Question(
            subject=scope.target,
            expected=expected,
            basis=scope.topology_basis,
            needs=(request,),
            judge=lambda readings: _judge_listing(readings, request, scope),
        ),
    )


def _judge_listing(readings: Readings, request: Request[TopologyDocument], scope: Scope) -> Verdict:
    document = readings[request]
    if not document.xml.strip():
        return unknown(f"{request.subject} answered with an empty topology")
    live = topology_in(document, request.subject)
    pool = live.pool_of(scope.target)
    if pool is None:
        return failed(
            f"the live topology has no computer {scope.target}; it has {listed(one.fqdn for one in live.pools())}"
        )
    if not same(pool.fqdn, scope.pool.fqdn):
        return failed(f"the live topology has it in pool {pool.fqdn}")
    lacking = [role for role in scope.pool.roles if role not in pool.roles]
    if lacking:
        return warned(f"the live topology has it without the roles {listed(lacking)}")
    return passed(f"{scope.target} is listed in pool {pool.fqdn} with all its roles")


CHECKS = (
    Check(
        id="cms.pointer",
        title="the directory points to the Central Management store",
        why="Setup and every Lync cmdlet find the topology through this pointer; without it none of them works.",
        remedy=(
            "Find out whether the store was moved: run Get-CsConfigurationStoreLocation on a surviving server. Where the"
            " pointer is lost or wrong: Set-CsConfigurationStoreLocation -SqlServerFqdn <fqdn> -SqlInstanceName <instance>."
        ),
        sources=("A-01", "A-02", "Gg398258"),
        ask=_pointer,
    ),
    Check(
        id="cms.database",
        title="the Central Management store has its databases online",
        why="The local configuration store is filled from them; a rebuilt server cannot start without its topology.",
        remedy=(
            "Start the SQL Server instance on that server and look at its error log. A lost store is recovered by its own"
            " procedure (Hh202172), before this one."
        ),
        sources=("Q-01", "Hh202172"),
        ask=_database,
    ),
    Check(
        id="cms.master-alive",
        title="the Central Management service is alive on another server",
        why="It publishes the topology and pushes it to the rebuilt server's replica.",
        remedy=(
            "On the Central Management server start the services MASTER and FTA (Start-CsWindowsService), then look at"
            " Get-CsManagementStoreReplicationStatus -CentralManagementStoreStatus again."
        ),
        sources=("W-06", "procedures 0.3", "Gg399052"),
        ask=_master,
        after=("cms.pointer", "cms.database"),
    ),
    Check(
        id="cms.lists-target",
        title="the live topology lists the server that is rebuilt",
        why="Setup installs the roles that the live topology has for this computer; one that is not listed gets none.",
        remedy=(
            "Download the topology in Topology Builder and look for the server. If it was removed after the failure, define"
            " it again with the same names and publish, before anything is installed."
        ),
        sources=("R-03", "Hh202190 step 4"),
        ask=_lists_target,
        after=("cms.pointer", "cms.database"),
    ),
)
