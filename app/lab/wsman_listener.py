"""A listening socket whose connections each get a thread, and which the world can silence or take away."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable

from app.lab.ports import Behaviour

_TICK = 0.05
"""Seconds between two looks at the world's behaviour; bounds how late a stopped service closes its socket."""
_CLOSING_SECONDS = 2.0
_BACKLOG = 64


class Listener:
    """Accepts connections until closed. Behaviour REFUSE closes the socket, anything else opens it again.

    Args:
        address: where to listen; port 0 takes a free one and keeps it.
        behaviour: how the world wants clients treated.
        serve: called in a thread of its own for each connection; the socket is closed when it returns.
        tick: called every few hundredths of a second.
    """

    def __init__(
        self,
        address: tuple[str, int],
        behaviour: Callable[[], Behaviour],
        serve: Callable[[Connection], None],
        tick: Callable[[], None],
    ) -> None:
        self._behaviour = behaviour
        self._serve = serve
        self._tick = tick
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[Connection, threading.Thread] = {}
        self._socket: socket.socket | None = _bound(address)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self._thread = threading.Thread(target=self._run, name=f"lab-listener-{self.address[1]}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, break all connections and wait for their threads, at most two seconds."""
        deadline = time.monotonic() + _CLOSING_SECONDS
        self.closing.set()
        self._thread.join(_CLOSING_SECONDS)  # first, so that nobody is let in after the connections were broken
        self._break_connections()
        with self._lock:
            threads = list(self._connections.values())
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        while not self.closing.is_set():
            if self._behaviour() is Behaviour.REFUSE:
                self._stop_listening()
                self._break_connections()
                self.closing.wait(_TICK)
            elif self._socket is None:
                self._listen_again()
            else:
                self._accept(self._socket)
            self._tick()
        self._stop_listening()

    def _accept(self, listening: socket.socket) -> None:
        if not select.select([listening], [], [], _TICK)[0]:
            return
        try:
            accepted, client = listening.accept()
        except OSError:
            return
        connection = Connection(accepted, client[0], self)
        if self._behaviour() is Behaviour.REFUSE:
            connection.reset()
            return
        thread = threading.Thread(target=self._connected, args=(connection,), name="lab-connection", daemon=True)
        with self._lock:
            self._connections[connection] = thread
        thread.start()

    def _connected(self, connection: Connection) -> None:
        try:
            self._serve(connection)
        except OSError:
            pass  # the client went away, or close() broke the connection: nothing left to answer to
        finally:
            connection.close()
            with self._lock:
                self._connections.pop(connection, None)

    def _listen_again(self) -> None:
        try:
            self._socket = _bound(self.address)
        except OSError:
            self.closing.wait(_TICK)

    def _stop_listening(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _break_connections(self) -> None:
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            connection.shut()


class Connection:
    """One accepted connection, whose socket may become a TLS socket."""

    def __init__(self, accepted: socket.socket, client: str, listener: Listener) -> None:
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = accepted
        self.client = client
        self.listener = listener

    def hold(self, while_true: Callable[[], bool]) -> None:
        """Say nothing until the condition ends, the client goes or the listener closes; what the client sends is dropped."""
        self.socket.settimeout(_TICK)
        while while_true() and not self.listener.closing.is_set():
            with contextlib.suppress(TimeoutError):
                if not self.socket.recv(65_536):
                    return

    def reset(self) -> None:
        """Close with RST, as a port nobody listens on looks to a client that was just too early."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def shut(self) -> None:
        """Break the connection from another thread, so that its own thread wakes up and ends."""
        with contextlib.suppress(OSError):
            # The plain socket's method: that of ssl.SSLSocket takes the TLS state away from under the reading thread.
            socket.socket.shutdown(self.socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket; never raises."""
        with contextlib.suppress(OSError):
            self.socket.close()


def _bound(address: tuple[str, int]) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # there it would let two processes share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError:
        listening.close()
        raise
    return listening
