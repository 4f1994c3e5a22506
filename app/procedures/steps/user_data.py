"""Hh202190 step 6: the user data comes back, with the services stopped."""

from __future__ import annotations

from typing import Any

from app.backup.backup_set import PieceKind
from app.facts.fact import Readings, Request
from app.procedures.places import in_backup, working
from app.procedures.proven import proof_needs, shows
from app.procedures.steps.installing import start_needs, start_plan
from app.recovery.step import Action, AlreadyDone, Danger, Kind, Planned, Step
from app.remote.command import cmdlet
from checks.check import Scope
from checks.pieces import USER_DATA_COPY, piece_for

_COPIED = ("files.user-data-copied",)
_STOPPED = ("services.stopped",)
_IMPORT_SECONDS = 2 * 3600.0


def _copy_needs(scope: Scope) -> tuple[Request[Any], ...]:
    return proof_needs(scope, *_COPIED)


def _copy_plan(scope: Scope, readings: Readings) -> Planned:
    if shows(scope, readings, *_COPIED):
        return AlreadyDone(why="the user data of the backup lies on the server, unchanged")
    source = in_backup(scope, piece_for(scope, PieceKind.USER_DATA), USER_DATA_COPY)
    return (
        Action(
            id="folder",
            title="make the working folder",
            host=scope.target,
            command=cmdlet("New-Item", ItemType="Directory", Force=True, Path=working(scope)),
            seconds=60.0,
        ),
        Action(
            id="copy",
            title="copy the user data to the server",
            host=scope.target,
            command=cmdlet("Copy-Item", Path=source, Destination=working(scope, USER_DATA_COPY)),
            seconds=3600.0,
        ),
    )


def _stop_needs(scope: Scope) -> tuple[Request[Any], ...]:
    return proof_needs(scope, *_STOPPED)


def _stop_plan(scope: Scope, readings: Readings) -> Planned:
    if shows(scope, readings, *_STOPPED):
        return AlreadyDone(why="the server's services are stopped")
    return (
        Action(
            id="stop",
            title="stop the services",
            host=scope.target,
            command=cmdlet("Stop-CsWindowsService"),
            seconds=900.0,
        ),
    )


def _import_plan(scope: Scope, _readings: Readings) -> Planned:
    file = working(scope, USER_DATA_COPY)
    return (
        Action(
            id="import",
            title=f"import the user data of {scope.pool.fqdn}",
            host=scope.target,
            command=cmdlet("Import-CsUserData", PoolFqdn=scope.pool.fqdn, FileName=file),
            seconds=_IMPORT_SECONDS,
        ),
    )


COPY = Step(
    id="se.6a",
    number="6a",
    title="Copy the user data to the server",
    intent="The import reads a local file; its hash shows that it is the file of the backup.",
    who="local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=("backup.readable", "operator.second-hop"),
    after=_COPIED,
    source="Hh202190 step 6",
    by_hand=(f"Copy the pool's user data export of the backup to the working folder, as {USER_DATA_COPY}.",),
    plan=_copy_plan,
    plan_needs=_copy_needs,
    undo="Delete the copy.",
)

STOP = Step(
    id="se.6b",
    number="6b",
    title="Stop the services",
    intent="A Front End that runs during the import writes its own, empty state back over what is imported.",
    who="RTCUniversalServerAdmins and local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=("files.user-data-copied", "operator.groups"),
    after=_STOPPED,
    source="Hh202190 step 6",
    by_hand=("Run Stop-CsWindowsService in the Lync Server Management Shell on the server.",),
    plan=_stop_plan,
    plan_needs=_stop_needs,
    undo="Start-CsWindowsService",
    settle_seconds=120.0,
)

IMPORT = Step(
    id="se.6c",
    number="6c",
    title="Import the user data",
    intent="Brings back contacts, rights, scheduled conferences and conference directories as they were at backup time.",
    who="RTCUniversalServerAdmins",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.DESTRUCTIVE,
    before=(
        "services.stopped",
        "files.user-data-copied",
        "sql.databases",
        "sql.database-versions",
        "operator.groups",
    ),
    after=("data.user-data-restored",),
    source="Hh202190 step 6",
    by_hand=(
        f"Run Import-CsUserData -PoolFqdn <pool> -FileName <working folder>\\{USER_DATA_COPY} in the Lync Server "
        "Management Shell, with every service of the pool stopped.",
    ),
    plan=_import_plan,
    no_undo_because="the import overwrites what the pool holds; only the rollback image leads back",
)

START_AGAIN = Step(
    id="se.6d",
    number="6d",
    title="Start the services again",
    intent="The server takes up its users again, on the imported data.",
    who="RTCUniversalServerAdmins and local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=("data.user-data-restored", "certificates.root-store"),
    after=("services.running", "replication.up-to-date", "ports.sip-tls"),
    source="Hh202190 step 6",
    by_hand=(
        "Run Start-CsWindowsService in the Lync Server Management Shell on the server.",
        "Sign in as a pilot user: contacts and meetings have to be there.",
    ),
    plan=start_plan,
    plan_needs=start_needs,
    undo="Stop-CsWindowsService",
    settle_seconds=300.0,
)
