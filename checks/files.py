"""Files that a restore reads on the target: there, and the same as in the backup."""

from __future__ import annotations

from app.backup.backup_set import Piece, PieceKind
from app.facts.host import PATHS, PathState
from checks.asking import undecided
from checks.check import Check, NotApplicable, Question, Scope
from checks.finding import Verdict, failed, passed, unknown
from checks.pieces import (
    RESPONSE_GROUPS_COPY,
    USER_DATA_COPY,
    name_in,
    piece_for,
    restored_path,
    uses_response_groups,
    words_for,
)


def _user_data(scope: Scope) -> tuple[Question, ...]:
    return _copied(scope, PieceKind.USER_DATA, USER_DATA_COPY)


def _response_groups(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    if not uses_response_groups(scope):
        return NotApplicable(why=f"{scope.pool.fqdn} does not run the Response Group application")
    return _copied(scope, PieceKind.RESPONSE_GROUPS, RESPONSE_GROUPS_COPY)


def _copied(scope: Scope, kind: PieceKind, name: str) -> tuple[Question, ...]:
    path, piece = restored_path(scope, name), piece_for(scope, kind)
    if piece is None:
        why = f"the backup holds no {words_for(kind)} of {scope.pool.fqdn} to compare with"
        return undecided(scope, subject=path, expected="the file of the backup", why=why)
    request = PATHS.about(scope.target, paths=(path,), hashed=bool(piece.sha256))
    proof = f", SHA-256 {piece.sha256}" if piece.sha256 else ""
    return (
        Question(
            subject=path,
            expected=f"{name_in(scope, piece)} of the backup: {piece.size} bytes{proof}",
            basis=f"backup ({name_in(scope, piece)})",
            needs=(request,),
            judge=lambda readings: _judge(readings[request].paths[0], piece),
        ),
    )


def _judge(found: PathState, piece: Piece) -> Verdict:
    if not found.exists:
        return failed("there is no such file")
    if found.is_folder:
        return failed("there is a folder of that name")
    if found.size != piece.size:
        return failed(f"a file of {found.size} bytes: another file, or the copy was cut short")
    if piece.sha256 and not found.sha256:
        return unknown(f"{found.size} bytes, the right size; its SHA-256 was not computed")
    if piece.sha256 and found.sha256.lower() != piece.sha256.lower():
        return failed(f"{found.size} bytes, but SHA-256 {found.sha256}: the content differs")
    return passed(f"{found.size} bytes{', the same SHA-256' if piece.sha256 else ', hash not compared'}")


_REMEDY = (
    "Copy it again: Copy-Item -Path <backup>\\<file> -Destination <working folder>. Then compare with Get-FileHash."
)

CHECKS = (
    Check(
        id="files.user-data-copied",
        title="the user data of the backup lies on the machine, unchanged",
        why="The import overwrites what the pool holds; a truncated or foreign file would be noticed too late.",
        remedy=_REMEDY,
        sources=("Hh202190 step 6", "formats 3"),
        ask=_user_data,
    ),
    Check(
        id="files.response-groups-copied",
        title="the Response Group settings of the backup lie on the machine, unchanged",
        why="The import replaces the pool's Response Group settings by what this file holds.",
        remedy=_REMEDY,
        sources=("Hh202190 step 7", "formats 3"),
        ask=_response_groups,
    ),
)
