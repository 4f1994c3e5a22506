"""A backup set that is read again when its folder has changed: what an operator puts there counts at the next look."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Lock

from app.backup.backup_set import BackupSet
from app.backup.folders import FILE_LIMIT, STORE_FOLDER
from app.backup.opening import BackupError, open_backup

Trace = tuple[str, int, int]
"""Path, size and modification time in nanoseconds."""


class FollowedBackup:
    """One backup folder, looked at for as long as a plan is worked on. Thread-safe."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        """Open the set.

        Args:
            root: the folder.
            clock: UTC now.

        Raises:
            BackupError: the folder is no backup set.
        """
        self._clock = clock
        self._lock = Lock()
        self._traces = traces(root)
        self.opened = open_backup(root, now=clock())
        """The set as it was found first; the plan is made from its topology."""
        self._latest = self.opened

    def now(self) -> BackupSet:
        """Return the set as its folder is now, with the topology that it was opened with.

        Nothing is opened again while names, sizes and times stay the same. A folder that is gone is a set without pieces,
        with a note that says so.
        """
        with self._lock:
            found = traces(self.opened.root)
            if found != self._traces:
                self._latest = self._read_again()
                self._traces = found
            return self._latest

    def _read_again(self) -> BackupSet:
        first = self.opened
        try:
            found = open_backup(first.root, now=self._clock())
        except BackupError as error:
            return replace(first, pieces=(), notes=(str(error),))
        return replace(found, topology=first.topology, topology_source=first.topology_source)


def traces(root: Path) -> frozenset[Trace]:
    """Return what tells that a backup folder has changed; file store copies count by their folders alone.

    What cannot be listed has no traces.
    """
    return frozenset(_below(root))


def _below(root: Path) -> Iterator[Trace]:
    pending, left = [str(root)], FILE_LIMIT
    while pending and left > 0:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue
        left -= len(entries)
        for one in entries:
            if not one.is_dir(follow_symlinks=False):
                yield from _trace(one)
            elif STORE_FOLDER.match(one.name):
                yield one.path, 0, 0
            else:
                pending.append(one.path)


def _trace(entry: os.DirEntry[str]) -> Iterator[Trace]:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return
    yield entry.path, status.st_size, status.st_mtime_ns
