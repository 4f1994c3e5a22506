"""The two ports of the engine: it says what happened, and it asks. Nothing else connects it to a face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.recovery.events import AnyEvent


class Choice(StrEnum):
    """What an operator can answer."""

    RUN = "run"
    """Let the program run the commands."""
    BY_HAND = "by-hand"
    """I did it myself; prove it. ``note`` says how."""
    RECHECK = "recheck"
    """Look again."""
    OVERRIDE = "override"
    """Go on although a check holds the step; ``note`` is the reason and must not be empty."""
    RETRY = "retry"
    """Run it again."""
    IS_DONE = "is-done"
    """It is in doubt: I have looked, it is done. ``note`` says how I know."""
    NOT_DONE = "not-done"
    """It is in doubt: I have looked, it is not done."""
    STOP = "stop"
    """Stop here; the run can be resumed. The safe answer, always offered, always in focus."""


class Topic(StrEnum):
    """Why the engine asks."""

    READY = "ready"
    """The gate is open: RUN, BY_HAND, RECHECK, STOP."""
    HELD = "held"
    """The gate is shut: RECHECK, OVERRIDE, STOP."""
    NOT_PROVEN = "not-proven"
    """Done, but the proof does not hold: RECHECK, RETRY (where repeatable), OVERRIDE, STOP."""
    FAILED = "failed"
    """A command failed: RECHECK (maybe it did work), RETRY, BY_HAND, STOP."""
    IN_DOUBT = "in-doubt"
    """Under way when the program ended, and the proof is not clear: RECHECK, IS_DONE, NOT_DONE, STOP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question to the operator."""

    topic: Topic
    step: str
    title: str
    text: str
    choices: tuple[Choice, ...]
    """The safe answer first."""
    type_to_confirm: str = ""
    """Where it is not empty, RUN and RETRY need this text typed (the target's name, for a destructive step)."""
    attest: str = ""
    """Where it is not empty, BY_HAND is an attestation of this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The operator's answer."""

    choice: Choice
    note: str = ""
    typed: str = ""


Emit = Callable[[AnyEvent], None]
Ask = Callable[[Question], Reply]
