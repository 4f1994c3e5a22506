"""A backup set: the pieces that a folder holds, told apart by content and not by name (formats 3, procedures §20).

Shapes only; ``opening.py`` reads a folder and makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from app.deployment.topology import Topology


class PieceKind(StrEnum):
    """What a file or folder of a backup set is."""

    CONFIGURATION = "configuration"
    """Export-CsConfiguration."""
    LOCATION = "location-information"
    """Export-CsLisConfiguration."""
    USER_DATA = "user-data"
    """Export-CsUserData of one pool."""
    RESPONSE_GROUPS = "response-groups"
    """Export-CsRgsConfiguration of one pool."""
    PERSISTENT_CHAT = "persistent-chat"
    SQL_BACKUP = "sql-backup"
    FILE_STORE = "file-store"
    TOPOLOGY = "topology"
    CERTIFICATE = "certificate"
    """A PFX; never opened, its password is not ours."""
    BASELINE = "baseline"
    OTHER = "other"


class Depth(StrEnum):
    """How deep a piece was verified: said, never implied."""

    CONTENT = "content read"
    ARCHIVE = "archive intact, content not understood"
    PRESENCE = "present, not opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of a backup set."""

    kind: PieceKind
    path: Path
    size: int
    """Bytes; for a folder the sum of its files."""
    modified: datetime
    """Newest modification seen, UTC."""
    depth: Depth
    pool: str = ""
    """Pool FQDN that it belongs to, where the content or the name says so; lower case."""
    users: int = 0
    """USER_DATA: items whose name starts with ``urn:lcd:``."""
    other_items: int = 0
    sip_domains: tuple[str, ...] = ()
    """USER_DATA: domains of those users."""
    folders: tuple[str, ...] = ()
    """FILE_STORE: names of the top folders."""
    files: int = 0
    """FILE_STORE: number of files."""
    sha256: str = ""
    """Lower-case hex, of a file; empty where it was not computed."""
    problems: tuple[str, ...] = ()
    """Sentences: why it cannot be restored from. Empty where it can, as far as ``depth`` reaches."""
    warnings: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        """Whether nothing speaks against restoring from it."""
        return not self.problems


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSet:
    """Everything found in one folder."""

    root: Path
    pieces: tuple[Piece, ...]
    topology: Topology | None
    """The published topology of the set; None where no piece holds one."""
    topology_source: str
    """Where it came from, such as ``Config.zip``."""
    notes: tuple[str, ...] = ()

    def of(self, kind: PieceKind, pool: str = "") -> tuple[Piece, ...]:
        """Return the pieces of a kind, of one pool where one is given."""
        wanted = pool.lower()
        return tuple(one for one in self.pieces if one.kind is kind and (not wanted or one.pool in (wanted, "")))

    @property
    def taken(self) -> datetime | None:
        """Time of the newest data piece, UTC."""
        data = [one.modified for one in self.pieces if one.kind is not PieceKind.OTHER]
        return max(data, default=None)

    def age(self, now: datetime) -> timedelta | None:
        """Return how old the set is."""
        return None if self.taken is None else now - self.taken
