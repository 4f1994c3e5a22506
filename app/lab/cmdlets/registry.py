"""Which names a simulated host knows, and how a call of one is judged before it does anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.lab.cmdlets import (
    certificates,
    computer,
    configuration,
    databases,
    dhcp,
    files,
    inventory,
    programs,
    replication,
    response_groups,
    services,
    shares,
    system,
    user_data,
)
from app.lab.cmdlets.call import COMMON_PARAMETERS, LYNC, Call, Cmdlet, Outcome
from app.lab.ports import Refused
from app.lab.world.directory import Account
from app.lab.world.machines import Host
from app.lab.world.world import World
from app.remote.command import Argument, Command, CommandKind, Parameter, program

_FAMILIES = (
    certificates,
    computer,
    configuration,
    databases,
    dhcp,
    files,
    inventory,
    replication,
    response_groups,
    services,
    shares,
    system,
    user_data,
)
CMDLETS: Mapping[str, Cmdlet] = {one.name.lower(): one for family in _FAMILIES for one in family.CMDLETS}
"""Every cmdlet of the lab by its name in lower case."""


def unknown_name(name: str) -> Refused:
    """Return how PowerShell says that it does not know a name."""
    return Refused(
        f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
        "Check the spelling of the name, or if a path was included, verify that the path is correct and try again.",
        "CommandNotFoundException",
    )


def account_of(world: World, name: str) -> Account:
    """Return the account that a session runs as.

    Raises:
        Refused: nobody of that name.
    """
    account = world.directory.account(name)
    if account is None:
        raise Refused(f"The account '{name}' is not known.", "LogonFailure")
    return account


def call_cmdlet(world: World, host: Host, account: str, name: str, parameters: Mapping[str, object]) -> Outcome:
    """Run one cmdlet and return what it gave.

    Raises:
        Refused: the host does not know it, or it refuses.
    """
    with world.locked():
        found = CMDLETS.get(name.lower())
        if found is None or not _has_module(host, found.module):
            raise unknown_name(name)
        given = _bound(found, parameters)
        call = Call(world=world, host=host, account=account_of(world, account), name=found.name, parameters=given)
        line = _line(found, parameters)
        try:
            _judge(found, call)
            if call.flag("WhatIf"):
                call.outcome.output.append(f'What if: Performing the operation "{found.name}".')
                return call.outcome
            found.run(call)
        except Refused as refused:
            if found.changes:
                world.logged(host, account, line, ok=False, message=str(refused))
            raise
        if found.changes:
            world.logged(host, account, line, ok=not call.outcome.errors, message="; ".join(call.outcome.warnings))
        return call.outcome


def call_program(world: World, host: Host, account: str, path: str, arguments: Sequence[str]) -> Outcome:
    """Run one program and return what it printed.

    Raises:
        Refused: there is no such program on the host.
    """
    with world.locked():
        name = path.replace("/", "\\").rpartition("\\")[2].lower()
        named = name if name.endswith(".exe") else f"{name}.exe"
        installed = programs.INSTALLED.get(path.lower()) if host.disks.exists(path) else None
        is_system = "\\" not in path or path.lower().startswith("c:\\windows\\system32\\")
        run = installed or (programs.PROGRAMS.get(named) if is_system else None)
        if run is None:
            raise unknown_name(path)
        call = Call(world=world, host=host, account=account_of(world, account), name=path, arguments=tuple(arguments))
        line = program(path, *arguments).line()
        try:
            run(call)
        except Refused as refused:
            world.logged(host, account, line, ok=False, message=str(refused))
            raise
        world.logged(host, account, line, ok=call.outcome.exit_code in (0, 1, 3010), message=call.outcome.output[-1])
        return call.outcome


def _has_module(host: Host, module: str) -> bool:
    if not module:
        return True
    return host.product.core if module == LYNC else host.is_dhcp_server


def _bound(cmdlet: Cmdlet, parameters: Mapping[str, object]) -> dict[str, object]:
    """Return parameters by their full name in lower case; a prefix that fits one alone is enough, as in PowerShell."""
    known = [one.lower() for one in (*cmdlet.parameters, *COMMON_PARAMETERS)]
    bound: dict[str, object] = {}
    for name, value in parameters.items():
        fitting = [one for one in known if one == name.lower()] or [
            one for one in known if one.startswith(name.lower())
        ]
        if not fitting:
            raise Refused(
                f"A parameter cannot be found that matches parameter name '{name}'.",
                f"NamedParameterNotFound,{cmdlet.name}",
            )
        if len(fitting) > 1:
            raise Refused(
                f"Parameter cannot be processed because the parameter name '{name}' is ambiguous.",
                f"AmbiguousParameter,{cmdlet.name}",
            )
        bound[fitting[0]] = value
    return bound


def _judge(cmdlet: Cmdlet, call: Call) -> None:
    for choices in cmdlet.mandatory:
        if not any(call.given(one) and call.parameters[one.lower()] not in ("", None) for one in choices):
            raise Refused(
                f"Cannot process command because of one or more missing mandatory parameters: {choices[0]}.",
                f"MissingMandatoryParameter,{cmdlet.name}",
            )
    for first, second in cmdlet.exclusive:
        if call.given(first) and call.given(second):
            raise Refused("Parameter set cannot be resolved using the specified named parameters.", "AmbiguousSet")
    if cmdlet.administrator:
        call.require_administrator()
    if cmdlet.groups and not call.groups & set(cmdlet.groups):
        raise Refused(
            f"Access is denied: the user is not a member of {' or '.join(cmdlet.groups)}.", "UnauthorizedAccess"
        )


def _line(cmdlet: Cmdlet, parameters: Mapping[str, object]) -> str:
    shown = tuple(Parameter(name=name, value=_argument(value)) for name, value in parameters.items())
    return Command(kind=CommandKind.CMDLET, name=cmdlet.name, parameters=shown).line()


def _argument(value: object) -> Argument:
    if isinstance(value, bool | int | str):
        return value
    return tuple(map(str, value)) if isinstance(value, Sequence) else str(value)
