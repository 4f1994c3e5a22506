"""From a folder to a backup set: every piece told by content, verified as deep as it can be, nothing changed or extracted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from app.backup.backup_set import BackupSet, Depth, Piece, PieceKind
from app.backup.belonging import settle_deployment, settle_pool
from app.backup.choosing import choose_topology
from app.backup.draft import Draft
from app.backup.files import draft_of
from app.backup.folders import StoreCopy, Walk, walk
from app.deployment.refusals import Refusal

_SKEW = timedelta(hours=24)
"""Pieces of one set that are further apart were not taken together (formats sheet 3.1, rule 5)."""
_FUTURE = timedelta(days=1)
_SHOWN_SINGLY = 10
"""A folder with more files that are no piece is shown as one line."""
_ORDER = tuple(PieceKind)
_DATED = (
    PieceKind.CONFIGURATION,
    PieceKind.LOCATION,
    PieceKind.USER_DATA,
    PieceKind.RESPONSE_GROUPS,
    PieceKind.PERSISTENT_CHAT,
    PieceKind.SQL_BACKUP,
)
"""Kinds whose time says when they were taken; a file store copy keeps the times of its files."""


class BackupError(Refusal):
    """The folder is no place to look for a backup."""

    expected = "the folder that holds the backup of the deployment"
    remedy = "name that folder (--backup DIR)"


def open_backup(root: Path, *, now: datetime) -> BackupSet:
    """Return what a folder holds; pieces by kind, the newest of a kind first.

    Args:
        root: the folder; links in it are not followed.
        now: UTC, for saying what is dated in the future.

    Raises:
        BackupError: it is missing, no folder, unreadable or empty.
    """
    found = _walked(root)
    drafts = [*(draft_of(path) for path in found.files), *(_store_draft(one) for one in found.stores)]
    chosen = choose_topology(drafts, root)
    topology, notes = chosen.topology, [*found.notes, *chosen.notes]
    for draft in drafts:
        if topology is not None:
            settle_pool(draft, root, topology)
            settle_deployment(draft, topology)
        if draft.modified > now + _FUTURE:
            draft.warnings.append(f"{draft.path.name} is dated {draft.modified:%Y-%m-%d %H:%M} UTC, in the future")
    pieces = sorted((one.finished() for one in _grouped(drafts)), key=_position)
    notes += [*_skew(pieces), *_doubles(pieces), *_nothing(pieces)]
    return BackupSet(
        root=root,
        pieces=tuple(pieces),
        topology=topology,
        topology_source=chosen.source,
        notes=tuple(dict.fromkeys(notes)),
    )


def _walked(root: Path) -> Walk:
    try:
        if not root.exists():
            raise BackupError(str(root), "nothing there")
        if not root.is_dir():
            raise BackupError(str(root), "a file", remedy="name the folder around it (--backup DIR)")
        found = walk(root)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise BackupError(
            str(root), f"a folder that cannot be read ({reason})", remedy="give this account read access"
        ) from error
    if not found.files and not found.stores:
        raise BackupError(str(root), "an empty folder")
    return found


def _store_draft(copy: StoreCopy) -> Draft:
    draft = Draft(
        path=copy.path,
        size=copy.size,
        modified=copy.newest,
        kind=PieceKind.FILE_STORE,
        depth=Depth.PRESENCE,
        folders=copy.folders,
        files=copy.files,
    )
    if copy.unread:
        draft.warnings.append(
            f"{', '.join(copy.unread)} could not be read: {copy.path.name} holds more than the {copy.files} files counted"
        )
    if not copy.files:
        draft.warnings.append(f"{copy.path.name} holds the folders of a file store and no file")
    return draft


def _grouped(drafts: list[Draft]) -> list[Draft]:
    """Show many files that are no piece as their folder: a script's export of every user is one line, not thousands."""
    plain: dict[Path, list[Draft]] = {}
    kept = []
    for one in drafts:
        if one.kind is PieceKind.OTHER and not one.problems and not one.warnings:
            plain.setdefault(one.path.parent, []).append(one)
        else:
            kept.append(one)
    for folder, files in plain.items():
        if len(files) <= _SHOWN_SINGLY:
            kept.extend(files)
        else:
            newest, size = max(one.modified for one in files), sum(one.size for one in files)
            kept.append(Draft(path=folder, size=size, modified=newest, files=len(files)))
    return kept


def _position(piece: Piece) -> tuple[int, str, float, str]:
    return _ORDER.index(piece.kind), piece.pool, -piece.modified.timestamp(), str(piece.path)


def _skew(pieces: Iterable[Piece]) -> Iterable[str]:
    """Compare the newest usable piece of each kind and pool; an older double is another matter."""
    newest: dict[tuple[PieceKind, str], Piece] = {}
    for one in pieces:
        if one.kind in _DATED and one.usable:
            newest.setdefault((one.kind, one.pool), one)
    times = sorted(newest.values(), key=lambda one: one.modified)
    if times and times[-1].modified - times[0].modified > _SKEW:
        first, last = times[0], times[-1]
        hours = (last.modified - first.modified).total_seconds() / 3600
        yield f"{first.path.name} is {hours:.0f} h older than {last.path.name}: they were not taken together"


def _doubles(pieces: Iterable[Piece]) -> Iterable[str]:
    seen: dict[tuple[PieceKind, str], list[Piece]] = {}
    for one in pieces:
        if one.kind in _DATED and one.kind is not PieceKind.SQL_BACKUP:
            seen.setdefault((one.kind, one.pool), []).append(one)
    for (kind, pool), several in seen.items():
        if len(several) > 1:
            whose = f" of {pool}" if pool else ""
            yield f"{len(several)} pieces are {kind.value}{whose}; the newest is {several[0].path.name}"


def _nothing(pieces: Iterable[Piece]) -> Iterable[str]:
    if all(one.kind is PieceKind.OTHER for one in pieces):
        yield "nothing in this folder is a piece of a backup"
