"""Which of the topologies in a folder the expectations come from (formats sheet 7): the newest published one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.backup.backup_set import PieceKind
from app.backup.draft import Draft
from app.deployment.topology import Topology


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The choice and what should be known about it."""

    topology: Topology | None
    source: str
    """Path of the piece relative to the backup folder; empty where there is none."""
    notes: tuple[str, ...]


def choose_topology(drafts: list[Draft], root: Path) -> Chosen:
    """Return the newest published topology; of equal documents the one that has the simple URLs too.

    Nothing is merged: where another document differs, a note names both.
    """
    published = [(one, one.topology) for one in drafts if one.topology is not None and one.topology.published]
    designs = [one for one in drafts if one.topology is not None and not one.topology.published]
    notes = [f"{one.path.name} is an unpublished design: no expectation is taken from it" for one in designs]
    if not published:
        return Chosen(topology=None, source="", notes=tuple(notes))
    newest, newest_topology = max(published, key=lambda one: one[0].modified)
    same = [one for one in published if one[1].signature == newest_topology.signature]
    draft, topology = max(same, key=lambda one: (bool(one[1].simple_urls), _is_configuration(one[0]), one[0].modified))
    for other, document in published:
        if document.signature != topology.signature:
            notes.append(
                f"{other.path.name} ({other.modified:%Y-%m-%d}) holds another topology than {newest.path.name} "
                f"({newest.modified:%Y-%m-%d}); the newer one counts"
            )
    return Chosen(topology=topology, source=draft.path.relative_to(root).as_posix(), notes=tuple(notes))


def _is_configuration(draft: Draft) -> bool:
    return draft.kind is PieceKind.CONFIGURATION
