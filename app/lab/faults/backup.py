"""The backup on the file server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from app.deployment.topology import Cluster, Machine, Topology
from app.lab import backing_up
from app.lab.cmdlets import archives
from app.lab.faults.fault import Fault
from app.lab.world.lync import PoolData
from app.lab.world.world import World

_OLD = timedelta(days=40)


def _piece(world: World, *names: str) -> Path:
    return backing_up.backup_folder(world).joinpath(*names)


def _of_target(name: str, change: Callable[[Path], object]) -> Callable[[World], None]:
    def breaks(world: World) -> None:
        change(_piece(world, world.target, name))

    return breaks


def _truncated(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])


def _without_configuration(world: World) -> None:
    _piece(world, backing_up.CONFIGURATION).unlink()


def _text_instead(world: World) -> None:
    _piece(world, backing_up.CONFIGURATION).write_bytes(b"<html><body>Sign in to the proxy</body></html>")


def _foreign(world: World) -> None:
    """Put the backup of another company into the folder: other names, other SIP domain."""
    root = backing_up.backup_folder(world)
    there = _renamed(world.topology)
    (root / backing_up.CONFIGURATION).write_bytes(archives.configuration(there))
    for pool in list(world.lync.pools):
        folder = root / pool
        if folder.is_dir():
            users = {f"user{number}@fabrikam.com": () for number in range(4)}
            data = PoolData(users=dict.fromkeys(users, ()), conference_directories=("1",))
            (folder / backing_up.USER_DATA).write_bytes(archives.user_data(data))
            folder.rename(root / _fabrikam(pool))


def _fabrikam(name: str) -> str:
    return name.replace("contoso.com", "fabrikam.com")


def _renamed(topology: Topology) -> Topology:
    def machine(one: Machine) -> Machine:
        return replace(one, fqdn=_fabrikam(one.fqdn))

    def cluster(one: Cluster) -> Cluster:
        return replace(one, fqdn=_fabrikam(one.fqdn), machines=tuple(machine(each) for each in one.machines))

    return replace(
        topology,
        signature="3c0a3f0b-7a55-4d7e-b6f5-6b6f3f0f7f11",
        sip_domains=tuple(_fabrikam(one) for one in topology.sip_domains),
        default_sip_domain=_fabrikam(topology.default_sip_domain),
        clusters=tuple(cluster(one) for one in topology.clusters),
        simple_urls=tuple(
            replace(one, domain=_fabrikam(one.domain), url=_fabrikam(one.url)) for one in topology.simple_urls
        ),
    )


def _aged(world: World) -> None:
    backing_up.set_time(backing_up.backup_folder(world), (world.now - _OLD).timestamp())


def _whole(world: World) -> bool:
    """One fault of the backup at a time: its mend puts every piece back."""
    return not any(one.id in world.broken for one in FAULTS)


_Fault = partial(Fault, area="The backup", status="FAIL", mends=backing_up.put_back, possible=_whole)
_FETCH = "Fetch the backup again from the vault"
FAULTS: tuple[Fault, ...] = (
    _Fault(
        id="backup-user-data-missing", title="the user data of the server is not in the backup", check="backup.complete",
        mending=_FETCH, breaks=_of_target(backing_up.USER_DATA, lambda path: path.unlink()),
    ),
    _Fault(
        id="backup-user-data-truncated", title="the user data archive is cut short", check="backup.readable",
        mending=_FETCH, breaks=_of_target(backing_up.USER_DATA, _truncated),
    ),
    _Fault(
        id="backup-user-data-empty", title="the user data archive has no bytes", check="backup.readable",
        mending=_FETCH, breaks=_of_target(backing_up.USER_DATA, lambda path: path.write_bytes(b"")),
    ),
    _Fault(
        id="backup-file-store-missing", title="the file store of the server is not in the backup",
        check="backup.complete", mending=_FETCH, breaks=_of_target(backing_up.FILE_STORE, shutil.rmtree),
    ),
    _Fault(
        id="backup-response-groups-missing", title="the Response Group export of the server is not in the backup",
        check="backup.complete", mending=_FETCH, breaks=_of_target(backing_up.RESPONSE_GROUPS, lambda path: path.unlink()),
    ),
    _Fault(
        id="backup-configuration-missing", title="there is no configuration export in the backup",
        check="", mending=_FETCH, breaks=_without_configuration,
    ),
    _Fault(
        id="backup-configuration-not-zip", title="the configuration export is a web page", check="", mending=_FETCH,
        breaks=_text_instead,
    ),
    _Fault(
        id="backup-foreign", title="the backup is another company's", check="", mending=_FETCH, breaks=_foreign,
    ),
    _Fault(
        id="backup-old", title="the backup is forty days old", check="backup.fresh", status="WARN",
        mending="Take the newer backup from the vault", breaks=_aged,
    ),
)  # fmt: skip
