"""What the collectors share: each question in a thread of its own under its own deadline, each failure a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from app.facts.deadline import Finished, Raised, Running, TimedOut, allowed, spoken
from app.facts.fact import Known, Reading, Request, Unknown
from app.passwords import PasswordMissing
from app.settings import Settings

_LAST_WORD = 0.25
"""Seconds beyond the deadline for a question's own thread to say better than we can what it was waiting for."""


class CouldNotLook(Exception):
    """There is no answer. ``str()`` is the sentence for the operator: who was asked, and what was seen."""


def ask_each(
    requests: Sequence[Request[Any]],
    settings: Settings,
    clock: Callable[[], datetime],
    ask: Callable[[Request[Any]], Any],
    who: Callable[[Request[Any]], str],
) -> dict[Request[Any], Reading]:
    """Ask all questions at the same time and return a reading for each about when its deadline is over at the latest.

    Args:
        requests: the questions.
        settings: the limit of a probe.
        clock: UTC now.
        ask: returns the value of one question, or raises; called in a thread of its own, abandoned when time is over.
        who: names who is asked, for the sentences.
    """
    running = [(one, Running(partial(ask, one), who(one))) for one in requests]
    return {one: _reading(own, allowed(one, settings), who(one), clock) for one, own in running}


def _reading(running: Running[Any], seconds: float, who: str, clock: Callable[[], datetime]) -> Reading:
    outcome = running.outcome(seconds + _LAST_WORD)
    match outcome:
        case Finished(value=value, seconds=taken):
            return Known(value=value, at=clock(), seconds=taken)
        case TimedOut():
            return Unknown(reason=f"{who} did not answer within {spoken(seconds)}", at=clock())
        case Raised(error=error):
            return Unknown(reason=sentence(error, who), at=clock())


def sentence(error: Exception, who: str) -> str:
    """Return an exception as a sentence."""
    match error:
        case CouldNotLook():
            return str(error)
        case PasswordMissing():
            return f"{who} was not asked: {error}"
        case _:
            return f"{who}: asking failed ({type(error).__name__}: {error})"
