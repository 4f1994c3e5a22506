"""Lab servers on loopback ports of their own, closed after each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from app.lab.authority import Authority
from app.lab.ports import Server

S = TypeVar("S", bound=Server)


@pytest.fixture
def served() -> Iterator[Callable[[S], S]]:
    """Take over a server: it is closed when the test ends."""
    servers: list[Server] = []

    def take(server: S) -> S:
        servers.append(server)
        return server

    yield take
    for server in servers:
        server.close()


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority(7, datetime.now(UTC))
