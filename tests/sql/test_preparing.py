"""What ``relync lab prepare`` says and does on machines of every kind."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence

import pytest

from app.facts.odbc import NoDriver
from app.lab import preparing
from app.lab.preparing import Kind, Missing, missing, prepare

MANAGER = Missing(what="libodbc.so.2", package="unixodbc", why="the ODBC driver manager", kind=Kind.SYSTEM)
LOADER = Missing(what="libltdl.so.7", package="libltdl7", why="libtool's loader", kind=Kind.SYSTEM)
SQLGLOT = Missing(what="sqlglot", package="sqlglot", why="turns T-SQL", kind=Kind.PYTHON)
DRIVER = Missing(what="an ODBC driver for SQL Server", package="mssql-python", why="brings one", kind=Kind.PYTHON)


class Machine:
    """A machine that records what is run on it; installing puts the missing things there."""

    def __init__(self, *lacking: Missing, root: bool = True, sudo: bool = False, lists: bool = True) -> None:
        self.lacking = list(lacking)
        self.root, self.sudo, self.lists = root, sudo, lists
        self.commands: list[str] = []

    def look(self) -> tuple[Missing, ...]:
        return tuple(self.lacking)

    def run(self, command: Sequence[str], seconds: float) -> int:
        assert seconds > 0
        self.commands.append(" ".join(command))
        if command[:2] == ["sudo", "-n"] and not self.sudo:
            return 1
        if "update" in command:
            self.lists = True
        if "install" in command:
            if not self.lists:
                return 100
            self.lacking = [one for one in self.lacking if one.package not in command]
        return 0


def prepared(machine: Machine, monkeypatch: pytest.MonkeyPatch, *tools: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(preparing.shutil, "which", lambda name: f"/usr/bin/{name}" if name in tools else None)
    monkeypatch.setattr(preparing.os, "geteuid", lambda: 0 if machine.root else 1000, raising=False)
    out = io.StringIO()
    return prepare(out, look=machine.look, run=machine.run), out.getvalue()


def test_a_machine_that_has_everything_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine()
    assert prepared(machine, monkeypatch, "apt-get") == (0, "This machine has everything the lab needs.\n")
    assert machine.commands == []


def test_root_on_debian_gets_exactly_what_is_missing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(MANAGER, LOADER)
    code, said = prepared(machine, monkeypatch, "apt-get")
    assert code == 0
    assert machine.commands == ["apt-get install -y -q --no-install-recommends unixodbc libltdl7"]
    assert "Installing: apt-get" in said
    assert said.endswith("This machine has everything the lab needs.\n")


def test_an_image_without_package_lists_gets_them_first(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(MANAGER, lists=False)
    assert prepared(machine, monkeypatch, "apt-get")[0] == 0
    assert [one.split()[1] for one in machine.commands] == ["install", "update", "install"]
    assert machine.lacking == []


def test_sudo_without_a_password_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(MANAGER, root=False, sudo=True)
    assert prepared(machine, monkeypatch, "apt-get", "sudo")[0] == 0
    assert machine.commands[-1].startswith("sudo -n apt-get install")


@pytest.mark.parametrize("tools", [("apt-get",), ("apt-get", "sudo")])
def test_who_may_not_install_is_told_the_line_to_run(monkeypatch: pytest.MonkeyPatch, tools: tuple[str, ...]) -> None:
    machine = Machine(MANAGER, LOADER, root=False)
    code, said = prepared(machine, monkeypatch, *tools)
    assert code == 0
    assert "apt-get install -y --no-install-recommends unixodbc libltdl7" in said
    assert "shows as unknown" in said
    assert not [one for one in machine.commands if "install" in one]


@pytest.mark.parametrize(
    ("tool", "line"),
    [
        ("dnf", "dnf install unixODBC"),
        ("zypper", "zypper install unixODBC"),
        ("apk", "apk add unixodbc"),
        ("", "package manager"),
    ],
)
def test_other_systems_get_their_own_line_and_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, tool: str, line: str
) -> None:
    machine = Machine(MANAGER)
    code, said = prepared(machine, monkeypatch, tool)
    assert (code, machine.commands) == (0, [])
    assert line in said


def test_an_installation_that_fails_is_said_to_have_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(MANAGER)
    machine.run = lambda command, seconds: 100  # type: ignore[method-assign]  # a machine without network
    code, said = prepared(machine, monkeypatch, "apt-get")
    assert code == 0
    assert "Still missing: libodbc.so.2" in said


def test_without_sqlglot_the_lab_cannot_start(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = prepared(Machine(SQLGLOT), monkeypatch)
    assert code == 2
    assert "pip install 'relync[lab]'" in said


def test_without_a_driver_the_lab_starts_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = prepared(Machine(DRIVER), monkeypatch)
    assert code == 0
    assert "shows as unknown" in said


@pytest.mark.parametrize(
    ("system", "says"), [("darwin", "brew install unixodbc"), ("win32", "Windows brings the driver manager")]
)
def test_macos_and_windows_get_hints_and_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, system: str, says: str
) -> None:
    machine = Machine(MANAGER)
    monkeypatch.setattr(sys, "platform", system)
    out = io.StringIO()
    assert prepare(out, look=machine.look, run=machine.run) == 0
    assert says in out.getvalue()
    assert machine.commands == []


def test_looking_names_each_library_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(preparing, "_loads", lambda library: library != "libodbc.so.2")
    assert [one.package for one in missing() if one.kind is Kind.SYSTEM] == ["unixodbc"]


def test_looking_elsewhere_asks_whether_pyodbc_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise NoDriver("pyodbc cannot be loaded")

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(preparing, "load_pyodbc", none)
    assert [one.what for one in missing()] == ["the ODBC driver manager"]
