"""A program on a pseudo-terminal: what was painted, and when."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence


class Terminal:
    """Starts a program on a terminal of 120 by 40 and reads what it paints."""

    def __init__(self, line: Sequence[str], env: dict[str, str]) -> None:
        """Start it; time counts from here."""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            line,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={**os.environ, **env, "TERM": "xterm-256color"},
            start_new_session=True,
        )
        os.close(slave)
        self.painted = b""

    def read(self, seconds: float) -> bytes:
        """Return what is painted next, or nothing when the time is over."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return b""
        try:
            new = os.read(self.master, 65536)
        except OSError:
            return b""
        self.painted += new
        return new

    def until(self, text: bytes, seconds: float) -> float:
        """Return the seconds since the start at which a text was painted; TimeoutError where it was not."""
        end = time.perf_counter() + seconds
        while text not in self.painted:
            if time.perf_counter() > end:
                raise TimeoutError(
                    f"{text!r} was not painted within {seconds} s; the end of what was: {self.painted[-400:]!r}"
                )
            self.read(0.05)
        return time.perf_counter() - self.began

    def quiet(self, gap: float, seconds: float) -> None:
        """Read until nothing was painted for a while."""
        end = time.perf_counter() + seconds
        while self.read(gap) and time.perf_counter() < end:
            pass

    def press(self, keys: bytes, seconds: float = 2.0) -> float | None:
        """Press keys and return the seconds to the first painted byte, or None."""
        while self.read(0.0):
            pass
        pressed = time.perf_counter()
        os.write(self.master, keys)
        return time.perf_counter() - pressed if self.read(seconds) else None

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)
