"""Stand-ins for Windows hosts: one that answers batches, and servers that answer nothing sensible."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.lab.ports import Behaviour, Certificate, Console, Process
from app.settings import Auth, CredentialSettings, HostSettings, Settings

FQDN = "se01.contoso.com"
ACCOUNT = "CONTOSO\\lyncadmin"
PASSWORD = "canary-Pa55 w\u00f6rd"

Answering = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def line(answer: Mapping[str, Any]) -> bytes:
    """Return an answer as the loader prints it."""
    return b"\n" + json.dumps(answer, ensure_ascii=True).encode() + b"\n"


def good(fragment: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer with the arguments that were given."""
    return {"id": fragment["id"], "ok": True, "value": {"echo": fragment["arguments"]}, "seconds": 0.25}


class BatchHost:
    """A RemoteHost of the lab's endpoint that answers each fragment by ``answer``."""

    def __init__(self) -> None:
        self.how = Behaviour.NORMAL
        self.passwords = {ACCOUNT: PASSWORD}
        self.admins = {ACCOUNT}
        self.answer: Answering = good
        self.before = b""
        self.end = line({"end": True})
        self.stderr = b""
        self.exit_code = 0
        self.starting = 0.0
        self.batches: list[Mapping[str, Any]] = []
        self.commands: list[str] = []

    @property
    def fqdn(self) -> str:
        return FQDN

    def behaviour(self) -> Behaviour:
        return self.how

    def accounts(self) -> Mapping[str, str]:
        return self.passwords

    def may_open_shell(self, account: str) -> bool:
        return account in self.admins

    def start_seconds(self) -> float:
        return self.starting

    def wants_stdin(self, command: str, arguments: Sequence[str]) -> bool:
        return True

    def run(
        self, account: str, command: str, arguments: Sequence[str], stdin: bytes, console: Console | None = None
    ) -> Process:
        self.commands.append(" ".join([command, *arguments]))
        batch = json.loads(stdin)
        self.batches.append(batch)
        printed = self.before + b"".join(line(self.answer(one)) for one in batch["fragments"]) + self.end
        return Process(exit_code=self.exit_code, stdout=printed, stderr=self.stderr)


def settings_for(port: int, ca: Path | None, auth: Auth = Auth.NTLM, *, address: str = "127.0.0.1") -> Settings:
    """Return settings that reach FQDN at a loopback port."""
    return Settings(
        credentials=CredentialSettings(username=ACCOUNT, auth=auth),
        ca_file=ca,
        hosts={FQDN: HostSettings(address=address, winrm_port=port)},
    )


def as_account(settings: Settings, username: str) -> Settings:
    """Return the same settings for another account."""
    return replace(settings, credentials=replace(settings.credentials, username=username))


class Listener:
    """A TCP server on loopback whose connections are given to ``serve``, one thread each."""

    def __init__(self, serve: Callable[[socket.socket], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._serve = serve
        self._open: list[socket.socket] = []
        self.over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.over.set()
        for one in (self._socket, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self._open.append(connection)
                threading.Thread(target=self._quietly, args=(connection,), daemon=True).start()

    def _quietly(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            self._serve(connection)


def server_context(certificate: Certificate) -> ssl.SSLContext:
    """Return a TLS server context that presents a certificate and its chain."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "server.pem"
        path.write_bytes(b"".join([certificate.private_key, certificate.certificate, *certificate.chain]))
        context.load_cert_chain(path)
    return context


def until(condition: Callable[[], object], seconds: float = 5.0) -> bool:
    """Wait until something holds; return whether it came to hold in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.01)
    return True
