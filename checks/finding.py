"""What a check says: never just a message, always found / expected / where that comes from / what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """The verdict of one check about one subject."""

    PASS = "PASS"
    WARN = "WARN"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    """We could not look. Holds a gate as FAIL does, and never claims that the thing is broken."""
    SKIPPED = "SKIPPED"
    """A prerequisite did not hold, or an earlier step makes it true; visible."""
    NOT_APPLICABLE = "NOT_APPLICABLE"
    """This deployment has none; visible, never holds a gate."""


class Gate(StrEnum):
    """What a check that does not pass does to a step."""

    BLOCKING = "blocking"
    ADVISORY = "advisory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A judge's answer about one subject."""

    status: Status
    found: str
    """What is there, in the operator's words; for UNKNOWN why we could not look."""
    remedy: str = ""
    """What to do about this very finding; empty: the check's own remedy."""
    expected: str = ""
    """Empty: the question's own expectation."""


def passed(found: str) -> Verdict:
    """Return a PASS."""
    return Verdict(status=Status.PASS, found=found)


def warned(found: str, remedy: str = "") -> Verdict:
    """Return a WARN."""
    return Verdict(status=Status.WARN, found=found, remedy=remedy)


def failed(found: str, remedy: str = "") -> Verdict:
    """Return a FAIL."""
    return Verdict(status=Status.FAIL, found=found, remedy=remedy)


def unknown(found: str, remedy: str = "") -> Verdict:
    """Return an UNKNOWN."""
    return Verdict(status=Status.UNKNOWN, found=found, remedy=remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The verdict with everything a tired person needs beside it."""

    check: str
    title: str
    subject: str
    status: Status
    expected: str
    found: str
    basis: str
    """Where the expectation came from: ``topology (Config.zip)``, ``procedure Hh202190 step 1`` …"""
    remedy: str
    sources: tuple[str, ...]
    """Fact sheet ids (``D-02``) and Microsoft pages."""
    gate: Gate
    evidence: tuple[str, ...]
    """Keys of the readings it was judged on."""
    at: datetime
    """When the oldest of those readings was taken, UTC."""
    seconds: float
    """How long the slowest of them took."""

    @property
    def holds(self) -> bool:
        """Whether it keeps a gate shut."""
        return self.gate is Gate.BLOCKING and self.status in (Status.FAIL, Status.UNKNOWN, Status.SKIPPED)
