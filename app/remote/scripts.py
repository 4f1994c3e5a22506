"""The scripts of the product, and how a batch of them is put on the wire.

A host runs one fixed command line: PowerShell with the loader as its encoded command. The loader reads the batch, one line
of JSON, from standard input. Both are pure ASCII, so no code page of the host can bend them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import PurePosixPath

from app.remote.session import Fragment

LOADER = "loader.ps1"
POWERSHELL = "powershell.exe"


def script_text(path: str) -> str:
    """Return the text of a script of the product.

    Args:
        path: below ``app/facts/scripts``, such as ``host/identity.ps1``.

    Raises:
        FileNotFoundError: the product has no such script.
    """
    parts = PurePosixPath(path).parts
    if not path.endswith(".ps1") or path.startswith("/") or ".." in parts:
        raise FileNotFoundError(f"{path} is not a script of the product")
    found = files("app.facts").joinpath("scripts", *parts)
    return found.read_text(encoding="utf-8").replace("\r\n", "\n")


def powershell_arguments() -> tuple[str, ...]:
    """Return the arguments of ``powershell.exe`` that start the loader."""
    encoded = base64.b64encode(script_text(LOADER).encode("utf-16-le")).decode("ascii")
    return ("-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-EncodedCommand", encoded)


def batch_input(fragments: Sequence[Fragment]) -> bytes:
    """Return what the loader reads from standard input: one line of ASCII JSON.

    Raises:
        ValueError: no fragments, or two of one id.
    """
    ids = [one.id for one in fragments]
    if not ids or len(set(ids)) != len(ids):
        raise ValueError("a batch needs at least one fragment, and its ids must be unique")
    batch = [
        {"id": one.id, "script": one.script, "text": script_text(one.script), "arguments": dict(one.arguments)}
        for one in fragments
    ]
    return json.dumps({"fragments": batch}, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
