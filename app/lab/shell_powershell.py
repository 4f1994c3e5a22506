"""powershell.exe of a simulated host: its command line, one script, its exit code and its two streams."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.lab.ports import Clock, Process, Refused, ShellHost
from app.lab.shell_clixml import clixml, plain
from app.lab.shell_formatting import printed
from app.lab.shell_parsing import parsed
from app.lab.shell_programs import Programs, Run, complained
from app.lab.shell_running import Interpreter
from app.lab.shell_state import State
from app.lab.shell_tree import Refusal
from app.lab.shell_values import PsError

_SWITCHES = ("nologo", "noprofile", "noninteractive", "sta", "mta")
_VALUES = ("executionpolicy", "inputformat", "windowstyle", "version")
_REFUSED = ("file", "noexit", "psconsolefile", "configurationname", "outputformat", "help")
_SHORT = {"c": "command", "e": "encodedcommand", "ec": "encodedcommand", "ep": "executionpolicy", "ex": "executionpolicy",
          "f": "file", "if": "inputformat", "of": "outputformat", "o": "outputformat", "w": "windowstyle", "v": "version",
          "nop": "noprofile", "noni": "noninteractive", "nol": "nologo", "?": "help"}  # fmt: skip
_NAMES = ("command", "encodedcommand", *_SWITCHES, *_VALUES, *_REFUSED)
_NOT_ENCODED = -196608
_READS_INPUT = re.compile(r"\$input\b", re.I)
_DEFAULT_VERSION = "5.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What a command line asks of PowerShell."""

    script: str = ""
    encoded: bool = False
    """From ``-EncodedCommand``: errors leave as CLIXML."""
    from_stdin: bool = False
    """The script itself comes on standard input."""
    refusal: str = ""
    """Why nothing is run."""

    @property
    def wants_stdin(self) -> bool:
        """Whether standard input must have ended before it can run."""
        return not self.refusal and (self.from_stdin or bool(_READS_INPUT.search(self.script)))


def is_powershell(path: str) -> bool:
    """Return whether a program is powershell.exe."""
    return path.replace("/", "\\").rpartition("\\")[2].lower().removesuffix(".exe") == "powershell"


def invocation(arguments: Sequence[str]) -> Invocation:
    """Return what the arguments of powershell.exe ask for."""
    rest = list(arguments)
    while rest:
        if rest[0][:1] not in ("-", "/"):
            return Invocation(script=" ".join(rest))
        name = _named(rest.pop(0)[1:].lower())
        match name:
            case "command":
                script = " ".join(rest)
                return Invocation(from_stdin=True) if script == "-" else Invocation(script=script)
            case "encodedcommand":
                return _encoded(rest[0] if rest else "")
            case _ if name in _SWITCHES:
                continue
            case _ if name in _VALUES:
                rest = rest[1:]
            case _:
                return Invocation(refusal=f"powershell.exe -{name or '?'} is not simulated here.")
    return Invocation(from_stdin=True)


def _named(given: str) -> str:
    if given in _SHORT:
        return _SHORT[given]
    return next((name for name in _NAMES if given and name.startswith(given)), given)


def _encoded(value: str) -> Invocation:
    try:
        return Invocation(script=base64.b64decode(value, validate=True).decode("utf-16-le"), encoded=True)
    except (binascii.Error, ValueError):
        return Invocation(refusal="Cannot process the command: the value of -EncodedCommand is not properly encoded.")


class PowerShell:
    """PowerShell processes of one account on one host."""

    def __init__(
        self, host: ShellHost, account: str, environment: Mapping[str, str], clock: Clock, programs: Programs, run: Run
    ) -> None:
        self._host = host
        self._account = account
        self._environment = environment
        self._clock = clock
        self._programs = programs
        self._run = run
        self.utf8 = False
        """Whether a script asked for UTF-8 output, so that the console's code page no longer counts."""

    def start(self, asked: Invocation, stdin: bytes) -> Process:
        """Run PowerShell to its end. Output is UTF-8."""
        if asked.refusal:
            return complained(asked.refusal, code=_NOT_ENCODED if "encoded" in asked.refusal else 1)
        entered = stdin.decode("utf-8-sig", "replace")
        script = entered if asked.from_stdin else asked.script
        state = State(
            host=self._host,
            account=self._account,
            environment=self._environment,
            clock=self._clock,
            program=self._run,
            version=self._version,
        )
        state.variables["input"] = entered.splitlines()
        code = _run(state, script)
        self.utf8 = self.utf8 or state.utf8
        stdout = "".join(f"{line}\r\n" for line in printed(state.output)).encode()
        stderr = clixml(state.errors, progress=state.module_loaded) if asked.encoded else plain(state.errors)
        return Process(exit_code=code, stdout=stdout, stderr=stderr)

    def _version(self) -> str:
        try:
            return str(self._programs.fact("host/identity.ps1").get("powershell") or _DEFAULT_VERSION)
        except Refused:
            return _DEFAULT_VERSION


def _run(state: State, script: str) -> int:
    try:
        return Interpreter(state).run(parsed(script))
    except Refusal as refusal:
        error = PsError(str(refusal), "ParseException", category="ParserError")
        error.at = (refusal.line, refusal.character)
        error.shown = "".join(script.splitlines()[refusal.line - 1 : refusal.line]).strip()
    except RecursionError:
        error = PsError("The script is nested too deeply for the lab's PowerShell.", "ParseException")
    state.errors.append(error)
    return 1
