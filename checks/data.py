"""Restored data, counted in the pool and compared with what the backup holds."""

from __future__ import annotations

from app.backup.backup_set import Depth, Piece, PieceKind
from app.deployment.topology import Store
from app.facts.lync import RESPONSE_GROUPS, USER_DATA, ResponseGroups, UserDataCount
from app.facts.sql import INSTANCE, SqlInstance
from checks.asking import undecided
from checks.check import Check, NotApplicable, Question, Scope
from checks.finding import Gate, Verdict, failed, passed, unknown, warned
from checks.instances import instance_name
from checks.pieces import chat_stores, name_in, piece_for, uses_response_groups
from checks.words import counted

_CHAT_DATABASE = "mgc"


def _user_data(scope: Scope) -> tuple[Question, ...]:
    piece = piece_for(scope, PieceKind.USER_DATA)
    if piece is None:
        why = f"the backup holds no user data of {scope.pool.fqdn} to compare with"
        return undecided(scope, subject=scope.pool.fqdn, expected="the users of the backup", why=why)
    if piece.depth is not Depth.CONTENT or not piece.usable:
        why = f"the users in {name_in(scope, piece)} could not be counted, so there is nothing to compare with"
        return undecided(scope, subject=scope.pool.fqdn, expected="the users of the backup", why=why)
    request = USER_DATA.about(scope.target, pool=scope.pool.fqdn)
    return (
        Question(
            subject=scope.pool.fqdn,
            expected=f"{counted(piece.users, 'user')} and {counted(piece.other_items, 'other item')}, as in the backup",
            basis=f"backup ({name_in(scope, piece)})",
            needs=(request,),
            judge=lambda readings: _judge_users(readings[request], piece),
        ),
    )


def _judge_users(live: UserDataCount, piece: Piece) -> Verdict:
    said = f"{counted(live.users, 'user')} and {counted(live.other_items, 'other item')}"
    if live.users < piece.users:
        return failed(f"{said}: {counted(piece.users - live.users, 'user')} fewer than the backup")
    if live.other_items < piece.other_items:
        return failed(
            f"{said}: {counted(piece.other_items - live.other_items, 'item')} fewer than the backup (conference directories"
            " and the like; without them dial-in conference ids are lost)"
        )
    if live.users > piece.users:
        return warned(f"{said}: {counted(live.users - piece.users, 'user')} more than the backup")
    return passed(said)


def _response_groups(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    if not uses_response_groups(scope):
        return NotApplicable(why=f"{scope.pool.fqdn} does not run the Response Group application")
    request = RESPONSE_GROUPS.about(scope.target, pool=scope.pool.fqdn)
    return (
        Question(
            subject=scope.pool.fqdn,
            expected="workflows, queues and agent groups of the backup",
            basis="Hh202190 step 7",
            needs=(request,),
            judge=lambda readings: _judge_groups(readings[request]),
        ),
    )


def _judge_groups(live: ResponseGroups) -> Verdict:
    said = ", ".join(
        (
            counted(live.workflows, "workflow"),
            counted(live.queues, "queue"),
            counted(live.agent_groups, "agent group"),
        )
    )
    if not (live.workflows or live.queues or live.agent_groups):
        return failed(f"{said}: the pool has no Response Group settings")
    return passed(f"{said}; how many the backup holds cannot be read from it")


def _persistent_chat(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    stores = chat_stores(scope)
    if not stores:
        return NotApplicable(why="no Persistent Chat database lives on this server")
    return tuple(_chat_question(scope, one) for one in stores)


def _chat_question(scope: Scope, store: Store) -> Question:
    request = INSTANCE.about(instance_name(store))
    return Question(
        subject=instance_name(store),
        expected=f"database {_CHAT_DATABASE}, online",
        basis=scope.topology_basis,
        needs=(request,),
        judge=lambda readings: _judge_chat(readings[request]),
    )


def _judge_chat(instance: SqlInstance) -> Verdict:
    database = instance.database(_CHAT_DATABASE)
    if database is None:
        return failed(f"no database {_CHAT_DATABASE}")
    if not database.state:
        return unknown(f"{_CHAT_DATABASE} is there, its state was not told")
    if database.state.upper() != "ONLINE":
        return failed(f"{_CHAT_DATABASE} is {database.state}")
    return passed(f"{_CHAT_DATABASE} is ONLINE; its rooms were not counted")


CHECKS = (
    Check(
        id="data.user-data-restored",
        title="the pool holds at least the user data of the backup",
        why="Contacts, scheduled meetings and conference directories come back by this import alone.",
        remedy=(
            "With the services stopped import again: Import-CsUserData -PoolFqdn <pool> -FileName <file>. Then start the"
            " services. An import while services ran counts as not done."
        ),
        sources=("Hh202190 step 6", "formats 2.2"),
        ask=_user_data,
    ),
    Check(
        id="data.response-groups-restored",
        title="the pool has Response Group settings again",
        why="Calls to the hotlines of this pool reach nobody without them.",
        remedy=(
            "Run Import-CsRgsConfiguration -Destination service:ApplicationServer:<pool> -OverwriteOwner -FileName <file>;"
            " it needs the Response Group service running."
        ),
        sources=("W-04", "Hh202190 step 7", "Hh202174"),
        ask=_response_groups,
    ),
    Check(
        id="data.persistent-chat-restored",
        title="the Persistent Chat database is online",
        why="Chat rooms and their history live there.",
        remedy="Run Import-CsPersistentChatData -DBInstance <server>\\<instance> -FileName <file> again, then look for rooms.",
        sources=("Q-03", "Hh202190 step 8", "JJ945649"),
        ask=_persistent_chat,
        gate=Gate.ADVISORY,
    ),
)
