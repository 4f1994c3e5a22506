"""The steps of a Standard Edition recovery done by hand in the lab, as an administrator on the rebuilt machine does them.

They run the same commands through the same host: nothing succeeds here that would be refused to the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.lab.backing_up import FILE_STORE, RESPONSE_GROUPS, USER_DATA
from app.lab.cmdlets.registry import call_cmdlet, call_program
from app.lab.ports import Refused
from app.lab.world.building import MEDIA
from app.lab.world.keys import OAUTH
from app.lab.world.machines import Host
from app.lab.world.roles import BOOTSTRAPPER
from app.lab.world.world import OPERATOR, World
from app.remote.command import Command, CommandKind, cmdlet, program

WORK = "C:\\ByHand"
_USES = ("Default", "WebServicesInternal", "WebServicesExternal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """One step."""

    id: str
    title: str
    explanation: str
    commands: Callable[[World], tuple[Command, ...]]
    due: Callable[[World, Host], bool]
    """Whether it is the turn of this step."""


def perform(world: World, chore: Chore) -> str:
    """Run the commands of a step as the operator on the target and return how it went, in a sentence."""
    host = world.hosts[world.target]
    account = f"{world.directory.netbios}\\{OPERATOR}"
    for command in chore.commands(world):
        try:
            if command.kind is CommandKind.CMDLET:
                given = {parameter.name: parameter.value for parameter in command.parameters}
                outcome = call_cmdlet(world, host, account, command.name, given)
                wrong = outcome.errors
            else:
                outcome = call_program(world, host, account, command.name, command.arguments)
                wrong = [] if outcome.exit_code in command.success_codes else outcome.output[-1:]
        except Refused as refused:
            wrong = [str(refused)]
        if wrong:
            return f"{command.name} was refused: {wrong[0]}"
    return f"Done by hand on {host.name}: {chore.title[:1].lower()}{chore.title[1:]}."


def _backup(world: World, piece: str) -> str:
    return f"{world.backup_unc}\\{world.target}\\{piece}"


def _file_store(world: World) -> tuple[Command, ...]:
    codes = tuple(range(8))
    return (
        program("robocopy.exe", _backup(world, FILE_STORE), "C:\\LyncShare", "/E", success_codes=codes),
        cmdlet("New-SmbShare", Name="LyncShare", Path="C:\\LyncShare", FullAccess="BUILTIN\\Administrators"),
    )


def _local_store(_world: World) -> tuple[Command, ...]:
    file = f"{WORK}\\CmsConfig.zip"
    return (
        program("msiexec.exe", "/i", f"{MEDIA}\\Setup\\ocscore.msi", "/qn", "/norestart", success_codes=(0, 3010)),
        program(BOOTSTRAPPER, "/BootstrapLocalMgmt", f"/SourceDirectory:{MEDIA}"),
        cmdlet("New-Item", ItemType="Directory", Force=True, Path=WORK),
        cmdlet("Export-CsConfiguration", FileName=file),
        cmdlet("Import-CsConfiguration", FileName=file, LocalStore=True),
        cmdlet("Enable-CsReplica"),
        cmdlet("Start-CsWindowsService", Name="REPLICA"),
    )


def _components(_world: World) -> tuple[Command, ...]:
    return (program(BOOTSTRAPPER, f"/SourceDirectory:{MEDIA}"),)


def _certificates(world: World) -> tuple[Command, ...]:
    oauth = world.lync.store.oauth.thumbprint
    own = [one.thumbprint for one in world.hosts[world.target].stores.personal if one.thumbprint != oauth]
    chosen = own[0] if own else "none"
    return cmdlet("Set-CsCertificate", Type=_USES, Thumbprint=chosen), cmdlet("Enable-CsComputer")


def _user_data(world: World) -> tuple[Command, ...]:
    file = f"{WORK}\\{USER_DATA}"
    return (
        cmdlet("New-Item", ItemType="Directory", Force=True, Path=WORK),
        cmdlet("Copy-Item", Path=_backup(world, USER_DATA), Destination=file),
        cmdlet("Stop-CsWindowsService"),
        cmdlet("Import-CsUserData", PoolFqdn=world.target, FileName=file),
    )


def _start(_world: World) -> tuple[Command, ...]:
    return (cmdlet("Start-CsWindowsService"),)


def _response_groups(world: World) -> tuple[Command, ...]:
    file = f"{WORK}\\{RESPONSE_GROUPS}"
    service = f"service:ApplicationServer:{world.target}"
    return (
        cmdlet("New-Item", ItemType="Directory", Force=True, Path=WORK),
        cmdlet("Copy-Item", Path=_backup(world, RESPONSE_GROUPS), Destination=file),
        cmdlet("Import-CsRgsConfiguration", Destination=service, OverwriteOwner=True, FileName=file),
    )


def _has_store(host: Host) -> bool:
    return host.disks.share("LyncShare") is not None


def _certified(host: Host) -> bool:
    return host.product.activated and set(_USES) <= host.product.assigned.keys() - {OAUTH}


def _lacks_users(world: World) -> bool:
    return not world.data_of(world.target).users


def _lacks_groups(world: World) -> bool:
    return not world.data_of(world.target).response_groups.workflows


CHORES = (
    Chore(
        id="file-store",
        title="Copy the file store and share it",
        explanation="Step 3: robocopy from the backup, then the share of the same name.",
        commands=_file_store,
        due=lambda _world, host: not _has_store(host),
    ),
    Chore(
        id="local-store",
        title="Install the local configuration store",
        explanation="Step 5, wizard step 1: core components, RTCLOCAL, the replica.",
        commands=_local_store,
        due=lambda _world, host: _has_store(host) and not host.product.replica,
    ),
    Chore(
        id="components",
        title="Set up the Lync Server components",
        explanation="Step 5, wizard step 2: the roles of this machine and their databases.",
        commands=_components,
        due=lambda _world, host: host.product.replica and not host.product.components,
    ),
    Chore(
        id="certificates",
        title="Assign the certificates",
        explanation="Step 5, wizard step 3: one certificate for every use, then activation.",
        commands=_certificates,
        due=lambda _world, host: bool(host.product.components) and not _certified(host),
    ),
    Chore(
        id="start",
        title="Start the services",
        explanation="Step 5, wizard step 4, and again after the import of user data.",
        commands=_start,
        due=lambda _world, host: _certified(host) and not host.running("RTCSRV"),
    ),
    Chore(
        id="user-data",
        title="Stop the services and import the user data",
        explanation="Step 6: the copy, the stop, the import. Start the services afterwards.",
        commands=_user_data,
        due=lambda world, host: host.running("RTCSRV") and _lacks_users(world),
    ),
    Chore(
        id="response-groups",
        title="Import the Response Group configuration",
        explanation="Step 7: with -OverwriteOwner, since the contact objects are still there.",
        commands=_response_groups,
        due=lambda world, host: host.running("RTCRGS") and not _lacks_users(world) and _lacks_groups(world),
    ),
)
