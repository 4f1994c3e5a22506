"""The session on this very machine, with another program in the place of powershell.exe."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import pytest

from app.remote import connections as connecting
from app.remote.connections import Connections
from app.remote.console import ConsoleSession, is_this_machine
from app.remote.errors import TimedOut, Unreachable, Unreadable
from app.remote.scripts import powershell_arguments
from app.remote.session import Fragment
from app.settings import Settings

STAND_IN = str(Path(__file__).with_name("fake_powershell.py"))
ONE = (Fragment(id="f1", script="host/identity.ps1", arguments={"a": "\u00e9"}),)
TWO = (*ONE, Fragment(id="f2", script="host/operator.ps1"))


def console(how: str) -> ConsoleSession:
    return ConsoleSession("se01.contoso.com", program=(sys.executable, STAND_IN, how))


@pytest.mark.parametrize("how", ["good", "loud"])
def test_a_batch_runs_in_one_process_with_the_loader(how: str) -> None:
    answers = console(how).run(TWO, seconds=20)
    value = json.loads(answers["f1"].value or b"")
    assert value == {"arguments": list(powershell_arguments()), "got": {"a": "\u00e9"}}
    assert answers["f2"].answered


def test_a_batch_larger_than_a_pipe_gets_through() -> None:
    big = (Fragment(id="f1", script="host/identity.ps1", arguments={"a": "x" * 2_000_000}),)
    assert len(console("good").run(big, seconds=20)["f1"].value or b"") > 2_000_000


def test_a_process_that_hangs_is_ended_and_what_it_said_counts() -> None:
    started = time.monotonic()
    answers = console("stuck").run(TWO, seconds=1.5)
    assert time.monotonic() - started < 3
    assert answers["f1"].answered
    assert not answers["f2"].answered
    assert "1.5 s" in answers["f2"].error


def test_a_process_that_says_nothing_in_time_is_a_timeout() -> None:
    with pytest.raises(TimedOut, match=r"on this machine \(se01\.contoso\.com\) within 0 s"):
        console("good").run(ONE, seconds=0)


def test_a_process_that_ends_without_a_word_says_why() -> None:
    with pytest.raises(Unreadable, match=r"exit code 5 .* cannot load"):
        console("deaf").run(ONE, seconds=20)


def test_an_answer_without_its_end_is_cut_short() -> None:
    answers = console("cut").run(ONE, seconds=20)
    assert answers["f1"].answered


def test_a_machine_without_powershell_is_a_sentence() -> None:
    with pytest.raises(Unreachable, match=r"powershell-none\.exe cannot be started"):
        ConsoleSession("se01.contoso.com", program=("powershell-none.exe",)).run(ONE, seconds=5)


def test_only_windows_has_a_console_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getfqdn", lambda: "SE01.contoso.com.")
    monkeypatch.setattr(sys, "platform", "linux")
    assert not is_this_machine("se01.contoso.com")
    monkeypatch.setattr(sys, "platform", "win32")
    assert is_this_machine("se01.CONTOSO.com")
    assert not is_this_machine("se02.contoso.com")


def test_connections_take_the_console_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "is_this_machine", lambda fqdn: fqdn == "se01.contoso.com")
    made = Connections(Settings(), lambda: "")
    assert isinstance(made.session("SE01.contoso.com"), ConsoleSession)
    assert not isinstance(made.session("se02.contoso.com"), ConsoleSession)
