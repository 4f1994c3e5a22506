"""The lab's remote control: HTTP and JSON on loopback, behind a token, with its small client.

It is how the panel, tests and ``credential.py`` reach a lab that runs in another process. Nothing of it is a protocol of the
simulated deployment.
"""

from __future__ import annotations

import hmac
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from app.lab.panel import ActionState

Route = Callable[[Mapping[str, Any]], object]
"""Takes the JSON object of the request and returns JSON-able data; LookupError and ValueError are the caller's mistake."""
_LARGEST = 1_000_000
_SECONDS = 30.0


class ControlServer:
    """Listens for commands to the lab; bound when constructed, serving once it was given its routes."""

    def __init__(self, host: str, port: int) -> None:
        """Bind.

        Raises:
            OSError: the address is taken or not there.
        """
        self._token = secrets.token_urlsafe(24)
        self._routes: Mapping[str, Route] = {}
        self._server = _Server((host, port), self._handler())
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True, name="lab control"
        )

    @property
    def url(self) -> str:
        """Where a client finds it, token included; not a secret of the deployment, but not for others either."""
        address = self._server.server_address
        return f"http://{address[0]!s}:{address[1]}/{self._token}"

    def serve(self, routes: Mapping[str, Route]) -> None:
        """Start answering."""
        self._routes = routes
        self._thread.start()

    def close(self) -> None:
        """Stop and release the socket."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(2.0)
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        control = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            timeout = _SECONDS

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(min(length, _LARGEST))
                status, answer = control.answer(self.path, body)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
                """Say nothing: stderr belongs to the command line."""

        return Handler

    def answer(self, path: str, body: bytes) -> tuple[HTTPStatus, object]:
        """Return status and answer for one request."""
        _, _, rest = path.partition("/")
        token, _, name = rest.partition("/")
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return HTTPStatus.FORBIDDEN, {"error": "the token is not this lab's"}
        route = self._routes.get(name)
        if route is None:
            return HTTPStatus.NOT_FOUND, {"error": f"the lab's control knows no {name!r}"}
        try:
            return HTTPStatus.OK, {"answer": route(_given(body))}
        except (LookupError, ValueError) as error:
            return HTTPStatus.BAD_REQUEST, {"error": str(error.args[0] if error.args else error)}
        except Exception as error:  # noqa: BLE001 - the edge of a server thread: the caller sees what went wrong
            return HTTPStatus.INTERNAL_SERVER_ERROR, {"error": f"{type(error).__name__}: {error}"}


def _given(body: bytes) -> Mapping[str, Any]:
    given = json.loads(body or b"{}")
    if isinstance(given, dict):
        return given
    raise ValueError("a JSON object is expected")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


class ControlError(OSError):
    """The lab does not answer, or refuses."""


class ControlClient:
    """A lab in another process, or in this one."""

    def __init__(self, url: str) -> None:
        """Take the control URL out of ``lab serve``'s JSON line or of ``Lab.control``."""
        self._parts = urlsplit(url)

    def ask(self, route: str, /, **given: object) -> Any:
        """Return what a route answers.

        Raises:
            ControlError: the lab does not answer, or it refuses; the text says why.
        """
        connection = HTTPConnection(self._parts.hostname or "", self._parts.port, timeout=_SECONDS)
        try:
            connection.request("POST", f"{self._parts.path}/{route}", json.dumps(given))
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise ControlError(f"the lab does not answer: {error}") from None
        finally:
            connection.close()
        if response.status != HTTPStatus.OK:
            raise ControlError(str(answer.get("error", response.reason)))
        return answer["answer"]

    def actions(self) -> tuple[ActionState, ...]:
        """Return every action of the panel with whether it applies now."""
        from app.lab.panel import (
            ActionState,  # the whole world stands behind it, and credential.py has to start quickly
        )

        return tuple(ActionState(**one) for one in self.ask("actions"))

    def do(self, action: str) -> str:
        """Do one action of the panel and return what was done, in a sentence."""
        return str(self.ask("do", id=action))

    def inject(self, fault: str) -> str:
        """Break one thing."""
        return str(self.ask("inject", id=fault))

    def mend(self, fault: str) -> str:
        """Mend one fault."""
        return str(self.ask("mend", id=fault))

    def broken(self) -> tuple[str, ...]:
        """Return the ids of the faults that are there now."""
        return tuple(self.ask("broken"))

    def differences(self) -> tuple[str, ...]:
        """Return what is not as it was before the failure."""
        return tuple(self.ask("differences"))

    def effects(self) -> tuple[dict[str, Any], ...]:
        """Return every command that may have changed something: number, host, account, line, at, ok, message."""
        return tuple(self.ask("effects"))

    def counts(self) -> dict[str, int]:
        """Return how often each command line was run, by ``host: line``."""
        return dict(self.ask("counts"))

    def started(self) -> dict[str, int]:
        """Return how many commands each host's WinRM endpoint has started."""
        return dict(self.ask("started"))

    def pace(self, seconds: float) -> None:
        """Let every changing command wait that long before it does anything."""
        self.ask("pace", seconds=seconds)

    def start_seconds(self, seconds: float) -> None:
        """Let every PowerShell start take that long."""
        self.ask("start_seconds", seconds=seconds)

    def run(self, host: str, command: Mapping[str, object]) -> dict[str, Any]:
        """Run one command (``Command.payload()``) on a host as its operator would by hand; return its result."""
        return dict(self.ask("run", host=host, command=dict(command)))

    def secret(self, name: str) -> str:
        """Return the password of ``operator`` or of ``sql``."""
        return str(self.ask("secret", name=name))

    def described(self) -> dict[str, Any]:
        """Return what ``lab serve`` prints."""
        return dict(self.ask("described"))
