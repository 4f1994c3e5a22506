"""A served lab as independent clients meet it, and its life from start to close."""

from __future__ import annotations

import json
import os
import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dns.message
import dns.query
import dns.rdatatype
import ldap3
import pytds
import pytest
import winrm

from app.lab import addresses
from app.lab.control import ControlClient, ControlError
from app.lab.serving import Lab, LabError
from app.remote.command import cmdlet
from app.settings_file import load_settings


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start("se-server-lost", folder=tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def control(lab: Lab) -> ControlClient:
    return ControlClient(lab.control)


def test_the_json_line_has_what_the_contract_names(lab: Lab) -> None:
    described = json.loads(json.dumps(lab.described()))
    assert described["schema"] == 1
    assert {"config", "backup", "ca", "credentials", "dns", "hosts", "sql", "ldap"} <= described.keys()
    assert set(described["credentials"]) == {"username", "password", "auth"}
    assert [one["fqdn"] for one in described["hosts"]] == [
        f"{one}.contoso.com" for one in ("dc01", "se01", "se02", "bk01")
    ]
    assert set(described["sql"][0]) == {"server", "instance", "address", "port", "username", "password"}
    assert Path(described["backup"]).is_dir()
    assert Path(described["ca"]).is_file()


def test_the_written_settings_read_back_the_same_and_hold_no_password(lab: Lab, control: ControlClient) -> None:
    assert load_settings(lab.config, {}) == lab.settings
    written = lab.config.read_text(encoding="utf-8")
    assert control.secret("operator") not in written
    assert control.secret("sql") not in written
    if os.name == "posix":
        assert stat.S_IMODE(lab.config.stat().st_mode) == 0o600


def test_no_file_of_the_lab_holds_a_password(lab: Lab, control: ControlClient) -> None:
    secrets = [control.secret(name).encode() for name in ("operator", "sql")]
    for file in (one for one in lab.world.folder.rglob("*") if one.is_file()):
        content = file.read_bytes()
        assert not any(secret in content for secret in secrets), file


def test_the_password_command_of_the_settings_prints_the_password(lab: Lab, control: ControlClient) -> None:
    command = lab.settings.credentials.password_command
    root = Path(__file__).parents[2]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, cwd=root, timeout=30)
    assert printed.stdout == f"{control.secret('operator')}\n"


def test_the_password_command_says_when_the_lab_is_gone() -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "app.lab.credential", "http://127.66.255.1:9/x", "operator"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root, timeout=30)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "does not answer" in ended.stderr


@pytest.mark.parametrize(
    ("name", "kind", "ending"),
    [
        ("se01.contoso.com", "A", ".11"),
        ("lyncdiscoverinternal.contoso.com", "CNAME", "se01.contoso.com."),
        ("_sipinternaltls._tcp.contoso.com", "SRV", "0 0 5061 se01.contoso.com."),
        ("contoso.com", "SOA", "3600"),
    ],
)
def test_dns_answers_any_client(lab: Lab, name: str, kind: str, ending: str) -> None:
    question = dns.message.make_query(name, kind)
    for ask in (dns.query.udp, dns.query.tcp):
        answer = ask(question, lab.servers.endpoints.controller, port=addresses.DNS_PORT, timeout=5)
        found = [
            item.to_text() for rrset in answer.answer for item in rrset if rrset.rdtype == dns.rdatatype.from_text(kind)
        ]
        assert found
        assert found[0].endswith(ending)


def test_ldap_answers_any_client_with_the_operators_password(lab: Lab, control: ControlClient) -> None:
    # The certificate proves the address too, but from Python 3.12 on ldap3's own matching knows no addresses.
    tls = ldap3.Tls(ca_certs_file=str(lab.ca), validate=ssl.CERT_REQUIRED, valid_names=["dc01.contoso.com"])
    server = ldap3.Server(lab.described()["ldap"]["url"], tls=tls, get_info=ldap3.ALL)  # type: ignore[index]
    with ldap3.Connection(server, "CONTOSO\\lyncadmin", control.secret("operator"), auto_bind=True) as connection:
        base = server.info.other["configurationNamingContext"][0]
        connection.search(base, "(objectClass=msRTCSIP-GlobalTopologySetting)", attributes=["msRTCSIP-BackEndServer"])
        assert connection.entries[0]["msRTCSIP-BackEndServer"].value == "se02.contoso.com\\rtc"
        connection.search(
            "DC=contoso,DC=com", "(&(objectClass=computer)(dNSHostName=se01.contoso.com))", attributes=["memberOf"]
        )
        assert any("RTCHSUniversalServices" in one for one in connection.entries[0]["memberOf"])


@pytest.mark.parametrize("auth", ["ntlm", "basic"])
def test_winrm_answers_any_client(lab: Lab, control: ControlClient, auth: str) -> None:
    session = winrm.Session(
        f"https://{lab.world.hosts['se02.contoso.com'].address}:5986/wsman",
        auth=("CONTOSO\\lyncadmin", control.secret("operator")),
        transport=auth,
        ca_trust_path=str(lab.ca),
    )
    ended = session.run_ps("(Get-CsPool).Count; (Get-CsWindowsService | Where-Object {$_.Name -eq 'RTCSRV'}).Status")
    assert (ended.status_code, ended.std_out.split()) == (0, [b"2", b"Running"])
    assert session.run_cmd("hostname").std_out.strip().lower() == b"se02"


