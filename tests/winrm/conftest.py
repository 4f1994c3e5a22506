"""One endpoint over a fake host, and the clients that talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from winrm.protocol import Protocol

from app.lab.winrm_server import WinRmServer
from tests.winrm.winrm_fakes import ACCOUNT, PASSWORD, FakeHost, certificate
from tests.winrm.winrm_raw import RawClient


@pytest.fixture
def host() -> FakeHost:
    return FakeHost()


@pytest.fixture
def server(host: FakeHost) -> Iterator[WinRmServer]:
    made = WinRmServer(host, "127.0.0.1", 0, certificate())
    yield made
    made.close()


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    path.write_bytes(certificate().certificate)
    return path


@pytest.fixture
def client(server: WinRmServer, ca: Path) -> Iterator[Callable[..., Protocol]]:
    """Make pywinrm protocols for the endpoint; options go to the protocol."""
    made: list[Protocol] = []

    def make(
        transport: str = "ntlm", user: str = ACCOUNT, password: str = PASSWORD, url: str = "", **options: object
    ) -> Protocol:
        protocol = Protocol(
            endpoint=url or server.url,
            transport=transport,
            username=user,
            password=password,
            ca_trust_path=str(ca),
            proxy=None,
            **options,
        )
        made.append(protocol)
        return protocol

    yield make
    for protocol in made:
        protocol.transport.close_session()


@pytest.fixture
def raw(server: WinRmServer, ca: Path) -> Iterator[RawClient]:
    made = RawClient(server.address, ca)
    yield made
    made.close()
