"""This very machine, for the operator who sits on the server: the same scripts in a local ``powershell.exe``."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

from app.remote.answers import Transcript
from app.remote.clixml import error_text
from app.remote.errors import Interrupted, TimedOut, Unreachable, Unreadable
from app.remote.scripts import POWERSHELL, batch_input, powershell_arguments
from app.remote.session import Answer, Fragment

_LAST_WORDS_SECONDS = 1.0
"""For the pipes of a process that has been ended; one of its children may hold them open."""


def is_this_machine(fqdn: str) -> bool:
    """Return whether a host is the machine this program runs on, and can run PowerShell there."""
    return sys.platform == "win32" and socket.getfqdn().rstrip(".").lower() == fqdn.rstrip(".").lower()


class ConsoleSession:
    """A session on this machine; every batch is a process of its own."""

    def __init__(self, fqdn: str, *, program: Sequence[str] = (POWERSHELL,)) -> None:
        """Prepare a session.

        Args:
            fqdn: this machine's name, for sentences.
            program: what is started; the loader's arguments are put behind it.
        """
        self._fqdn = fqdn
        self._program = tuple(program)

    def run(self, fragments: Sequence[Fragment], *, seconds: float) -> Mapping[str, Answer]:
        """Run a batch; see `Session.run`."""
        data = batch_input(fragments)
        transcript = Transcript(one.id for one in fragments)
        try:
            process = subprocess.Popen(  # noqa: S603 - a fixed program with fixed arguments; data goes to its input
                [*self._program, *powershell_arguments()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise Unreachable(f"{self._program[0]} cannot be started on this machine: {error.strerror}") from None
        talk = _Talk(process, data, transcript)
        if not talk.ended_within(seconds):
            late = f"no complete answer from PowerShell on this machine ({self._fqdn}) within {seconds:g} s"
            if not transcript:
                raise TimedOut(late)
            return transcript.answers(late)
        return self._answered(transcript, talk)

    def close(self) -> None:
        """Nothing is kept."""

    def _answered(self, transcript: Transcript, talk: _Talk) -> Mapping[str, Answer]:
        if talk.problem is not None:
            raise talk.problem
        if not transcript.complete and not transcript:
            said = error_text(bytes(talk.complaint)) or transcript.noise or "nothing else"
            raise Unreadable(
                f"PowerShell on this machine ended with exit code {talk.code} before it answered; it said: {said}"
            )
        return transcript.answers(
            "its answer was cut short: PowerShell ended before this part of the batch was answered"
        )


class _Talk:
    """The three pipes of one process, each served by a thread: a full pipe must never block another."""

    def __init__(self, process: subprocess.Popen[bytes], data: bytes, transcript: Transcript) -> None:
        self.complaint = bytearray()
        self.code: int | None = None
        self.problem: Unreadable | Interrupted | None = None
        self._process = process
        self._transcript = transcript
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        threading.Thread(target=self._write, args=(process.stdin, data), name="console input", daemon=True).start()
        self._readers = (
            threading.Thread(target=self._read, args=(process.stdout,), name="console output", daemon=True),
            threading.Thread(target=self._complain, args=(process.stderr,), name="console errors", daemon=True),
        )
        for reader in self._readers:
            reader.start()

    def ended_within(self, seconds: float) -> bool:
        """Wait for the end, so long and no longer; a process that has not ended by then is killed."""
        try:
            self.code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return False
        for reader in self._readers:
            reader.join(_LAST_WORDS_SECONDS)
        return True

    def _write(self, pipe: IO[bytes], data: bytes) -> None:
        # A process that ends before it has read all says why on its other pipes.
        with suppress(OSError), pipe:
            pipe.write(data)

    def _read(self, pipe: IO[bytes]) -> None:
        try:
            while part := pipe.read1(65536):  # type: ignore[attr-defined]  # a BufferedReader, which typeshed calls IO
                self._transcript.feed(part)
        except Unreadable as error:
            self.problem = error
            self._process.kill()

    def _complain(self, pipe: IO[bytes]) -> None:
        while part := pipe.read1(65536):  # type: ignore[attr-defined]  # see above
            if len(self.complaint) < 65536:
                self.complaint += part
