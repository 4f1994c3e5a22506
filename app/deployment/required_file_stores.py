"""Which file stores a pool uses, and which top folders lie in them (F-01, R-07, formats sheet 3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from app.deployment.topology import Pool, Topology

_ROLES_WITH_A_FOLDER = frozenset({"WebServices", "ApplicationServer", "CentralMgmt", "BackupService"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedFileStore:
    """One share."""

    server: str
    """FQDN, lower case; for a DFS namespace the AD domain, which is no server (formats sheet 1.3)."""
    share: str
    """Share name; may go on with a path below the share."""
    folders: tuple[str, ...]
    """Top folders of this pool's services: the service ids."""
    rule: str
    basis: str

    @property
    def unc(self) -> str:
        """The path that must be identical to what it was (R-07)."""
        return f"\\\\{self.server}\\{self.share}"


def expected_file_stores(topology: Topology, pool: Pool) -> tuple[ExpectedFileStore, ...]:
    """Return the file stores that services of a pool depend on."""
    own = topology.on_cluster(pool.cluster)
    found = []
    for store in topology.services:
        cluster = topology.cluster(store.cluster)
        users = [one for one in own if any(dependency.service == store.id for dependency in one.depends_on)]
        if store.role == "FileStore" and cluster is not None and users:
            found.append(
                ExpectedFileStore(
                    server=cluster.fqdn.lower(),
                    share=store.details.get("ShareName", ""),
                    folders=tuple(one.id for one in users if one.role in _ROLES_WITH_A_FOLDER),
                    rule="R-07",
                    basis=f"{store.id}, used by {', '.join(one.id for one in users)}",
                )
            )
    return tuple(found)
