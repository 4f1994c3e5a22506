"""What a PowerShell process knows while it runs: variables, errors, output, and the host it runs on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.lab.ports import Clock, Process, ShellHost
from app.lab.shell_types import unknown
from app.lab.shell_values import HASHTABLE, VERSION, PsError, PsObject, text

SILENT = "silentlycontinue"
STOP = "stop"
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}


class Exit(Exception):
    """``exit``."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Return(Exception):
    """``return``."""


@dataclass(slots=True, kw_only=True)
class State:
    """One PowerShell process."""

    host: ShellHost
    account: str
    environment: Mapping[str, str]
    clock: Clock
    program: Callable[[str, Sequence[str]], Process]
    """Runs an executable; raises Refused where there is none of that name."""
    version: Callable[[], str]
    """Version of PowerShell on the host."""
    variables: dict[str, object] = field(default_factory=dict)
    output: list[object] = field(default_factory=list)
    errors: list[PsError] = field(default_factory=list)
    succeeded: bool = True
    """$?"""
    exit_code: int = 0
    """$LASTEXITCODE"""
    utf8: bool = False
    """Whether the script set the console's output encoding to UTF-8."""
    module_loaded: bool = False
    """Whether a cmdlet of the host was called with progress not silenced, so that noise is due."""
    failures: int = 0
    """How many errors and failed programs there were so far."""
    tries: int = 0
    """Try blocks under way."""

    def now(self) -> datetime:
        """Return the host's time."""
        return datetime.fromtimestamp(self.clock(), tz=UTC)

    def get(self, name: str) -> object:
        """Return a variable; nothing where there is none."""
        if name in _CONSTANTS:
            return _CONSTANTS[name]
        if name.startswith("env:"):
            return next((value for key, value in self.environment.items() if key.lower() == name[4:]), None)
        match name:
            case "?":
                return self.succeeded
            case "lastexitcode":
                return self.exit_code
            case "psversiontable":
                return self._version_table()
            case "error":
                return [failure(error) for error in reversed(self.errors)]
        return self.variables.get(name)

    def put(self, name: str, value: object) -> None:
        """Set a variable."""
        if name in _CONSTANTS or name == "?":
            message = f"Cannot overwrite variable {name} because it is read-only or constant."
            raise PsError(message, "VariableNotWritable", category="WriteError")
        if name.startswith("env:"):
            self.environment = {**self.environment, name[4:].upper(): text(value)}
        else:
            self.variables[name] = value

    def preference(self, given: Mapping[str, object]) -> str:
        """Return the error action in force for a command with these parameters, in lower case."""
        own = given.get("ErrorAction")
        return text(own if own is not None else self.variables.get("erroractionpreference", "Continue")).lower()

    def failed(self, error: PsError, preference: str) -> None:
        """Deal with an error that does not end the command: print it, hide it or make it fatal."""
        if preference == STOP:
            error.fatal = True
            raise error
        self.succeeded = False
        self.failures += 1
        if preference not in (SILENT, "ignore"):
            self.errors.append(error)

    def _version_table(self) -> object:
        parts = [int(part) for part in self.version().split(".") if part.isdigit()]
        names = ("Major", "Minor", "Build", "Revision")
        padded = [*parts, -1, -1, -1, -1][:4]
        version = PsObject(dict(zip(names, padded, strict=True)), VERSION)
        return PsObject(
            {"PSVersion": version, "WSManStackVersion": PsObject({"Major": 3, "Minor": 0}, VERSION)}, HASHTABLE
        )


def failure(error: PsError) -> PsObject:
    """Return an error record as ``$_`` in a catch block has it."""
    exception = PsObject({"Message": error.message}, "System.Exception")
    record = {"Exception": exception, "FullyQualifiedErrorId": error.error_id, "CategoryInfo": error.category}
    return PsObject(record, error.message)


def not_found(name: str) -> PsError:
    """Return the error for a command that does not exist."""
    message = (
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
    )
    error = PsError(message, "CommandNotFoundException", category="ObjectNotFound")
    error.source = name
    return error


def no_pipeline(name: str) -> PsError:
    """Return the error for objects sent to a command that takes none here."""
    return unknown(f"how objects of the pipeline go into {name}")
