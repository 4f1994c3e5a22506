"""The whole way: real sessions, the lab's endpoints, and the simulated deployment behind them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from app.facts import dhcp_server, host, lync
from app.facts.fact import Fact, Known, Reading, Unknown, Value
from app.facts.powershell import collect
from app.lab.serving import Lab
from app.lab.world.world import OPERATOR
from app.remote.command import cmdlet
from app.remote.connections import Connections
from app.remote.execution import execute

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ARGUMENTS: dict[str, dict[str, Value]] = {
    "host.paths": {"paths": ("D:\\", "C:\\RelyncRestore"), "hashed": True},
    "host.reachability": {"targets": ("dc01.contoso.com:389",)},
    "host.second_hop": {"path": "\\\\bk01.contoso.com\\LyncBackup"},
    "lync.topology": {"local": False},
    "lync.user_data": {"pool": "se02.contoso.com"},
    "lync.response_groups": {"pool": "se02.contoso.com"},
}
FACTS = [one for module in (host, lync, dhcp_server) for one in vars(module).values() if isinstance(one, Fact)]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab.start("se-server-lost") as running:
        yield running


@pytest.fixture(scope="module")
def connections(lab: Lab) -> Iterator[Connections]:
    password = lab.world.directory.accounts[OPERATOR].password
    made = Connections(lab.settings, lambda: password)
    yield made
    made.close()


def asked(connections: Connections, fqdn: str, *facts: Fact[Any]) -> dict[str, Reading]:
    requests = [one.about(fqdn, **ARGUMENTS.get(one.name, {})) for one in facts]
    readings = collect(fqdn, requests, connections, lambda: NOW)
    return {request.fact.name: reading for request, reading in readings.items()}


def test_a_living_server_answers_everything_it_can_know(connections: Connections) -> None:
    readings = asked(connections, "se02.contoso.com", *FACTS)
    unknown = {name for name, reading in readings.items() if isinstance(reading, Unknown)}
    assert unknown == {"dhcp_server.view"}


def test_a_clean_machine_has_no_management_shell_and_says_so(connections: Connections) -> None:
    readings = asked(connections, "se01.contoso.com", *FACTS)
    for name, reading in readings.items():
        assert isinstance(reading, Unknown) == name.startswith(("lync.", "dhcp_server.")), name
    reading = readings["lync.services"]
    assert isinstance(reading, Unknown)
    assert reading.reason.endswith("the Lync Server Management Shell is not installed on this host")


def test_the_dhcp_server_shows_its_view(connections: Connections) -> None:
    assert isinstance(asked(connections, "dc01.contoso.com", dhcp_server.DHCP_SERVER)["dhcp_server.view"], Known)


def test_a_command_changes_the_world_and_a_fact_sees_it(connections: Connections) -> None:
    def there() -> bool:
        reading = asked(connections, "se01.contoso.com", host.PATHS)["host.paths"]
        assert isinstance(reading, Known)
        return bool(reading.value.paths[1].is_folder)

    assert not there()
    session = connections.session("se01.contoso.com")
    made = execute(session, cmdlet("New-Item", ItemType="Directory", Force=True, Path="C:\\RelyncRestore"), seconds=20)
    assert made.ok, made.errors
    assert there()
    refused = execute(session, cmdlet("Start-CsWindowsService"), seconds=20)
    assert not refused.ok
    assert refused.errors
