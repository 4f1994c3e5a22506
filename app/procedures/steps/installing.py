"""Hh202190 step 5: the four steps of the Deployment Wizard, as the commands that it runs (preconditions sheet 9)."""

from __future__ import annotations

from typing import Any

from app.facts.fact import Readings, Request
from app.facts.host import SERVICES
from app.procedures.places import bootstrapper, core_package, setup_source, working
from app.procedures.proven import proof_needs, shows
from app.recovery.step import Action, AlreadyDone, Danger, Kind, Planned, Step
from app.remote.command import Command, cmdlet, program
from checks.asking import known
from checks.check import Scope

_IMAGE_UNDO = "Put the rollback image of step 1 back; setup has no other way back."
_WIZARD = "Run Setup.exe below \\Setup\\amd64 of the media; choose Install or Update Lync Server System."
_SETUP_SECONDS = 3600.0
_REPLICA = "REPLICA"

_LOCAL_PROOF = ("sql.local-instance", "install.local-store")
_COMPONENT_PROOF = ("install.components", "sql.instance-names", "sql.databases")
_STARTED = ("services.running", "replication.up-to-date", "ports.sip-tls")


def _action(
    scope: Scope, name: str, title: str, command: Command, seconds: float, *, proof_shows: bool = True
) -> Action:
    return Action(id=name, title=title, host=scope.target, command=command, seconds=seconds, proof_shows=proof_shows)


def _local_store_needs(scope: Scope) -> tuple[Request[Any], ...]:
    return (*proof_needs(scope, *_LOCAL_PROOF), SERVICES.about(scope.target))


def _local_store_plan(scope: Scope, readings: Readings) -> Planned:
    services = known(readings, SERVICES.about(scope.target))
    replica = services is not None and services.status(_REPLICA) == "Running"
    if replica and shows(scope, readings, *_LOCAL_PROOF):
        return AlreadyDone(why="the local configuration store holds the topology, and its replica service runs")
    source, archive, boot = setup_source(scope), working(scope, "CmsConfig.zip"), bootstrapper(scope)
    msi = program("msiexec.exe", "/i", core_package(scope), "/qn", "/norestart", success_codes=(0, 3010))
    local = program(boot, "/BootstrapLocalMgmt", f"/SourceDirectory:{source}")
    folder = cmdlet("New-Item", ItemType="Directory", Force=True, Path=working(scope))
    export = cmdlet("Export-CsConfiguration", FileName=archive)
    fill = cmdlet("Import-CsConfiguration", FileName=archive, LocalStore=True)
    start = cmdlet("Start-CsWindowsService", Name=_REPLICA)
    enable = cmdlet("Enable-CsReplica")
    return (
        _action(scope, "core", "install the core components", msi, 1800.0),
        _action(
            scope, "local-instance", "install the instance RTCLOCAL and the replica service", local, _SETUP_SECONDS
        ),
        _action(scope, "folder", "make the working folder", folder, 60.0),
        _action(scope, "export", "export the configuration from the Central Management store", export, 600.0),
        _action(scope, "fill", "import it into the local store", fill, 600.0),
        _action(scope, "enable-replica", "enable the replica", enable, 600.0, proof_shows=False),
        _action(scope, "start-replica", "start the replica service", start, 300.0, proof_shows=False),
    )


def _components_needs(scope: Scope) -> tuple[Request[Any], ...]:
    return proof_needs(scope, *_COMPONENT_PROOF)


def _components_plan(scope: Scope, readings: Readings) -> Planned:
    if shows(scope, readings, *_COMPONENT_PROOF):
        return AlreadyDone(why="the components, instances and databases of this server's roles are there")
    command = program(bootstrapper(scope), f"/SourceDirectory:{setup_source(scope)}")
    return (_action(scope, "components", "install the components of this server's roles", command, _SETUP_SECONDS),)


def start_needs(scope: Scope) -> tuple[Request[Any], ...]:
    """Return the facts that tell whether the services run."""
    return proof_needs(scope, "services.running")


def start_plan(scope: Scope, readings: Readings) -> Planned:
    """Start the server's services, unless they run."""
    if shows(scope, readings, "services.running"):
        return AlreadyDone(why="the server's services are running")
    return (_action(scope, "start", "start the services", cmdlet("Start-CsWindowsService"), 900.0),)


LOCAL_STORE = Step(
    id="se.5a",
    number="5a",
    title="Install the local configuration store",
    intent="Setup learns from it which roles this machine has; the store is filled from the Central Management store.",
    who="RTCUniversalServerAdmins, Domain Users and local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    spent=("host.clean",),
    before=(
        "host.fqdn",
        "host.domain",
        "host.clean",
        "host.clock",
        "host.no-pending-reboot",
        "host.reaches-dependencies",
        "host.media",
        "dns.server-address",
        "dns.pool-address",
        "dns.partner-servers",
        "dns.sign-in-service",
        "dns.lyncdiscover-internal",
        "dns.simple-urls",
        "dns.web-services",
        "dns.sip-name",
        "cms.pointer",
        "cms.database",
        "cms.master-alive",
        "cms.lists-target",
        "directory.computer-account",
        "operator.groups",
        "operator.local-admin",
        "operator.second-hop",
        "file_store.path",
        "file_store.share-rights",
        "attested.rollback-image",
    ),
    after=_LOCAL_PROOF,
    source="Hh202190 step 5",
    by_hand=(
        _WIZARD,
        "Run Step 1: Install Local Configuration Store, and let it retrieve the configuration directly from the "
        "Central Management store.",
        "SQL Server Express is installed on the way if it is not there.",
    ),
    plan=_local_store_plan,
    plan_needs=_local_store_needs,
    undo=_IMAGE_UNDO,
    settle_seconds=60.0,
)

COMPONENTS = Step(
    id="se.5b",
    number="5b",
    title="Set up the Lync Server components",
    intent="Installs the roles that the topology gives this machine, and creates their databases on it.",
    who="RTCUniversalServerAdmins, Domain Users and local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=(
        "install.local-store",
        "sql.local-instance",
        "host.no-pending-reboot",
        "host.firewall-service",
        "operator.groups",
        "operator.local-admin",
    ),
    after=_COMPONENT_PROOF,
    source="Hh202190 step 5",
    by_hand=(
        _WIZARD,
        "Run Step 2: Setup or Remove Lync Server Components.",
        "Read its log: nothing installed and no error means that it found no role for this machine's name.",
    ),
    plan=_components_plan,
    plan_needs=_components_needs,
    undo=_IMAGE_UNDO,
    settle_seconds=60.0,
)

START = Step(
    id="se.5d",
    number="5d",
    title="Start the services",
    intent="Shows that the rebuilt server is whole, and lets the replica catch up, before any data is touched.",
    who="RTCUniversalServerAdmins and local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=(
        "certificates.assigned",
        "certificates.oauth",
        "certificates.root-store",
        "host.firewall-service",
        "sql.databases",
        "dns.server-address",
        "dns.pool-address",
    ),
    after=_STARTED,
    source="Hh202190 step 5",
    by_hand=(_WIZARD, "Run Step 4: Start Services, and look with Service Status whether each of them runs."),
    plan=start_plan,
    plan_needs=start_needs,
    undo="Stop-CsWindowsService",
    settle_seconds=300.0,
)
