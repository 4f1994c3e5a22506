"""A file store as the console sees it through its UNC path: a native path on Windows, SMB, or a configured mount."""

from __future__ import annotations

from dataclasses import dataclass

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreView:
    """R-07, F-01, F-07."""

    exists: bool
    folders: tuple[str, ...]
    """Names of the top folders."""
    files: int
    """Number of files below, counted up to 100 000."""
    size: int
    """Bytes of those files."""
    writable: bool
    """A temporary file could be created and deleted."""


STORE = Fact(name="file_store.view", via=Via.FILES, shape=StoreView, seconds=30.0)
"""Subject: the UNC path. No such share is ``exists=False``; access denied or silence is Unknown."""
