"""What a single file of a backup set is, told by how it begins and, for XML, by its root."""

from __future__ import annotations

import hashlib
import json
import stat
from datetime import UTC, datetime
from pathlib import Path

from app.backup.archives import look_into
from app.backup.backup_set import Depth, PieceKind
from app.backup.draft import Draft
from app.backup.names import kind_hint
from app.deployment.packages import looks_like_archive
from app.deployment.reading import read_topology_file
from app.deployment.refusals import Refusal

_SQL_BACKUP = (b"TAPE", b"MSSQLBAK")
"""Microsoft Tape Format, and SQL Server's own mark of a compressed backup."""
_PFX_VERSION = b"\x02\x01\x03"
_PFX_SUFFIXES = (".pfx", ".p12")
_TOPOLOGY_ROOTS = ("<Topology ", "<Topology>", "<TopologyBuilder")
_START = 4096
_BASELINE_LIMIT = 64 * 1024 * 1024


def draft_of(path: Path) -> Draft:
    """Return what a file is; a file that cannot be read is a draft with a problem."""
    try:
        status = path.stat()
        draft = Draft(path=path, size=status.st_size, modified=datetime.fromtimestamp(status.st_mtime, UTC))
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer for ever
            draft.kind = _hinted(path)
            draft.problems.append(f"{path.name}: found a pipe or a device, expected a file; take it out of the folder")
            return draft
        with path.open("rb") as file:
            start = file.read(_START)
        _classify(draft, start)
    except OSError as error:
        draft = Draft(path=path, size=0, modified=datetime.fromtimestamp(0, UTC), kind=_hinted(path))
        reason = error.strerror or type(error).__name__
        draft.problems.append(
            f"{path.name}: found a file that cannot be read ({reason}); give this account read access"
        )
    return draft


def _classify(draft: Draft, start: bytes) -> None:
    suffix = draft.path.suffix.lower()
    if looks_like_archive(start):
        look_into(draft)
        draft.sha256 = _sha256(draft.path)
    elif start.startswith(_SQL_BACKUP):
        draft.kind = PieceKind.SQL_BACKUP
    elif start.startswith(b"\x30") and _PFX_VERSION in start[:8]:
        draft.kind = PieceKind.CERTIFICATE
    elif _holds_topology(start):
        _topology(draft)
    elif suffix == ".json" and "baseline" in draft.path.name.lower():
        _baseline(draft)
    else:
        _misnamed(draft, suffix, start)


def _sha256(path: Path) -> str:
    """Return the hash that proves a copy on another machine; archives are what restores read, and they are small."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _holds_topology(start: bytes) -> bool:
    """Return whether a document begins with a topology's root, in any of the encodings it is written in."""
    text = start.replace(b"\x00", b"").decode("latin-1")
    return any(one in text for one in _TOPOLOGY_ROOTS)


def _topology(draft: Draft) -> None:
    draft.kind = PieceKind.TOPOLOGY
    try:
        draft.topology = read_topology_file(draft.path)
    except Refusal as refusal:
        draft.problems.append(str(refusal))
    else:
        draft.depth = Depth.CONTENT


def _baseline(draft: Draft) -> None:
    draft.kind = PieceKind.BASELINE
    try:
        if draft.size > _BASELINE_LIMIT or not isinstance(json.loads(draft.path.read_bytes()), dict):
            draft.problems.append(f"{draft.path.name}: found no recorded baseline; capture it again")
    except (ValueError, RecursionError):
        draft.problems.append(f"{draft.path.name}: found no valid JSON, expected a recorded baseline; capture it again")


def _misnamed(draft: Draft, suffix: str, start: bytes) -> None:
    """A name that promises a piece, with something else behind it."""
    found = "an empty file" if not start else _what(start)
    if suffix == ".zip":
        draft.kind = _hinted(draft.path)
        draft.problems.append(
            f"{draft.path.name}: found {found}, expected an archive; take the file from the backup again"
        )
    elif suffix == ".bak":
        draft.kind = PieceKind.SQL_BACKUP
        draft.problems.append(
            f"{draft.path.name}: found {found}, expected a SQL Server backup; back the database up again"
        )
    elif suffix in _PFX_SUFFIXES:
        draft.kind = PieceKind.CERTIFICATE
        draft.problems.append(f"{draft.path.name}: found {found}, expected a certificate with its key; export it again")


def _what(start: bytes) -> str:
    text = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").replace(b"\x00", b"").lower()
    if text.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    if b"<objs " in text[:200]:
        return "objects saved with Export-Clixml"
    if text.startswith(b"<"):
        return "an XML document"
    printable = sum(32 <= one < 127 or one in (9, 10, 13) for one in start)
    return "text" if printable > 0.95 * len(start) else "something else"


def _hinted(path: Path) -> PieceKind:
    return kind_hint(path.name) or PieceKind.OTHER
