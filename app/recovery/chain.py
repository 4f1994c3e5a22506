"""The chain of a journal: each row carries the hash of the one before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

GENESIS = "0" * 64
"""What the first row follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row as it is stored."""

    seq: int
    at: str
    kind: str
    body: str
    previous: str
    hash: str

    def digest(self) -> str:
        """Return the SHA-256 that the row should carry, lower-case hex, over its own fields and the previous hash."""
        fields = msgspec.json.encode([self.seq, self.at, self.kind, self.body, self.previous])
        return hashlib.sha256(fields).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What a walk along the chain found."""

    rows: int
    """Rows that hold."""
    head: str = GENESIS
    """Hash of the last row that holds; 64 zeros where there is none."""
    first_bad: int | None = None
    """Number of the first row that does not."""
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether the whole chain holds."""
        return self.first_bad is None


def verify_rows(rows: Iterable[Row]) -> Verification:
    """Return how far a chain holds. Pure."""
    head, count = GENESIS, 0
    for row in rows:
        why = ""
        if row.seq != count + 1:
            why = f"row {count + 1} is missing: row {row.seq} follows row {count}"
        elif row.previous != head:
            why = f"row {row.seq} does not follow the row before it"
        elif row.digest() != row.hash:
            why = f"the content of row {row.seq} is not what was written"
        if why:
            return Verification(rows=count, head=head, first_bad=count + 1, why=why)
        head, count = row.hash, row.seq
    return Verification(rows=count, head=head)
