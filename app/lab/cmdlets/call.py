"""One call of a cmdlet or program on a simulated host, and what a cmdlet declares about itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.lab.ports import Refused
from app.lab.world.directory import Account
from app.lab.world.machines import Host
from app.lab.world.world import World

Bag = Mapping[str, object]
LYNC = "Lync"
SERVER_ADMINS = "RTCUniversalServerAdmins"
READERS = (SERVER_ADMINS, "RTCUniversalReadOnlyAdmins", "RTCUniversalUserAdmins")
COMMON_PARAMETERS = (
    "Verbose", "Debug", "ErrorAction", "WarningAction", "ErrorVariable", "WarningVariable", "OutVariable", "OutBuffer",
    "PipelineVariable", "WhatIf", "Confirm",
)  # fmt: skip


@dataclass(kw_only=True)
class Outcome:
    """What a call gave."""

    objects: list[Bag] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    """Lines of a program."""
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Errors that did not end the command."""
    exit_code: int | None = None


@dataclass(kw_only=True)
class Call:
    """What a cmdlet works with: the world is locked while it does."""

    world: World
    host: Host
    account: Account
    name: str
    parameters: dict[str, object] = field(default_factory=dict)
    """By name in lower case."""
    arguments: tuple[str, ...] = ()
    """Of a program."""
    outcome: Outcome = field(default_factory=Outcome)

    def given(self, name: str) -> bool:
        """Return whether a parameter was given."""
        return name.lower() in self.parameters

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as text."""
        value = self.parameters.get(name.lower())
        if isinstance(value, Sequence) and not isinstance(value, str):
            return ",".join(map(str, value))
        return default if value is None else str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a parameter as texts; a comma separates in a single one."""
        value = self.parameters.get(name.lower())
        if value is None:
            return ()
        values = value if isinstance(value, Sequence) and not isinstance(value, str) else str(value).split(",")
        return tuple(str(one).strip() for one in values if str(one).strip())

    def flag(self, name: str) -> bool:
        """Return whether a switch is on."""
        value = self.parameters.get(name.lower(), False)
        return str(value).lower() not in ("false", "", "0", "$false")

    def say(self, **properties: object) -> None:
        """Put one object onto the pipeline."""
        self.outcome.objects.append(properties)

    def warn(self, text: str) -> None:
        """Write a warning."""
        self.outcome.warnings.append(text)

    def fail(self, text: str) -> None:
        """Write an error that does not end the command."""
        self.outcome.errors.append(text)

    @property
    def groups(self) -> set[str]:
        """Groups of the caller's token."""
        return self.world.directory.effective_groups(self.account)

    @property
    def is_administrator(self) -> bool:
        """Whether the caller is a local administrator here."""
        return self.account.name in self.host.administrators

    def require_hop(self, target: str) -> None:
        """Refuse where the caller's identity does not go on to a second machine (M-02)."""
        if not self.host.delegation and self.world.host(target.strip("\\").partition("\\")[0]) is not self.host:
            raise Refused(f"Access to '{target}' is denied. (as NT AUTHORITY\\ANONYMOUS LOGON)", "UnauthorizedAccess")

    def require_administrator(self) -> None:
        """Refuse without local administrator rights."""
        if not self.is_administrator:
            raise Refused("Access is denied. The operation needs local administrator rights.", "UnauthorizedAccess")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cmdlet:
    """What a cmdlet declares."""

    name: str
    run: Callable[[Call], None]
    parameters: tuple[str, ...] = ()
    """Names as Microsoft spells them, without the common ones."""
    mandatory: tuple[tuple[str, ...], ...] = ()
    """Each inner tuple: one of these must be given."""
    module: str = ""
    changes: bool = False
    """Whether it may change something: it is written into the log of effects."""
    groups: tuple[str, ...] = ()
    """One of these groups is needed; empty: none."""
    administrator: bool = False
    """Whether it needs local administrator rights."""
    exclusive: tuple[tuple[str, str], ...] = ()
    """Pairs of parameters that cannot be used together."""


def lync(
    name: str,
    run: Callable[[Call], None],
    *parameters: str,
    mandatory: tuple[tuple[str, ...], ...] = (),
    changes: bool = False,
    administrator: bool = False,
    exclusive: tuple[tuple[str, str], ...] = (),
) -> Cmdlet:
    """Declare a cmdlet of the Lync Server Management Shell; changing needs RTCUniversalServerAdmins (procedures 0.2)."""
    return Cmdlet(
        name=name,
        run=run,
        parameters=parameters,
        mandatory=mandatory,
        module=LYNC,
        changes=changes,
        groups=(SERVER_ADMINS,) if changes else READERS,
        administrator=administrator,
        exclusive=exclusive,
    )
