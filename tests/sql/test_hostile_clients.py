"""Whatever a client sends, the lab's SQL Server ends that client's connection and serves the next one."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.lab.ports import Behaviour, Certificate
from app.lab.sql_server import SqlServer
from app.lab.tds_reading import Malformed, login_of, wanted_encryption
from app.lab.tds_rpc import calls_of
from tests.sql.fakes import Instance

Serve = Callable[..., SqlServer]
PRELOGIN = (
    bytes.fromhex("00 0010 0006 01 0016 0001 02 0017 0001 ff".replace(" ", "")) + b"\x0b\0\0\0\0\0" + b"\x02" + b"\0"
)


def packet(kind: int, body: bytes, *, status: int = 1, length: int | None = None) -> bytes:
    size = len(body) + 8 if length is None else length
    return struct.pack(">BBHHBB", kind, status, size, 0, 1, 0) + body


def header(kind: int, body: bytes) -> bytes:
    return packet(kind, struct.pack("<I", 22) + struct.pack("<IHQI", 18, 2, 0, 1) + body)


GARBAGE = {
    "nothing at all": b"",
    "a web browser": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "TLS without TDS": bytes.fromhex("160301020001000001fc0303") + bytes(64),
    "half a header": b"\x12\x01\x00",
    "half a packet": packet(0x12, PRELOGIN)[:20],
    "a length below its header": packet(0x12, b"", length=3),
    "a batch before the login": header(0x01, "SELECT 1".encode("utf-16-le")),
    "prelogin options out of bounds": packet(0x12, bytes.fromhex("01fff0ffffff")),
    "prelogin without an end": packet(0x12, b"\x01\x00\x06\x00\x01" * 3),
    "an encryption that is none": packet(0x12, bytes.fromhex("0100060001ff") + b"\x09"),
    "a login that is too short": packet(0x12, PRELOGIN) + packet(0x10, b"\0" * 20),
    "a login pointing outside": packet(0x12, PRELOGIN)
    + packet(0x10, struct.pack("<III", 94, 0x74000004, 4096) + b"\xff" * 90),
    "packets of different kinds": packet(0x12, b"x", status=0) + packet(0x10, b"y"),
    "noise": random.Random(7).randbytes(5000),
}


def closed_by_server(connection: socket.socket) -> bool:
    connection.settimeout(5)
    try:
        while connection.recv(4096):
            pass
    except ConnectionResetError:
        pass
    return True


def serves(server: SqlServer) -> bool:
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(packet(0x12, PRELOGIN))
        return connection.recv(8)[:2] == b"\x04\x01"


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_ends_its_own_connection_alone(serve: Serve, sent: bytes) -> None:
    server = serve()
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(sent)
        with suppress(OSError):  # it may have been cut off already
            connection.shutdown(socket.SHUT_WR)
        assert closed_by_server(connection)
    assert serves(server)


def test_a_message_without_end_is_cut_off_at_four_megabytes(serve: Serve) -> None:
    server = serve()
    chunk = packet(0x12, bytes(32000), status=0)
    sent = 0
    with socket.create_connection(server.address, timeout=5) as connection, pytest.raises(OSError):
        while sent < 64 * 1024 * 1024:
            connection.sendall(chunk)
            sent += len(chunk)
    assert sent < 32 * 1024 * 1024
    assert serves(server)


def test_a_broken_handshake_ends_its_own_connection_alone(serve: Serve, certificate: Certificate) -> None:
    server = serve(certificate)
    with socket.create_connection(server.address, timeout=5) as connection:
        connection.sendall(packet(0x12, PRELOGIN.replace(b"\0\0\0\0\0\x02\0", b"\0\0\0\0\0\x01\0")))
        connection.recv(4096)
        connection.sendall(packet(0x12, b"this is no ClientHello" * 10))
        assert closed_by_server(connection)
    assert serves(server)


def test_clients_that_say_nothing_do_not_keep_others_out(serve: Serve) -> None:
    server = serve()
    silent = [socket.create_connection(server.address, timeout=5) for _ in range(50)]
    assert serves(server)
    for one in silent:
        one.close()


def test_closing_takes_less_than_two_seconds_whatever_clients_do_and_leaves_no_thread(instance: Instance) -> None:
    before = set(threading.enumerate())
    server = SqlServer(instance, "127.0.0.1", 0)
    clients = [socket.create_connection(server.address, timeout=5) for _ in range(5)]
    instance.treats = Behaviour.DRIP
    clients[0].sendall(packet(0x12, PRELOGIN))
    clients[0].recv(1)
    instance.treats = Behaviour.SILENT
    clients[1].sendall(packet(0x12, PRELOGIN))
    started = time.monotonic()
    server.close()
    assert time.monotonic() - started < 2.0
    with pytest.raises(OSError):
        socket.create_connection(server.address, timeout=1)
    for one in clients:
        one.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, started + 2.0 - time.monotonic()))
        assert not thread.is_alive()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_make_a_reader_fail_otherwise_than_by_saying_malformed(body: bytes) -> None:
    for read in (wanted_encryption, login_of, calls_of, lambda one: calls_of(b"\x04\0\0\0\xff\xff\x0a\0\0\0" + one)):
        try:
            read(body)
        except Malformed as error:
            assert str(error)
