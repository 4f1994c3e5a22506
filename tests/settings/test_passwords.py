"""Where a password comes from, and that nothing shows it."""

from __future__ import annotations

import pickle
import sys
import threading
import time

import pytest

from app import passwords
from app.settings import CredentialSettings, Settings
from app.settings_file import PasswordMissing, password_source

SECRET = "Passw0rd.Kept"


def settings(*command: str) -> Settings:
    return Settings(credentials=CredentialSettings(username="CONTOSO\\lyncadmin", password_command=command))


def printing(text: str) -> Settings:
    return settings(sys.executable, "-c", f"print({text!r})")


def test_the_environment_variable_wins_over_the_command_and_the_prompt() -> None:
    source = password_source(printing("other"), {"RELYNC_PASSWORD": SECRET}, lambda text: "typed")
    assert source() == SECRET


def test_the_command_gives_its_first_line() -> None:
    assert password_source(printing(SECRET + "\r\nsecond"), {}, None)() == SECRET


def test_the_operator_is_asked_once_by_name_from_however_many_threads() -> None:
    asked: list[str] = []

    def prompt(text: str) -> str:
        asked.append(text)
        time.sleep(0.05)  # the other threads must be waiting while the operator types
        return SECRET

    source = password_source(settings(), {}, prompt)
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(source())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [SECRET] * 8
    assert asked == ["Password for CONTOSO\\lyncadmin: "]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (settings(), "There is no password for CONTOSO"),
        (settings(sys.executable, "-c", "raise SystemExit(3)"), "exit code 3"),
        (printing(""), "printed nothing"),
        (settings(sys.executable, "-c", "import sys; sys.stdout.buffer.write(b'\\xff\\xfe')"), "not UTF-8"),
        (settings("/nonexistent/vault"), "could not be started"),
    ],
)
def test_without_a_password_the_sentence_says_why(given: Settings, said: str) -> None:
    with pytest.raises(PasswordMissing, match=said):
        password_source(given, {}, None)()


def test_a_command_that_hangs_is_given_up_even_while_its_child_holds_the_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "COMMAND_SECONDS", 0.3)
    child = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(3)'])"
    started = time.monotonic()
    with pytest.raises(PasswordMissing, match="no password within"):
        password_source(settings(sys.executable, "-c", child + "; time.sleep(3)"), {}, None)()
    assert time.monotonic() - started < 1.3


def test_a_failure_is_remembered_for_the_hosts_of_the_same_wave() -> None:
    source = password_source(settings("/nonexistent/vault"), {}, None)
    for _ in range(2):
        with pytest.raises(PasswordMissing):
            source()


def test_nothing_typed_is_no_password() -> None:
    with pytest.raises(PasswordMissing, match="No password was typed"):
        password_source(settings(), {}, lambda text: "")()


def test_neither_repr_nor_str_nor_pickle_shows_the_password() -> None:
    source = password_source(settings(), {"RELYNC_PASSWORD": SECRET}, None)
    source()
    assert SECRET not in repr(source) + str(source) + f"{source!r:>40}"
    with pytest.raises(TypeError):
        pickle.dumps(source)
