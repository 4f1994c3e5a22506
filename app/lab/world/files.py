"""Windows paths on real folders: a host's drives are folders below one root, and a shared folder is one of its own.

A share's folder lies where the console mounts it, so it is there exactly as long as the share is; the local path behind
the share leads into the same folder.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from app.facts.host import Grant


class BadPath(Exception):
    """A path that no Windows host would take; ``str()`` is the sentence of the host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharePoint:
    """One share of a host."""

    name: str
    path: str
    """Local folder, such as ``C:\\LyncShare``."""
    share_grants: tuple[Grant, ...]
    folder_grants: tuple[Grant, ...] = ()


def _found(folder: Path, name: str) -> Path:
    """Return the entry of a folder by its name, without case, as Windows finds it; a new name as it is written."""
    exact = folder / name
    if exact.exists() or not folder.is_dir():
        return exact
    return next((one for one in folder.iterdir() if one.name.casefold() == name.casefold()), exact)


def _parts(path: str) -> tuple[str, tuple[str, ...]]:
    pure = PureWindowsPath(path.replace("/", "\\"))
    parts = pure.parts[1:] if pure.anchor else pure.parts
    for part in parts:
        if part in ("..", ".") or any(letter in part for letter in '<>:"|?*\0'):
            raise BadPath(f"The given path's format is not supported: '{path}'.")
    return pure.drive.upper(), parts


class Disks:
    """The drives and shares of one host."""

    def __init__(self, drives: Path, shares: Path) -> None:
        """Take the folder that holds the drives and the one that holds the shares of this host."""
        self._drives = drives
        self._shares = shares
        self._points: dict[str, SharePoint] = {}
        (drives / "C").mkdir(parents=True, exist_ok=True)
        shares.mkdir(parents=True, exist_ok=True)

    @property
    def shares(self) -> tuple[SharePoint, ...]:
        """The shares, by name."""
        return tuple(self._points[key] for key in sorted(self._points))

    def share(self, name: str) -> SharePoint | None:
        """Return a share by its name."""
        return self._points.get(name.casefold())

    def share_folder(self, name: str) -> Path:
        """Return the real folder of a share, which exists as long as the share does."""
        point = self._points.get(name.casefold())
        return self._shares / (point.name if point else name)

    def real(self, path: str) -> Path:
        """Return the real path behind a local Windows path.

        Raises:
            BadPath: not an absolute path on a drive of this host, or one with a name that Windows refuses.
        """
        drive, parts = _parts(path)
        if len(drive) != 2 or not (self._drives / drive[0]).is_dir():
            raise BadPath(f"Cannot find drive. A drive with the name '{drive.rstrip(':') or path}' does not exist.")
        for point in self._points.values():
            below = _below(parts, _parts(point.path)[1])
            if below is not None and _parts(point.path)[0] == drive:
                return self._walk(self.share_folder(point.name), below)
        return self._walk(self._drives / drive[0], parts)

    def within_share(self, name: str, below: tuple[str, ...]) -> Path:
        """Return the real path of something below a share."""
        _parts("\\".join(below))
        return self._walk(self.share_folder(name), below)

    def exists(self, path: str) -> bool:
        """Return whether there is a file or folder; a path that cannot be is not there."""
        try:
            return self.real(path).exists()
        except BadPath:
            return False

    def make_folder(self, path: str) -> Path:
        """Create a folder with its parents and return the real one."""
        real = self.real(path)
        real.mkdir(parents=True, exist_ok=True)
        return real

    def write(self, path: str, content: bytes) -> None:
        """Write a file, creating the folders above it."""
        real = self.real(path)
        real.parent.mkdir(parents=True, exist_ok=True)
        real.write_bytes(content)

    def add_share(self, point: SharePoint) -> None:
        """Share a folder: from now on it is also found below the shares."""
        real = self.real(point.path)
        real.mkdir(parents=True, exist_ok=True)
        target = self._shares / point.name
        if target.exists():
            shutil.rmtree(target)
        real.rename(target)
        self._points[point.name.casefold()] = point

    def remove_share(self, name: str) -> None:
        """Stop sharing a folder; its files stay where they are locally."""
        point = self._points.pop(name.casefold(), None)
        if point is None:
            return
        real = self.real(point.path)
        real.parent.mkdir(parents=True, exist_ok=True)
        (self._shares / point.name).rename(real)

    def grant(self, point: SharePoint) -> None:
        """Replace what a share grants."""
        self._points[point.name.casefold()] = point

    def add_drive(self, letter: str) -> None:
        """Put a drive into the host."""
        (self._drives / letter.upper()).mkdir(parents=True, exist_ok=True)

    def wipe(self) -> None:
        """Lose everything: drives and shares."""
        self._points.clear()
        for folder in (self._drives, self._shares):
            shutil.rmtree(folder, ignore_errors=True)
        (self._drives / "C").mkdir(parents=True)
        self._shares.mkdir(parents=True)

    @staticmethod
    def _walk(folder: Path, parts: tuple[str, ...]) -> Path:
        for part in parts:
            folder = _found(folder, part)
        return folder


def _below(parts: tuple[str, ...], root: tuple[str, ...]) -> tuple[str, ...] | None:
    folded = tuple(part.casefold() for part in parts[: len(root)])
    return parts[len(root) :] if folded == tuple(part.casefold() for part in root) else None


def copy_tree(source: Path, target: Path, *, skipped: frozenset[str] = frozenset()) -> int:
    """Copy files and folders, empty ones too, and return how many files were written.

    Files of the same size and time are left alone, as robocopy does; names in ``skipped`` (lower case) are not copied.
    """
    target.mkdir(parents=True, exist_ok=True)
    copied = 0
    for one in sorted(source.iterdir()):
        if one.is_dir():
            copied += copy_tree(one, _found(target, one.name), skipped=skipped)
        elif one.name.lower() not in skipped and not _same(one, _found(target, one.name)):
            shutil.copy2(one, _found(target, one.name))
            copied += 1
    return copied


def _same(source: Path, target: Path) -> bool:
    if not target.is_file():
        return False
    was, present = source.stat(), target.stat()
    return was.st_size == present.st_size and abs(was.st_mtime - present.st_mtime) < 2


def contents(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder by its relative path; an empty folder counts with an empty hash."""
    found: dict[str, str] = {}
    for one in sorted(folder.rglob("*")):
        name = one.relative_to(folder).as_posix()
        if one.is_file():
            found[name] = hashlib.sha256(one.read_bytes()).hexdigest()
        elif not any(one.iterdir()):
            found[name + "/"] = ""
    return found
