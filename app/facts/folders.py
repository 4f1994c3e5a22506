"""A folder as the file store's facts need it, and the one that this console reaches by a path."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self


class Missing(Exception):
    """There is no such share or folder."""


class Denied(Exception):
    """It is there, or may be, and this account may not look. ``str()`` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderEntry:
    """One file or folder."""

    name: str
    is_folder: bool
    """Never a link to a folder, which could lead in circles."""
    size: int


class Folder(Protocol):
    """A folder, opened as a context."""

    title: str
    """How sentences name it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def entries(self, place: tuple[str, ...]) -> Iterator[FolderEntry]:
        """Yield what is directly in a subfolder; () is the folder itself.

        Raises:
            Missing: the folder itself is not there; a subfolder that has just gone yields nothing.
            Denied: it may not be listed.
        """
        ...

    def create(self, name: str) -> bool:
        """Make a small file that was not there, and return whether that was possible."""
        ...

    def remove(self, name: str) -> bool:
        """Remove a file and return whether that was possible."""
        ...


class LocalFolder:
    """A folder that has a path on this console."""

    def __init__(self, path: Path) -> None:
        """Take the path; nothing is looked at yet."""
        self.title = str(path)
        self._path = path

    def __enter__(self) -> Self:
        """Nothing to open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close."""

    def entries(self, place: tuple[str, ...]) -> Iterator[FolderEntry]:
        """Yield what is directly in a subfolder; see `Folder`."""
        path = self._path.joinpath(*place)
        try:
            with os.scandir(path) as found:
                for one in found:
                    yield _entry(one)
        except (FileNotFoundError, NotADirectoryError) as error:
            if not place:
                raise Missing(str(path)) from error
        except PermissionError as error:
            raise Denied(str(path)) from error

    def create(self, name: str) -> bool:
        """Make a small file; see `Folder`."""
        try:
            with (self._path / name).open("xb") as file:
                file.write(b"relync")
        except OSError:
            return False
        return True

    def remove(self, name: str) -> bool:
        """Remove a file; see `Folder`."""
        try:
            (self._path / name).unlink()
        except OSError:
            return False
        return True


def _entry(found: os.DirEntry[str]) -> FolderEntry:
    if found.is_dir(follow_symlinks=False):
        return FolderEntry(name=found.name, is_folder=True, size=0)
    try:
        size = found.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        size = 0  # it has gone since it was listed
    return FolderEntry(name=found.name, is_folder=False, size=size)
