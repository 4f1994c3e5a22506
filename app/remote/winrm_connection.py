"""A pywinrm ``Protocol`` whose connection proves the host's name, uses nothing from the environment, and can be cut.

pywinrm alone would verify against the address it connects to, take proxies and ``.netrc`` from the environment, follow
redirects, and read answers without limit.
"""

from __future__ import annotations

import io
import ssl
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool
from winrm.protocol import Protocol
from winrm.transport import Transport

from app.remote.cord import Cord
from app.remote.errors import Unreadable
from app.remote.winrm_whom import Whom

_OPERATION_SECONDS = 20
"""How long a host may hold a request that waits for output; the total deadline is enforced elsewhere."""
_READ_SECONDS = 30
"""Silence on the line after which a request is given up; pywinrm wants it above the operation's."""
_LONGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of one HTTP answer; WinRM's envelopes have some hundred kilobytes."""


class PinnedAdapter(HTTPAdapter):
    """Connects anywhere, but only to what proves one name by one TLS context."""

    def __init__(self, context: ssl.SSLContext, name: str, cord: Cord) -> None:
        self._context = context
        self._name = name
        self._cord = cord
        self.offered = ""
        """``WWW-Authenticate`` of the last refusal: what the host would accept."""
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        """Build the pool with the context, the name to prove, and the cord."""
        # Without assert_hostname OpenSSL itself compares the name (check_hostname stays on).
        super().init_poolmanager(  # type: ignore[no-untyped-call,unused-ignore]  # typed in some releases of requests only
            connections, maxsize, block, ssl_context=self._context, server_hostname=self._name, **pool_kwargs
        )
        self.poolmanager.pool_classes_by_scheme = {"https": _pool_class(self._cord)}

    def get_connection_with_tls_context(self, request: Any, *_arguments: Any, **_settings: Any) -> Any:
        """Return the pool; the trust settings of a request are not asked."""
        return self.poolmanager.connection_from_url(request.url)

    def cert_verify(self, *_arguments: Any, **_settings: Any) -> None:
        """Leave the pool as it is: the context verifies."""

    def send(self, request: Any, *arguments: Any, **settings: Any) -> Any:
        """Send one request; keep what a refusal offers, and bound the answer."""
        response = super().send(request, *arguments, **settings)
        if response.status_code == 401:
            # Its socket is needed for channel binding, so it is left alone.
            self.offered = str(response.headers.get("WWW-Authenticate", ""))
            return response
        raw = response.raw
        content = raw.read(_LONGEST_ANSWER + 1, decode_content=True)
        if len(content) > _LONGEST_ANSWER:
            raw.close()
            raise Unreadable(f"{self._name} answered with more than {_LONGEST_ANSWER // 2**20} MiB at once")
        raw.release_conn()
        response.raw = io.BytesIO(content)
        return response


class PinnedTransport(Transport):
    """pywinrm's transport over one pinned adapter."""

    def __init__(self, adapter: PinnedAdapter, name: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._adapter = adapter
        self._name = name

    def build_session(self) -> requests.Session:
        """Return the kept session, cut off from the environment when it is first built."""
        fresh = self.session is None
        session = super().build_session()
        if fresh:
            session.trust_env = False
            session.proxies = {}
            session.max_redirects = 0
            session.adapters.clear()
            session.mount("https://", self._adapter)
            session.headers["Host"] = self._name
        return session


class Connection:
    """One connection to one host's WinRM service."""

    def __init__(self, whom: Whom, password: str, context: ssl.SSLContext) -> None:
        self._cord = Cord()
        self._adapter = PinnedAdapter(context, whom.host, self._cord)
        settings: dict[str, Any] = {
            "endpoint": whom.url,
            "username": whom.account,
            "password": password,
            "service": "HTTP",
            "server_cert_validation": "validate",
            "ca_trust_path": None,
            "proxy": None,
            "kerberos_hostname_override": whom.host,
            "message_encryption": "auto",
            "read_timeout_sec": _READ_SECONDS,
        }
        self.protocol = Protocol(transport=whom.auth.value, operation_timeout_sec=_OPERATION_SECONDS, **settings)
        self.protocol.transport = PinnedTransport(
            self._adapter, f"{whom.host}:{whom.winrm_port}", auth_method=whom.auth.value, **settings
        )

    @property
    def offered(self) -> str:
        """What the host would accept as a sign-in, by its last refusal."""
        return self._adapter.offered

    @property
    def accepted(self) -> bool:
        """Whether the host has accepted a TCP connection."""
        return self._cord.held

    def cut(self) -> None:
        """End the connection now, from any thread; never raises."""
        self._cord.cut()


def _pool_class(cord: Cord) -> type[HTTPSConnectionPool]:
    class CordedConnection(HTTPSConnection):
        def _new_conn(self) -> Any:
            connection = super()._new_conn()
            cord.attach(connection)
            return connection

    class CordedPool(HTTPSConnectionPool):
        ConnectionCls = CordedConnection

    return CordedPool
