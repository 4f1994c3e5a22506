"""What names of files and folders say: which pool, and which kind where the content does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from app.backup.backup_set import PieceKind

_HINTS = (
    (PieceKind.USER_DATA, re.compile(r"user[-_ ]?data|\bdbimpexp")),
    (PieceKind.RESPONSE_GROUPS, re.compile(r"rgs|response[-_ ]?group")),
    (PieceKind.PERSISTENT_CHAT, re.compile(r"persistent[-_ ]?chat|pchat|group[-_ ]?chat|(?<![a-z])mgc(?![a-z])")),
    (
        PieceKind.LOCATION,
        re.compile(r"(?<![a-z])(?:cs)?lis(?:config|configuration|data|backup)?(?![a-z])|e-?911|location"),
    ),
    (PieceKind.CONFIGURATION, re.compile(r"config|topology")),
)
"""In this order: ``RgsConfig.zip`` is no configuration."""


def kind_hint(name: str) -> PieceKind | None:
    """Return the kind that a file name suggests (formats sheet 3.1: names that scripts produce), or None."""
    lowered = name.lower()
    return next((kind for kind, pattern in _HINTS if pattern.search(lowered)), None)


def pool_named(path: PurePath, pools: Iterable[str]) -> str:
    """Return the pool whose FQDN stands in a path: in the file's name first, then in its folders from the inside out.

    Args:
        path: relative to the backup folder.
        pools: FQDNs, lower case.
    """
    known = sorted(pools, key=len, reverse=True)
    for part in reversed(path.parts):
        for pool in known:
            if re.search(rf"(?<![a-z0-9]){re.escape(pool)}(?![a-z0-9])", part.lower()):
                return pool
    return ""
