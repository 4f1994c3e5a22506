"""Ctrl-C in lines: at a question it ends the program at once; during work the first one stops between two commands."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self

from app.line_mode import Read, Write

_Handler = Callable[[int, FrameType | None], object] | int | None


class Interrupts:
    """Takes over SIGINT while it is entered; hand ``should_stop`` to the engine's world."""

    def __init__(self, write: Write) -> None:
        """``write`` takes the line that says what the first Ctrl-C did."""
        self._write = write
        self._reading = False
        self._before: _Handler = None
        self.stopping = False
        """Whether the operator has asked to stop."""

    def __enter__(self) -> Self:
        """Take over SIGINT."""
        self._before = signal.signal(signal.SIGINT, self._heard)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give SIGINT back."""
        signal.signal(signal.SIGINT, self._before)

    def should_stop(self) -> bool:
        """Return whether the engine is to stop before the next command."""
        return self.stopping

    def reading(self, read: Read) -> Read:
        """Return the same way to read, during which Ctrl-C ends the program at once."""

        def asked() -> str:
            self._reading = True
            try:
                return read()
            finally:
                self._reading = False

        return asked

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        if self._reading or self.stopping:
            raise KeyboardInterrupt
        self.stopping = True
        self._write("stopping when the command under way has ended; Ctrl-C again stops at once and leaves it in doubt")
