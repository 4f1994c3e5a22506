"""The modest cmd.exe of the simulated hosts."""

from __future__ import annotations

import base64

import pytest

from app.lab.ports import Console
from app.lab.shell_cmd import words
from tests.winrm.shell_fakes import ACCOUNT, FakeShellHost, prompt, shell


@pytest.mark.parametrize(
    ("line", "printed"),
    [
        ("hostname", "se01\r\n"),
        ("HOSTNAME.EXE", "se01\r\n"),
        ("whoami", "contoso\\lyncadmin\r\n"),
        ("echo hello  world", "hello  world\r\n"),
        ('echo "a & b"', '"a & b"\r\n'),
        ("echo a ^& b", "a & b\r\n"),
        ("echo.", "\r\n"),
        ("echo %COMPUTERNAME% %nosuch%", "SE01 %nosuch%\r\n"),
        ("ver", "\r\nMicrosoft Windows [Version 6.2.9200]\r\n"),
        ("set userdom", "USERDOMAIN=CONTOSO\r\n"),
        ("hostname & whoami", "se01\r\ncontoso\\lyncadmin\r\n"),
        ("hostname && whoami", "se01\r\ncontoso\\lyncadmin\r\n"),
        ("hostname || whoami", "se01\r\n"),
        ("foo 2>nul || hostname", "se01\r\n"),
        ("foo 2>nul && hostname & whoami", "contoso\\lyncadmin\r\n"),
        ("hostname >nul", ""),
        ("cmd /c hostname", "se01\r\n"),
        ("cmd.exe /C hostname & whoami", "se01\r\ncontoso\\lyncadmin\r\n"),
        ("rem nothing", ""),
        ("powershell -NoProfile -Command \"Get-Service | % { $_.Name }\"", "RTCSRV\r\nREPLICA\r\nW3SVC\r\n"),
        ("powershell.exe -ExecutionPolicy Bypass -nop hostname", "se01\r\n"),
        ("powershell (Get-Service RTCSRV).Status", "Running\r\n"),
    ],
)  # fmt: skip
def test_a_line_prints_what_cmd_prints(line: str, printed: str) -> None:
    ended = prompt(line)
    assert (ended.stdout.decode(), ended.stderr, ended.exit_code) == (printed, b"", 0)


@pytest.mark.parametrize(
    ("line", "complaint", "code"),
    [
        ("foo bar", "'foo' is not recognized as an internal or external command", 1),
        ("dir | find x", "'|' in a command line is not simulated", 1),
        ("echo a > C:\\x.txt", "'>' in a command line is not simulated", 1),
        ("dir C:\\", "dir of cmd.exe is not simulated", 1),
        ("set A=1", "not simulated", 1),
        ("powershell -File x.ps1", "-file is not simulated", 1),
        ("powershell -EncodedCommand ####", "not properly encoded", -196608),
        ("powershell -Command Foo-Bar", "CommandNotFoundException", 1),
        ("echo " + "x" * 8200, "The command line is too long.", 1),
    ],
)
def test_what_cannot_be_done_is_said_on_standard_error(line: str, complaint: str, code: int) -> None:
    ended = prompt(line)
    assert complaint in ended.stderr.decode()
    assert (ended.exit_code, ended.stdout) == (code, b"")


def test_exit_ends_the_line_with_its_code() -> None:
    ended = prompt("echo a & exit 5 & echo b")
    assert (ended.exit_code, ended.stdout) == (5, b"a\r\n")


def test_errors_can_be_merged_into_the_output() -> None:
    assert b"not recognized" in prompt("foo 2>&1").stdout


def test_the_programs_of_the_host_are_started_with_split_arguments() -> None:
    host = FakeShellHost()
    assert prompt('robocopy.exe \\\\bk01\\share "C:\\a b" /E', host).exit_code == 3
    assert host.programs == [("robocopy.exe", ("\\\\bk01\\share", "C:\\a b", "/E"))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('a "b c" d', ["a", "b c", "d"]),
        ('"C:\\a b\\x.exe" /k:"v w"', ["C:\\a b\\x.exe", "/k:v w"]),
        ('a\\\\"b c" d', ["a\\b c", "d"]),
        ('a\\\\\\"b', ['a\\"b']),
        ("\\\\server\\share\\", ["\\\\server\\share\\"]),
        ('"" x', ["", "x"]),
        ("  a\tb ", ["a", "b"]),
        ("", []),
    ],
)
def test_arguments_are_split_as_windows_splits_them(line: str, expected: list[str]) -> None:
    assert words(line) == expected


def test_the_groups_addresses_and_services_of_the_host_are_shown() -> None:
    groups = prompt("whoami /groups").stdout.decode()
    assert "CONTOSO\\RTCUniversalServerAdmins" in groups
    assert "S-1-5-32-544" in groups
    addresses = prompt("ipconfig /all").stdout.decode()
    assert "   IPv4 Address. . . . . . . . . . . : 192.0.2.11\r\n" in addresses
    assert "   Physical Address. . . . . . . . . : 00-15-5D-01-02-03\r\n" in addresses
    assert "STATE              : 4  RUNNING" in prompt("sc query rtcsrv").stdout.decode()
    missing = prompt("sc query nope")
    assert (missing.exit_code, b"FAILED 1060" in missing.stdout) == (1060, True)


def test_variables_of_the_shell_are_those_the_client_set() -> None:
    assert prompt("echo %Colour%", environment={"COLOUR": "blue"}).stdout == b"blue\r\n"


def test_a_script_can_come_on_standard_input() -> None:
    assert prompt("powershell -NoLogo -Command -", stdin=b"hostname\n1 + 1\n").stdout == b"se01\r\n2\r\n"
    assert prompt("powershell -Command \"$input | % { $_ + '!' }\"", stdin=b"a\r\nb").stdout == b"a!\r\nb!\r\n"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("powershell -Command -", True),
        ("powershell", True),
        ('powershell.exe -NoProfile -Command "$input | Out-Null"', True),
        ("cmd /c powershell -Command -", True),
        ("powershell -Command hostname", False),
        ("powershell -File x.ps1", False),
        ("hostname", False),
        ("a | b", False),
        ("", False),
    ],
)
def test_only_what_reads_standard_input_waits_for_it(line: str, expected: bool) -> None:
    assert shell().wants_stdin(line, []) is expected


def test_without_cmd_the_program_gets_the_line_as_it_is() -> None:
    direct = Console(codepage=65001, skip_cmd=True)
    assert shell().run(ACCOUNT, "hostname", [], b"", direct).stdout == b"se01\r\n"
    assert b"not recognized" not in shell().run(ACCOUNT, "echo", ["a"], b"", direct).stdout
    assert shell().run(ACCOUNT, "echo", ["a"], b"", direct).exit_code == 1
    script = base64.b64encode(("'" + "x" * 9000 + "'").encode("utf-16-le")).decode()
    ran = shell().run(ACCOUNT, "powershell.exe", ["-EncodedCommand", script], b"", direct)
    assert (ran.exit_code, len(ran.stdout)) == (0, 9002)
