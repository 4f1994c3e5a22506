"""A way for one thread to end another's network wait."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Cord:
    """A second handle on a connection's socket. Cutting it ends any wait on the connection, even within a TLS handshake."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self._cut = False
        self._held = threading.Event()

    @property
    def held(self) -> bool:
        """Whether there has ever been a connection."""
        return self._held.is_set()

    def attach(self, connection: socket.socket) -> None:
        """Take hold of a fresh connection; of a cut cord it ends at once."""
        handle = connection.dup()
        with self._lock:
            previous, self._handle = self._handle, handle
            ended = self._cut
        self._held.set()
        if previous is not None:
            previous.close()
        if ended:
            self.cut()

    def cut(self) -> None:
        """End the connection, and every later one of this cord; never raises."""
        with self._lock:
            self._cut = True
            handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                handle.shutdown(socket.SHUT_RDWR)
            handle.close()
