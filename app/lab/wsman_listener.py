"""A listening socket whose connections each get a thread, and which the world can silence or take away."""

from __future__ import annotations

import contextlib
import select
import socket
import struct
import threading
import time
from collections.abc import Callable

from app.lab.listening import bound
from app.lab.ports import Behaviour

_TICK = 0.05
"""Seconds between two looks at the world's behaviour; bounds how late a stopped service closes its socket."""
_CLOSING_SECONDS = 2.0
_BACKLOG = 64


class Listener:
    """Accepts connections until closed. Behaviour REFUSE closes the port and breaks what is connected; anything else opens it.

    Unlike ``listening.StreamServer`` it keeps hold of connections that have become TLS connections, and looks at the
    world for each request of a connection: WinRM clients keep theirs for hours.

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
        self._generation = 0
        self._connections: dict[Connection, threading.Thread] = {}
        self._socket: socket.socket | None = _listening(address)
        self.address: tuple[str, int] = self._socket.getsockname()[:2]
        self.settle()
        self._thread = threading.Thread(target=self._run, name=f"lab-listener-{self.address[1]}", daemon=True)
        self._thread.start()

    def settle(self) -> None:
        """Open or close the port as the world wants it now; when this returns a client meets just that."""
        # The world is asked outside the lock, since it has one of its own and its holder may be calling this.
        while not self.closing.is_set():
            with self._lock:
                self._generation += 1
                mine = self._generation
            wanted = self._behaviour() is not Behaviour.REFUSE
            with self._lock:
                if mine == self._generation:
                    self._settled(wanted)
                    return

    def close(self) -> None:
        """Stop listening, break all connections and wait for their threads, at most two seconds."""
        deadline = time.monotonic() + _CLOSING_SECONDS
        self.closing.set()
        self._thread.join(_CLOSING_SECONDS)  # first, so that nobody is let in after the connections were broken
        with self._lock:
            self._settled(False)
            threads = list(self._connections.values())
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _settled(self, wanted: bool) -> None:
        if wanted and self._socket is None:
            with contextlib.suppress(OSError):  # the kernel may let go of the port late: the next look tries again
                self._socket = _listening(self.address)
        elif not wanted:
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    # The accepting thread may be waiting on it, which would keep the port open until it wakes.
                    self._socket.shutdown(socket.SHUT_RDWR)
                self._socket.close()
                self._socket = None
            for connection in self._connections:
                connection.shut()

    def _run(self) -> None:
        while not self.closing.is_set():
            self.settle()
            listening = self._socket
            if listening is None:
                self.closing.wait(_TICK)
            else:
                self._accept(listening)
            self._tick()

    def _accept(self, listening: socket.socket) -> None:
        try:
            if not select.select([listening], [], [], _TICK)[0]:
                return
            accepted, client = listening.accept()
        except (OSError, ValueError):
            return  # the port has just been closed
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


def _listening(address: tuple[str, int]) -> socket.socket:
    listening = bound(*address, socket.SOCK_STREAM)
    listening.listen(_BACKLOG)
    return listening
