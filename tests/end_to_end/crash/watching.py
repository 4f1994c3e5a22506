"""A journal looked at from outside while its run goes on: read-only, as a second operator could."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.end_to_end.kit import STEPS

Key = tuple[str, str, str]
"""Step, kind of event, action: what a row is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One row of a journal."""

    seq: int
    kind: str
    body: Mapping[str, Any]

    @property
    def step(self) -> str:
        """The step it speaks of, or an empty text."""
        return str(self.body.get("step", ""))

    @property
    def key(self) -> Key:
        """What it is about."""
        return self.step, self.kind, str(self.body.get("action", ""))

    def reaches(self, key: Key) -> bool:
        """Return whether the run has come as far as a row of that key, or past it."""
        if self.key == key or self.kind == "RunEnded":
            return True
        return bool(key[0] and self.step) and STEPS.index(self.step) > STEPS.index(key[0])


class Watch:
    """The one journal below a state folder."""

    def __init__(self, state: Path) -> None:
        """Nothing has to be there yet."""
        self._state = state

    @property
    def path(self) -> Path | None:
        """The journal, once there is one."""
        return next(iter(sorted(self._state.glob("*.journal"))), None)

    def rows(self, after: int = 0) -> tuple[Seen, ...]:
        """Return the rows that are committed now, from the one after that number on."""
        path = self.path
        if path is None:
            return ()
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            try:
                found = connection.execute("SELECT seq, kind, body FROM events WHERE seq > ? ORDER BY seq", (after,))
                return tuple(Seen(seq=seq, kind=kind, body=json.loads(body)) for seq, kind, body in found)
            except sqlite3.OperationalError:
                return ()  # the file is there and its table is not yet
