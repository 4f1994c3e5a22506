"""SQL Browser: ours asks, the lab's answers."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from app.facts import sql_asking
from app.facts.fact import Known, Unknown
from app.facts.sql import INSTANCE
from app.facts.sql_browser import NotFound, port_of
from app.facts.sql_passwords import VARIABLE, SqlPasswords
from app.lab.ports import Behaviour
from app.lab.sql_browser import Listed, SqlBrowser
from app.lab.sql_server import SqlServer
from app.settings import LimitSettings, Settings, SqlSettings
from tests.sql.conftest import SERVER, SUBJECT, any_driver
from tests.sql.fakes import NOW, PASSWORD, USER, Instance


class Machine:
    def __init__(self, *listed: Listed) -> None:
        self.listed = listed
        self.treats = Behaviour.NORMAL

    def behaviour(self) -> Behaviour:
        return self.treats

    def server_name(self) -> str:
        return "SE01"

    def instances(self) -> Sequence[Listed]:
        return self.listed


@pytest.fixture
def machine() -> Machine:
    return Machine(
        Listed(name="RTC", version="11.0.7001.0", port=1433), Listed(name="RTCLOCAL", version="11.0.7001.0", port=14331)
    )


@pytest.fixture
def browser(machine: Machine) -> Iterator[SqlBrowser]:
    server = SqlBrowser(machine, "127.0.0.1", 0)
    yield server
    server.close()


def test_the_port_of_an_instance_is_found_without_case(browser: SqlBrowser) -> None:
    assert port_of(*browser.address, "rtclocal", 2.0) == 14331


def test_an_unknown_instance_is_silence_and_silence_has_a_sentence(browser: SqlBrowser) -> None:
    started = time.monotonic()
    with pytest.raises(NotFound, match=r"nothing about LYNCLOCAL within 0\.3 s"):
        port_of(*browser.address, "LYNCLOCAL", 0.3)
    assert time.monotonic() - started < 1.0


def test_a_browser_that_is_stopped_is_silent_or_refuses(machine: Machine, browser: SqlBrowser) -> None:
    machine.treats = Behaviour.SILENT
    with pytest.raises(NotFound, match="SQL Browser"):
        port_of(*browser.address, "rtc", 0.3)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with pytest.raises(NotFound, match=r"cannot be asked|said nothing"):
        port_of("127.0.0.1", port, "rtc", 0.3)


@pytest.mark.parametrize(
    "answer",
    [
        b"\x05\x10\x00nonsense",
        b"",
        b"\x00",
        b"\x05\x00\x00ServerName;A;InstanceName;RTC;np;\\\\A\\pipe;;",
        b"\x05\0\0tcp;99999;;",
        b"\xff" * 500,
    ],
)
def test_an_answer_without_a_port_is_said_to_have_none(answer: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def reply() -> None:
            _, client = server.recvfrom(100)
            server.sendto(answer, client)

        threading.Thread(target=reply, daemon=True).start()
        with pytest.raises(NotFound):
            port_of(*server.getsockname(), "RTC", 1.0)


def test_everything_is_listed_to_a_client_that_asks_for_all(browser: SqlBrowser) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.sendto(b"\x03", browser.address)
        answer = client.recv(4096)
    assert answer[0] == 5
    assert int.from_bytes(answer[1:3], "little") == len(answer) - 3
    assert answer[3:].decode().count("InstanceName;") == 2


def test_a_named_instance_without_a_configured_port_is_found_through_the_browser(
    machine: Machine, browser: SqlBrowser
) -> None:
    any_driver()
    server = SqlServer(Instance(), "127.0.0.1", 0)
    machine.listed = (Listed(name="RTC", version="11", port=server.address[1]),)
    there = f"127.0.0.1:{browser.address[1]}"
    settings = Settings(
        forwards={f"{SERVER}:1434": there, f"{SERVER}:{server.address[1]}": f"127.0.0.1:{server.address[1]}"},
        sql={SUBJECT: SqlSettings(username=USER)},
    )
    passwords = SqlPasswords(settings, {VARIABLE: PASSWORD})
    request = INSTANCE.about(SUBJECT)
    found = sql_asking.collect([request], settings, passwords, lambda: NOW)[request]
    server.close()
    assert isinstance(found, Known), found
    machine.treats = Behaviour.SILENT
    limited = replace(settings, limits=LimitSettings(probe_seconds=1.0))
    silent = sql_asking.collect([request], limited, passwords, lambda: NOW)[request]
    assert isinstance(silent, Unknown)
    assert "SQL Browser" in silent.reason
