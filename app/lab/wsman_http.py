"""HTTP/1.1 as the Windows HTTP stack speaks it in front of WS-Management: one handler a connection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import Any

from app.lab.ports import Behaviour, RemoteHost
from app.lab.wsman_answers import faulted, identified
from app.lab.wsman_identity import ConnectionIdentity, Verdict
from app.lab.wsman_listener import Connection
from app.lab.wsman_messages import IDENTIFY_ACTION, Fault, read
from app.lab.wsman_service import WsmanService

MAX_BODY = 4 * 1024 * 1024
"""Bytes; a body that announces more is not read at all."""
_IDLE_SECONDS = 120
"""How long the Windows HTTP stack keeps an idle connection."""
_DRIP_SECONDS = 1.0
_INTERNAL_ERROR = 1359
_ANONYMOUS_VERSION = "OS: 0.0.0 SP: 0.0 Stack: 3.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """What a connection's handler needs of its server."""

    host: RemoteHost
    service: WsmanService
    connection: Connection
    identity: ConnectionIdentity
    max_envelope: int
    """Largest request, bytes."""


class _TooMuch(Exception):
    """The body is larger than anything this server would read."""


class WsmanHandler(BaseHTTPRequestHandler):
    """Answers the requests of one connection until it is closed. ``server`` is an ``Endpoint``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one segment: unbuffered, Nagle and delayed ACK cost 44 ms a request
    timeout = _IDLE_SECONDS
    server: Any

    def version_string(self) -> str:
        """Return the Server header."""
        return "Microsoft-HTTPAPI/2.0"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's signature
        """Say nothing: stderr belongs to the program that embeds the lab."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - the base's signature
        """Answer what is no request, or none of this server's methods."""
        self.close_connection = True
        self._answer(HTTPStatus.METHOD_NOT_ALLOWED if code == HTTPStatus.NOT_IMPLEMENTED else HTTPStatus(code))

    def do_POST(self) -> None:
        """Answer one request."""
        endpoint: Endpoint = self.server
        try:
            body = self._body()
        except _TooMuch:
            self.close_connection = True
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        if body is None:
            self.close_connection = True
            self._answer(HTTPStatus.LENGTH_REQUIRED)
            return
        match endpoint.host.behaviour():
            case Behaviour.SILENT:
                self.close_connection = True
                endpoint.connection.hold(lambda: endpoint.host.behaviour() is Behaviour.SILENT)
            case Behaviour.REFUSE:
                self.close_connection = True
                endpoint.connection.reset()
            case Behaviour.BROKEN:
                self._answer(HTTPStatus.INTERNAL_SERVER_ERROR, b"<h1>Internal Server Error</h1>", kind="text/html")
            case Behaviour.NORMAL | Behaviour.DRIP:
                self._serve(endpoint, body)

    def _serve(self, endpoint: Endpoint, body: bytes) -> None:
        if self.path.partition("?")[0].rstrip("/").lower() != "/wsman":
            self._answer(HTTPStatus.NOT_FOUND)
        elif "soap+xml" not in self.headers.get("Content-Type", "").lower():
            self._answer(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        elif self.headers.get("WSMANIDENTIFY", "").lower() == "unauthenticated" and _is_identify(body):
            self._answer(HTTPStatus.OK, identified(_ANONYMOUS_VERSION).encode())
        else:
            verdict = endpoint.identity.judge(self.headers.get("Authorization", ""))
            if not verdict.account:
                self._answer(HTTPStatus.UNAUTHORIZED, verdict=verdict)
            else:
                status, answer = _answered(endpoint, body, verdict.account)
                self._answer(status, answer.encode(), verdict=verdict)

    def _body(self) -> bytes | None:
        """Return the body, or None where neither length nor chunks are announced."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return b"".join(self._chunks())
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            return None
        if int(length) > MAX_BODY:
            raise _TooMuch
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionError("the client went in the middle of a request")
        return body

    def _chunks(self) -> Iterator[bytes]:
        total = 0
        while True:
            head = self.rfile.readline(1024).partition(b";")[0].strip()
            if not head or any(digit not in b"0123456789abcdefABCDEF" for digit in head):
                raise ConnectionError("not a chunk")
            size = int(head, 16)
            total += size
            if total > MAX_BODY:
                raise _TooMuch
            chunk = self.rfile.read(size)
            self.rfile.readline(1024)
            if not size:
                return
            yield chunk

    def _answer(
        self,
        status: HTTPStatus,
        body: bytes = b"",
        *,
        kind: str = "application/soap+xml;charset=UTF-8",
        verdict: Verdict | None = None,
    ) -> None:
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", f"Server: {self.version_string()}"]
        lines += [f"WWW-Authenticate: {challenge}" for challenge in (verdict.challenges if verdict else ())]
        lines += [f"Date: {formatdate(usegmt=True)}", f"Content-Length: {len(body)}"]
        lines += [f"Content-Type: {kind}"] if body else []
        lines += ["Connection: close"] if self.close_connection else []
        self._emit("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def _emit(self, raw: bytes) -> None:
        endpoint: Endpoint = self.server
        closing = endpoint.connection.listener.closing
        position = 0
        while position < len(raw) and endpoint.host.behaviour() is Behaviour.DRIP and not closing.is_set():
            self.wfile.write(raw[position : position + 1])
            self.wfile.flush()
            position += 1
            closing.wait(_DRIP_SECONDS)
        self.wfile.write(raw[position:])
        self.wfile.flush()


def _is_identify(body: bytes) -> bool:
    try:
        return read(body).action == IDENTIFY_ACTION
    except Fault:
        return False


def _answered(endpoint: Endpoint, body: bytes, account: str) -> tuple[HTTPStatus, str]:
    message_id = ""
    try:
        message = read(body)
        message_id = message.message_id
        _check_size(body, endpoint.max_envelope)
        return HTTPStatus.OK, endpoint.service.answer(message, account, endpoint.connection.client)
    except Fault as fault:
        return HTTPStatus.INTERNAL_SERVER_ERROR, faulted(message_id, fault, endpoint.host.fqdn)
    except Exception as error:  # noqa: BLE001 - the server thread's edge: a broken world becomes a fault the client can show
        broken = Fault(_INTERNAL_ERROR, "w:InternalError", f"The lab failed: {type(error).__name__}", sender=False)
        return HTTPStatus.INTERNAL_SERVER_ERROR, faulted(message_id, broken, endpoint.host.fqdn)


def _check_size(body: bytes, limit: int) -> None:
    if len(body) > limit:
        reason = f"The request is larger than the maximum envelope size of this service, {limit} bytes."
        raise Fault(2150858825, "w:EncodingLimit", reason, detail="ServiceEnvelopeLimit")
