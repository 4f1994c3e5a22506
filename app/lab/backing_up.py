"""The lab's backup: taken from the healthy deployment by the documented exports (procedures 20), kept on the file server."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

from app.facts.host import Grant
from app.lab.cmdlets import archives
from app.lab.world import installing
from app.lab.world.building import FILE_SERVER
from app.lab.world.files import copy_tree
from app.lab.world.machines import Host
from app.lab.world.world import World

SHARE = "LyncBackup"
CONFIGURATION = "Config.zip"
LOCATIONS = "E911Config.zip"
USER_DATA = "ExportedUserData.zip"
RESPONSE_GROUPS = "RgsConfiguration.zip"
FILE_STORE = "filestore"
_AGE = timedelta(hours=6)


def take_backup(world: World) -> None:
    """Export everything of a healthy deployment into a new folder of the backup share, six hours ago by the world's clock."""
    server = file_server(world)
    if server.disks.share(SHARE) is None:
        grants = (Grant(account=installing.ADMINISTRATORS, right="Full", allow=True),)
        installing.share_folder(server, SHARE, f"C:\\{SHARE}", grants)
    taken = world.now - _AGE
    name = f"{taken:%Y-%m-%d}"
    world.backup_unc = f"\\\\{server.name}\\{SHARE}\\{name}"
    root = backup_folder(world)
    root.mkdir(parents=True, exist_ok=True)
    (root / CONFIGURATION).write_bytes(archives.configuration(world.lync.store.topology))
    (root / LOCATIONS).write_bytes(archives.locations(world.lync.store.locations))
    for pool, data in world.lync.pools.items():
        folder = root / pool
        folder.mkdir(exist_ok=True)
        (folder / USER_DATA).write_bytes(archives.user_data(data))
        (folder / RESPONSE_GROUPS).write_bytes(archives.response_groups(pool, data.response_groups))
        _copy_file_store(world, pool, folder / FILE_STORE)
    set_time(root, taken.timestamp())
    shutil.copytree(root, _pristine(world), dirs_exist_ok=True)


def file_server(world: World) -> Host:
    """Return the host that keeps the backups."""
    found = world.host(FILE_SERVER)
    assert found is not None
    return found


def backup_folder(world: World) -> Path:
    """Return the real folder of the backup."""
    name = world.backup_unc.rpartition("\\")[2]
    return file_server(world).disks.share_folder(SHARE) / name


def put_back(world: World) -> None:
    """Put every piece of the backup back as it was taken."""
    root = backup_folder(world)
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(_pristine(world), root)


def set_time(root: Path, seconds: float) -> None:
    """Give every file below a folder, and the folders, one modification time."""
    for one in (*root.rglob("*"), root):
        os.utime(one, (seconds, seconds))


def _pristine(world: World) -> Path:
    return world.folder / "pristine-backup"


def _copy_file_store(world: World, pool: str, target: Path) -> None:
    host = world.host(pool)
    found = next((one for one in world.topology.pools() if one.fqdn == pool), None)
    if host is None or found is None:
        return
    for path in world.topology.file_stores_used_by(found):
        copy_tree(host.disks.share_folder(path.rpartition("\\")[2]), target, skipped=frozenset({"meeting.active"}))
