"""One command of a WinRS shell: it starts, takes standard input, runs on the simulated host and keeps its output."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from app.lab.ports import Console, Process, RemoteHost
from app.lab.wsman_messages import Fault

INTERRUPTED_EXIT = -1073741510
"""STATUS_CONTROL_C_EXIT, what a Windows process ends with on Ctrl+C."""
_BROKEN_EXIT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """What a client asked to run, as WinRS carries it."""

    account: str
    command: str
    arguments: tuple[str, ...]
    console: Console

    @property
    def line(self) -> str:
        """The whole line."""
        return " ".join([self.command, *self.arguments])

    @property
    def is_powershell(self) -> bool:
        """Whether the line starts PowerShell."""
        return "powershell" in self.line.lower().split(" -", 1)[0]


class RunningCommand:
    """A command from its start until the client terminates it or its shell goes.

    It runs in a thread of its own. Once the host has begun to run it, nothing stops it: a client that goes away, a
    terminate signal and a deleted shell only mean that nobody reads what it printed.
    """

    def __init__(self, host: RemoteHost, line: CommandLine) -> None:
        self.line = line
        self._host = host
        self._changed = threading.Condition()
        self._stdin = bytearray()
        self._stdin_ended = not host.wants_stdin(line.command, line.arguments)
        self._stdout = b""
        self._stderr = b""
        self._exit_code: int | None = None
        self._running = False
        self._gone = False

    def start(self) -> None:
        """Start the thread that runs the command."""
        threading.Thread(target=self._work, name=f"lab-command-{self._host.fqdn}", daemon=True).start()

    @property
    def finished(self) -> bool:
        """Whether the process has ended (its output may still wait to be read)."""
        with self._changed:
            return self._exit_code is not None or self._gone

    def feed(self, data: bytes, *, end: bool) -> None:
        """Append to standard input; bytes after its end, or to a process that has ended, are lost as in a closed pipe."""
        with self._changed:
            if not self._stdin_ended:
                self._stdin += data
                self._stdin_ended = end
                self._changed.notify_all()

    def interrupt(self) -> None:
        """Ctrl+C: end the process if it has not begun its work; its end can still be received."""
        with self._changed:
            if not self._running and self._exit_code is None:
                self._exit_code = INTERRUPTED_EXIT
            self._changed.notify_all()

    def abandon(self) -> None:
        """The client terminated the command or its shell went: wake whoever waits for output."""
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def receive(self, seconds: float, limit: int) -> tuple[list[tuple[str, bytes]], int | None]:
        """Return output of at most ``limit`` bytes and, once all of it was handed out, the exit code.

        Raises:
            Fault: nothing to hand out within ``seconds``, or the command was terminated meanwhile.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._exit_code is not None or self._gone, timeout=seconds)
            if self._gone:
                reason = "The I/O operation has been aborted because of either a thread exit or an application request."
                raise Fault(995, "w:InternalError", reason, sender=False)
            if self._exit_code is None:
                reason = "The operation could not be completed within the time specified in OperationTimeout."
                raise Fault(2150858793, "w:TimedOut", reason, sender=False)
            return self._taken(limit)

    def _taken(self, limit: int) -> tuple[list[tuple[str, bytes]], int | None]:
        out, self._stdout = self._stdout[:limit], self._stdout[limit:]
        left = limit - len(out)
        err, self._stderr = self._stderr[:left], self._stderr[left:]
        chunks = [(name, data) for name, data in (("stdout", out), ("stderr", err)) if data]
        drained = not self._stdout and not self._stderr
        return chunks, self._exit_code if drained else None

    def _work(self) -> None:
        starting = self._host.start_seconds() if self.line.is_powershell else 0.0
        with self._changed:
            self._changed.wait_for(self._stopped, timeout=starting)
            self._changed.wait_for(lambda: self._stdin_ended or self._stopped())
            if self._stopped():
                return
            self._running = True
            stdin = bytes(self._stdin)
        process = self._run(stdin)
        with self._changed:
            self._stdout, self._stderr, self._exit_code = process.stdout, process.stderr, process.exit_code
            self._changed.notify_all()

    def _stopped(self) -> bool:
        return self._gone or self._exit_code is not None

    def _run(self, stdin: bytes) -> Process:
        line = self.line
        try:
            return self._host.run(line.account, line.command, line.arguments, stdin, line.console)
        except Exception as error:  # noqa: BLE001 - the server thread's edge: a broken world is a visible failure of the command
            return Process(exit_code=_BROKEN_EXIT, stderr=f"the lab failed to run this: {error!r}\r\n".encode())


def split_words(words: Sequence[str]) -> tuple[str, ...]:
    """Return the arguments of a command without empty elements (some clients send one)."""
    return tuple(word for word in words if word)
