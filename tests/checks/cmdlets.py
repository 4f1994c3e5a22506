"""Holding cmdlets in sentences against the reference of cmdlets and parameters."""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "cmdlets.json"
_VERBS = "Add|Enable|Export|Get|Grant|Import|Install|Invoke|New|Remove|Rename|Request|Set|Start|Stop|Test|Unblock"
_CMDLET = re.compile(rf"\b(?:{_VERBS})-[A-Z][A-Za-z0-9]+\b")
_PARAMETER = re.compile(r"(?<=\s)-([A-Z][A-Za-z]+)\b")
_END = re.compile(r"[;.,)]+(?:\s|$)|\(")


def unknown_cmdlets(text: str) -> list[str]:
    """Return the cmdlets of a text that do not exist, or are given parameters that they do not have.

    Empty where the reference is not beside the project.
    """
    if not REFERENCE.exists():
        return []
    found = []
    edges = [*(one.start() for one in _CMDLET.finditer(text)), len(text)]
    for start, end in pairwise(edges):
        command = _END.split(text[start:end])[0]
        name, *_ = command.split()
        given = {one.lower() for one in _PARAMETER.findall(command)}
        if name.lower() not in _known() or not given <= _known()[name.lower()]:
            found.append(command)
    return found


@cache
def _known() -> dict[str, set[str]]:
    cmdlets = json.loads(REFERENCE.read_text("utf-8"))
    return {name.lower(): {one.lower() for one in said["parameters"]} for name, said in cmdlets.items()}
