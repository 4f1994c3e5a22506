"""The WinRS shells of one simulated host: opened, found, expired; with the quotas of Windows Remote Shell."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.lab.ports import Console, RemoteHost
from app.lab.wsman_commands import CommandLine, RunningCommand
from app.lab.wsman_messages import Fault, unknown_selector

MAX_COMMAND_ID = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotas:
    """Limits of WinRM 3.0 as Windows Server 2012 has them by default (preconditions sheet M-03)."""

    max_shells_per_user: int = 30
    max_processes_per_shell: int = 25
    max_envelope_kb: int = 500
    idle_seconds: float = 7200.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """One command that was started on the host."""

    at: float
    """Seconds of ``time.monotonic()``."""
    account: str
    line: str


@dataclass(slots=True, kw_only=True)
class Shell:
    """One open shell."""

    id: str
    owner: str
    client: str
    console: Console
    idle_seconds: float
    used: float
    """When the last operation on it began or ended, on the registry's clock."""
    operations: int = 0
    """Operations under way; a shell with any is not idle."""
    commands: dict[str, RunningCommand] = field(default_factory=dict)

    def command(self, command_id: str) -> RunningCommand:
        """Return a command of this shell; an unknown id is a fault."""
        found = self.commands.get(command_id.upper())
        if found is None:
            raise unknown_selector(
                "The Windows Remote Shell was asked about a command identifier that does not exist: "
                "the command has completed, or the identifier is not valid."
            )
        return found


class Shells:
    """All shells of one endpoint."""

    def __init__(self, host: RemoteHost, quotas: Quotas, clock: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._quotas = quotas
        self._clock = clock
        self._lock = threading.RLock()
        self._shells: dict[str, Shell] = {}
        self._started: list[Started] = []

    @property
    def started(self) -> tuple[Started, ...]:
        """Every command started so far, in order."""
        with self._lock:
            return tuple(self._started)

    def count(self) -> int:
        """Return how many shells are open."""
        with self._lock:
            return len(self._shells)

    def open(
        self, account: str, client: str, console: Console, *, idle_seconds: float | None, shell_id: str = ""
    ) -> Shell:
        """Open a shell; one more than the user's quota is a fault."""
        self.expire()
        with self._lock:
            limit = self._quotas.max_shells_per_user
            if sum(shell.owner == account for shell in self._shells.values()) >= limit:
                reason = (
                    f"The WS-Management service cannot process the request. This user is allowed a maximum number of {limit} "
                    "concurrent shells, which has been exceeded. Close existing shells or raise the quota for this user."
                )
                raise Fault(2150859173, "w:QuotaLimit", reason)
            shell = Shell(
                id=(shell_id or str(uuid.uuid4())).upper(),
                owner=account,
                client=client,
                console=console,
                idle_seconds=idle_seconds or self._quotas.idle_seconds,
                used=self._clock(),
            )
            self._shells[shell.id] = shell
            return shell

    @contextmanager
    def using(self, account: str, shell_id: str) -> Iterator[Shell]:
        """Yield a shell of the account, kept from idling out meanwhile; an unknown one is a fault."""
        self.expire()
        with self._lock:
            shell = self._found(account, shell_id)
            shell.operations += 1
        try:
            yield shell
        finally:
            with self._lock:
                shell.operations -= 1
                shell.used = self._clock()

    def start(self, shell: Shell, line: CommandLine, command_id: str = "") -> str:
        """Start a command in a shell and return its id; one more than the shell's quota is a fault."""
        running = RunningCommand(self._host, line)
        with self._lock:
            if sum(not command.finished for command in shell.commands.values()) >= self._quotas.max_processes_per_shell:
                reason = (
                    "The maximum number of concurrent commands per shell has been exceeded. Retry the request later."
                )
                raise Fault(2150859241, "w:QuotaLimit", reason)
            name = (command_id or str(uuid.uuid4())).upper()[:MAX_COMMAND_ID]
            shell.commands[name] = running
            self._started.append(Started(at=time.monotonic(), account=line.account, line=line.line))
        running.start()
        return name

    def terminate(self, shell: Shell, command_id: str) -> None:
        """Forget a command; one that is not there is no fault, as on Windows where it has ended by itself."""
        with self._lock:
            command = shell.commands.pop(command_id.upper(), None)
        if command is not None:
            command.abandon()

    def delete(self, account: str, shell_id: str) -> None:
        """Close a shell; an unknown one is a fault."""
        with self._lock:
            self._drop(self._found(account, shell_id))

    def expire(self) -> None:
        """Close every shell that was idle for longer than its idle timeout."""
        with self._lock:
            now = self._clock()
            for shell in list(self._shells.values()):
                if not shell.operations and now - shell.used > shell.idle_seconds:
                    self._drop(shell)

    def close(self) -> None:
        """Close all shells."""
        with self._lock:
            for shell in list(self._shells.values()):
                self._drop(shell)

    def _drop(self, shell: Shell) -> None:
        self._shells.pop(shell.id, None)
        for command in shell.commands.values():
            command.abandon()
        shell.commands.clear()

    def _found(self, account: str, shell_id: str) -> Shell:
        shell = self._shells.get(shell_id.upper())
        if shell is None:
            raise unknown_selector(
                f"The request for the Windows Remote Shell with ShellId {shell_id[:64]} failed because the shell was not "
                "found on the server. The ShellId is incorrect or the shell no longer exists on the server."
            )
        if shell.owner != account:
            reason = "The shell was created by another user."
            raise Fault(2150859177, "w:AccessDenied", reason)
        return shell
