"""Which piece of the backup a check and a step mean: one rule for both."""

from __future__ import annotations

from pathlib import PureWindowsPath

from app.backup.backup_set import Piece, PieceKind
from app.deployment.topology import Store, Topology
from checks.check import Scope

USER_DATA_COPY = "ExportedUserData.zip"
"""Name of the user data on the target, in the working folder."""
RESPONSE_GROUPS_COPY = "RgsConfiguration.zip"
"""Name of the Response Group settings on the target, in the working folder."""
_RESPONSE_GROUP = "urn:application:RGS"


def words_for(kind: PieceKind) -> str:
    """Return a kind of piece as a finding names it."""
    return kind.value.replace("-", " ")


def name_in(scope: Scope, piece: Piece) -> str:
    """Return a piece's path below the backup folder, such as ``se01.contoso.com/ExportedUserData.zip``."""
    inside = piece.path.is_relative_to(scope.backup.root)
    return piece.path.relative_to(scope.backup.root).as_posix() if inside else piece.path.name


def piece_for(scope: Scope, kind: PieceKind) -> Piece | None:
    """Return the piece to restore the scope's pool from: its own before one of no known pool, usable, then newest."""
    found = scope.backup.of(kind, scope.pool.fqdn)
    return max(found, key=lambda one: (bool(one.pool), one.usable, one.modified), default=None)


def restored_path(scope: Scope, name: str) -> str:
    """Return where a copy of a backup file lies on the target."""
    return str(PureWindowsPath(scope.settings.restore.working_folder) / name)


def uses_response_groups(scope: Scope) -> bool:
    """Return whether the pool runs the Response Group application."""
    return scope.topology.uses_application(scope.pool, _RESPONSE_GROUP)


def pools_with(topology: Topology, kind: PieceKind) -> tuple[str, ...]:
    """Return the pools that an export of this kind may belong to."""
    match kind:
        case PieceKind.RESPONSE_GROUPS:
            return tuple(one.fqdn for one in topology.pools() if topology.uses_application(one, _RESPONSE_GROUP))
        case _:
            return tuple(one.fqdn for one in topology.pools() if "UserServices" in one.roles)


def needed_kinds(scope: Scope) -> tuple[PieceKind, ...]:
    """Return which kinds of pieces the recovery of the scope's pool restores from."""
    kinds = [PieceKind.CONFIGURATION, PieceKind.USER_DATA]
    if scope.topology.file_stores_used_by(scope.pool):
        kinds.append(PieceKind.FILE_STORE)
    if uses_response_groups(scope):
        kinds.append(PieceKind.RESPONSE_GROUPS)
    if chat_stores(scope):
        kinds.append(PieceKind.PERSISTENT_CHAT)
    return tuple(kinds)


def chat_stores(scope: Scope) -> tuple[Store, ...]:
    """Return the Persistent Chat databases that live on the target itself."""
    return tuple(
        one
        for one in scope.topology.stores()
        if one.role.startswith("PersistentChat")
        and "compliance" not in one.role.lower()
        and one.server in (scope.target, scope.pool.fqdn)
    )
