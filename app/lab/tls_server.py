"""One TLS port of a simulated server: it presents the certificate that the world has assigned, as Schannel did in 2013."""

from __future__ import annotations

import socket
import ssl
import threading

from app.lab.listening import StreamServer, bound
from app.lab.ports import Behaviour, Certificate, TlsPort
from app.lab.tls_context import server_context

_HANDSHAKE_FAILURE = bytes.fromhex("15 03 01 00 02 02 28")
"""A fatal alert: what a server without a usable certificate says to any hello."""
_IDLE = 30.0


class TlsServer:
    """One listener. What comes after the handshake is read and left unanswered."""

    def __init__(self, data: TlsPort, host: str, port: int, *, ask_client: bool = True) -> None:
        """Bind and serve; port 0 takes a free one.

        Args:
            data: what to present, and how to behave.
            host: address to bind.
            port: port to bind.
            ask_client: ask for a client's certificate, as a mutual-TLS port such as 5061 does; none is needed.

        Raises:
            OSError: the port is taken.
        """
        self._data = data
        self._ask_client = ask_client
        self._lock = threading.Lock()
        self._prepared: tuple[Certificate, ssl.SSLContext] | None = None
        own = bound(host, port, socket.SOCK_STREAM)
        self._server = StreamServer(own, data.behaviour, self._serve, "lab tls")

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._server.address

    def settle(self) -> None:
        """Open or close the port as the world wants it now."""
        self._server.settle()

    def close(self) -> None:
        """Stop and release the socket."""
        self._server.close()

    def _context(self) -> ssl.SSLContext:
        certificate = self._data.certificate()
        with self._lock:
            if self._prepared is None or self._prepared[0] != certificate:
                context = server_context(certificate, ask_client=self._ask_client, as_in_2013=True)
                self._prepared = (certificate, context)
            return self._prepared[1]

    def _serve(self, connection: socket.socket, behaviour: Behaviour) -> None:
        connection.settimeout(_IDLE)
        if behaviour is Behaviour.BROKEN:
            connection.recv(65536)
            connection.sendall(_HANDSHAKE_FAILURE)
            return
        with self._context().wrap_socket(connection, server_side=True) as channel:
            while channel.recv(4096):
                pass
