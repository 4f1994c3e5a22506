"""A piece while it is being looked at: what its own content says, before it is compared with the rest of the set."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app.backup.backup_set import Depth, Piece, PieceKind
from app.deployment.topology import Topology


@dataclass(slots=True, kw_only=True)
class Draft:
    """Mutable on purpose, and nowhere to be seen outside this package."""

    path: Path
    size: int
    modified: datetime
    kind: PieceKind = PieceKind.OTHER
    depth: Depth = Depth.PRESENCE
    pool: str = ""
    users: int = 0
    other_items: int = 0
    sip_domains: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    files: int = 0
    sha256: str = ""
    hosts: frozenset[str] = frozenset()
    """Host names inside, for telling whose it is."""
    topology: Topology | None = None
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def finished(self) -> Piece:
        """Return the piece."""
        return Piece(
            kind=self.kind,
            path=self.path,
            size=self.size,
            modified=self.modified,
            depth=self.depth,
            pool=self.pool,
            users=self.users,
            other_items=self.other_items,
            sip_domains=self.sip_domains,
            folders=self.folders,
            files=self.files,
            sha256=self.sha256,
            problems=tuple(self.problems),
            warnings=tuple(self.warnings),
        )
