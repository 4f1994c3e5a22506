"""One session a host for the whole process."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from app.remote.console import ConsoleSession, is_this_machine
from app.remote.session import Session
from app.remote.trust import tls_context
from app.settings import Settings

_CLOSING_SECONDS = 6.0
"""For all sessions together; each gives its shell back within four."""


class Connections:
    """Keeps one session a host; every method may be called from any thread."""

    def __init__(
        self, settings: Settings, password: Callable[[], str], *, opener: Callable[[str], Session] | None = None
    ) -> None:
        """Prepare; nothing is connected yet.

        Args:
            settings: how hosts are reached.
            password: gives the password of ``settings.credentials``; asked when a connection is made.
            opener: makes a session for a host name, in place of WinRM and this machine's console.
        """
        self._settings = settings
        self._password = password
        self._opener = opener or self._opened
        self._sessions: dict[str, Session] = {}
        self._context: ssl.SSLContext | None = None
        self._lock = threading.Lock()

    @property
    def settings(self) -> Settings:
        """How hosts are reached."""
        return self._settings

    def session(self, fqdn: str) -> Session:
        """Return the session of a host, the same at every call.

        Raises:
            NotTrusted: the file of trusted roots cannot be read.
        """
        name = fqdn.rstrip(".").lower()
        with self._lock:
            if name not in self._sessions:
                self._sessions[name] = self._opener(name)
            return self._sessions[name]

    def close(self) -> None:
        """Give all kept shells back, at the same time and within six seconds; never raises. Sessions may be asked for again."""
        with self._lock:
            sessions, self._sessions = list(self._sessions.values()), {}
        closers = [
            threading.Thread(target=_closed, args=(one,), name="closing a session", daemon=True) for one in sessions
        ]
        for closer in closers:
            closer.start()
        until = time.monotonic() + _CLOSING_SECONDS
        for closer in closers:
            closer.join(max(0.0, until - time.monotonic()))

    def _opened(self, fqdn: str) -> Session:
        if is_this_machine(fqdn):
            return ConsoleSession(fqdn)
        # pywinrm takes a sixth of a second to import: not before it is needed.
        from app.remote.winrm import WinRmSession

        if self._context is None:
            self._context = tls_context(self._settings.ca_file)
        return WinRmSession(fqdn, self._settings, self._password, context=self._context)


def _closed(session: Session) -> None:
    with suppress(Exception):
        session.close()
