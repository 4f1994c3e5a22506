"""TLS ports: the real collector and openssl against the lab's listener, and against ports that misbehave."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from app.facts.fact import Reading
from app.facts.tls import PEER, Greeting, TlsPeer
from app.facts.tls_asking import collect
from app.lab.authority import Authority
from app.lab.ports import Behaviour, Certificate
from app.lab.tls_server import TlsServer
from app.settings import HostSettings, LimitSettings, Settings
from tests.network.fakes import Port, clock, known, reason

HOST = "se01.contoso.com"


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Certificate:
    return authority.issue(HOST, [HOST, "sip.contoso.com"])


@pytest.fixture
def port(certificate: Certificate) -> Port:
    return Port(certificate)


@pytest.fixture
def server(port: Port, served: Callable[[TlsServer], TlsServer]) -> TlsServer:
    return served(TlsServer(port, "127.0.0.1", 0))


def greeted(number: int, host: str = HOST, seconds: float = 8.0) -> Reading:
    settings = Settings(hosts={HOST: HostSettings(address="127.0.0.1")}, limits=LimitSettings(probe_seconds=seconds))
    request = PEER.about(host, port=number)
    return collect([request], settings, None, clock)[request]


def peer(number: int) -> TlsPeer:
    value = known(greeted(number))
    assert isinstance(value, TlsPeer)
    return value


def der(certificate: Certificate) -> bytes:
    return x509.load_pem_x509_certificate(certificate.certificate).public_bytes(Encoding.DER)


@contextmanager
def saying(word: bytes, *, reset: bool = False) -> Iterator[int]:
    """A port that answers the first bytes it gets with these, then closes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            else:
                connection.sendall(word)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        thread.join(2)


def test_the_leaf_is_captured_although_the_port_asks_for_a_client_certificate(
    server: TlsServer, certificate: Certificate
) -> None:
    assert peer(server.address[1]) == TlsPeer(greeting=Greeting.HANDSHAKE, protocol="TLSv1.2", leaf=der(certificate))


def test_a_new_certificate_is_presented_to_the_next_connection(
    server: TlsServer, port: Port, authority: Authority
) -> None:
    peer(server.address[1])
    port.own = authority.issue(HOST, [HOST])
    assert peer(server.address[1]).leaf == der(port.own)


def test_a_port_that_is_refused_is_known_to_be_and_opens_again(server: TlsServer, port: Port) -> None:
    for how, expected in ((Behaviour.REFUSE, Greeting.REFUSED), (Behaviour.NORMAL, Greeting.HANDSHAKE)) * 3:
        port.how = how
        server.settle()
        assert peer(server.address[1]).greeting is expected


def test_a_port_follows_the_world_by_itself(server: TlsServer, port: Port) -> None:
    port.how = Behaviour.REFUSE
    ends = time.monotonic() + 2
    refused = TlsPeer(greeting=Greeting.REFUSED, protocol="", leaf=b"")
    while getattr(greeted(server.address[1]), "value", None) != refused:
        assert time.monotonic() < ends


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (Behaviour.SILENT, "did not complete a TLS handshake within 1 s"),
        (Behaviour.DRIP, "did not complete a TLS handshake within 1 s"),
        (Behaviour.BROKEN, "handshake failure"),
    ],
)
def test_a_port_that_misbehaves_is_unknown_within_the_deadline(
    server: TlsServer, port: Port, how: Behaviour, said: str
) -> None:
    port.how = how
    started = time.monotonic()
    sentence = reason(greeted(server.address[1], seconds=1.0))
    assert time.monotonic() - started < 2.0
    assert said in sentence
    assert f"{HOST} port {server.address[1]}" in sentence


@pytest.mark.parametrize("word", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"220 smtp\r\n", b"\0"])
def test_a_port_that_speaks_something_else_is_known_to_speak_no_tls(word: bytes) -> None:
    with saying(word) as number:
        assert peer(number).greeting is Greeting.NO_TLS


def test_a_port_that_closes_without_a_word_is_unknown() -> None:
    with saying(b"") as number:
        assert "closed the connection" in reason(greeted(number))


def test_a_reset_is_unknown() -> None:
    with saying(b"", reset=True) as number:
        assert "broke the connection off" in reason(greeted(number))


def test_a_name_this_console_cannot_resolve_is_unknown() -> None:
    assert "cannot resolve nowhere.invalid" in reason(greeted(443, host="nowhere.invalid"))


def test_one_dead_port_delays_no_other(server: TlsServer, certificate: Certificate) -> None:
    dead = TlsServer(Port(certificate, Behaviour.SILENT), "127.0.0.1", 0)
    settings = Settings(hosts={HOST: HostSettings(address="127.0.0.1")}, limits=LimitSettings(probe_seconds=1.0))
    requests = [PEER.about(HOST, port=dead.address[1]), PEER.about(HOST, port=server.address[1])]
    try:
        started = time.monotonic()
        readings = collect(requests, settings, None, clock)
        assert time.monotonic() - started < 2.0
        assert "within 1 s" in reason(readings[requests[0]])
        assert known(readings[requests[1]])
    finally:
        dead.close()


@pytest.fixture
def openssl() -> str:
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("needs the openssl program")
    return found


def test_openssl_verifies_the_chain_that_the_lab_presents(
    openssl: str, server: TlsServer, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.root_pem)
    command = [
        openssl, "s_client", "-connect", f"127.0.0.1:{server.address[1]}", "-servername", HOST,
        "-verify_hostname", HOST, "-CAfile", str(tmp_path / "ca.pem"), "-x509_strict",
    ]  # fmt: skip
    output = subprocess.run(command, input="", capture_output=True, text=True, timeout=10, check=False).stdout
    assert "Verify return code: 0 (ok)" in output
    assert "Acceptable client certificate CA names" in output or "Client Certificate Types" in output


@pytest.fixture
def s_server(openssl: str, certificate: Certificate, tmp_path: Path) -> Iterator[Callable[..., int]]:
    """openssl as a server of another make."""
    own = tmp_path / "server.pem"
    own.write_bytes(certificate.private_key + certificate.certificate)
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> int:
        with socket.create_server(("127.0.0.1", 0)) as free:
            number = int(free.getsockname()[1])
        command = [openssl, "s_server", "-accept", f"127.0.0.1:{number}", "-cert", str(own), "-quiet", *options]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL))
        ends = time.monotonic() + 5
        while socket.socket().connect_ex(("127.0.0.1", number)) != 0:
            assert time.monotonic() < ends
        return number

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("options", "protocol"),
    [
        (("-tls1", "-cipher", "ALL:@SECLEVEL=0"), "TLSv1"),
        (("-tls1_2",), "TLSv1.2"),
        (("-tls1_3",), "TLSv1.3"),
        (("-tls1_2", "-Verify", "1", "-verify_return_error"), "TLSv1.2"),
        (("-tls1_3", "-Verify", "1", "-verify_return_error"), "TLSv1.3"),
    ],
)
def test_old_new_and_demanding_servers_of_openssl_all_show_their_leaf(
    s_server: Callable[..., int], certificate: Certificate, options: tuple[str, ...], protocol: str
) -> None:
    assert peer(s_server(*options)) == TlsPeer(greeting=Greeting.HANDSHAKE, protocol=protocol, leaf=der(certificate))
