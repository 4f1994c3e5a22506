"""A Windows host over WinRM: one kept shell, one PowerShell start a batch, one total deadline that nothing outlasts.

pywinrm retries "operation timed out" for ever and starts its read timeout anew with every byte, so the calls run in a
thread of their own. When time is over the connection is cut under it, what has already been answered is handed over,
and another thread tells the host to stop.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from winrm.exceptions import WSManFaultError

from app.remote.answers import Transcript, cleaned
from app.remote.errors import AccessDenied, Interrupted, RemoteError, TimedOut
from app.remote.scripts import batch_input
from app.remote.session import Answer, Fragment
from app.remote.trust import tls_context
from app.remote.winrm_connection import Connection
from app.remote.winrm_errors import SHELL_GONE, explained
from app.remote.winrm_shell import Shell, rescue
from app.remote.winrm_whom import whom
from app.settings import Auth, Settings

OPENING_SECONDS = 30.0
"""Upper bound for connecting, signing in and opening a shell, whatever the batch is allowed."""
_FRESH_SECONDS = 60.0
"""A kept shell idle for longer is opened anew: its host may have restarted meanwhile (setup does that)."""
_FAREWELL_SECONDS = 4.0
"""For stopping a command on the host, and for giving a shell back."""


class WinRmSession:
    """One host by WinRM over HTTPS."""

    def __init__(
        self, fqdn: str, settings: Settings, password: Callable[[], str], *, context: ssl.SSLContext | None = None
    ) -> None:
        """Prepare a session; nothing is sent yet.

        Args:
            fqdn: the host; its certificate must carry this name, wherever the settings say it is reached.
            settings: endpoint, account, trust.
            password: asked for when a connection is made, within the batch's deadline.
            context: TLS context shared by all sessions of a process; None: one of its own.
        """
        self._whom = whom(fqdn, settings)
        self._ca_file = settings.ca_file
        self._password = password
        self._context = context
        self._shell: Shell | None = None
        self._used = 0.0
        self._turn = threading.Lock()

    def __repr__(self) -> str:
        return f"WinRmSession({self._whom.place} as {self._whom.account})"

    def run(self, fragments: Sequence[Fragment], *, seconds: float) -> Mapping[str, Answer]:
        """Run a batch; see `Session.run`. When the host falls silent half-way, what it had answered by then counts."""
        until = time.monotonic() + seconds
        data = batch_input(fragments)
        if not self._turn.acquire(timeout=seconds):
            raise TimedOut(f"{self._whom.host} was still busy with an earlier batch after {seconds:g} s")
        try:
            batch = _Batch(self, data, Transcript(one.id for one in fragments))
            return batch.awaited(until, seconds)
        finally:
            self._turn.release()

    def close(self) -> None:
        """Give the kept shell back, within four seconds; never raises."""
        if not self._turn.acquire(timeout=_FAREWELL_SECONDS):
            return
        try:
            shell, self._shell = self._shell, None
            if shell is not None:
                _within(_FAREWELL_SECONDS, shell.connection, shell.close)
        finally:
            self._turn.release()

    def connected(self) -> Connection:
        """Return a new connection; for `_Batch`."""
        if not self._whom.account and self._whom.auth is not Auth.KERBEROS:
            raise AccessDenied(f"no user name is configured for {self._whom.host}: set credentials.username")
        if self._context is None:
            self._context = tls_context(self._ca_file)
        return Connection(self._whom, self._secret(), self._context)

    def _secret(self) -> str:
        if self._whom.auth is Auth.KERBEROS:
            return ""
        try:
            return self._password()
        except Exception as error:  # noqa: BLE001 - whoever gives passwords may fail in ways of its own
            raise AccessDenied(f"there is no password for {self._whom.account}: {cleaned(str(error))}") from None

    def kept(self) -> Shell | None:
        """Return the kept shell, handing it over; for `_Batch`."""
        shell, self._shell = self._shell, None
        if shell is not None and time.monotonic() - self._used > _FRESH_SECONDS:
            self.abandon(shell)
            return None
        return shell

    def keep(self, shell: Shell) -> None:
        """Keep a shell for the next batch; for `_Batch`."""
        self._shell, self._used = shell, time.monotonic()

    def abandon(self, shell: Shell) -> None:
        """Cut a shell's connection and, without waiting, tell the host to end what runs in it."""
        shell.connection.cut()

        def farewell() -> None:
            with suppress(Exception):
                connection = self.connected()
                _within(_FAREWELL_SECONDS, connection, lambda: rescue(connection, shell.id, shell.command))

        threading.Thread(target=farewell, name=f"winrm farewell {self._whom.host}", daemon=True).start()

    def explained(self, error: Exception, connection: Connection | None, *, started: bool) -> RemoteError:
        """Return what an exception means for the operator; for `_Batch`."""
        if connection is None:
            return explained(error, self._whom, started=started)
        secret = connection.protocol.password or ""
        return explained(error, self._whom, started=started, offered=connection.offered, secret=secret)

    def late(self, connection: Connection | None, *, opened: bool, seconds: float) -> TimedOut:
        """Return the sentence for a deadline that passed; for `_Batch`."""
        place, limit = self._whom.place, min(seconds, OPENING_SECONDS)
        if opened:
            return TimedOut(
                f"no complete answer from {place} within {seconds:g} s; what was asked for may still be under way there"
            )
        if connection is None:
            return TimedOut(
                f"the password for {self._whom.account} was not there within {limit:g} s; {place} was not asked"
            )
        if not connection.accepted:
            return TimedOut(
                f"nothing answers at {place} within {limit:g} s: the host is off, or a firewall swallows the connection"
            )
        return TimedOut(f"{place} accepted the connection but opened no remote shell within {limit:g} s")


