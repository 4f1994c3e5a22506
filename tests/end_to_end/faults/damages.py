"""What can go wrong with a server that was recovered: done to the lab's world directly, each with its way back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from app.facts.host import Grant
from app.lab import backing_up
from app.lab.cmdlets import archives
from app.lab.faults.catalogue import inject, mend
from app.lab.world.building import server_names
from app.lab.world.keys import OAUTH, HeldCertificate
from app.lab.world.lync import PoolData
from app.lab.world.machines import Host
from app.lab.world.world import World
from tests.end_to_end.faults.expectation import FAIL, SKIPPED, UNKNOWN, WARN

Undo = Callable[[], object]
_SHARE = "LyncShare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing wrong."""

    what: str
    check: str
    do: Callable[[World], Undo]
    """Does it and returns how it is taken back."""
    wrong: str
    """What the finding must say (a pattern)."""
    status: str = FAIL
    also: Mapping[str, str] = field(default_factory=dict)


def _target(world: World) -> Host:
    return world.hosts[world.target]


def _set(owner: object, name: str, value: object) -> Undo:
    before = getattr(owner, name)
    setattr(owner, name, value)
    return lambda: setattr(owner, name, before)


def _injected(fault: str) -> Callable[[World], Undo]:
    def do(world: World) -> Undo:
        inject(world, fault)
        return lambda: mend(world, fault)

    return do


def _without_record(world: World) -> Undo:
    zones, key = world.network.zones, ("web-ext-se01.contoso.com", "A")
    before = zones.records[key]
    zones.put(*key)
    return lambda: zones.put(*key, *before)


def _without_folder(world: World) -> Undo:
    root = _target(world).disks.share_folder(_SHARE)
    folder = min(one for one in root.iterdir() if one.is_dir() and "WebServices" in one.name)
    kept = world.folder / "kept"
    shutil.move(folder, kept)
    return lambda: shutil.move(kept, folder)


def _short_file(world: World) -> Undo:
    root = _target(world).disks.share_folder(_SHARE)
    file = max((one for one in root.rglob("*") if one.is_file()), key=lambda one: one.stat().st_size)
    content, times = file.read_bytes(), file.stat()
    file.write_bytes(b"")

    def undo() -> None:
        file.write_bytes(content)
        os.utime(file, (times.st_atime, times.st_mtime))

    return undo


def _grants(world: World) -> Undo:
    disks = _target(world).disks
    before = disks.share(_SHARE)
    assert before is not None
    everyone = Grant(account="BUILTIN\\Administrators", right="Read", allow=True)
    disks.grant(replace(before, share_grants=(everyone,)))
    return lambda: disks.grant(before)


def _behind(world: World) -> Undo:
    world.lync.reports = dict(world.lync.reports)
    return _set(world.lync.store, "version", world.lync.store.version + 1)


def _suspect(world: World) -> Undo:
    return _set(_target(world).sql["RTC"].databases["rtcab"], "state", "SUSPECT")


def _old_database(world: World) -> Undo:
    return _set(_target(world).sql["RTC"].databases["rtcxds"], "version", "15.1.1")


def _foreign_users(world: World) -> Undo:
    piece = backing_up.backup_folder(world) / world.target / backing_up.USER_DATA
    users = {f"user{number}@fabrikam.com": () for number in range(13)}
    content, times = piece.read_bytes(), piece.stat()
    piece.write_bytes(archives.user_data(PoolData(users=dict.fromkeys(users, ()), conference_directories=("1",))))

    def undo() -> None:
        piece.write_bytes(content)
        os.utime(piece, (times.st_atime, times.st_mtime))

    return undo


def _ancient(world: World) -> Undo:
    folder = backing_up.backup_folder(world)
    backing_up.set_time(folder, world.clock() - 70 * 86400)
    return lambda: backing_up.put_back(world)


