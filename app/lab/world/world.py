"""The world: hosts, directory, network and the product's data, under one lock, with a log of everything that was done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from app.deployment.topology import Pool, Topology
from app.lab.authority import Authority
from app.lab.ports import Clock, Refused
from app.lab.world.directory import Directory
from app.lab.world.files import BadPath, Disks
from app.lab.world.keys import HeldCertificate, utc
from app.lab.world.lync import Effect, Lync, PoolData
from app.lab.world.machines import Host
from app.lab.world.network import Network

OPERATOR = "lyncadmin"
"""The account that works on the deployment."""
SQL_LOGIN = "relync"
"""A SQL Server login for a console that has no Windows identity."""


@dataclass(kw_only=True)
class World:
    """One simulated deployment. Whoever reads or changes it holds ``locked()``."""

    seed: int
    clock: Clock
    folder: Path
    """Real folder that everything of this world lies in."""
    topology: Topology
    """The published topology as it should be."""
    hosts: dict[str, Host]
    directory: Directory
    network: Network
    lync: Lync
    authority: Authority
    target: str
    """FQDN of the server that is or will be lost; lower case."""
    backup_unc: str = ""
    sql_password: str = field(default="", repr=False)
    effects: list[Effect] = field(default_factory=list)
    pace: float = 0.0
    """Seconds that every changing command takes before it does anything."""
    broken: set[str] = field(default_factory=set)
    """Ids of the faults that were injected and not mended."""
    kept: dict[str, Any] = field(default_factory=dict)
    """What a fault has to remember until it is mended."""
    vault: dict[str, list[HeldCertificate]] = field(default_factory=dict)
    """Certificates that an administrator holds as PFX, by pool FQDN."""
    before: dict[str, str] = field(default_factory=dict)
    """Snapshot of the healthy deployment, taken before anything was lost."""
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def locked(self) -> AbstractContextManager[Any]:
        """Return the one lock, as a context."""
        return self._lock

    @property
    def now(self) -> datetime:
        """The world's time, UTC."""
        return utc(self.clock())

    def host(self, name: str) -> Host | None:
        """Return a host by FQDN, short name or address."""
        wanted = name.lower()
        for host in self.hosts.values():
            if wanted in (host.name, host.name.partition(".")[0], host.address):
                return host
        return None

    def pool_of(self, host: Host) -> Pool | None:
        """Return the pool that a host is a member of in the published topology of the store."""
        return self.lync.store.topology.pool_of(host.name)

    def data_of(self, pool: str) -> PoolData:
        """Return the data of a pool; an empty one where it has none."""
        return self.lync.pools.setdefault(pool.lower(), PoolData())

    def lync_hosts(self) -> Iterable[Host]:
        """Yield the hosts that should run the product."""
        for pool in self.topology.pools():
            for machine in pool.machines:
                host = self.hosts.get(machine.fqdn.lower())
                if host is not None:
                    yield host

    def store_of(self, unc: str) -> tuple[Host, str, tuple[str, ...]]:
        """Return host, share and what is below it of a UNC path.

        Raises:
            Refused: no such server or share.
        """
        parts = [part for part in unc.strip().split("\\") if part]
        host = self.host(parts[0]) if parts else None
        if host is None or len(parts) < 2 or host.disks.share(parts[1]) is None:
            raise Refused(f"Cannot find path '{unc}' because it does not exist.", "PathNotFound")
        return host, parts[1], tuple(parts[2:])

    def real(self, host: Host, path: str) -> Path:
        """Return the real path of a Windows path as a host sees it.

        Raises:
            Refused: the path cannot be.
        """
        try:
            if path.startswith("\\\\"):
                server, share, below = self.store_of(path)
                return server.disks.within_share(share, below)
            return host.disks.real(path)
        except BadPath as bad:
            raise Refused(str(bad), "PathNotFound") from None

    def logged(self, host: Host, account: str, line: str, *, ok: bool, message: str = "") -> None:
        """Append one command to the log of effects."""
        number = len(self.effects) + 1
        self.effects.append(
            Effect(number=number, host=host.name, account=account, line=line, at=self.clock(), ok=ok, message=message)
        )

    def keep(self, key: str, value: Any) -> None:
        """Remember something until a fault is mended; the first value stays."""
        self.kept.setdefault(key, value)

    def restore(self, key: str, put: Callable[[Any], None]) -> None:
        """Give back what was kept, where there is something."""
        if key in self.kept:
            put(self.kept.pop(key))


def disks_of(folder: Path, fqdn: str) -> Disks:
    """Return the disks of a host below a world's folder."""
    return Disks(folder / "hosts" / fqdn, folder / "shares" / fqdn)
