"""Certificates, endpoints and sessions that these tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from app.lab.authority import Authority, KeyKind
from app.remote.winrm import WinRmSession
from app.settings import Auth
from tests.remote.kit import FQDN, PASSWORD, Listener, server_context, settings_for
from tests.remote.scripted import Scripted


@cache
def made_authority() -> Authority:
    return Authority(7, datetime.now(UTC))


@pytest.fixture(scope="session")
def authority() -> Authority:
    return made_authority()


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Path:
    path = tmp_path_factory.mktemp("ca") / "root.pem"
    path.write_bytes(authority.root_pem)
    return path


@pytest.fixture
def scripted(authority: Authority) -> Iterator[Scripted]:
    endpoint = Scripted(server_context(authority.issue(FQDN, [FQDN], key=KeyKind.EC)))
    yield endpoint
    endpoint.close()


@pytest.fixture
def listening() -> Iterator[Callable[..., Listener]]:
    made: list[Listener] = []

    def start(serve: Callable[..., None]) -> Listener:
        made.append(Listener(serve))
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def session(ca: Path) -> Iterator[Callable[..., WinRmSession]]:
    """Make sessions to FQDN at a loopback port."""
    made: list[WinRmSession] = []

    def make(
        port: int, *, auth: Auth = Auth.BASIC, trusted: Path | None = None, password: str = PASSWORD
    ) -> WinRmSession:
        one = WinRmSession(FQDN, settings_for(port, trusted or ca, auth), lambda: password)
        made.append(one)
        return one

    yield make
    for one in made:
        one.close()
