"""What the program's end says to a script. Stable."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """One number an outcome."""

    OK = 0
    """All that blocks passes."""
    FAILED = 1
    """Something that blocks fails."""
    USAGE = 2
    """Usage or configuration."""
    UNDETERMINED = 3
    """Nothing failed, but something could not be determined."""
    GAVE_UP = 4
    """Gave up waiting, for the world or for an answer."""
    INTERRUPTED = 130
