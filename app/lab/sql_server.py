"""The lab's SQL Server: a TDS 7.4 endpoint for drivers, in front of one simulated instance."""

from __future__ import annotations

import socket
import ssl
import threading
import time
import warnings

from app.lab.listening import StreamServer, bound
from app.lab.ports import Behaviour, Certificate, Clock, SqlData
from app.lab.tds_channel import Channel, Gone
from app.lab.tds_reading import Malformed
from app.lab.tds_session import Client
from app.lab.tls_context import server_context

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
        self._clients: set[threading.Thread] = set()
        self._server = StreamServer(bound(host, port, socket.SOCK_STREAM), data.behaviour, self._serve, f"sql {host}")

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._server.address

    def settle(self) -> None:
        """Open or close the port as the world wants it now; see `StreamServer.settle`."""
        self._server.settle()

    def close(self) -> None:
        """Stop, cut clients off, release the socket; waits for its threads, at most two seconds."""
        ends = time.monotonic() + _CLOSE_SECONDS
        self._closing.set()
        self._server.close()
        with self._lock:
            clients = list(self._clients)
        for thread in clients:
            thread.join(max(0.0, ends - time.monotonic()))

    def _serve(self, connection: socket.socket, _behaviour: Behaviour) -> None:
        own = threading.current_thread()
        with self._lock:
            if len(self._clients) >= _MOST_CLIENTS:
                return
            self._clients.add(own)
        try:
            self._client(connection).serve()
        except (Gone, Malformed, OSError):
            # The client went, or spoke something else: as with the real server, its connection simply ends.
            return
        finally:
            with self._lock:
                self._clients.discard(own)

    def _client(self, connection: socket.socket) -> Client:
        connection.settimeout(_LOGIN_SECONDS)
        return Client(
            data=self._data,
            clock=self._clock,
            channel=Channel(connection, self._data.behaviour, self._closing),
            context=self._context,
            forced=self._forced,
            welcomed=lambda: connection.settimeout(None),
        )


def _context(certificate: Certificate, versions: tuple[ssl.TLSVersion, ssl.TLSVersion]) -> ssl.SSLContext:
    with warnings.catch_warnings():
        # Python warns of TLS 1.0 and 1.1; the servers of that time spoke nothing else, which is the point here.
        warnings.simplefilter("ignore", DeprecationWarning)
        context = server_context(certificate, as_in_2013=True)
        context.minimum_version, context.maximum_version = versions
    return context
