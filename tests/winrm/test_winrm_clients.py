"""Independent clients get from the endpoint what they get from Windows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import winrm
from pypsrp.exceptions import AuthenticationError
from pypsrp.shell import Process as PsrpProcess
from pypsrp.shell import SignalCode, WinRS
from pypsrp.wsman import WSMan
from winrm.exceptions import InvalidCredentialsError, WinRMOperationTimeoutError, WSManFaultError
from winrm.protocol import Protocol

from app.lab.ports import Console, Process
from app.lab.winrm_server import WinRmServer
from tests.winrm.winrm_fakes import ACCOUNT, PASSWORD, PLAIN, FakeHost

Client = Callable[..., Protocol]


def output(protocol: Protocol, shell: str, command: str, arguments: tuple[str, ...] = ()) -> tuple[bytes, bytes, int]:
    """Run one command in an open shell to its end."""
    started = protocol.run_command(shell, command, arguments)
    try:
        return protocol.get_command_output(shell, started)
    finally:
        protocol.cleanup_command(shell, started)


@pytest.mark.parametrize("transport", ["ntlm", "basic", "ssl"])
def test_pywinrm_runs_a_command_with_each_authentication(client: Client, transport: str) -> None:
    protocol = client(transport)
    shell = protocol.open_shell()
    assert output(protocol, shell, "hostname", ("a", "b")) == (b"[hostname a b]", b"", 0)


def test_pywinrm_session_runs_cmd_and_powershell(server: WinRmServer, ca: Path, host: FakeHost) -> None:
    host.action = lambda line, stdin, console: Process(exit_code=4, stdout=b"out", stderr=b"err")
    session = winrm.Session(server.url, (ACCOUNT, PASSWORD), transport="ntlm", ca_trust_path=str(ca), proxy=None)
    ran = session.run_cmd("ipconfig", ["/all"])
    assert (ran.std_out, ran.std_err, ran.status_code) == (b"out", b"err", 4)
    assert session.run_ps("Get-Date").std_out == b"out"
    assert host.ran[0] == "ipconfig /all"
    assert host.ran[1].startswith("powershell -encodedcommand ")
    assert server.shells == 0


def test_a_kept_shell_runs_many_commands_over_one_authenticated_connection(client: Client, server: WinRmServer) -> None:
    protocol = client()
    shell = protocol.open_shell(codepage=65001)
    printed = [output(protocol, shell, f"step{number}")[0] for number in range(20)]
    assert printed == [f"[step{number}]".encode() for number in range(20)]
    assert [started.line for started in server.started] == [f"step{number}" for number in range(20)]
    assert {started.account for started in server.started} == {ACCOUNT}


def test_a_kept_shell_answers_without_the_44_ms_of_nagle_and_delayed_ack(client: Client) -> None:
    protocol = client()
    shell = protocol.open_shell()
    begun = time.monotonic()
    for _ in range(10):
        output(protocol, shell, "hostname")
    assert time.monotonic() - begun < 10 * 3 * 0.040


@pytest.mark.parametrize("name", ["contoso\\LyncAdmin", "lyncadmin@contoso.com", "CONTOSO.COM\\lyncadmin", "lyncadmin"])
@pytest.mark.parametrize("transport", ["ntlm", "basic"])
def test_an_account_is_known_by_all_its_names(client: Client, server: WinRmServer, transport: str, name: str) -> None:
    protocol = client(transport, user=name)
    output(protocol, protocol.open_shell(), "whoami")
    assert server.started[0].account == ACCOUNT


@pytest.mark.parametrize(
    ("user", "password"),
    [(ACCOUNT, "wrong"), (ACCOUNT, ""), ("CONTOSO\\nobody", PASSWORD), ("OTHER\\lyncadmin", PASSWORD)],
)
@pytest.mark.parametrize("transport", ["ntlm", "basic"])
def test_wrong_credentials_are_401(
    client: Client, server: WinRmServer, transport: str, user: str, password: str
) -> None:
    with pytest.raises(InvalidCredentialsError):
        client(transport, user=user, password=password).open_shell()
    assert server.shells == 0


def test_a_changed_password_holds_at_once(client: Client, host: FakeHost) -> None:
    host.passwords[ACCOUNT] = "new"
    with pytest.raises(InvalidCredentialsError):
        client().open_shell()
    assert client(password="new").open_shell()


@pytest.mark.parametrize("transport", ["ntlm", "basic"])
def test_an_account_that_is_no_administrator_is_denied_access(client: Client, transport: str) -> None:
    with pytest.raises(WSManFaultError) as caught:
        client(transport, user=PLAIN).open_shell()
    assert caught.value.wsman_fault_code == 5
    assert "Access is denied" in caught.value.reason


def test_wrong_channel_bindings_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests_ntlm.requests_ntlm._get_certificate_hash", lambda der: b"another connection")
    with pytest.raises(InvalidCredentialsError):
        client().open_shell()


def test_absent_channel_bindings_are_let_in(client: Client) -> None:
    assert client(send_cbt=False).open_shell()


@pytest.mark.parametrize("auth", ["negotiate", "ntlm", "basic"])
def test_pypsrp_runs_processes(server: WinRmServer, ca: Path, auth: str) -> None:
    with WSMan(
        "127.0.0.1", port=server.address[1], username=ACCOUNT, password=PASSWORD, auth=auth, cert_validation=str(ca)
    ) as wsman:
        wsman.update_max_payload_size()
        with WinRS(wsman, codepage=65001, idle_time_out=600, environment={"A": "1"}) as shell:
            process = PsrpProcess(shell, "ipconfig", ["/all"])
            process.invoke()
            process.signal(SignalCode.TERMINATE)
            state = shell._get_shell()
            assert (process.rc, process.stdout) == (0, b"[ipconfig /all]")
            assert (state["Owner"], state["IdleTimeOut"]) == (ACCOUNT, "PT600.000S")
        assert wsman.max_payload_size > 350_000
    assert server.shells == 0


def test_pypsrp_is_told_of_a_wrong_password(server: WinRmServer, ca: Path) -> None:
    with (
        WSMan("127.0.0.1", port=server.address[1], username=ACCOUNT, password="no", cert_validation=str(ca)) as wsman,
        pytest.raises(AuthenticationError),
    ):
        WinRS(wsman).open()


def test_standard_input_arrives_whole_in_pieces(client: Client, host: FakeHost) -> None:
    host.reads_stdin = True
    protocol = client()
    shell = protocol.open_shell(codepage=65001)
    command = protocol.run_command(shell, "sort")
    pieces = [bytes([number]) * 90_000 for number in range(10)]
    for piece in pieces:
        protocol.send_command_input(shell, command, piece)
    assert host.ran == []
    protocol.send_command_input(shell, command, b"end", end=True)
    stdout, _, _ = protocol.get_command_output(shell, command)
    assert stdout == b"[sort]" + b"".join(pieces) + b"end"


def test_what_is_sent_after_the_end_of_standard_input_is_lost(client: Client, host: FakeHost) -> None:
    host.reads_stdin = True
    protocol = client()
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "sort")
    protocol.send_command_input(shell, command, b"one", end=True)
    protocol.send_command_input(shell, command, b"two", end=True)
    assert protocol.get_command_output(shell, command)[0] == b"[sort]one"


def test_a_megabyte_of_output_arrives_whole_in_envelopes_the_client_can_take(client: Client, host: FakeHost) -> None:
    printed, complained = bytes(range(256)) * 4096, "h\u00e9\u20ac".encode() * 30_000
    host.action = lambda line, stdin, console: Process(exit_code=9, stdout=printed, stderr=complained)
    protocol = client()
    largest = 0
    send = protocol.transport.send_message

    def measured(message: str) -> bytes:
        nonlocal largest
        answer = send(message)
        largest = max(largest, len(answer))
        return answer

    protocol.transport.send_message = measured
    assert output(protocol, protocol.open_shell(codepage=65001), "type") == (printed, complained, 9)
    assert 100_000 < largest <= 153_600


def test_a_long_command_answers_each_poll_with_the_timeout_fault(client: Client, host: FakeHost) -> None:
    release = threading.Event()
    host.action = lambda line, stdin, console: Process(exit_code=0 if release.wait(20) else 1, stdout=b"late")
    protocol = client(operation_timeout_sec=1, read_timeout_sec=10)
    shell = protocol.open_shell()
    command = protocol.run_command(shell, "wait")
    begun = time.monotonic()
    with pytest.raises(WinRMOperationTimeoutError):
        protocol.get_command_output_raw(shell, command)
    assert 0.9 < time.monotonic() - begun < 3
    release.set()
    assert protocol.get_command_output(shell, command) == (b"late", b"", 0)


def test_a_poll_that_waits_is_answered_as_soon_as_the_command_ends(client: Client, host: FakeHost) -> None:
    host.starting = 0.3
    protocol = client()
    shell = protocol.open_shell()
    begun = time.monotonic()
    output(protocol, shell, "powershell -Command 1")
    assert 0.3 <= time.monotonic() - begun < 1.5


def test_only_powershell_takes_long_to_start(client: Client, host: FakeHost) -> None:
    host.starting = 30.0
    protocol = client()
    assert output(protocol, protocol.open_shell(), "hostname")[2] == 0


def test_two_clients_work_at_the_same_time(client: Client, host: FakeHost) -> None:
    both = threading.Barrier(2)

    def meet(line: str, stdin: bytes, console: Console) -> Process:
        both.wait(timeout=10)
        return Process(exit_code=0, stdout=line.encode())

    host.action = meet

    def run(number: int) -> bytes:
        protocol = client("ntlm" if number else "basic")
        return output(protocol, protocol.open_shell(), f"meet{number}")[0]

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [b"meet0", b"meet1"]


def test_the_console_carries_codepage_and_environment(client: Client, host: FakeHost) -> None:
    seen: list[Console] = []

    def note(line: str, stdin: bytes, console: Console) -> Process:
        seen.append(console)
        return Process(exit_code=0)

    host.action = note
    protocol = client()
    shell = protocol.open_shell(codepage=65001, env_vars={"COLOUR": "gr\u00fcn"})
    output(protocol, shell, "set")
    protocol.run_command(shell, "set", skip_cmd_shell=True)
    output(protocol, protocol.open_shell(), "set")
    assert [(one.codepage, dict(one.environment)) for one in seen if not one.skip_cmd] == [
        (65001, {"COLOUR": "gr\u00fcn"}),
        (437, {}),
    ]
