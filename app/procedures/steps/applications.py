"""Hh202190 steps 7 and 8: Response Group and Persistent Chat, where the topology has them."""

from __future__ import annotations

from typing import Any

from app.backup.backup_set import PieceKind
from app.facts.fact import Readings, Request
from app.procedures.places import in_backup, working
from app.procedures.proven import proof_needs, shows
from app.recovery.step import Action, AlreadyDone, Danger, Impossible, Kind, Planned, Step
from app.remote.command import cmdlet
from checks.check import Scope
from checks.instances import instance_name
from checks.pieces import RESPONSE_GROUPS_COPY, chat_stores, piece_for

_GROUPS_COPIED = ("files.response-groups-copied",)
_GROUPS_RESTORED = ("data.response-groups-restored",)
_CHAT_COPY = "PersistentChat.zip"


def _copy(scope: Scope, kind: PieceKind, name: str, what: str) -> Action:
    return Action(
        id="copy",
        title=f"copy {what} to the server",
        host=scope.target,
        command=cmdlet(
            "Copy-Item", Path=in_backup(scope, piece_for(scope, kind), name), Destination=working(scope, name)
        ),
        seconds=1800.0,
        proof_shows=kind is not PieceKind.PERSISTENT_CHAT,
    )


def _groups_needs(scope: Scope) -> tuple[Request[Any], ...]:
    return proof_needs(scope, *_GROUPS_COPIED, *_GROUPS_RESTORED)


def _groups_plan(scope: Scope, readings: Readings) -> Planned:
    actions: list[Action] = []
    if not shows(scope, readings, *_GROUPS_COPIED):
        actions.append(_copy(scope, PieceKind.RESPONSE_GROUPS, RESPONSE_GROUPS_COPY, "the Response Group settings"))
    if not shows(scope, readings, *_GROUPS_RESTORED):
        actions.append(_groups_import(scope))
    return tuple(actions) or AlreadyDone(why="the pool has its Response Group settings")


def _groups_import(scope: Scope) -> Action:
    command = cmdlet(
        "Import-CsRgsConfiguration",
        Destination=f"service:ApplicationServer:{scope.pool.fqdn}",
        OverwriteOwner=True,
        FileName=working(scope, RESPONSE_GROUPS_COPY),
    )
    return Action(
        id="import",
        title=f"import the Response Group settings of {scope.pool.fqdn}",
        host=scope.target,
        command=command,
        seconds=1800.0,
    )


def _chat_plan(scope: Scope, _readings: Readings) -> Planned:
    stores = chat_stores(scope)
    if not stores:
        return Impossible(why=f"the topology names no Persistent Chat database on {scope.target}")
    command = cmdlet(
        "Import-CsPersistentChatData", DBInstance=instance_name(stores[0]), FileName=working(scope, _CHAT_COPY)
    )
    restore = Action(
        id="import",
        title="import the Persistent Chat data",
        host=scope.target,
        command=command,
        seconds=7200.0,
        proof_shows=False,
    )
    return (_copy(scope, PieceKind.PERSISTENT_CHAT, _CHAT_COPY, "the Persistent Chat export"), restore)


RESPONSE_GROUPS = Step(
    id="se.7",
    number="7",
    title="Import the Response Group settings",
    intent="Workflows, queues and agent groups of this pool come back; without them its hotlines reach nobody.",
    who="RTCUniversalServerAdmins or CsResponseGroupAdministrator",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.REVERSIBLE,
    before=("services.running", "backup.readable", "operator.groups"),
    after=(*_GROUPS_COPIED, *_GROUPS_RESTORED),
    source="Hh202190 step 7, Hh202174",
    by_hand=(
        f"Copy the pool's Response Group export to the working folder, as {RESPONSE_GROUPS_COPY}.",
        "Run Import-CsRgsConfiguration with -Destination service:ApplicationServer:<pool>, -OverwriteOwner and the file. "
        "-OverwriteOwner is needed although the name is the old one: the contact objects are still in Active Directory, "
        "and the pool's own database is empty.",
        "Call a hotline; formal agents have to sign in again.",
    ),
    plan=_groups_plan,
    plan_needs=_groups_needs,
    undo="Delete the imported workflows, queues and agent groups with Remove-CsRgsWorkflow, -Queue and -AgentGroup.",
)

PERSISTENT_CHAT = Step(
    id="se.8",
    number="8",
    title="Import the Persistent Chat data",
    intent="Rooms and their history come back, as of the last full backup.",
    who="CsPersistentChatAdministrator; for a SQL restore sysadmin",
    where="target",
    kind=Kind.AUTOMATED,
    danger=Danger.DESTRUCTIVE,
    before=("services.running", "sql.databases"),
    after=("data.persistent-chat-restored",),
    source="Hh202190 step 8, JJ945649",
    by_hand=(
        "Restore with the same method that the backup was taken with: an ordinary SQL restore of the database mgc, or "
        "Import-CsPersistentChatData with -DBInstance and the file.",
        "Look for the rooms with Get-CsPersistentChatRoom.",
    ),
    plan=_chat_plan,
    no_undo_because="the import overwrites what the database holds; only a backup of the database leads back",
)
