"""The product's own batch on a simulated host, through its own session and by hand."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.lab.ports import Console, Refused
from app.lab.winrm_server import WinRmServer
from app.remote.scripts import POWERSHELL, batch_input, powershell_arguments, script_text
from app.remote.session import Fragment
from app.remote.winrm import WinRmSession
from app.settings import Auth, CredentialSettings, HostSettings, Settings
from tests.winrm.shell_fakes import ACCOUNT, FACTS, FakeShellHost, shell
from tests.winrm.winrm_fakes import FQDN, certificate

CONSOLE = Console(codepage=65001)


def run(stdin: bytes, host: FakeShellHost | None = None) -> tuple[list[dict[str, object]], bytes, int]:
    """Run a batch as the session does; return answers, standard error, exit code."""
    ended = shell(host).run(ACCOUNT, POWERSHELL, powershell_arguments(), stdin, CONSOLE)
    return [json.loads(line) for line in ended.stdout.splitlines() if line], ended.stderr, ended.exit_code


def test_the_loader_waits_for_its_batch() -> None:
    assert shell().wants_stdin(POWERSHELL, powershell_arguments())


def test_each_fragment_is_a_line_and_the_end_is_one_too() -> None:
    answers, stderr, code = run(
        batch_input([Fragment(id="a", script="host/identity.ps1"), Fragment(id="b", script="host/services.ps1")])
    )
    assert [(one.get("id"), one.get("ok")) for one in answers] == [("a", True), ("b", True), (None, None)]
    assert answers[0]["value"] == FACTS["host/identity.ps1"]
    assert isinstance(answers[0]["seconds"], float)
    assert answers[-1] == {"end": True}
    assert (code, stderr.startswith(b"#< CLIXML"), b"Error" in stderr) == (0, True, False)


def test_answers_are_ascii_as_those_of_the_loader() -> None:
    FACTS["host/residue.ps1"] = {"folders": ["C:\\\u00e4\u20ac\U0001f600"]}
    try:
        ended = shell().run(
            ACCOUNT,
            POWERSHELL,
            powershell_arguments(),
            batch_input([Fragment(id="a", script="host/residue.ps1")]),
            CONSOLE,
        )
    finally:
        del FACTS["host/residue.ps1"]
    assert ended.stdout.isascii()
    assert json.loads(ended.stdout.splitlines()[1])["value"]["folders"] == ["C:\\\u00e4\u20ac\U0001f600"]


def test_a_fragment_that_fails_fails_alone() -> None:
    fragments = [
        {"id": "a", "script": "host/identity.ps1", "text": "Remove-Item C:\\ -Recurse", "arguments": {}},
        {"id": "b", "script": "nosuch.ps1", "text": "", "arguments": {}},
        {"id": "c", "script": "host/identity.ps1", "text": script_text("host/identity.ps1"), "arguments": {}},
    ]
    answers, _, code = run(json.dumps({"fragments": fragments}).encode())
    assert [one.get("ok") for one in answers] == [False, False, True, None]
    assert answers[0]["error"] == "host/identity.ps1 is not a script of the product"
    assert code == 0


@pytest.mark.parametrize("raised", [RuntimeError("a bug\nof the lab"), Refused("two\n  lines")])
def test_an_error_is_one_line(raised: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*given: object) -> object:
        raise raised

    host = FakeShellHost()
    monkeypatch.setattr(host, "fragment", broken)
    answers, _, _ = run(batch_input([Fragment(id="a", script="host/identity.ps1")]), host)
    assert answers[0]["ok"] is False
    assert "\n" not in str(answers[0]["error"])


def test_a_value_that_is_no_json_fails_its_fragment(monkeypatch: pytest.MonkeyPatch) -> None:
    host = FakeShellHost()
    monkeypatch.setattr(host, "fragment", lambda *given: object())
    answers, _, _ = run(batch_input([Fragment(id="a", script="host/identity.ps1")]), host)
    assert [one.get("ok") for one in answers] == [False, None]


@pytest.mark.parametrize("stdin", [b"", b"no json", b"[]", b'{"fragments":', b"\xff\xfe"])
def test_a_batch_that_cannot_be_read_ends_with_an_error(stdin: bytes) -> None:
    answers, stderr, code = run(stdin)
    assert (answers, code) == ([], 1)
    assert b"Invalid JSON" in stderr


def test_a_loader_that_was_changed_is_a_script_like_any_other() -> None:
    changed = base64.b64encode((script_text("loader.ps1") + "Stop-Computer\n").encode("utf-16-le")).decode()
    ended = shell().run(ACCOUNT, POWERSHELL, ["-EncodedCommand", changed], b"", CONSOLE)
    assert (ended.exit_code, ended.stdout) == (1, b"")
    assert b"does not know the keyword 'function'" in ended.stderr


@pytest.fixture
def endpoint() -> Iterator[WinRmServer]:
    server = WinRmServer(shell(), "127.0.0.1", 0, certificate())
    yield server
    server.close()


@pytest.mark.parametrize("auth", [Auth.NTLM, Auth.BASIC])
def test_the_session_of_the_product_gets_its_answers_with_one_powershell_a_batch(
    endpoint: WinRmServer, ca: Path, auth: Auth
) -> None:
    address, port = endpoint.address
    settings = Settings(
        ca_file=ca,
        hosts={FQDN: HostSettings(address=address, winrm_port=port)},
        credentials=CredentialSettings(username=ACCOUNT, auth=auth),
    )
    session = WinRmSession(FQDN, settings, lambda: "secret")
    fragments = [Fragment(id="i", script="host/identity.ps1"), Fragment(id="s", script="host/services.ps1")]
    for wave in range(1, 4):
        answers = session.run(fragments, seconds=10)
        assert json.loads(answers["i"].value or b"") == FACTS["host/identity.ps1"]
        assert len(endpoint.started) == wave
    assert endpoint.shells == 1
    session.close()
    assert endpoint.shells == 0
