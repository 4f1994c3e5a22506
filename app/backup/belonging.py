"""Whose a piece is: which pool of the topology, and whether it is of this deployment at all (formats sheet 3.1, rule 6)."""

from __future__ import annotations

from pathlib import Path

from app.backup.backup_set import PieceKind
from app.backup.draft import Draft
from app.backup.names import pool_named
from app.deployment.requirements import expected_file_stores
from app.deployment.topology import Pool, Topology

_OF_A_POOL = (
    PieceKind.USER_DATA,
    PieceKind.RESPONSE_GROUPS,
    PieceKind.FILE_STORE,
    PieceKind.PERSISTENT_CHAT,
    PieceKind.SQL_BACKUP,
)
_RESPONSE_GROUP = "urn:application:RGS"


def settle_pool(draft: Draft, root: Path, topology: Topology) -> None:
    """Write the pool of a piece into its draft: by name, by what it holds, or because only one pool can own it."""
    if draft.kind not in _OF_A_POOL:
        return
    pools = topology.pools()
    draft.pool = pool_named(draft.path.relative_to(root), [one.fqdn for one in pools])
    if draft.kind is PieceKind.FILE_STORE:
        _settle_file_store(draft, topology)
    elif draft.kind is PieceKind.USER_DATA:
        draft.pool = draft.pool or _only([one for one in pools if "UserServices" in one.roles])
    elif draft.kind is PieceKind.RESPONSE_GROUPS:
        _settle_response_groups(draft, topology)


def settle_deployment(draft: Draft, topology: Topology) -> None:
    """Write into a user data draft whether its users are of the topology's SIP domains."""
    if draft.kind is not PieceKind.USER_DATA or not draft.sip_domains or not topology.sip_domains:
        return
    foreign = [one for one in draft.sip_domains if one not in topology.sip_domains]
    if not foreign:
        return
    sentence = (
        f"{draft.path.name}: found users of {', '.join(foreign[:5])}, "
        f"expected only SIP domains of the topology ({', '.join(topology.sip_domains[:5])})"
    )
    if len(foreign) == len(draft.sip_domains):
        draft.problems.append(f"{sentence}; it is of another deployment, use the right backup")
    else:
        draft.warnings.append(f"{sentence}; a domain may have been removed since")


def _settle_response_groups(draft: Draft, topology: Topology) -> None:
    users = [one for one in topology.pools() if topology.uses_application(one, _RESPONSE_GROUP)]
    named = [one for one in topology.pools() if one.fqdn in draft.hosts]
    inside = _only(named)
    if draft.pool and inside and inside != draft.pool:
        draft.warnings.append(f"{draft.path.name} is of {inside} by its content, of {draft.pool} by its name")
    draft.pool = inside or draft.pool or _only(users)


def _settle_file_store(draft: Draft, topology: Topology) -> None:
    """The folders' names are service ids, so they say whose copy it is, more surely than the path."""
    owners = [one for one in topology.pools() if _folders_of(topology, one) & {name.lower() for name in draft.folders}]
    draft.pool = _only(owners) or (draft.pool if len(owners) > 1 else "")
    if not owners and topology.pools():
        draft.problems.append(
            f"{draft.path.name}: found the folders {', '.join(draft.folders[:4])}, which belong to no service of the "
            "topology; it is of another deployment, use the right backup"
        )


def _folders_of(topology: Topology, pool: Pool) -> set[str]:
    return {name.lower() for store in expected_file_stores(topology, pool) for name in store.folders}


def _only(pools: list[Pool]) -> str:
    return pools[0].fqdn if len(pools) == 1 else ""
