"""What the endpoint says to requests that no well-behaved client sends, and its faults and quotas."""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from lxml import etree

from app.lab.ports import Process
from app.lab.winrm_server import WinRmServer
from app.lab.wsman_shells import Quotas
from tests.winrm.winrm_fakes import ACCOUNT, FQDN, FakeHost, certificate
from tests.winrm.winrm_raw import BASIC, CREATE, IDENTIFY, SHELL, SHELL_BODY, RawClient, envelope

UNKNOWN = "AAAAAAAA-0000-0000-0000-000000000000"


class Clock:
    """A clock that stands until it is pushed."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def small(host: FakeHost, ca: Path) -> Iterator[Callable[..., RawClient]]:
    """Make clients of endpoints with other quotas."""
    servers: list[WinRmServer] = []

    def make(quotas: Quotas, clock: Callable[[], float] = time.monotonic) -> RawClient:
        servers.append(WinRmServer(host, "127.0.0.1", 0, certificate(), quotas=quotas, clock=clock))
        return RawClient(servers[-1].address, ca)

    yield make
    for server in servers:
        server.close()


def test_identify_without_authentication_names_the_protocol_and_no_version(raw: RawClient) -> None:
    answer = raw.post(IDENTIFY, authorization="", WSMANIDENTIFY="unauthenticated")
    assert answer.status == 200
    assert answer.text("ProductVersion") == "OS: 0.0.0 SP: 0.0 Stack: 3.0"


def test_identify_with_authentication_names_the_version(raw: RawClient) -> None:
    assert raw.post(IDENTIFY).text("ProductVersion").startswith("OS: 6.2.9200")
    assert raw.post(IDENTIFY, authorization="").status == 401


def test_only_identify_is_free(raw: RawClient) -> None:
    assert raw.post(envelope(CREATE), authorization="", WSMANIDENTIFY="unauthenticated").status == 401


def test_a_401_offers_negotiate_and_basic_and_keeps_the_connection(raw: RawClient) -> None:
    answer = raw.post(envelope(CREATE, SHELL_BODY), authorization="")
    assert answer.headers.get_all("WWW-Authenticate") == ["Negotiate", 'Basic realm="WSMAN"']
    assert raw.connection.sock is not None
    assert raw.open_shell()


@pytest.mark.parametrize(
    "authorization",
    [
        "Negotiate",
        "Negotiate !!!!",
        "Negotiate TlRMTVNTUAA=",
        "Negotiate TlRMTVNTUAADAAAA",
        "Negotiate YGZg",
        "NTLM AAAA",
        "Basic",
        "Basic ####",
        "Basic Og==",
        "Bearer abc",
        "Kerberos YIIB",
    ],
)
def test_authorization_that_is_none_is_401_and_the_next_request_is_judged_afresh(
    raw: RawClient, authorization: str
) -> None:
    assert raw.post(envelope(CREATE, SHELL_BODY), authorization=authorization).status == 401
    assert raw.open_shell()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("this is no XML", "2150858819"),
        ("<open>", "2150858819"),
        ("<a/>", "2150858817"),
        ('<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>', "2150858817"),
        ('<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>', "2150858817"),
        (
            '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header/><s:Body/></s:Envelope>',
            "2150858754",
        ),
        ('<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "2150858819"),
        (envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Rename"), "2150858754"),
        (envelope(CREATE, SHELL_BODY, timeout="soon"), "2150858817"),
        (
            envelope(CREATE, SHELL_BODY, resource="http://schemas.microsoft.com/powershell/Microsoft.PowerShell"),
            "2150858811",
        ),
        (envelope(f"{SHELL}/Command", shell=UNKNOWN), "87"),
        (envelope(f"{SHELL}/Receive", shell=UNKNOWN), "2150858817"),
        (envelope(f"{SHELL}/Send", shell=UNKNOWN), "2150858843"),
        (envelope(f"{SHELL}/Signal", shell=UNKNOWN), "2150858843"),
        (envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", shell=UNKNOWN), "2150858843"),
        (envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"), "2150858843"),
        (envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Get"), "2150858843"),
    ],
)
def test_what_cannot_be_done_is_a_fault_with_status_500(raw: RawClient, body: str, code: str) -> None:
    answer = raw.post(body)
    assert (answer.status, answer.code) == (500, code)
    assert answer.text("Action").endswith("/fault")
    assert raw.open_shell()


def test_a_fault_names_the_host_and_the_request(raw: RawClient) -> None:
    answer = raw.post(envelope(f"{SHELL}/Send", shell=UNKNOWN))
    assert answer.text("RelatesTo") == "uuid:1"
    assert etree.fromstring(answer.body).xpath("string(//@Machine)") == FQDN
    assert UNKNOWN in answer.text("Message")


def test_a_shell_in_utf16_is_understood(raw: RawClient) -> None:
    body = '<?xml version="1.0" encoding="utf-16"?>' + envelope(CREATE, SHELL_BODY)
    assert raw.post(body.encode("utf-16")).status == 200


def test_an_unknown_command_is_the_same_fault_as_an_unknown_shell(raw: RawClient) -> None:
    shell = raw.open_shell()
    assert raw.receive(shell, UNKNOWN).code == "2150858843"


def test_a_terminated_command_is_unknown_afterwards_and_terminating_it_again_is_no_fault(raw: RawClient) -> None:
    shell = raw.open_shell()
    command = raw.run(shell, "hostname")
    assert raw.signal(shell, command).status == 200
    assert raw.receive(shell, command).code == "2150858843"
    assert raw.signal(shell, command).status == 200


def test_a_signal_nobody_knows_is_a_fault(raw: RawClient) -> None:
    shell = raw.open_shell()
    assert raw.signal(shell, raw.run(shell, "hostname"), "dance").code == "2150858818"


def test_a_deleted_shell_is_unknown_and_its_waiting_poll_ends(
    raw: RawClient, server: WinRmServer, host: FakeHost, ca: Path
) -> None:
    host.reads_stdin = True
    shell = raw.open_shell()
    command = raw.run(shell, "sort")
    codes: list[str] = []
    other = RawClient(server.address, ca)
    waiting = threading.Thread(target=lambda: codes.append(other.receive(shell, command).code))
    waiting.start()
    assert raw.post(envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", shell=shell)).status == 200
    waiting.join(5)
    # 995 where the poll was already waiting, unknown where it came after the shell had gone.
    assert codes in (["995"], ["2150858843"])
    assert host.ran == []


def test_a_terminated_command_that_waits_for_input_never_runs(raw: RawClient, host: FakeHost) -> None:
    host.reads_stdin = True
    shell = raw.open_shell()
    command = raw.run(shell, "sort")
    raw.signal(shell, command)
    body = f'<rsp:Send><rsp:Stream Name="stdin" CommandId="{command}" End="true"></rsp:Stream></rsp:Send>'
    assert raw.post(envelope(f"{SHELL}/Send", body, shell=shell)).code == "2150858843"
    assert host.ran == []


def test_ctrl_c_ends_a_command_that_has_not_begun_with_the_exit_code_of_windows(raw: RawClient, host: FakeHost) -> None:
    host.starting = 60
    shell = raw.open_shell()
    command = raw.run(shell, "powershell -Command 1")
    assert raw.signal(shell, command, "ctrl_c").status == 200
    assert raw.receive(shell, command).text("ExitCode") == "-1073741510"
    assert host.ran == []


def test_a_command_runs_to_its_end_though_its_client_has_gone(
    raw: RawClient, host: FakeHost, server: WinRmServer
) -> None:
    host.starting = 0.2
    raw.run(raw.open_shell(), "powershell -Command Import-CsUserData")
    raw.close()
    assert host.done.wait(5)
    assert host.ran == ["powershell -Command Import-CsUserData"]


def test_what_has_begun_ends_though_its_shell_was_deleted(raw: RawClient, host: FakeHost) -> None:
    begun, release = threading.Event(), threading.Event()

    def slow(line: str, stdin: bytes, console: object) -> Process:
        begun.set()
        release.wait(10)
        return Process(exit_code=0)

    host.action = slow
    shell = raw.open_shell()
    raw.run(shell, "import")
    assert begun.wait(5)
    raw.post(envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", shell=shell))
    release.set()
    assert host.done.wait(5)


def test_one_shell_more_than_the_quota_is_refused_until_one_is_closed(small: Callable[..., RawClient]) -> None:
    client = small(Quotas(max_shells_per_user=2))
    first, _ = client.open_shell(), client.open_shell()
    refused = client.post(envelope(CREATE, SHELL_BODY))
    assert (refused.status, refused.code) == (500, "2150859173")
    assert "maximum number of 2 concurrent shells" in refused.text("Message")
    client.post(envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", shell=first))
    assert client.open_shell()


def test_one_process_more_than_the_quota_is_refused(small: Callable[..., RawClient], host: FakeHost) -> None:
    host.reads_stdin = True
    client = small(Quotas(max_processes_per_shell=1))
    shell = client.open_shell()
    client.run(shell, "sort")
    body = "<rsp:CommandLine><rsp:Command>sort</rsp:Command></rsp:CommandLine>"
    assert client.post(envelope(f"{SHELL}/Command", body, shell=shell)).code == "2150859241"


def test_an_idle_shell_is_closed_after_its_own_idle_timeout(small: Callable[..., RawClient]) -> None:
    clock = Clock()
    client = small(Quotas(), clock)
    body = "<rsp:Shell><rsp:IdleTimeOut>PT1M30.000S</rsp:IdleTimeOut></rsp:Shell>"
    shell = client.post(envelope(CREATE, body)).text("ShellId")
    clock.now += 80
    assert client.run(shell, "hostname")
    clock.now += 80
    assert client.run(shell, "hostname")
    clock.now += 91
    answer = client.post(envelope(f"{SHELL}/Command", "<rsp:CommandLine/>", shell=shell))
    assert client.receive(shell, UNKNOWN).code == "2150858843"
    assert answer.status == 500


def test_a_shell_with_a_waiting_poll_is_not_idle(small: Callable[..., RawClient], host: FakeHost) -> None:
    host.reads_stdin = True
    clock = Clock()
    client = small(Quotas(idle_seconds=60), clock)
    shell = client.open_shell()
    command = client.run(shell, "sort")
    pushed = threading.Timer(0.2, lambda: setattr(clock, "now", clock.now + 3600))
    pushed.start()
    assert client.receive(shell, command, timeout="PT0.5S").code == "2150858793"
    assert client.signal(shell, command).status == 200


def test_the_shell_of_another_account_is_not_for_this_one(raw: RawClient, host: FakeHost) -> None:
    shell = raw.open_shell()
    host.passwords["CONTOSO\\second"] = "x"
    host.admins.add("CONTOSO\\second")
    second = "Basic " + base64.b64encode(b"CONTOSO\\second:x").decode()
    body = "<rsp:CommandLine><rsp:Command>hostname</rsp:Command></rsp:CommandLine>"
    assert raw.post(envelope(f"{SHELL}/Command", body, shell=shell), authorization=second).code == "2150859177"


def test_a_request_beyond_the_envelope_size_is_a_fault_and_beyond_reason_is_not_read(raw: RawClient) -> None:
    answer = raw.post(envelope(CREATE, SHELL_BODY + "<!--" + "x" * 600_000 + "-->"))
    assert (answer.status, answer.code) == (500, "2150858825")
    raw.connection.putrequest("POST", "/wsman")
    raw.connection.putheader("Content-Length", str(10**12))
    raw.connection.endheaders()
    assert raw.answer().status == 413


def test_an_answer_is_cut_to_the_envelope_the_client_asked_for(raw: RawClient, host: FakeHost) -> None:
    host.action = lambda line, stdin, console: Process(exit_code=0, stdout=b"x" * 100_000)
    shell = raw.open_shell()
    command = raw.run(shell, "type")
    small = "<w:MaxEnvelopeSize>32000</w:MaxEnvelopeSize>"
    answer = raw.receive(shell, command, header=small)
    assert 20_000 < len(answer.body) <= 32_000
    assert not answer.text("ExitCode")
    tiny = "<w:MaxEnvelopeSize>100</w:MaxEnvelopeSize>"
    assert raw.receive(shell, command, header=tiny).code == "2150858823"


def test_a_world_that_breaks_is_a_fault_and_not_the_end(
    raw: RawClient, host: FakeHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(account: str) -> bool:
        raise RuntimeError("the world is out of joint")

    with monkeypatch.context() as patch:
        patch.setattr(host, "may_open_shell", broken)
        assert raw.post(envelope(CREATE, SHELL_BODY)).code == "1359"
    assert raw.open_shell()


def test_a_command_that_breaks_ends_with_an_error(raw: RawClient, host: FakeHost) -> None:
    host.action = lambda line, stdin, console: Process(exit_code=len(line) // 0)
    shell = raw.open_shell()
    answer = raw.receive(shell, raw.run(shell, "hostname"))
    assert answer.text("ExitCode") == "1"
    assert 'Name="stderr"' in answer.body.decode()


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/wsman", 405), ("PUT", "/wsman", 405)])
def test_other_methods_are_not_offered(raw: RawClient, method: str, path: str, status: int) -> None:
    raw.connection.request(method, path, b"", {"Authorization": BASIC})
    assert raw.answer().status == status


def test_other_paths_and_other_content_are_refused(raw: RawClient) -> None:
    assert raw.post(IDENTIFY, path="/owa").status == 404
    assert raw.post(IDENTIFY, path="/WSMan?PSVersion=5.1").status == 200
    assert raw.post(IDENTIFY, Content_Type="text/plain").status == 415


def test_a_body_without_length_is_refused_and_one_in_chunks_is_read(raw: RawClient) -> None:
    raw.connection.request(
        "POST",
        "/wsman",
        iter([IDENTIFY[:40].encode(), IDENTIFY[40:].encode()]),
        {"Content-Type": "application/soap+xml", "Authorization": BASIC},
        encode_chunked=True,
    )
    assert raw.answer().status == 200
    raw.connection.putrequest("POST", "/wsman")
    raw.connection.endheaders()
    assert raw.answer().status == 411


def test_every_answer_has_ids_of_its_own(raw: RawClient) -> None:
    ids = {
        re.search(r"<a:MessageID>([^<]+)", raw.post(envelope(CREATE, SHELL_BODY)).body.decode())[1] for _ in range(3)
    }  # type: ignore[index]
    assert len(ids) == 3


def test_the_shell_names_its_owner(raw: RawClient) -> None:
    answer = raw.post(envelope(CREATE, SHELL_BODY))
    assert answer.text("Owner") == ACCOUNT
    assert answer.text("ClientIP") == "127.0.0.1"
