"""The lab's WinRM: one WS-Management endpoint over HTTPS for one simulated host.

It answers any client of the command shell resource: Negotiate/NTLM and Basic authentication, kept shells, commands with
standard input, long polls, the faults and quotas of Windows Server 2012. PowerShell remoting (PSRP) is not offered.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable

from app.lab.ntlm import Accounts
from app.lab.ports import Behaviour, Certificate, RemoteHost
from app.lab.tls_context import server_context
from app.lab.wsman_http import Endpoint, WsmanHandler
from app.lab.wsman_identity import ConnectionIdentity, binding_hash
from app.lab.wsman_listener import Connection, Listener
from app.lab.wsman_service import WsmanService
from app.lab.wsman_shells import Quotas, Shells, Started

_HANDSHAKE_SECONDS = 30.0


class WinRmServer:
    """One host's endpoint; serving from its construction until it is closed."""

    def __init__(
        self,
        remote_host: RemoteHost,
        host: str,
        port: int,
        certificate: Certificate,
        *,
        quotas: Quotas | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._host = remote_host
        self._quotas = quotas or Quotas()
        self._shells = Shells(remote_host, self._quotas, clock)
        self._service = WsmanService(remote_host, self._quotas, self._shells)
        self._context = server_context(certificate)
        self._binding = binding_hash(certificate)
        self._listener = Listener((host, port), remote_host.behaviour, self._serve, self._shells.expire)

    @property
    def address(self) -> tuple[str, int]:
        """The bound address and port."""
        return self._listener.address

    @property
    def url(self) -> str:
        """The endpoint's address as clients want it."""
        address, port = self.address
        return f"https://{address}:{port}/wsman"

    @property
    def started(self) -> tuple[Started, ...]:
        """Every command that was started on this host, in order."""
        return self._shells.started

    @property
    def shells(self) -> int:
        """How many shells are open now."""
        return self._shells.count()

    def settle(self) -> None:
        """Open or close the port as the world wants it now; when this returns a client meets just that."""
        self._listener.settle()

    def close(self) -> None:
        """Stop and release the socket; waits for its threads, at most two seconds."""
        self._shells.close()
        self._listener.close()

    def _serve(self, connection: Connection) -> None:
        if self._host.behaviour() is Behaviour.SILENT:
            connection.hold(lambda: self._host.behaviour() is Behaviour.SILENT)
            return
        connection.socket.settimeout(_HANDSHAKE_SECONDS)
        secured = self._context.wrap_socket(connection.socket, server_side=True, do_handshake_on_connect=False)
        connection.socket = secured
        try:
            secured.do_handshake()
        except ssl.SSLError:
            return  # not TLS, or a client that does not trust the certificate
        identity = ConnectionIdentity(lambda: Accounts(passwords=self._host.accounts()), self._host.fqdn, self._binding)
        endpoint = Endpoint(
            host=self._host,
            service=self._service,
            connection=connection,
            identity=identity,
            max_envelope=self._quotas.max_envelope_kb * 1024,
        )
        # The handler answers all requests of the connection while it is constructed.
        WsmanHandler(connection.socket, (connection.client, 0), endpoint)  # type: ignore[arg-type]  # any object serves as its server
