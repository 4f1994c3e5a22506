"""Looks at a file store through its UNC path: where this console has mounted it, natively on Windows, else over SMB.

The look is the one thing of a wave that touches what it looks at: it makes one file of a name of its own in the share's
root and removes it, because a right that is only read from an access list proves nothing (F-07).
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from app.facts.asking import CouldNotLook, ask_each
from app.facts.deadline import allowed
from app.facts.fact import Reading, Request
from app.facts.file_store import StoreView
from app.facts.folders import Denied, Folder, LocalFolder, Missing
from app.settings import Settings

MOST_FILES = 100_000


def collect(
    requests: Sequence[Request[Any]], settings: Settings, password: Callable[[], str], clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return what each share shows; a share that is not there is Known, a refusal or silence Unknown.

    Args:
        requests: questions of ``app.facts.file_store``, each in a lane of its own.
        settings: mounts, addresses, account, limit of a probe.
        password: of the account, asked for only where SMB is spoken.
        clock: UTC now.
    """
    return ask_each(requests, settings, clock, lambda one: _looked(one, settings, password), lambda one: one.subject)


def _looked(request: Request[Any], settings: Settings, password: Callable[[], str]) -> StoreView:
    folder = _folder(request.subject, settings, password, allowed(request, settings))
    try:
        with folder:
            return _view(folder)
    except Missing:
        return StoreView(exists=False, folders=(), files=0, size=0, writable=False)
    except Denied as error:
        raise CouldNotLook(f"{request.subject}: access is denied to {error}") from None


def _folder(unc: str, settings: Settings, password: Callable[[], str], seconds: float) -> Folder:
    mounted = settings.mounted(unc)
    if mounted is not None:
        if not mounted.exists() and not mounted.parent.is_dir():
            raise CouldNotLook(f"{unc} was not looked at: {mounted.parent}, where it is mounted, is not there")
        return LocalFolder(mounted)
    if sys.platform == "win32":
        return LocalFolder(Path(unc))
    # Imported when it is needed: the library behind it costs 0.16 s.
    from app.facts.smb_folder import SmbFolder

    return SmbFolder(unc, settings, password, seconds)


def _view(folder: Folder) -> StoreView:
    top = list(folder.entries(()))
    writable = _writable(folder)  # before the counting, so that nothing is left behind where time runs out
    files, size = _counted(folder)
    return StoreView(
        exists=True,
        folders=tuple(sorted(one.name for one in top if one.is_folder)),
        files=files,
        size=size,
        writable=writable,
    )


def _writable(folder: Folder) -> bool:
    name = f".relync-{uuid.uuid4().hex}.tmp"
    if not folder.create(name):
        return False
    if not folder.remove(name):
        raise CouldNotLook(f"the file {name} could be made in {folder.title} but not removed; remove it by hand")
    return True


def _counted(folder: Folder) -> tuple[int, int]:
    """Return the number of files below and their bytes; counting ends at MOST_FILES."""
    files = size = 0
    ahead: list[tuple[str, ...]] = [()]
    while ahead:
        place = ahead.pop()
        for one in folder.entries(place):
            if one.is_folder:
                ahead.append((*place, one.name))
                continue
            files, size = files + 1, size + one.size
            if files == MOST_FILES:
                return files, size
    return files, size
