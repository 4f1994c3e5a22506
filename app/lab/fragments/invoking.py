"""The script ``command/invoke.ps1``: one structured command, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping

from app.lab.cmdlets.call import Bag, Call, Outcome
from app.lab.cmdlets.registry import call_cmdlet, call_program
from app.lab.ports import Refused
from app.remote.result import CommandResult


def invoke(call: Call) -> CommandResult:
    """Answer command/invoke.ps1."""
    account = f"{call.world.directory.netbios}\\{call.account.name}"
    name = call.text("name")
    given = call.parameters
    try:
        if given.get("kind") == "program":
            words = given.get("arguments") or ()
            arguments = tuple(map(str, words)) if isinstance(words, list | tuple) else ()
            outcome = call_program(call.world, call.host, account, name, arguments)
            codes = given.get("success_codes") or (0,)
            succeeded = isinstance(codes, list | tuple) and outcome.exit_code in codes
        else:
            parameters = given.get("parameters")
            mapping = parameters if isinstance(parameters, Mapping) else {}
            outcome = call_cmdlet(call.world, call.host, account, name, mapping)
            succeeded = not outcome.errors
    except Refused as refused:
        suffix = f" [{refused.error_id}]" if refused.error_id else ""
        return CommandResult(ok=False, errors=(f"{refused}{suffix}",))
    return CommandResult(
        ok=succeeded,
        exit_code=outcome.exit_code,
        output=tuple(_lines(outcome)),
        warnings=tuple(outcome.warnings),
        errors=tuple(outcome.errors),
    )


def _lines(outcome: Outcome) -> list[str]:
    return [*outcome.output, *(line for bag in outcome.objects for line in _listed(bag))]


def _listed(bag: Bag) -> list[str]:
    width = max(map(len, bag), default=0)
    return [f"{name:<{width}} : {value}" for name, value in bag.items() if value is not None]
