"""A cmdlet or program with named arguments: never text with values spliced in.

A command renders two ways: ``line()`` is what the operator reads and can copy into PowerShell, correctly quoted;
``payload()`` is data for the fixed script ``invoke.ps1``, which splats it. The line is never what runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Argument = str | int | bool | tuple[str, ...]


class CommandKind(StrEnum):
    """How a command is started on its host."""

    CMDLET = "cmdlet"
    """A PowerShell cmdlet or function, called with splatted parameters."""
    PROGRAM = "program"
    """An executable with a list of arguments; awaited, its exit code recorded."""


# PowerShell reads these four typographic quotes as an apostrophe too (ansible.windows#45).
_APOSTROPHES = "'\u2018\u2019\u201a\u201b"
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:\\/")


def quoted(value: str) -> str:
    """Return ``value`` as one PowerShell argument, in single quotes where it needs any."""
    if value and all(letter in _BARE for letter in value) and not value.startswith("-"):
        return value
    return "'" + "".join(letter * 2 if letter in _APOSTROPHES else letter for letter in value) + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One named parameter of a cmdlet; ``value is True`` renders as a switch."""

    name: str
    value: Argument

    def rendered(self) -> str:
        """Return the parameter as it is typed."""
        match self.value:
            case True:
                return f"-{self.name}"
            case False:
                return f"-{self.name}:$false"
            case int():
                return f"-{self.name} {self.value}"
            case str():
                return f"-{self.name} {quoted(self.value)}"
            case tuple():
                return f"-{self.name} {','.join(quoted(item) for item in self.value)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is to be run on a host."""

    kind: CommandKind
    name: str
    """Cmdlet name exactly as Microsoft spells it, or the full path of a program."""
    parameters: tuple[Parameter, ...] = ()
    arguments: tuple[str, ...] = ()
    """Arguments of a program, in order, one element each."""
    success_codes: tuple[int, ...] = (0,)
    """Exit codes of a program that mean success (robocopy: 0 to 7)."""

    def line(self) -> str:
        """Return the command as the operator would type it in PowerShell."""
        if self.kind is CommandKind.CMDLET:
            return " ".join([self.name, *(parameter.rendered() for parameter in self.parameters)])
        return " ".join([f"& {quoted(self.name)}" if " " in self.name else self.name, *map(quoted, self.arguments)])

    def payload(self) -> dict[str, object]:
        """Return the command as data for ``invoke.ps1``."""
        return {
            "kind": self.kind.value,
            "name": self.name,
            "parameters": {parameter.name: _plain(parameter.value) for parameter in self.parameters},
            "arguments": list(self.arguments),
            "success_codes": list(self.success_codes),
        }


def _plain(value: Argument) -> object:
    return list(value) if isinstance(value, tuple) else value


def cmdlet(name: str, /, **parameters: Argument) -> Command:
    """Return a cmdlet call; keyword names are the parameter names as Microsoft spells them."""
    return Command(
        kind=CommandKind.CMDLET,
        name=name,
        parameters=tuple(Parameter(name=key, value=value) for key, value in parameters.items()),
    )


def program(path: str, /, *arguments: str, success_codes: tuple[int, ...] = (0,)) -> Command:
    """Return a call of an executable."""
    return Command(kind=CommandKind.PROGRAM, name=path, arguments=arguments, success_codes=success_codes)