def test_sql_answers_any_client(lab: Lab, control: ControlClient) -> None:
    address = lab.world.hosts["se02.contoso.com"].address
    with (
        pytds.connect(address, "master", "relync", control.secret("sql"), port=1433) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "SELECT name FROM sys.databases WHERE state_desc = 'ONLINE' AND name IN ('xds', 'lis', 'rtcxds')"
        )
        assert sorted(row[0] for row in cursor.fetchall()) == ["lis", "rtcxds", "xds"]
        cursor.execute("SELECT CAST(SERVERPROPERTY('InstanceName') AS nvarchar(128))")
        assert cursor.fetchone() == ("RTC",)


def test_sip_tls_presents_the_servers_certificate_and_the_lost_one_refuses(lab: Lab) -> None:
    context = ssl.create_default_context(cafile=str(lab.ca))
    survivor, lost = (lab.world.hosts[f"{one}.contoso.com"].address for one in ("se02", "se01"))
    with (
        socket.create_connection((survivor, 5061), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="se02.contoso.com") as secured,
    ):
        names = secured.getpeercert()["subjectAltName"]  # type: ignore[index]
        assert ("DNS", "meet.contoso.com") in names
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((lost, 5061), timeout=5)


def test_two_labs_stand_beside_each_other(lab: Lab) -> None:
    with Lab.start("healthy", seed=4) as other:
        assert other.servers.endpoints.prefix != lab.servers.endpoints.prefix
        assert ControlClient(other.control).differences() == ()
        folder = other.world.folder
        assert folder.is_dir()
    assert not folder.exists()


def test_a_closed_lab_gives_its_addresses_back() -> None:
    with Lab.start("healthy") as first:
        prefix = first.servers.endpoints.prefix
    for port in (addresses.WINRM_PORT, addresses.DNS_PORT):
        with socket.socket() as own:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            own.bind((f"{prefix}.10", port))
    with pytest.raises(ControlError):
        ControlClient(first.control).differences()


def test_a_lab_without_addresses_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "NETWORK", "192.0")
    with pytest.raises(LabError, match="lo0 alias"):
        Lab.start("healthy")


def test_an_unknown_scenario_starts_nothing() -> None:
    with pytest.raises(LookupError, match="se-server-lost"):
        Lab.start("meteor")


def test_a_command_by_hand_changes_the_world_and_is_counted(control: ControlClient) -> None:
    command = cmdlet("New-Item", ItemType="Directory", Path="C:\\ByHand")
    result = control.run("se01.contoso.com", command.payload())
    assert result["ok"]
    assert control.counts()[f"se01.contoso.com: {command.line()}"] == 1
    assert control.effects()[-1]["line"] == command.line()


def test_a_seed_puts_its_obstacles_in_the_way_from_the_start() -> None:
    with Lab.start("se-server-lost", seed=5, faults=("backup-old",)) as lab:
        assert len(ControlClient(lab.control).broken()) == 3


@pytest.mark.parametrize(
    ("route", "given", "said"),
    [
        ("do", {"id": "make:coffee"}, "no action"),
        ("inject", {"id": "gremlins"}, "there is no fault"),
        ("inject", {}, "id is needed"),
        ("pace", {"seconds": 1e9}, "seconds is needed"),
        ("run", {"host": "se99", "command": {}}, "known host"),
        ("dance", {}, "knows no 'dance'"),
    ],
)
def test_what_the_control_does_not_know_it_refuses(
    control: ControlClient, route: str, given: dict[str, object], said: str
) -> None:
    with pytest.raises(ControlError, match=said):
        control.ask(route, **given)


def test_the_control_wants_its_token(lab: Lab) -> None:
    base = lab.control.rpartition("/")[0]
    with pytest.raises(ControlError, match="token"):
        ControlClient(f"{base}/guess").secret("operator")


def test_extra_hosts_stand_beside_the_deployment_and_a_start_takes_as_long_as_asked(tmp_path: Path) -> None:
    with Lab.start("healthy", folder=tmp_path, extra_hosts=3) as lab:
        control = ControlClient(lab.control)
        control.start_seconds(0.4)
        session = winrm.Session(
            f"https://{lab.world.hosts['srv03.contoso.com'].address}:5986/wsman",
            auth=("CONTOSO\\lyncadmin", control.secret("operator")),
            transport="basic",
            ca_trust_path=str(lab.ca),
        )
        began = time.monotonic()
        assert session.run_ps("$env:COMPUTERNAME").std_out.strip().lower() == b"srv03"
        assert time.monotonic() - began >= 0.4
        assert control.started()["srv03.contoso.com"] == 1


def test_a_pace_slows_changing_commands_alone(lab: Lab, control: ControlClient) -> None:
    control.pace(0.3)
    try:
        began = time.monotonic()
        control.run("se01.contoso.com", cmdlet("New-Item", ItemType="Directory", Force=True, Path="C:\\Slow").payload())
        assert time.monotonic() - began >= 0.3
    finally:
        control.pace(0)
