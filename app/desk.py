"""Everything a face can ask for, composed once: what the app, the line mode and the headless commands stand on.

A face gets a ``Desk`` and the two ports of the engine; it never builds a gatherer, a plan or a journal by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LabAction:
    """One thing that can be done to the simulated world."""

    id: str
    title: str
    area: str
    explanation: str
    breaks: bool
    """An instructor's action: it breaks something."""
    applies: bool
    """There is something to do right now."""


class LabControl(Protocol):
    """The lab's panel. Methods raise OSError where the lab does not answer."""

    def actions(self) -> tuple[LabAction, ...]:
        """Return every action with whether it applies now."""
        ...

    def do(self, action: str) -> str:
        """Do one action and return what was done, in a sentence."""
        ...
