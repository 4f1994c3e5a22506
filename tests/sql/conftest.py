"""A lab SQL Server for each test, and the drivers of this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.facts.odbc import Driver, DriverKind, NoDriver, installed_drivers
from app.lab.authority import Authority
from app.lab.ports import Certificate
from app.lab.sql_server import SqlServer
from app.settings import Encrypt, Settings, SqlSettings
from tests.sql.fakes import NOW, USER, Instance

SERVER = "se01.contoso.com"
SUBJECT = f"{SERVER}\\rtc"


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority(1, datetime.now(NOW.tzinfo))


@pytest.fixture(scope="session")
def certificate(authority: Authority) -> Certificate:
    return authority.issue(SERVER, [SERVER])


@pytest.fixture
def instance() -> Instance:
    return Instance()


@pytest.fixture
def serve(instance: Instance) -> Iterator[Callable[..., SqlServer]]:
    """Start servers in front of ``instance``; keyword arguments are SqlServer's."""
    started: list[SqlServer] = []

    def start(certificate: Certificate | None = None, **options: object) -> SqlServer:
        server = SqlServer(instance, "127.0.0.1", 0, certificate, clock=NOW.timestamp, **options)  # type: ignore[arg-type]  # options of each test
        started.append(server)
        return server

    yield start
    for server in started:
        server.close()


@pytest.fixture
def ca_file(authority: Authority, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(authority.root_pem)
    return path


def settings_for(
    server: SqlServer, *, encrypt: Encrypt = Encrypt.OPTIONAL, username: str = USER, ca_file: Path | None = None
) -> Settings:
    address, port = server.address
    own = SqlSettings(address=address, port=port, username=username, encrypt=encrypt)
    return Settings(sql={SUBJECT: own}, ca_file=ca_file)


def driver_of(kind: DriverKind) -> Driver:
    """Return the best driver of a kind, or skip the test with the reason."""
    try:
        drivers = installed_drivers()
    except NoDriver as missing:
        pytest.skip(str(missing))
    found = next((one for one in drivers if one.kind is kind), None)
    if found is None:
        pytest.skip(f"{kind} is not installed")
    return found


def any_driver() -> None:
    """Skip the test where this machine has no driver at all."""
    try:
        installed_drivers()
    except NoDriver as missing:
        pytest.skip(str(missing))
