"""What a face and the desk say to each other. Light: the first screen is painted before anything else is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class DeskError(Exception):
    """What was asked for cannot be done. ``str()`` is a sentence: found, expected, do next."""


class LabAction(Protocol):
    """One thing that can be done to the simulated world."""

    @property
    def id(self) -> str:
        """What ``do`` takes."""
        ...

    @property
    def title(self) -> str:
        """A few words."""
        ...

    @property
    def area(self) -> str:
        """What it belongs to, such as ``DNS``."""
        ...

    @property
    def explanation(self) -> str:
        """A sentence or two."""
        ...

    @property
    def breaks(self) -> bool:
        """Whether it is an instructor's action: it breaks something."""
        ...

    @property
    def applies(self) -> bool:
        """Whether there is something to do right now."""
        ...


class LabControl(Protocol):
    """The lab's panel. Methods raise OSError where the lab does not answer."""

    def actions(self) -> Sequence[LabAction]:
        """Return every action with whether it applies now."""
        ...

    def do(self, action: str) -> str:
        """Do one action and return what was done, in a sentence."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failure that a procedure exists for."""

    procedure: str
    target: str
    title: str
    why: str
    likely: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """A run that can be taken up again."""

    id: str
    title: str
    target: str
    standing: str