class _Batch:
    """One batch on its way: a thread that talks, and the caller that waits."""

    def __init__(self, session: WinRmSession, data: bytes, transcript: Transcript) -> None:
        self._session = session
        self._data = data
        self._transcript = transcript
        self._connection: Connection | None = None
        self._shell: Shell | None = None
        self._opened = threading.Event()
        self._ended = threading.Event()
        self._started = False
        self._given_up = False
        self._tidy = False
        self._error: RemoteError | None = None
        self._lock = threading.Lock()

    def awaited(self, until: float, seconds: float) -> Mapping[str, Answer]:
        """Start the work and return its answers, or those that had come when it failed or time was over."""
        threading.Thread(target=self._work, name=f"winrm {self._session!r}", daemon=True).start()
        try:
            self._opened.wait(min(max(0.0, until - time.monotonic()), OPENING_SECONDS))
            if self._opened.is_set():
                self._ended.wait(max(0.0, until - time.monotonic()))
        finally:
            finished = self._concluded()
        if not finished:
            self._error = self._session.late(self._connection, opened=self._opened.is_set(), seconds=seconds)
        return self._harvest()

    def _concluded(self) -> bool:
        """Return whether the work ended by itself; otherwise take the ground from under it."""
        with self._lock:
            if self._ended.is_set():
                return True
            self._given_up = True
            shell, connection = self._shell, self._connection
        if shell is not None:
            self._session.abandon(shell)
        elif connection is not None:
            connection.cut()
        return False

    def _harvest(self) -> Mapping[str, Answer]:
        transcript, error = self._transcript, self._error
        if error is not None and not transcript.complete and not transcript:
            raise error
        if transcript.complete:
            return transcript.answers("the host ended the batch without answering this part")
        cut = "its answer was cut short: PowerShell ended before this part of the batch was answered"
        return transcript.answers(str(error) if error is not None else cut)

    def _work(self) -> None:
        error: RemoteError | None = None
        try:
            self._talk()
        except Exception as raised:  # noqa: BLE001 - the edge of the thread: every failure becomes a sentence
            error = self._session.explained(raised, self._connection, started=self._started)
        with self._lock:
            if self._given_up:
                return
            self._error = error
            shell, connection = self._shell, self._connection
            if self._tidy and shell is not None:
                self._session.keep(shell)
            self._ended.set()
        if not self._tidy and shell is not None:
            self._session.abandon(shell)
        elif not self._tidy and connection is not None:
            connection.cut()
        self._opened.set()

    def _talk(self) -> None:
        shell = self._session.kept()
        if shell is not None:
            self._adopt(shell)
            try:
                shell.run(self._data, self._transcript, self._mark)
            except WSManFaultError as fault:
                # The host no longer knows the kept shell (it idled out, or the service was restarted) and has started nothing.
                if fault.wsman_fault_code != SHELL_GONE or self._started:
                    raise
                shell.connection.cut()
                shell = None
        if shell is None:
            shell = self._fresh()
            shell.run(self._data, self._transcript, self._mark)
        # The answers are here: a host that fails now only loses its shell.
        with suppress(Exception):
            shell.tidy()
            self._tidy = True

    def _fresh(self) -> Shell:
        connection = self._session.connected()
        with self._lock:
            self._shell, self._connection = None, connection
            if self._given_up:
                connection.cut()
        shell = Shell(connection)
        self._adopt(shell)
        return shell

    def _adopt(self, shell: Shell) -> None:
        with self._lock:
            self._shell, self._connection = shell, shell.connection
            orphan = self._given_up
        self._opened.set()
        if orphan:
            self._session.abandon(shell)
            raise Interrupted("the batch was given up")

    def _mark(self) -> None:
        self._started = True


def _within(seconds: float, connection: Connection, work: Callable[[], None]) -> None:
    """Do something on a connection for so long and no longer; errors do not matter."""

    def quietly() -> None:
        with suppress(Exception):
            work()

    thread = threading.Thread(target=quietly, name="winrm farewell", daemon=True)
    thread.start()
    thread.join(seconds)
    connection.cut()
