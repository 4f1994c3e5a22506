"""The cmdlets that convert, print and write, and the few that stand alone."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.lab.shell_cmdlets import Call, narrowed
from app.lab.shell_formatting import WIDTH, Formatted, listed, printed, table
from app.lab.shell_json import DEFAULT_DEPTH, from_json, to_json
from app.lab.shell_state import SILENT
from app.lab.shell_types import dated, unknown
from app.lab.shell_values import CUSTOM, PsError, PsObject, collected, items, moment, number, text


def convert_to_json(call: Call) -> list[object]:
    """ConvertTo-Json."""
    depth = round(number(call.parameters.get("Depth", DEFAULT_DEPTH)))
    value = call.parameters.get("InputObject", collected(call.input))
    return [to_json(value, depth=depth, compress=call.flag("Compress"))]


def convert_from_json(call: Call) -> list[object]:
    """ConvertFrom-Json."""
    return items(from_json("\n".join(text(one) for one in call.objects())))


def format_list(call: Call) -> list[object]:
    """Format-List."""
    return _formatted(call, listed)


def format_table(call: Call) -> list[object]:
    """Format-Table."""
    return _formatted(call, table)


def _formatted(call: Call, show: Callable[..., list[str]]) -> list[object]:
    objects = [one for one in call.objects() if isinstance(one, PsObject)]
    if not objects:
        return [one for one in call.objects() if one is not None]
    if "Property" in call.parameters:
        objects = [narrowed(call, one) for one in objects]
    names = list(dict.fromkeys(name for one in objects for name in one.properties))
    lines = show(objects, names)
    if call.flag("HideTableHeaders"):
        lines = [lines[0], *lines[3:]]
    return [Formatted(tuple(lines))]


def out_string(call: Call) -> list[object]:
    """Out-String."""
    width = round(number(call.parameters.get("Width", WIDTH)))
    lines = printed(call.objects(), width)
    return list(lines) if call.flag("Stream") else ["".join(f"{line}\r\n" for line in lines)]


def write_output(call: Call) -> list[object]:
    """Write-Output, and the Out cmdlets that change nothing here."""
    return call.objects()


def write_host(call: Call) -> list[object]:
    """Write-Host."""
    call.state.output.append(Formatted((" ".join(call.texts("Object")),)))
    return []


def write_warning(call: Call) -> list[object]:
    """Write-Warning."""
    if text(call.state.get("warningpreference")).lower() != SILENT:
        call.state.output.append(Formatted(("WARNING: " + " ".join(call.texts("Message")),)))
    return []


def write_error(call: Call) -> list[object]:
    """Write-Error."""
    message = " ".join(call.texts("Message"))
    error = PsError(message, "Microsoft.PowerShell.Commands.WriteErrorException,Write-Error")
    error.source = "Write-Error"
    call.state.failed(error, call.state.preference(call.parameters))
    return []


def nothing(call: Call) -> list[object]:  # noqa: ARG001 - the shape of all cmdlets
    """Out-Null, and the Write cmdlets whose stream is off by default."""
    return []


def get_date(call: Call) -> list[object]:
    """Get-Date."""
    value = moment(call.parameters["Date"]) if "Date" in call.parameters else call.state.now()
    return [dated(value, text(call.parameters["Format"]))] if "Format" in call.parameters else [value]


def new_object(call: Call) -> list[object]:
    """New-Object, for PSObject alone."""
    kind = text(call.parameters.get("TypeName")).lower().removeprefix("system.").removeprefix("management.automation.")
    if kind not in ("psobject", "pscustomobject", "object"):
        raise unknown(f"New-Object {text(call.parameters.get('TypeName'))}")
    given = call.parameters.get("Property")
    return [PsObject(dict(given.properties), CUSTOM) if isinstance(given, PsObject) else PsObject()]


def start_sleep(call: Call) -> list[object]:
    """Start-Sleep."""
    if "Milliseconds" in call.parameters:
        wanted = number(call.parameters["Milliseconds"]) / 1000
    else:
        wanted = number(call.parameters.get("Seconds"))
    threading.Event().wait(max(0.0, float(wanted)))
    return []
