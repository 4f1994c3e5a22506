"""A modest cmd.exe: it splits a line, expands variables, knows a few commands of its own and starts programs.

Pipes, loops, batch files and redirection into files are refused in words, never half done.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.lab.ports import Process, Refused
from app.lab.shell_programs import Run, complained, printed

LONGEST = 8191
"""Characters that cmd.exe takes (preconditions M-04)."""
LONGEST_DIRECT = 32_767
"""Characters that CreateProcess takes."""
_TOKEN = re.compile(
    r"""(?P<quoted>"[^"]*"?)|\^(?P<escaped>.)|(?P<merge>2>&1)|(?P<quiet>[12]?)>>?[ ]*nul\b"""
    r"""|(?P<joint>&&|\|\||&)|(?P<odd>[|<>])|(?P<plain>.)""",
    re.I | re.S,
)
_VARIABLE = re.compile(r"%([^%\s]+)%")
_WINDOWS = "Microsoft Windows [Version 6.2.9200]"
_OWN_UNKNOWN = frozenset(["for", "if", "goto", "call", "start", "type", "dir", "copy", "move", "pushd", "popd"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Simple:
    """One command of a line."""

    text: str
    joint: str = ""
    """How it hangs on the one before: ``""``, ``&``, ``&&`` or ``||``."""
    quiet: str = ""
    """``1`` and ``2`` where that stream goes to nowhere."""
    merged: bool = False
    """``2>&1``."""


class Unsupported(Exception):
    """The line uses what this cmd.exe has not."""


def split(line: str) -> list[Simple]:
    """Return the commands of a line.

    Raises:
        Unsupported: it holds a pipe or a file redirection.
    """
    found: list[Simple] = []
    text, joint, quiet, merged = "", "", "", False
    for token in _TOKEN.finditer(line):
        if token["joint"]:
            found.append(Simple(text=text.strip(), joint=joint, quiet=quiet, merged=merged))
            text, joint, quiet, merged = "", token["joint"], "", False
        elif token["odd"]:
            raise Unsupported(f"'{token['odd']}' in a command line is not simulated here.")
        elif token["quiet"] is not None:
            quiet += token["quiet"] or "1"
        else:
            merged = merged or bool(token["merge"])
            text += token["quoted"] or token["escaped"] or token["plain"] or ""
    return [*found, Simple(text=text.strip(), joint=joint, quiet=quiet, merged=merged)]


def words(text: str) -> list[str]:
    """Return the arguments of a command line as CommandLineToArgvW splits it."""
    found: list[str] = []
    current, open_word, quoted, at = "", False, False, 0
    while at < len(text):
        slashes = len(text[at:]) - len(text[at:].lstrip("\\"))
        at += slashes
        letter = text[at : at + 1]
        if letter == '"':
            current += "\\" * (slashes // 2)
            if slashes % 2:
                current += '"'
            else:
                quoted = not quoted
            open_word = True
        elif letter in (" ", "\t", "") and not quoted:
            current += "\\" * slashes
            found += [current] if current or open_word else []
            current, open_word = "", False
        else:
            current += "\\" * slashes + letter
        at += 1
    return [*found, current] if current or open_word else found


class CommandPrompt:
    """One cmd.exe process."""

    def __init__(self, environment: Mapping[str, str], run: Run) -> None:
        self._environment = environment
        self._run = run

    def line(self, line: str) -> Process:
        """Run a line to its end. Output is UTF-8."""
        if len(line) > LONGEST:
            return complained("The command line is too long.")
        try:
            commands = split(_VARIABLE.sub(self._expanded, line))
        except Unsupported as error:
            return complained(str(error))
        ended = Process(exit_code=0)
        for command in commands:
            if (command.joint == "&&" and ended.exit_code) or (command.joint == "||" and not ended.exit_code):
                continue
            ended = _after(ended, self._one(command), command)
            if command.text.lower().split(" ")[0] == "exit":
                break
        return ended

    def _expanded(self, found: re.Match[str]) -> str:
        wanted = found[1].lower()
        return next((value for name, value in self._environment.items() if name.lower() == wanted), found[0])

    def _one(self, command: Simple) -> Process:
        name, _, rest = command.text.partition(" ")
        match name.lower().removeprefix("@"):
            case "" | "rem":
                return Process(exit_code=0)
            case "echo" | "echo.":
                return printed(rest.strip() or ("" if name.endswith(".") else "ECHO is on."))
            case "ver":
                return printed("", _WINDOWS)
            case "cd":
                return printed("C:\\Users\\Administrator") if not rest else complained("cd is not simulated here.")
            case "set":
                return self._set(rest)
            case "exit":
                number = rest.lower().replace("/b", "").strip()
                return Process(exit_code=int(number) if number.lstrip("-").isdigit() else 0)
        if name.lower() in _OWN_UNKNOWN:
            return complained(f"The command {name} of cmd.exe is not simulated here.")
        return self._started(command.text)

    def _set(self, rest: str) -> Process:
        if "=" in rest:
            return complained("Setting a variable is not simulated here.")
        shown = [
            f"{name}={value}" for name, value in sorted(self._environment.items(), key=lambda pair: pair[0].lower())
        ]
        matching = [line for line in shown if line.lower().startswith(rest.strip().lower())]
        return printed(*matching) if matching else complained(f"Environment variable {rest.strip()} not defined")

    def _started(self, text: str) -> Process:
        path, *arguments = words(text)
        try:
            return self._run(path, arguments)
        except Refused as refused:
            if refused.error_id != "CommandNotFoundException":
                return complained(str(refused))
            return complained(
                f"'{path}' is not recognized as an internal or external command,", "operable program or batch file."
            )


def _after(before: Process, ended: Process, command: Simple) -> Process:
    stdout, stderr = ended.stdout, ended.stderr
    if command.merged:
        stdout, stderr = stdout + stderr, b""
    return Process(
        exit_code=ended.exit_code,
        stdout=before.stdout + (b"" if "1" in command.quiet else stdout),
        stderr=before.stderr + (b"" if "2" in command.quiet else stderr),
    )


def program_and_arguments(command: str, arguments: Sequence[str]) -> tuple[str, list[str]]:
    """Return the program and arguments of a line that bypasses cmd.exe."""
    first, *rest = words(" ".join([command, *arguments])) or [command]
    return first, rest
