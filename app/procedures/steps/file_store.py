"""Hh202190 step 3: the file store back at its exact path."""

from __future__ import annotations

from typing import Any

from app.backup.backup_set import PieceKind
from app.facts.fact import Readings, Request
from app.procedures.places import in_backup, own_file_stores
from app.procedures.proven import proof_needs, shows
from app.recovery.step import Action, AlreadyDone, Danger, Kind, Planned, Step
from app.remote.command import cmdlet, program
from checks.check import Scope
from checks.pieces import piece_for

_COPIED = ("file_store.folders", "file_store.content")
_SHARED = ("file_store.path",)
_COPY_SECONDS = 4 * 3600.0
# Robocopy counts what it did in the lower three bits of its exit code; from 8 on something was not copied.
_COPY_SUCCESS = tuple(range(8))
_USUAL_FOLDER = "filestore"


def _needs(scope: Scope) -> tuple[Request[Any], ...]:
    return proof_needs(scope, *_SHARED, *_COPIED)


def _plan(scope: Scope, readings: Readings) -> Planned:
    stores = own_file_stores(scope)
    if not stores:
        return AlreadyDone(why="the file store of this pool lies on another server, which this recovery does not touch")
    shared = shows(scope, readings, *_SHARED)
    copied = shared and shows(scope, readings, *_COPIED)
    if copied:
        return AlreadyDone(why="the file store is shared, and holds what the backup holds")
    actions: list[Action] = []
    for share, folder in stores:
        actions.append(_copy(scope, share, folder))
        if not shared:
            actions.append(_share(scope, share, folder))
    return tuple(actions)


def _copy(scope: Scope, share: str, folder: str) -> Action:
    source = in_backup(scope, piece_for(scope, PieceKind.FILE_STORE), _USUAL_FOLDER)
    switches = ("/E", "/R:2", "/W:2", "/XF", "Meeting.Active", "/COPY:DT")
    return Action(
        id=f"copy-{share.lower()}",
        title=f"copy the file store to {folder}",
        host=scope.target,
        command=program("robocopy.exe", source, folder, *switches, success_codes=_COPY_SUCCESS),
        seconds=_COPY_SECONDS,
    )


def _share(scope: Scope, share: str, folder: str) -> Action:
    return Action(
        id=f"share-{share.lower()}",
        title=f"share {folder} as {share}",
        host=scope.target,
        command=cmdlet("New-SmbShare", Name=share, Path=folder, FullAccess="BUILTIN\\Administrators"),
        seconds=60.0,
    )


FILE_STORE = Step(
    id="se.3",
    number="3",
    title="Copy the file store back and share it under its old name",
    intent=(
        "The topology names the share; web services, Response Group and replication open it under exactly that path. "
        "It has to be there before setup runs."
    ),
    who="local Administrators",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=(
        "host.fqdn",
        "operator.local-admin",
        "operator.second-hop",
        "backup.readable",
        "attested.rollback-image",
    ),
    after=("file_store.path", "file_store.folders", "file_store.share-rights", "file_store.content"),
    source="Hh202190 step 3",
    by_hand=(
        "Copy the file store's folder of the backup to the local folder that was shared before. Copy data and times, "
        "not permissions: those of another machine mean nothing here. Leave out Meeting.Active.",
        "Share that folder under the name in the topology, with Full Control for the local group Administrators "
        "(New-SmbShare; on Windows Server 2008 R2: net share).",
        "Leave the permissions of the folders themselves to the product.",
    ),
    plan=_plan,
    plan_needs=_needs,
    undo="Remove the share (Remove-SmbShare -Name <share>) and delete the folder.",
)
