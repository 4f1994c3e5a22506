"""One total deadline for anything that may hang, enforced from outside.

Libraries that talk to servers may wait for ever whatever they promise (a server that sends one byte a second resets
every idle timeout), so the work runs in a thread of its own and is abandoned when its time is over. The thread is a
daemon and nobody joins it: neither a wave nor the end of the program ever waits for a dead server.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from app.facts.fact import Request
from app.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished(Generic[T]):
    """The work came to its end."""

    value: T
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The work ended with an exception."""

    error: Exception
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedOut:
    """The work had not ended when its time was over; its thread has been abandoned."""

    seconds: float
    """The deadline that passed."""


class Running(Generic[T]):
    """Work that has been started in a thread of its own."""

    def __init__(self, work: Callable[[], T], name: str) -> None:
        self._started = time.monotonic()
        self._done = threading.Event()
        self._outcome: Finished[T] | Raised | None = None
        self._work = work
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def outcome(self, seconds: float, abandon: Callable[[], None] | None = None) -> Finished[T] | Raised | TimedOut:
        """Return how the work ended, waiting until ``seconds`` after its start and no longer.

        Args:
            seconds: total deadline, counted from the start of the work.
            abandon: called when the time is over, to take the ground from under the thread (close its socket);
                what it raises is ignored, since nobody is left to tell.
        """
        if self._done.wait(max(0.0, self._started + seconds - time.monotonic())) and self._outcome is not None:
            return self._outcome
        if abandon is not None:
            with suppress(Exception):
                abandon()
        return TimedOut(seconds=seconds)

    def _run(self) -> None:
        try:
            value = self._work()
        except Exception as error:  # noqa: BLE001 - the edge of the thread: it becomes a visible Raised
            self._outcome = Raised(error=error, seconds=time.monotonic() - self._started)
        else:
            self._outcome = Finished(value=value, seconds=time.monotonic() - self._started)
        finally:
            self._done.set()


def within(
    seconds: float, work: Callable[[], T], *, name: str = "probe", abandon: Callable[[], None] | None = None
) -> Finished[T] | Raised | TimedOut:
    """Run ``work`` under a total deadline in seconds; see `Running.outcome`."""
    return Running(work, name).outcome(seconds, abandon)


def allowed(request: Request[Any], settings: Settings) -> float:
    """Return the total deadline of one question in seconds: the fact's own, or the tighter limit of the settings."""
    limit = settings.limits.probe_seconds
    return min(limit, request.fact.seconds) if limit > 0 else request.fact.seconds


def spoken(seconds: float) -> str:
    """Return a duration as a sentence has it: ``6 s``, ``0.4 s``."""
    return f"{seconds:.1f}".removesuffix(".0") + " s"