def _certified(change: Callable[[World, HeldCertificate], HeldCertificate]) -> Callable[[World], Undo]:
    """Return how to put another certificate in the place of the one that is assigned."""

    def do(world: World) -> Undo:
        host = _target(world)
        uses = [use for use in host.product.assigned if use != OAUTH]
        before, assigned = list(host.stores.personal), dict(host.product.assigned)
        old = next(one for one in before if one.thumbprint == assigned[uses[0]])
        new = change(world, old)
        host.stores.personal = [new if one is old else one for one in before]
        host.product.assigned.update(dict.fromkeys(uses, new.thumbprint))

        def undo() -> None:
            host.stores.personal = before
            host.product.assigned = assigned

        return undo

    return do


def _other(world: World, held: HeldCertificate) -> HeldCertificate:
    return replace(held, material=world.authority.issue("lync.fabrikam.com", ("lync.fabrikam.com",)))


def _last_hours(world: World, held: HeldCertificate) -> HeldCertificate:
    pool = next(one for one in world.topology.pools() if one.fqdn == world.target)
    names = server_names(world.topology, pool)
    return replace(held, material=world.authority.issue(world.target, names, days=0.5))


def _no_row(world: World) -> Undo:
    store = _target(world).product.local_store
    assert store is not None
    topology = store.topology
    gone = next(pool.cluster for pool in topology.pools() if pool.fqdn == world.target)
    return _set(
        store, "topology", replace(topology, clusters=tuple(one for one in topology.clusters if one.id != gone))
    )


DAMAGES = (
    Damage(what="no external web name", check="dns.web-services", status=WARN, do=_without_record, wrong="no such name"),
    Damage(
        what="a folder of the file store is gone", check="file_store.folders", do=_without_folder, wrong="missing .*WebServices",
        also={"file_store.content": FAIL},
    ),
    Damage(what="a file was cut short", check="file_store.content", do=_short_file, wrong="bytes fewer than the backup"),
    Damage(what="the share can only be read", check="file_store.share-rights", do=_grants, wrong="Administrators"),
    Damage(what="the replica is behind", check="replication.up-to-date", do=_behind, wrong="not up to date, last report"),
    Damage(what="a database is suspect", check="sql.databases", do=_suspect, wrong="rtcab is SUSPECT", also={"sql.database-versions": SKIPPED}),
    Damage(what="a database is of an older build", check="sql.database-versions", do=_old_database, wrong=r"rtcxds.*15\.1\.1"),
    Damage(
        what="the user data are another company's", check="backup.same-deployment", do=_foreign_users,
        wrong=r"users of fabrikam\.com",
        also={"backup.readable": FAIL, "files.user-data-copied": FAIL, "data.user-data-restored": UNKNOWN},
    ),
    Damage(what="the backup is seventy days old", check="backup.fresh", do=_ancient, wrong="70 days ago"),
    Damage(
        what="another certificate is assigned and answers", check="ports.sip-tls", do=_certified(_other),
        wrong=r"its names lack se01\.contoso\.com \(it has lync\.fabrikam\.com\)",
        also={
            "certificates.assigned": FAIL, "certificates.candidate": FAIL, "certificates.key-provider": SKIPPED,
            "certificates.signature": SKIPPED, "certificates.expiry": SKIPPED,
        },
    ),
    Damage(
        what="the certificate ends in hours", check="certificates.expiry", do=_certified(_last_hours), wrong="in 1[12] hours",
    ),
    Damage(what="the local store lacks the server", check="install.local-store", do=_no_row, wrong=r"no computer se01"),
    Damage(
        what="phones are sent elsewhere", check="dhcp.phone-option-120", do=_injected("dhcp-option-120-wrong"),
        wrong=r"lync\.fabrikam\.com",
    ),
    Damage(
        what="phones fetch certificates elsewhere", check="dhcp.phone-option-43", do=_injected("dhcp-option-43-wrong"),
        wrong=r"lync\.fabrikam\.com",
    ),
    Damage(
        what="the option for phones is cut short", check="dhcp.phone-option-43", do=_injected("dhcp-option-43-truncated"),
        wrong=r"sub-option 5 is '/CertProv/CertProvis', expected '/CertProv/CertProvisioningService\.svc'",
    ),
)  # fmt: skip
