"""The lab's SQL Server: a TDS 7.4 endpoint for drivers, in front of one simulated instance."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import warnings
from contextlib import suppress

from app.lab.ports import Behaviour, Certificate, Clock, SqlData
from app.lab.tds_channel import Channel, Gone
from app.lab.tds_reading import Malformed
from app.lab.tds_session import Client
from app.lab.tls_context import server_context

_LOOK_SECONDS = 0.05
_LOGIN_SECONDS = 60.0
_CLOSE_SECONDS = 2.0
_MOST_CLIENTS = 200


class SqlServer:
    """Listens from construction on, one thread a client, until closed.

    While the world says REFUSE nothing listens and every client is cut off, as when the service is stopped.
    """

    def __init__(
        self,
        data: SqlData,
        host: str,
        port: int,
        certificate: Certificate | None = None,
        *,
        clock: Clock = time.time,
        force_encryption: bool = False,
        tls_versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2),
    ) -> None:
        """Bind and serve.

        Args:
            data: the instance.
            host: address to listen on.
            port: TCP port; 0 chooses one.
            certificate: what TLS presents; None: encryption is not supported.
            clock: what GETDATE says.
            force_encryption: encrypt everything, whatever a client asks for.
            tls_versions: oldest and newest version spoken; SQL Server 2012 knows none above 1.2.
        """
        self._data = data
        self._clock = clock
        self._forced = force_encryption
        self._context = None if certificate is None else _context(certificate, tls_versions)
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._clients: dict[socket.socket, threading.Thread] = {}
        self._listener: socket.socket | None = None
        self._listen((host, port))
        self._thread = threading.Thread(target=self._accept, name=f"sql {host}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._address

    def close(self) -> None:
        """Stop, cut clients off, release the socket; waits for its threads, at most two seconds."""
        self._closing.set()
        ends = time.monotonic() + _CLOSE_SECONDS
        self._thread.join(_CLOSE_SECONDS)
        self._deafen()
        for thread in self._cut_off():
            thread.join(max(0.0, ends - time.monotonic()))

    def _listen(self, address: tuple[str, int]) -> None:
        listener = socket.create_server(address, backlog=64)
        listener.settimeout(_LOOK_SECONDS)
        self._listener = listener
        self._address: tuple[str, int] = listener.getsockname()[:2]

    def _deafen(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _accept(self) -> None:
        while not self._closing.is_set():
            if self._data.behaviour() is Behaviour.REFUSE:
                self._deafen()
                self._cut_off()
                self._closing.wait(_LOOK_SECONDS)
                continue
            if self._listener is None:
                self._hear_again()
                continue
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                # No more file descriptors, most likely: do not spin until there are.
                self._closing.wait(_LOOK_SECONDS)
                continue
            self._welcome(connection)

    def _hear_again(self) -> None:
        try:
            self._listen(self._address)
        except OSError:
            # Another process took the port while the service was stopped; look again until it is free.
            self._closing.wait(_LOOK_SECONDS)

    def _welcome(self, connection: socket.socket) -> None:
        with self._lock:
            full = len(self._clients) >= _MOST_CLIENTS
            if not full:
                thread = threading.Thread(target=self._serve, args=(connection,), name="sql client", daemon=True)
                self._clients[connection] = thread
                thread.start()
        if full or self._data.behaviour() is Behaviour.REFUSE:
            _reset(connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(_LOGIN_SECONDS)
        client = Client(
            data=self._data,
            clock=self._clock,
            channel=Channel(connection, self._data.behaviour, self._closing),
            context=self._context,
            forced=self._forced,
            welcomed=lambda: connection.settimeout(None),
        )
        try:
            client.serve()
        except (Gone, Malformed, OSError):
            # The client went, or spoke something else: as with the real server, its connection simply ends.
            pass
        finally:
            with self._lock:
                self._clients.pop(connection, None)
            connection.close()

    def _cut_off(self) -> list[threading.Thread]:
        with self._lock:
            clients = dict(self._clients)
        for connection in clients:
            _reset(connection)
        return list(clients.values())


def _context(certificate: Certificate, versions: tuple[ssl.TLSVersion, ssl.TLSVersion]) -> ssl.SSLContext:
    with warnings.catch_warnings():
        # Python warns of TLS 1.0 and 1.1; the servers of that time spoke nothing else, which is the point here.
        warnings.simplefilter("ignore", DeprecationWarning)
        context = server_context(certificate, as_in_2013=True)
        context.minimum_version, context.maximum_version = versions
    return context


def _reset(connection: socket.socket) -> None:
    """End a connection under the thread that reads it; that thread closes it."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
