"""What the lab's servers share: listening sockets, a thread a connection, and the four ways of treating a client badly."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

from app.lab.ports import Behaviour

Serve = Callable[[socket.socket, Behaviour], None]
"""Serves one connection until it returns; NORMAL, DRIP (already being dripped for it) or BROKEN."""

_POLL = 0.02
"""Seconds between two looks at whether the world still wants the port open."""
_DRIP = 1.0
_LARGEST_DATAGRAM = 65535
_TRIES = 20


def bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    """Return a socket bound to an address, not listening yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    own = socket.socket(family, kind)
    if sys.platform != "win32" and kind == socket.SOCK_STREAM:
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        own.bind((host, port))
    except OSError:
        own.close()
        raise
    return own


def bound_pair(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Return a TCP and a UDP socket on the same port; with port 0, on one that is free for both."""
    for _ in range(_TRIES):
        stream = bound(host, port, socket.SOCK_STREAM)
        try:
            return stream, bound(host, stream.getsockname()[1], socket.SOCK_DGRAM)
        except OSError:
            stream.close()
            if port:
                raise
    raise OSError(f"no port of {host} is free for both TCP and UDP")


class StreamServer:
    """A TCP server: bound when constructed, serving until closed.

    While the world says REFUSE the port is held but not listened on, so that a client really is refused and nobody else
    can take it. The world is looked at every 20 ms; ``settle()`` looks at once.
    """

    def __init__(self, own: socket.socket, behaviour: Callable[[], Behaviour], serve: Serve, name: str) -> None:
        """Start serving on a bound socket.

        Args:
            own: from `bound`; closed by ``close()``.
            behaviour: asked for every connection.
            serve: serves one connection.
            name: of the threads.
        """
        self._address: tuple[str, int] = own.getsockname()[:2]
        self._behaviour = behaviour
        self._serve = serve
        self._name = name
        self._socket = own
        self._listening = False
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._generation = 0
        self.settle()
        self._thread = threading.Thread(target=self._accept, name=f"{name} {self._address}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._address

    def settle(self) -> None:
        """Open or close the port as the world wants it now; when this returns a client meets just that."""
        settled = False
        while not settled and not self._closing.is_set():
            with self._lock:
                self._generation += 1
            settled = self._settled()

    def _settled(self) -> bool:
        """Look at the world once; False where a later look has overtaken this one.

        The world is asked outside the lock, since it has a lock of its own and its holder may be calling ``settle()``.
        """
        mine = self._generation
        wanted = self._behaviour() is not Behaviour.REFUSE
        with self._lock:
            if mine != self._generation or self._closing.is_set():
                return False
            if wanted and not self._listening:
                self._socket.listen(64)
                self._socket.settimeout(_POLL)
            elif self._listening and not wanted:
                self._drop()
                self._socket = self._replaced(self._socket)
            self._listening = wanted
            return True

    def _replaced(self, listener: socket.socket) -> socket.socket:
        """Return a socket that holds the listener's port without listening; the kernel may let go of it late."""
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept, which keeps the port taken
        listener.close()
        for _ in range(_TRIES):
            with suppress(OSError):
                return bound(*self._address, socket.SOCK_STREAM)
            self._closing.wait(_POLL)
        return bound(*self._address, socket.SOCK_STREAM)

    def close(self) -> None:
        """Stop and release the socket."""
        with self._lock:
            self._closing.set()
            self._socket.close()
            self._drop()
        self._thread.join(timeout=2)

    def _drop(self) -> None:
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing.is_set():
            with suppress(OSError):
                self._settled()
            listener = self._socket
            if not self._listening:
                self._closing.wait(_POLL)
                continue
            try:
                connection, _ = listener.accept()
            except OSError:
                continue  # nobody came in this while, or the port has just been closed
            threading.Thread(target=self._connected, args=(connection,), name=self._name, daemon=True).start()

    def _connected(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            with connection:
                connection.settimeout(None)
                self._treat(connection, self._behaviour())
        except Exception:  # noqa: BLE001 - the server thread's edge: a client that misbehaves ends its own connection
            return
        finally:
            with self._lock:
                self._open.discard(connection)

    def _treat(self, connection: socket.socket, behaviour: Behaviour) -> None:
        match behaviour:
            case Behaviour.SILENT:
                while connection.recv(65536):
                    pass
            case Behaviour.DRIP:
                self._drip(connection)
            case Behaviour.REFUSE:
                return
            case _:
                if connection.family in (socket.AF_INET, socket.AF_INET6):
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._serve(connection, behaviour)

    def _drip(self, connection: socket.socket) -> None:
        """Serve as always over a pipe, and let what comes out of it through one byte a second."""
        inner, outer = socket.socketpair()
        served = threading.Thread(target=self._behind, args=(inner,), name=self._name, daemon=True)
        fed = threading.Thread(target=_copied, args=(connection, outer), name=self._name, daemon=True)
        served.start()
        fed.start()
        with outer:
            while byte := outer.recv(1):
                connection.sendall(byte)
                if self._closing.wait(_DRIP):
                    return

    def _behind(self, inner: socket.socket) -> None:
        with inner, suppress(Exception):
            self._serve(inner, Behaviour.DRIP)


def _copied(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class DatagramServer:
    """A UDP server: one datagram in, at most one out."""

    def __init__(
        self,
        own: socket.socket,
        behaviour: Callable[[], Behaviour],
        answer: Callable[[bytes, Behaviour], bytes | None],
        name: str,
    ) -> None:
        """Start serving on a bound socket; ``answer`` returns None for what is not answered at all."""
        self._address: tuple[str, int] = own.getsockname()[:2]
        self._socket = own
        self._behaviour = behaviour
        self._answer = answer
        self._closing = threading.Event()
        own.settimeout(0.2)
        self._thread = threading.Thread(target=self._run, name=f"{name} {self._address}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._address

    def close(self) -> None:
        """Stop and release the socket."""
        self._closing.set()
        self._thread.join(timeout=2)
        self._socket.close()

    def _run(self) -> None:
        while not self._closing.is_set():
            with suppress(OSError):  # a time-out, or a client that has gone: the next one counts
                data, peer = self._socket.recvfrom(_LARGEST_DATAGRAM)
                self._treated(data, peer)

    def _treated(self, data: bytes, peer: tuple[str, int]) -> None:
        behaviour = self._behaviour()
        if behaviour is Behaviour.SILENT:
            return
        try:
            answer = self._answer(data, behaviour)
        except Exception:  # noqa: BLE001 - the server thread's edge: what cannot be read is not answered
            return
        if answer is None:
            return
        if behaviour is Behaviour.DRIP:
            threading.Thread(target=self._drip, args=(answer, peer), daemon=True).start()
        else:
            self._socket.sendto(answer, peer)

    def _drip(self, answer: bytes, peer: tuple[str, int]) -> None:
        """A datagram cannot come in parts; one byte a second is a datagram of one byte a second."""
        for number in range(len(answer)):
            with suppress(OSError):
                self._socket.sendto(answer[number : number + 1], peer)
            if self._closing.wait(_DRIP):
                return


def received(connection: socket.socket, size: int) -> bytes:
    """Return exactly so many bytes; EOFError where the client ends before."""
    data = bytearray()
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise EOFError("the client has gone")
        data += piece
    return bytes(data)
