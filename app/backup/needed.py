"""Which pieces the recovery of a Standard Edition server (or of the pool it is) needs (procedures §1, §20, Table B)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.backup.backup_set import BackupSet, Piece, PieceKind
from app.deployment.requirements import expected_file_stores
from app.deployment.topology import Pool, Topology

_RESPONSE_GROUP = "urn:application:RGS"
_PERSISTENT_CHAT = "PersistentChat"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededPiece:
    """One piece that must or should be in the set."""

    kinds: tuple[PieceKind, ...]
    """Any one of these will do, the first is the usual one."""
    pool: str
    """FQDN it must be of; empty: of the whole deployment."""
    why: str
    """What it is needed for, for people."""
    required: bool
    """False: without it something stays lost that the recovery does not depend on."""
    rule: str

    def found_in(self, backup: BackupSet) -> tuple[Piece, ...]:
        """Return the pieces that answer the need: usable ones first, then the newest first."""
        pieces = [one for kind in self.kinds for one in backup.of(kind, self.pool)]
        return tuple(sorted(pieces, key=lambda one: (not one.usable, -one.modified.timestamp())))


def needed_pieces(topology: Topology, pool: Pool) -> tuple[NeededPiece, ...]:
    """Return what the recovery of a pool's server needs, out of what the topology says that it runs."""
    return tuple(_needed(topology, pool))


def _needed(topology: Topology, pool: Pool) -> Iterator[NeededPiece]:
    yield _configuration(pool)
    if "UserServices" in pool.roles:
        why = "contacts, scheduled conferences and conference directories of the pool's users"
        yield _of_pool(PieceKind.USER_DATA, pool, why, "procedures §1 step 6, Table B")
    if _keeps_files(topology, pool):
        why = "meeting content, address book and application files that lie on the server itself"
        yield _of_pool(PieceKind.FILE_STORE, pool, why, "procedures §1 step 3, Table B")
    if topology.uses_application(pool, _RESPONSE_GROUP):
        why = "workflows, queues and agent groups of the pool"
        yield _of_pool(PieceKind.RESPONSE_GROUPS, pool, why, "procedures §1 step 7, Table B")
    if _chats_here(topology, pool):
        yield NeededPiece(
            kinds=(PieceKind.PERSISTENT_CHAT, PieceKind.SQL_BACKUP),
            pool=pool.fqdn,
            why="the Persistent Chat database mgc, which lies on the server itself",
            required=True,
            rule="procedures §1 step 8, Table B",
        )
    if pool.hosts_active_cms:
        yield NeededPiece(
            kinds=(PieceKind.LOCATION,),
            pool="",
            why="emergency locations, which have no replica; needed where they are used",
            required=False,
            rule="procedures Table B",
        )


def _configuration(pool: Pool) -> NeededPiece:
    """The CMS lives on where it is elsewhere: then any published topology gives the expectations."""
    if pool.hosts_active_cms:
        kinds: tuple[PieceKind, ...] = (PieceKind.CONFIGURATION,)
        why = "the Central Management store, which is lost with this server"
    else:
        kinds = (PieceKind.CONFIGURATION, PieceKind.TOPOLOGY)
        why = "the topology, which every expectation comes from"
    return NeededPiece(kinds=kinds, pool="", why=why, required=True, rule="procedures §20 step 1, Table B")


def _of_pool(kind: PieceKind, pool: Pool, why: str, rule: str) -> NeededPiece:
    return NeededPiece(kinds=(kind,), pool=pool.fqdn, why=why, required=True, rule=rule)


def _keeps_files(topology: Topology, pool: Pool) -> bool:
    """Return whether the pool's file store lies on one of its own computers, as it does on Standard Edition."""
    own = {machine.fqdn.lower() for machine in pool.machines}
    return any(one.server in own for one in expected_file_stores(topology, pool))


def _chats_here(topology: Topology, pool: Pool) -> bool:
    return any(one.role.startswith(_PERSISTENT_CHAT) and one.cluster == pool.cluster for one in topology.services)
