"""Walking a backup folder: files to look at, file store copies to count; links are never followed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

STORE_FOLDER = re.compile(r"\A\d+-(?:ApplicationServer|CentralMgmt|WebServices|BackupService)-\d+\Z", re.IGNORECASE)
"""F-01: the service id is the folder's name."""
FILE_LIMIT = 5_000
"""Files that are looked at outside file stores; a folder with more is no backup set."""
_DEPTH_LIMIT = 12
_NOT_RESTORED = "meeting.active"
"""Locked while a meeting runs, and never copied back (F-05): it must not be missed afterwards either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreCopy:
    """A folder whose children are named like services: a copied file store."""

    path: Path
    folders: tuple[str, ...]
    """Names of those children."""
    files: int
    """Files that are restored from it."""
    size: int
    newest: datetime
    unread: tuple[str, ...] = ()
    """Folders in it that could not be read: it holds more than was counted."""


@dataclass(slots=True, kw_only=True)
class Walk:
    """What was met."""

    files: list[Path] = field(default_factory=list)
    stores: list[StoreCopy] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def walk(root: Path) -> Walk:
    """Return the files and file store copies below a folder; what cannot be read becomes a note.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    found = Walk()
    pending = [(root, 0)]
    while pending:
        folder, depth = pending.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda one: one.name.lower())
        except OSError as error:
            if folder == root:
                raise
            found.notes.append(f"{folder.relative_to(root)} could not be read ({error.strerror or 'error'})")
            continue
        pending.extend((one, depth + 1) for one in _take(entries, folder, found) if depth < _DEPTH_LIMIT)
        if len(found.files) >= FILE_LIMIT:
            found.notes.append(f"only the first {FILE_LIMIT} files were looked at: is this the backup folder?")
            break
    return found


def _take(entries: list[os.DirEntry[str]], folder: Path, found: Walk) -> list[Path]:
    """Note one folder's content; return the folders that are still to be walked."""
    stores: list[Path] = []
    others: list[Path] = []
    links = 0
    for one in entries:
        if one.is_symlink():
            links += 1
        elif one.is_dir(follow_symlinks=False):
            (stores if STORE_FOLDER.match(one.name) else others).append(Path(one.path))
        elif len(found.files) < FILE_LIMIT:
            found.files.append(Path(one.path))
    if links:
        found.notes.append(f"{links} links in {folder.name} were not followed")
    if stores:
        found.stores.append(_counted(folder, stores, found))
    return others


def _counted(folder: Path, stores: list[Path], found: Walk) -> StoreCopy:
    files, size, newest = 0, 0, 0.0
    unread: list[str] = []
    for one in stores:
        for status in _statuses(one, unread):
            files += 1
            size += status.st_size
            newest = max(newest, status.st_mtime)
    found.notes.extend(f"{one} in the file store copy could not be read" for one in unread)
    stamp = newest or folder.stat().st_mtime
    return StoreCopy(
        path=folder,
        folders=tuple(one.name for one in stores),
        files=files,
        size=size,
        newest=datetime.fromtimestamp(stamp, UTC),
        unread=tuple(unread),
    )


def _statuses(folder: Path, unread: list[str]) -> Iterator[os.stat_result]:
    """Yield the status of every file below a folder, out of the directory listing: no second look at each file."""
    pending = [folder]
    while pending:
        current = pending.pop()
        try:
            for one in os.scandir(current):
                if one.is_dir(follow_symlinks=False):
                    pending.append(Path(one.path))
                elif one.is_file(follow_symlinks=False) and one.name.lower() != _NOT_RESTORED:
                    yield one.stat(follow_symlinks=False)
        except OSError as error:
            unread.append(f"{current.name} ({error.strerror or 'error'})")
