"""Real sessions against the lab's WS-Management endpoint: what works, works as on Windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.facts import host as facts
from app.facts.fact import Known, Unknown
from app.facts.powershell import collect
from app.lab.authority import Authority, KeyKind
from app.lab.ports import Behaviour
from app.lab.winrm_server import WinRmServer
from app.remote.command import cmdlet, program
from app.remote.connections import Connections
from app.remote.errors import AccessDenied, Interrupted, RemoteError, TimedOut, Unreachable, Unreadable
from app.remote.execution import execute
from app.remote.scripts import POWERSHELL, powershell_arguments, script_text
from app.remote.session import Fragment
from app.remote.winrm import WinRmSession
from app.settings import Auth
from tests.remote.kit import ACCOUNT, FQDN, PASSWORD, BatchHost, as_account, line, settings_for, until

ONE = (Fragment(id="f1", script="host/identity.ps1", arguments={"a": "\u00e9\u2019"}),)
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@dataclass
class Lab:
    host: BatchHost
    server: WinRmServer
    make: Callable[..., WinRmSession]


@pytest.fixture
def lab(authority: Authority, ca: Path) -> Iterator[Lab]:
    host = BatchHost()
    server = WinRmServer(host, "127.0.0.1", 0, authority.issue(FQDN, [FQDN], key=KeyKind.EC))
    made: list[WinRmSession] = []

    def make(auth: Auth = Auth.NTLM, password: str = PASSWORD, account: str = ACCOUNT) -> WinRmSession:
        settings = as_account(settings_for(server.address[1], ca, auth), account)
        made.append(WinRmSession(FQDN, settings, lambda: password))
        return made[-1]

    yield Lab(host, server, make)
    for one in made:
        one.close()
    server.close()


@pytest.mark.parametrize("auth", [Auth.NTLM, Auth.BASIC])
def test_a_batch_is_one_powershell_and_comes_back_whole(lab: Lab, auth: Auth) -> None:
    fragments = (*ONE, Fragment(id="f2", script="host/paths.ps1", arguments={"paths": ["C:\\\u00dc"], "hashed": True}))
    answers = lab.make(auth).run(fragments, seconds=10)
    assert answers["f1"].value == b'{"echo": {"a": "\\u00e9\\u2019"}}'
    assert answers["f2"].seconds == 0.25
    assert lab.host.commands == [" ".join([POWERSHELL, *powershell_arguments()])]
    assert lab.host.batches[0]["fragments"][1]["text"] == script_text("host/paths.ps1")


@pytest.mark.parametrize("auth", [Auth.NTLM, Auth.BASIC])
def test_one_shell_serves_many_batches(lab: Lab, auth: Auth) -> None:
    session = lab.make(auth)
    for _ in range(5):
        assert session.run(ONE, seconds=10)["f1"].answered
        assert lab.server.shells == 1
    session.close()
    assert lab.server.shells == 0
    assert len(lab.server.started) == 5


def test_a_closed_session_can_be_used_again(lab: Lab) -> None:
    session = lab.make()
    session.run(ONE, seconds=10)
    session.close()
    assert session.run(ONE, seconds=10)["f1"].answered


@pytest.mark.parametrize("auth", [Auth.NTLM, Auth.BASIC])
def test_a_wrong_password_is_said_to_be_one(lab: Lab, auth: Auth) -> None:
    with pytest.raises(AccessDenied, match="user name or the password is wrong") as caught:
        lab.make(auth, password="wrong").run(ONE, seconds=10)
    assert ACCOUNT in str(caught.value)
    assert not lab.host.commands


def test_an_account_without_the_right_is_told_apart_from_a_wrong_password(lab: Lab) -> None:
    lab.host.admins = set()
    with pytest.raises(AccessDenied, match="local Administrators"):
        lab.make().run(ONE, seconds=10)


def test_no_user_name_is_a_sentence(lab: Lab) -> None:
    with pytest.raises(AccessDenied, match=r"credentials\.username"):
        lab.make(account="").run(ONE, seconds=10)


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        (Behaviour.SILENT, TimedOut),
        (Behaviour.DRIP, TimedOut),
        (Behaviour.REFUSE, Unreachable),
        (Behaviour.BROKEN, Unreadable),
    ],
)
def test_a_misbehaving_host_is_named_for_what_it_does(lab: Lab, how: Behaviour, kind: type[RemoteError]) -> None:
    lab.host.how = how
    with pytest.raises(kind, match=FQDN.replace(".", r"\.")):
        lab.make().run(ONE, seconds=1)


def test_a_host_that_starts_powershell_too_slowly_is_cut_off_and_its_shell_closed(lab: Lab) -> None:
    lab.host.starting = 5
    with pytest.raises(TimedOut, match=r"within 0\.5 s"):
        lab.make().run(ONE, seconds=0.5)
    assert until(lambda: lab.server.shells == 0)


def test_a_host_that_comes_back_is_asked_again(lab: Lab) -> None:
    session = lab.make()
    session.run(ONE, seconds=10)
    lab.host.how = Behaviour.REFUSE
    until(lambda: not _reachable(session))
    lab.host.how = Behaviour.NORMAL
    assert until(lambda: _reachable(session))


def _reachable(session: WinRmSession) -> bool:
    try:
        return session.run(ONE, seconds=2)["f1"].answered
    except RemoteError:
        return False


def test_a_megabyte_comes_back_whole(lab: Lab) -> None:
    lab.host.answer = lambda one: {"id": one["id"], "ok": True, "value": "\u00e4" * 300_000, "seconds": 0}
    assert lab.make().run(ONE, seconds=30)["f1"].value == ('"' + "\\u00e4" * 300_000 + '"').encode()


def test_a_command_reports_how_it_ended(lab: Lab) -> None:
    result = {"ok": False, "exit_code": 8, "output": ["a", "b"], "warnings": [], "errors": []}
    lab.host.answer = lambda one: {"id": one["id"], "ok": True, "value": result, "seconds": 1.5}
    command = program("robocopy.exe", "\\\\bk01\\x y", "C:\\LyncShare", "/E", success_codes=tuple(range(8)))
    ended = execute(lab.make(), command, seconds=10)
    assert (ended.ok, ended.exit_code, ended.output) == (False, 8, ("a", "b"))
    sent = lab.host.batches[0]["fragments"][0]
    assert sent["script"] == "command/invoke.ps1"
    assert sent["arguments"]["arguments"] == ["\\\\bk01\\x y", "C:\\LyncShare", "/E"]


def test_a_command_whose_answer_is_cut_off_is_in_doubt(lab: Lab) -> None:
    lab.host.answer = lambda one: {"id": "other", "ok": True, "value": {}}
    with pytest.raises(Interrupted, match="Stop-CsWindowsService"):
        execute(lab.make(), cmdlet("Stop-CsWindowsService"), seconds=10)


def test_a_command_that_could_not_be_tried_failed(lab: Lab) -> None:
    said = "the Lync Server Management Shell is not installed on this host"
    lab.host.answer = lambda one: {"id": one["id"], "ok": False, "error": said, "seconds": 0}
    ended = execute(lab.make(), cmdlet("Enable-CsReplica"), seconds=10)
    assert not ended.ok
    assert ended.errors == (said,)


def test_a_result_that_is_none_is_unreadable(lab: Lab) -> None:
    with pytest.raises(Unreadable, match="Enable-CsReplica"):
        execute(lab.make(), cmdlet("Enable-CsReplica"), seconds=10)


@pytest.fixture
def connections(lab: Lab, ca: Path) -> Iterator[Connections]:
    made = Connections(settings_for(lab.server.address[1], ca), lambda: PASSWORD)
    yield made
    made.close()


def test_all_facts_of_a_host_cost_one_powershell(lab: Lab, connections: Connections) -> None:
    def answer(one: dict[str, object]) -> dict[str, object]:
        values = {
            "host/pending_reboot.ps1": {"reasons": [], "noisy": ["x"]},
            "host/operator.ps1": {"account": "CONTOSO\\lyncadmin", "elevated": "yes", "groups": []},
        }
        value = values.get(str(one["script"]))
        return {
            "id": one["id"],
            "ok": value is not None,
            "value": value,
            "error": "refused\r\nfor a reason",
            "seconds": 0.1,
        }

    lab.host.answer = answer
    reboot, operator = facts.PENDING_REBOOT.about(FQDN), facts.OPERATOR.about(FQDN)
    services = facts.SERVICES.about(FQDN)
    readings = collect(FQDN, (reboot, operator, services, reboot), connections, lambda: NOW)
    assert readings[reboot] == Known(value=facts.PendingReboot(reasons=(), noisy=("x",)), at=NOW, seconds=0.1)
    unreadable, failed = readings[operator], readings[services]
    assert isinstance(unreadable, Unknown)
    assert "host.operator" in unreadable.reason
    assert "$.elevated" in unreadable.reason
    assert isinstance(failed, Unknown)
    assert failed.reason == f"{FQDN} could not tell host.services: refused for a reason"
    assert len(lab.server.started) == 1


def test_a_host_that_cannot_be_asked_makes_every_fact_unknown(lab: Lab, connections: Connections) -> None:
    lab.server.close()
    requests = (facts.IDENTITY.about(FQDN), facts.SERVICES.about(FQDN))
    readings = collect(FQDN, requests, connections, lambda: NOW)
    assert set(readings) == set(requests)
    assert all(isinstance(one, Unknown) and "refuses the connection" in one.reason for one in readings.values())


def test_connections_keep_one_session_a_host(connections: Connections) -> None:
    first = connections.session(FQDN)
    assert connections.session("SE01.Contoso.com.") is first
    assert connections.session("se02.contoso.com") is not first


def test_closing_connections_gives_the_shells_back(lab: Lab, connections: Connections) -> None:
    connections.session(FQDN).run(ONE, seconds=10)
    assert lab.server.shells == 1
    connections.close()
    assert lab.server.shells == 0


def test_noise_and_code_page_do_not_matter(lab: Lab) -> None:
    lab.host.before = "\ufeffWARNING: caf\u00e9".encode() + b"\xff\xfe\r\n" + line({"id": "f1"})[1:3]
    lab.host.stderr = b'#< CLIXML\r\n<Objs Version="1.1.0.1"></Objs>'
    assert lab.make().run(ONE, seconds=10)["f1"].answered
