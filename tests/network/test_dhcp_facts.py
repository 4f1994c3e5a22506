"""DHCP: the real collector against the lab's server, against one of another make, and against silence."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable

import pytest

from app.facts.dhcp import INFORM, DhcpReply
from app.facts.dhcp_asking import collect
from app.facts.fact import Reading
from app.lab.dhcp_server import DhcpServer
from app.lab.ports import Behaviour, DhcpOptions
from app.settings import DhcpSettings, LimitSettings, Settings
from tests.network.fakes import Dhcp, clock, known, reason

SIP = bytes.fromhex("0006736572766572046671646e07636f6d70616e7903636f6d00")
PHONE = bytes.fromhex("010c4d532d55432d436c69656e740205687474707303")


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


CLIENT_PORT = free_port()


@pytest.fixture
def data() -> Dhcp:
    return Dhcp(DhcpOptions(option_120=SIP, option_43_by_class={"MS-UC-Client": PHONE, "CPE-OCPHONE": b"\x0a\0"}))


@pytest.fixture
def server(data: Dhcp, served: Callable[[DhcpServer], DhcpServer]) -> str:
    address, port = served(DhcpServer(data, "127.0.0.1", 0)).address
    return f"{address}:{port}"


def settings(inform: str = "", port: int = CLIENT_PORT, seconds: float = 5.0) -> Settings:
    return Settings(dhcp=DhcpSettings(inform=inform, client_port=port), limits=LimitSettings(probe_seconds=seconds))


def asked(subject: str, given: Settings | None = None) -> Reading:
    request = INFORM.about(subject)
    return collect([request], given or settings(), None, clock)[request]


def test_both_options_come_back_as_raw_bytes_with_the_server(server: str) -> None:
    assert known(asked(server)) == DhcpReply(server="127.0.0.1", option_120=SIP, option_43=PHONE)


def test_the_port_may_be_in_the_settings_while_the_question_names_the_address(server: str) -> None:
    assert known(asked("127.0.0.1", settings(inform=server)))


def test_a_long_option_is_put_together_again(server: str, data: Dhcp) -> None:
    long = bytes(range(256)) * 2
    data.given = DhcpOptions(option_120=None, option_43_by_class={"MS-UC-Client": long})
    assert known(asked(server)) == DhcpReply(server="127.0.0.1", option_120=b"", option_43=long)


def test_the_class_is_case_sensitive(server: str, data: Dhcp) -> None:
    data.given = DhcpOptions(option_120=SIP, option_43_by_class={"ms-uc-client": PHONE})
    assert known(asked(server)) == DhcpReply(server="127.0.0.1", option_120=SIP, option_43=b"")


@pytest.mark.parametrize("how", [Behaviour.SILENT, Behaviour.REFUSE, Behaviour.BROKEN, Behaviour.DRIP])
def test_a_server_that_gives_no_acknowledgement_is_unknown_within_the_deadline(
    server: str, data: Dhcp, how: Behaviour
) -> None:
    data.how = how
    started = time.monotonic()
    sentence = reason(asked(server, settings(seconds=1.0)))
    assert time.monotonic() - started < 2.0
    assert f"DHCP server {server} did not answer" in sentence
    assert "within 1 s" in sentence


def test_two_servers_are_told_apart_and_the_dead_one_delays_nobody(server: str, data: Dhcp) -> None:
    dead = DhcpServer(Dhcp(data.given, Behaviour.SILENT), "127.0.0.1", 0)
    try:
        requests = [INFORM.about("{}:{}".format(*dead.address)), INFORM.about(server)]
        readings = collect(requests, settings(seconds=1.0), None, clock)
        assert "did not answer" in reason(readings[requests[0]])
        assert known(readings[requests[1]])
    finally:
        dead.close()


def test_a_taken_client_port_is_unknown_and_says_so(server: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("", 0))
        port = other.getsockname()[1]
        assert f"UDP port {port}, and another program has it" in reason(asked(server, settings(port=port, seconds=3.0)))


def test_waves_that_overlap_wait_for_each_other(server: str) -> None:
    found: list[Reading] = []
    threads = [threading.Thread(target=lambda: found.append(asked(server))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(map(known, found))


def test_the_right_that_is_missing_is_named(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forbidden(socket.socket):
        def bind(self, address: object) -> None:
            raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket, "socket", Forbidden)
    assert "UDP port 68, and this console has no right to it" in reason(asked(server, settings(port=68)))


@pytest.mark.parametrize("subject", ["dc01.contoso.com", "10.0.0.5:0", ""])
def test_a_server_that_is_no_address_is_unknown(subject: str) -> None:
    assert "could not be asked" in reason(asked(subject))


def test_noise_and_other_peoples_answers_are_passed_over(server: str) -> None:
    stop = threading.Event()

    def noise() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as loud:
            while not stop.is_set():
                for data in (b"", b"\2" * 300, b"\2\1\6\0" + bytes(232) + b"\x63\x82\x53\x63\x35\1\5\xff"):
                    loud.sendto(data, ("127.0.0.1", CLIENT_PORT))
                stop.wait(0.005)

    thread = threading.Thread(target=noise, daemon=True)
    thread.start()
    try:
        assert known(asked(server)) == DhcpReply(server="127.0.0.1", option_120=SIP, option_43=PHONE)
    finally:
        stop.set()
        thread.join()


def test_the_lab_server_survives_noise(server: str) -> None:
    address, _, port = server.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for data in (b"", b"\1" * 10, b"\1" * 240, b"\1" + bytes(235) + b"\x63\x82\x53\x63\x35\x09\x08"):
            client.sendto(data, (address, int(port)))
    assert known(asked(server))
