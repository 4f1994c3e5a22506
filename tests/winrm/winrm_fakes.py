"""Stand-ins for the world: a host whose commands are a Python function, and a certificate for its endpoint."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.lab.ports import Behaviour, Certificate, Console, Process

FQDN = "se01.contoso.com"
ACCOUNT = "CONTOSO\\lyncadmin"
PASSWORD = "correct horse \u00e9 battery"
PLAIN = "CONTOSO\\plainuser"
_CONSOLE = Console()


class FakeHost:
    """A RemoteHost: what a command does is ``action``."""

    def __init__(self) -> None:
        self.how = Behaviour.NORMAL
        self.passwords: dict[str, str] = {ACCOUNT: PASSWORD, PLAIN: PASSWORD}
        self.admins = {ACCOUNT}
        self.starting = 0.0
        self.reads_stdin = False
        self.action: Callable[[str, bytes, Console], Process] = echoing
        self.ran: list[str] = []
        self.done = threading.Event()

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
        return self.reads_stdin

    def run(
        self, account: str, command: str, arguments: Sequence[str], stdin: bytes, console: Console = _CONSOLE
    ) -> Process:
        line = " ".join([command, *arguments])
        self.ran.append(line)
        try:
            return self.action(line, stdin, console)
        finally:
            self.done.set()


def echoing(line: str, stdin: bytes, console: Console) -> Process:
    """Print the line and what came on standard input."""
    return Process(exit_code=0, stdout=f"[{line}]".encode() + stdin)


@cache
def certificate() -> Certificate:
    """Return a self-signed certificate for FQDN and 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, FQDN)])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName(FQDN), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Certificate(
        certificate=made.public_bytes(serialization.Encoding.PEM),
        private_key=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ),
    )
