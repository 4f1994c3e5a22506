"""What can come next in the life of a step."""

from __future__ import annotations

from enum import Enum, auto

from app.recovery.state import StepState, StepStatus


class Move(Enum):
    """The next thing to do with a step."""

    LOOK = auto()
    """Judge the gate and ask."""
    GO = auto()
    """The operator said run: judge the gate once more, and run."""
    PROVE = auto()
    """It was done just now: judge the proof, with patience where it can lag."""
    PROVE_AGAIN = auto()
    """Judge the proof as it is at this moment."""
    SETTLE = auto()
    """It is in doubt."""
    FAILED = auto()
    """A command failed: ask."""
    OVER = auto()
    """On to the next step."""
    STOP = auto()
    """The operator stops here."""


def first_move(state: StepState) -> Move:
    """Return where a session takes a step up."""
    match state.status:
        case StepStatus.IN_DOUBT:
            return Move.SETTLE
        case StepStatus.NOT_PROVEN:
            return Move.PROVE_AGAIN
        case _:
            return Move.LOOK
