"""The endpoint mistreats clients as the world says, survives what clients do to it, and closes in time."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from winrm.exceptions import WinRMTransportError
from winrm.protocol import Protocol

from app.lab.ports import Behaviour
from app.lab.winrm_server import WinRmServer
from tests.winrm.winrm_fakes import FakeHost, certificate
from tests.winrm.winrm_raw import CREATE, IDENTIFY, SHELL_BODY, RawClient, envelope


def refused(address: tuple[str, int]) -> bool:
    """Whether nothing listens there."""
    try:
        with socket.create_connection(address, timeout=2):
            return False
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        return False  # it closed while this connection was waiting to be let in


def eventually(condition: Callable[[], bool], seconds: float = 3.0) -> bool:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.01)
    return condition()


def test_a_silent_host_accepts_and_says_nothing_at_all(server: WinRmServer, host: FakeHost) -> None:
    host.how = Behaviour.SILENT
    with socket.create_connection(server.address, timeout=0.5) as silent:
        silent.sendall(b"\x16\x03\x01\x00\x10 a client hello would be here")
        with pytest.raises(TimeoutError):
            silent.recv(1)


def test_a_kept_connection_goes_silent_too_and_does_nothing(
    raw: RawClient, host: FakeHost, server: WinRmServer
) -> None:
    raw.open_shell()
    host.how = Behaviour.SILENT
    raw.connection.sock.settimeout(0.5)
    with pytest.raises(TimeoutError):
        raw.open_shell()
    assert server.shells == 1


def test_a_host_that_drips_answers_one_byte_a_second(raw: RawClient, host: FakeHost) -> None:
    raw.connection.connect()
    host.how = Behaviour.DRIP
    begun = time.monotonic()
    sock = raw.connection.sock
    sock.sendall(b"POST /wsman HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
    assert sock.recv(10) == b"H"
    assert sock.recv(10) == b"T"
    assert 0.9 < time.monotonic() - begun < 3


def test_a_dripping_answer_flows_once_the_host_is_well_again(raw: RawClient, host: FakeHost) -> None:
    raw.connection.connect()
    host.how = Behaviour.DRIP
    threading.Timer(0.2, lambda: setattr(host, "how", Behaviour.NORMAL)).start()
    assert raw.open_shell()


def test_a_host_that_refuses_closes_its_port_and_opens_it_again(
    server: WinRmServer, host: FakeHost, raw: RawClient
) -> None:
    raw.open_shell()
    host.how = Behaviour.REFUSE
    assert eventually(lambda: refused(server.address))
    with pytest.raises((ConnectionError, OSError)):
        raw.open_shell()
    host.how = Behaviour.NORMAL
    assert eventually(lambda: not refused(server.address))
    raw.close()
    assert raw.open_shell()
    assert server.shells == 2


def test_settling_holds_for_the_very_next_client(server: WinRmServer, host: FakeHost) -> None:
    for _ in range(20):
        host.how = Behaviour.REFUSE
        server.settle()
        assert refused(server.address)
        host.how = Behaviour.NORMAL
        server.settle()
        assert not refused(server.address)


def test_a_waiting_poll_breaks_when_the_host_goes_away(raw: RawClient, host: FakeHost, server: WinRmServer) -> None:
    host.reads_stdin = True
    shell = raw.open_shell()
    command = raw.run(shell, "sort")
    threading.Timer(0.2, lambda: setattr(host, "how", Behaviour.REFUSE)).start()
    begun = time.monotonic()
    with pytest.raises((OSError, http.client.HTTPException)):
        raw.receive(shell, command)
    assert time.monotonic() - begun < 3


def test_a_client_of_a_refusing_host_is_never_served_however_early_it_comes(
    client: Callable[..., Protocol], host: FakeHost, server: WinRmServer
) -> None:
    host.how = Behaviour.REFUSE
    with pytest.raises(requests.ConnectionError):
        client().open_shell()
    assert server.shells == 0


def test_a_broken_host_answers_500_without_a_fault(client: Callable[..., Protocol], host: FakeHost) -> None:
    host.how = Behaviour.BROKEN
    with pytest.raises(WinRMTransportError) as caught:
        client().open_shell()
    assert caught.value.code == 500


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\x00" * 100,
        b"GET / HTTP/1.1\r\n\r\n",
        b"SSH-2.0-client\r\n",
        b"\x16\x03\x01\xff\xff" + b"x" * 1000,
    ],
)
def test_garbage_instead_of_tls_ends_that_connection_alone(server: WinRmServer, raw: RawClient, garbage: bytes) -> None:
    stranger = socket.create_connection(server.address, timeout=5)
    with stranger, contextlib.suppress(OSError):  # the server may have hung up before all of it was sent
        stranger.sendall(garbage)
        stranger.shutdown(socket.SHUT_WR)
        while stranger.recv(1000):
            pass
    assert raw.open_shell()


@pytest.mark.parametrize(
    ("garbage", "status"),
    [
        (b"hello\r\n\r\n", b"HTTP/1.1 400"),
        (b"POST /wsman HTTP/9.9\r\n\r\n", b"HTTP/1.1 505"),
        (b"POST " + b"/" * 70_000 + b" HTTP/1.1\r\n\r\n", b"HTTP/1.1 414"),
        (b"POST /wsman HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"HTTP/1.1 431"),
        (b"POST /wsman HTTP/1.1\r\nContent-Length: minus\r\n\r\n", b"HTTP/1.1 411"),
        (b"POST /wsman HTTP/1.1\r\nContent-Length: 50\r\n\r\nshort", b""),
        (b"POST /wsman HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b""),
        (b"POST /wsman HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", b"HTTP/1.1 413"),
    ],
)
def test_garbage_instead_of_http_is_answered_or_dropped(raw: RawClient, garbage: bytes, status: bytes) -> None:
    with raw.tls_socket() as stranger:
        stranger.sendall(garbage)
        # Half-closing needs the plain socket: TLS has no such thing before version 1.3.
        socket.socket.shutdown(stranger, socket.SHUT_WR)
        said = b""
        with contextlib.suppress(OSError):
            while piece := stranger.recv(10_000):
                said += piece
    assert said[: len(status)] == status
    assert (not status) == (not said)
    assert raw.open_shell()


def test_half_open_connections_do_not_keep_others_out(server: WinRmServer, raw: RawClient) -> None:
    plain = [socket.create_connection(server.address) for _ in range(40)]
    half = [raw.tls_socket() for _ in range(10)]
    for one in half:
        one.sendall(b"POST /wsman HTTP/1.1\r\nContent-Length: 10")
    begun = time.monotonic()
    assert raw.open_shell()
    assert time.monotonic() - begun < 2
    for one in plain + half:
        one.close()


def test_closing_ends_every_kind_of_connection_within_two_seconds(host: FakeHost, ca: Path) -> None:
    server = WinRmServer(host, "127.0.0.1", 0, certificate())
    host.reads_stdin = True
    polling = RawClient(server.address, ca)
    shell = polling.open_shell()
    command = polling.run(shell, "sort")
    ended: list[object] = []

    def poll() -> None:
        try:
            ended.append(polling.receive(shell, command).code)
        except OSError as error:
            ended.append(error)

    waiting = threading.Thread(target=poll)
    waiting.start()
    idle = RawClient(server.address, ca)
    idle.post(IDENTIFY)
    half = socket.create_connection(server.address)
    begun = time.monotonic()
    server.close()
    assert time.monotonic() - begun < 2.5
    waiting.join(2)
    assert ended
    assert refused(server.address)
    half.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "lab-connection" and thread.is_alive()]


def test_the_port_is_free_again_for_a_second_server(host: FakeHost, ca: Path) -> None:
    first = WinRmServer(host, "127.0.0.1", 0, certificate())
    RawClient(first.address, ca).open_shell()
    first.close()
    second = WinRmServer(host, "127.0.0.1", first.address[1], certificate())
    assert RawClient(second.address, ca).post(envelope(CREATE, SHELL_BODY)).status == 200
    second.close()


def test_a_port_that_is_taken_is_an_error_at_once(server: WinRmServer, host: FakeHost) -> None:
    with pytest.raises(OSError, match="in use"):
        WinRmServer(host, *server.address, certificate())
