"""The command line of a simulated Windows host: it makes a ``RemoteHost`` out of what the world knows of the host.

The product's own batch is answered by the world's fragments. Everything else is for the other hands on a keyboard: a
modest cmd.exe and a small PowerShell with the host's cmdlets. What they do not know they refuse loudly.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from app.lab.ports import Behaviour, Clock, Console, Process, Refused, ShellHost
from app.lab.shell_batch import is_batch, run_batch
from app.lab.shell_cmd import (
    LONGEST_DIRECT,
    CommandPrompt,
    Unsupported,
    program_and_arguments,
    split,
    words,
)
from app.lab.shell_powershell import PowerShell, invocation, is_powershell
from app.lab.shell_programs import Programs, complained

_UTF8 = 65001
_CONSOLE = Console()


class HostShell:
    """One host's command line, as the WinRM endpoint drives it."""

    def __init__(
        self,
        host: ShellHost,
        *,
        accounts: Callable[[], Mapping[str, str]],
        may_open_shell: Callable[[str], bool],
        behaviour: Callable[[], Behaviour] = lambda: Behaviour.NORMAL,
        start_seconds: Callable[[], float] = lambda: 0.0,
        clock: Clock = time.time,
    ) -> None:
        self._host = host
        self._accounts = accounts
        self._may_open_shell = may_open_shell
        self._behaviour = behaviour
        self._start_seconds = start_seconds
        self._clock = clock

    @property
    def fqdn(self) -> str:
        """The host's name."""
        return self._host.fqdn

    def behaviour(self) -> Behaviour:
        """Return how the endpoint is to treat clients."""
        return self._behaviour()

    def accounts(self) -> Mapping[str, str]:
        """Return account to password."""
        return self._accounts()

    def may_open_shell(self, account: str) -> bool:
        """Return whether the account is allowed in."""
        return self._may_open_shell(account)

    def start_seconds(self) -> float:
        """Return how long a PowerShell start takes."""
        return self._start_seconds()

    def wants_stdin(self, command: str, arguments: Sequence[str]) -> bool:
        """Return whether a command of the line reads standard input: the product's loader, or a script that comes that way."""
        try:
            commands = [words(simple.text) for simple in split(" ".join([command, *arguments]))]
        except Unsupported:
            return False
        return any(_reads(parts) for parts in commands)

    def run(
        self, account: str, command: str, arguments: Sequence[str], stdin: bytes, console: Console = _CONSOLE
    ) -> Process:
        """Run one command line to its end."""
        running = _Running(self._host, account, stdin, console, self._clock)
        ended = (
            running.direct(command, arguments) if console.skip_cmd else running.line(" ".join([command, *arguments]))
        )
        if running.utf8 or console.codepage == _UTF8:
            return ended
        return Process(
            exit_code=ended.exit_code,
            stdout=_in_codepage(ended.stdout, console.codepage),
            stderr=_in_codepage(ended.stderr, console.codepage),
        )


class _Running:
    """One command line under way."""

    def __init__(self, host: ShellHost, account: str, stdin: bytes, console: Console, clock: Clock) -> None:
        self._host = host
        self._account = account
        self._stdin = stdin
        self._programs = Programs(host, account)
        self._environment = {**_environment(host.fqdn, account), **console.environment}
        self._prompt = CommandPrompt(self._environment, self.program)
        self._powershell = PowerShell(host, account, self._environment, clock, self._programs, self.program)

    @property
    def utf8(self) -> bool:
        """Whether what was printed is UTF-8 whatever the code page."""
        return self._powershell.utf8

    def line(self, line: str) -> Process:
        """Run a line through cmd.exe."""
        return self._prompt.line(line)

    def direct(self, command: str, arguments: Sequence[str]) -> Process:
        """Start a program without cmd.exe."""
        if len(" ".join([command, *arguments])) > LONGEST_DIRECT:
            return complained("The filename or extension is too long.")
        path, rest = program_and_arguments(command, arguments)
        try:
            return self.program(path, rest)
        except Refused as refused:
            return complained(str(refused))

    def program(self, path: str, arguments: Sequence[str]) -> Process:
        """Start a program; Refused where there is none of that name."""
        if is_powershell(path):
            asked = invocation(arguments)
            if is_batch(asked.script):
                return run_batch(self._host, self._account, self._stdin)
            return self._powershell.start(asked, self._stdin)
        if (
            path.lower().removesuffix(".exe").rpartition("\\")[2] == "cmd"
            and arguments[:1]
            and arguments[0].lower() == "/c"
        ):
            return self._prompt.line(" ".join(arguments[1:]))
        return self._programs.run(path, arguments)


def _reads(parts: Sequence[str]) -> bool:
    while parts and parts[0].lower() in ("cmd", "cmd.exe") and len(parts) > 1 and parts[1].lower() == "/c":
        parts = parts[2:]
    if not parts or not is_powershell(parts[0]):
        return False
    asked = invocation(parts[1:])
    return asked.wants_stdin or is_batch(asked.script)


def _environment(fqdn: str, account: str) -> dict[str, str]:
    computer, _, domain = fqdn.partition(".")
    netbios, _, user = account.rpartition("\\")
    return {
        "COMPUTERNAME": computer.upper()[:15],
        "COMSPEC": "C:\\Windows\\system32\\cmd.exe",
        "OS": "Windows_NT",
        "PROCESSOR_ARCHITECTURE": "AMD64",
        "ProgramFiles": "C:\\Program Files",
        "CommonProgramFiles": "C:\\Program Files\\Common Files",
        "SystemDrive": "C:",
        "SystemRoot": "C:\\Windows",
        "TEMP": f"C:\\Users\\{user}\\AppData\\Local\\Temp",
        "USERDNSDOMAIN": domain.upper(),
        "USERDOMAIN": netbios,
        "USERNAME": user,
        "USERPROFILE": f"C:\\Users\\{user}",
        "windir": "C:\\Windows",
    }


def _in_codepage(raw: bytes, codepage: int) -> bytes:
    """Return UTF-8 output as a console with this code page carries it; what it has no letter for becomes ``?``."""
    try:
        return raw.decode("utf-8", "replace").encode(f"cp{codepage}", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace").encode("cp437", "replace")
