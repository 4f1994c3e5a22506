"""From a backup and a target to the scope that checks and plans expect from; rebuilt for every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from app.backup.backup_set import BackupSet, PieceKind
from app.recovery.plan import CannotPlan
from app.settings import Settings
from checks.check import Attestation, Scope

ScopeSource = Callable[[Mapping[str, Attestation]], Scope]
"""Returns the scope as it is now, with these attestations."""


def scope_source(backup: BackupSet, target: str, settings: Settings, clock: Callable[[], datetime]) -> ScopeSource:
    """Return a source of scopes for one target.

    Raises:
        CannotPlan: the backup holds no topology, no target was named, or the topology does not know it.
    """
    topology, wanted = backup.topology, target.strip().rstrip(".").lower()
    if topology is None:
        raise CannotPlan(_no_topology(backup))
    known = sorted({machine.fqdn.lower() for pool in topology.pools() for machine in pool.machines})
    pool = topology.pool_of(wanted) if wanted else None
    if pool is None:
        said = f"{wanted} is not a server of this topology" if wanted else "no target was named"
        names = ", ".join(known) or "none, it names no server"
        raise CannotPlan(f"{said}; expected one of: {names}. Name one of them, or choose the backup that it belongs to")

    def scope(attestations: Mapping[str, Attestation]) -> Scope:
        return Scope(
            topology=topology,
            target=wanted,
            pool=pool,
            backup=backup,
            settings=settings,
            now=clock(),
            attestations=dict(attestations),
        )

    return scope


def _no_topology(backup: BackupSet) -> str:
    """Say why nothing is known about the deployment: what should say it is not there, or cannot be read."""
    named = (PieceKind.CONFIGURATION, PieceKind.TOPOLOGY)
    broken = [problem for piece in backup.pieces if piece.kind in named for problem in piece.problems]
    if broken:
        return f"{backup.root} holds no published topology that can be read. {' '.join(broken)}"
    return (
        f"{backup.root} holds no published topology; expected a file of Export-CsConfiguration in it. "
        "Without it nothing is known about the deployment: add it, or choose another backup"
    )
