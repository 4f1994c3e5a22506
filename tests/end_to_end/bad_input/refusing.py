"""What a refusal looks like."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from tests.end_to_end.kit import Ran

QUICK = 15.0
"""Seconds within which anything is refused that needs no server."""


def refused(ran: Ran, said: str, *, code: int = 2, within: float = QUICK) -> None:
    """Assert one sentence on stderr that fits a pattern, nothing on stdout, the exit code, and no traceback."""
    assert ran.code == code, ran.said
    assert ran.out == "", ran.said
    assert "Traceback" not in ran.err, ran.said
    assert re.search(said, ran.err), ran.said
    assert len(ran.err.strip().splitlines()) == 1, ran.said
    assert ran.err.startswith("relync: "), ran.said
    assert ran.seconds < within, ran.said


def contents(folder: Path) -> dict[str, str]:
    """Return every file below a folder with a hash of what is in it."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
