"""One kept remote shell, and batches run in it: the WS-Management calls of pywinrm in the order that Windows wants."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from winrm.exceptions import WinRMOperationTimeoutError, WSManFaultError

from app.remote.answers import Transcript
from app.remote.clixml import error_text
from app.remote.errors import Unreadable
from app.remote.scripts import POWERSHELL, powershell_arguments
from app.remote.winrm_connection import Connection

UTF8 = 65001
_IDLE = "PT900S"
"""A shell that nobody uses for 15 minutes ends by itself: a killed program must not use up the account's quota."""
_CHUNK = 96 * 1024
"""Bytes of standard input in one envelope: 128 KiB as base64, below the 150 KB of WinRM 2.0 (preconditions M-03)."""
_LONGEST_COMPLAINT = 64 * 1024


class Shell:
    """One WinRS shell."""

    def __init__(self, connection: Connection) -> None:
        """Open a shell on a connection.

        Raises:
            Exception: whatever pywinrm and requests raise.
        """
        self.connection = connection
        self.id = connection.protocol.open_shell(codepage=UTF8, idle_timeout=_IDLE)
        self.command = ""
        """Id of the command under way; empty between batches."""

    def run(self, data: bytes, transcript: Transcript, started: Callable[[], None]) -> None:
        """Start PowerShell, feed it, and hand everything it prints to the transcript until it ends.

        Args:
            data: standard input.
            transcript: takes standard output as it comes.
            started: called once the host may have begun to work.

        Raises:
            Unreadable: PowerShell ended without a word.
            Exception: whatever pywinrm and requests raise.
        """
        protocol = self.connection.protocol
        self.command = protocol.run_command(self.id, POWERSHELL, powershell_arguments(), console_mode_stdin=False)
        started()
        # A process that has ended already refuses its input; what it printed says why.
        with suppress(WSManFaultError):
            for start in range(0, len(data), _CHUNK):
                end = start + _CHUNK
                protocol.send_command_input(self.id, self.command, data[start:end], end=end >= len(data))
        code, complaint = self._received(transcript)
        if not transcript.complete and not transcript:
            said = error_text(complaint) or transcript.noise or "nothing else"
            raise Unreadable(f"PowerShell ended with exit code {code} before it answered; it said: {said}")

    def tidy(self) -> None:
        """Tell the host that the command's output has been taken, which frees its slot."""
        self.connection.protocol.cleanup_command(self.id, self.command)
        self.command = ""

    def close(self) -> None:
        """Give the shell back."""
        self.connection.protocol.close_shell(self.id)

    def _received(self, transcript: Transcript) -> tuple[int, bytes]:
        complaint = bytearray()
        while True:
            try:
                output, errors, code, done = self.connection.protocol.get_command_output_raw(self.id, self.command)
            except WinRMOperationTimeoutError:
                # The host had nothing to say within one operation: the total deadline decides how often.
                continue
            transcript.feed(output)
            complaint += errors[: _LONGEST_COMPLAINT - len(complaint)]
            if done:
                return code, bytes(complaint)


def rescue(connection: Connection, shell_id: str, command_id: str) -> None:
    """Stop a command whose session was given up, and close its shell, over a connection of their own."""
    with suppress(Exception):
        connection.protocol.cleanup_command(shell_id, command_id)
    with suppress(Exception):
        connection.protocol.close_shell(shell_id)
