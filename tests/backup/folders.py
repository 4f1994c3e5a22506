"""Backup folders of contoso.com, as the cmdlets and robocopy leave them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from app.backup.backup_set import BackupSet, Piece
from app.backup.opening import open_backup
from app.lab.contoso import contoso_topology
from app.lab.documents import config_zip, lis_zip, rgs_zip, user_data_zip

NOW = datetime(2026, 11, 21, 22, 0, tzinfo=UTC)
TAKEN = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TARGET = "se01.contoso.com"
USERS = [f"user{number}@contoso.com" for number in range(20)]


def put(path: Path, content: bytes, at: datetime = TAKEN) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def complete(root: Path) -> Path:
    """Everything that the recovery of se01 needs, and the same of se02."""
    put(root / "Config.zip", config_zip(contoso_topology()))
    put(root / "E911Config.zip", lis_zip())
    for number, pool in enumerate((TARGET, "se02.contoso.com"), start=1):
        put(root / pool / "ExportedUserData.zip", user_data_zip(USERS, [1]))
        put(root / pool / "RgsConfiguration.zip", rgs_zip(pool, ["Helpdesk"], ["Queue"], ["Agents"]))
        put(root / "filestore" / pool / f"1-WebServices-{number}" / "ABFiles" / "a.lsabs", b"x" * 10)
        put(root / "filestore" / pool / f"1-ApplicationServer-{number}" / "AppServerFiles" / "b.wav", b"x" * 20)
    return root


def opened(root: Path) -> BackupSet:
    return open_backup(root, now=NOW)


def the(backup: BackupSet, name: str) -> Piece:
    """Return the piece of a path relative to the root."""
    (found,) = [one for one in backup.pieces if one.path.relative_to(backup.root).as_posix() == name]
    return found
