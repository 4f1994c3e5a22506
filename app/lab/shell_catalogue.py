"""Which cmdlets and aliases the lab's PowerShell brings itself; all others are the simulated host's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from app.lab import shell_cmdlets as objects
from app.lab import shell_output as output
from app.lab.shell_binding import Signature
from app.lab.shell_cmdlets import SIMPLE_OPERATORS, BuiltIn, Call

ALIASES: Mapping[str, str] = {
    "select": "Select-Object",
    "where": "Where-Object",
    "?": "Where-Object",
    "foreach": "ForEach-Object",
    "%": "ForEach-Object",
    "sort": "Sort-Object",
    "measure": "Measure-Object",
    "group": "Group-Object",
    "fl": "Format-List",
    "ft": "Format-Table",
    "echo": "Write-Output",
    "write": "Write-Output",
    "sleep": "Start-Sleep",
    "gsv": "Get-Service",
    "ps": "Get-Process",
    "gps": "Get-Process",
    "ls": "Get-ChildItem",
    "dir": "Get-ChildItem",
    "gci": "Get-ChildItem",
    "gi": "Get-Item",
    "gc": "Get-Content",
    "cat": "Get-Content",
    "type": "Get-Content",
    "gcm": "Get-Command",
    "gwmi": "Get-WmiObject",
    "gcim": "Get-CimInstance",
    "gp": "Get-ItemProperty",
    "ipmo": "Import-Module",
    "gmo": "Get-Module",
    "copy": "Copy-Item",
    "cp": "Copy-Item",
    "del": "Remove-Item",
    "rm": "Remove-Item",
    "mkdir": "New-Item",
}
"""By lower-case alias."""


_TAKES_ALL = (output.write_output, output.write_host)
"""Cmdlets whose first parameter takes all values that have no name."""


def _built_in(
    run: Callable[[Call], list[object]], positions: str = "", values: str = "", switches: str = ""
) -> BuiltIn:
    """Return a cmdlet; parameter names are parted by blanks, positional ones are values too."""
    places = tuple(positions.split())
    return BuiltIn(
        signature=Signature(
            values=(*places, *values.split()),
            switches=tuple(switches.split()),
            positions=places,
            rest=places[0] if places and run in _TAKES_ALL else "",
        ),
        run=run,
    )


BUILT_IN: Mapping[str, BuiltIn] = {
    "select-object": _built_in(
        objects.select_object, "Property", "First Last Skip ExpandProperty InputObject", "Unique Wait"
    ),
    "where-object": _built_in(objects.where_object, "FilterScript", " ".join(SIMPLE_OPERATORS)),
    "foreach-object": _built_in(objects.for_each_object, "Process", "InputObject"),
    "sort-object": _built_in(objects.sort_object, "Property", "InputObject", "Descending Unique CaseSensitive"),
    "measure-object": _built_in(objects.measure_object, "Property", "InputObject", "Average Sum Maximum Minimum"),
    "group-object": _built_in(objects.group_object, "Property", "InputObject"),
    "convertto-json": _built_in(output.convert_to_json, "InputObject", "Depth", "Compress"),
    "convertfrom-json": _built_in(output.convert_from_json, "InputObject"),
    "format-list": _built_in(output.format_list, "Property", "InputObject", "Force"),
    "format-table": _built_in(
        output.format_table, "Property", "InputObject GroupBy", "AutoSize Wrap HideTableHeaders Force"
    ),
    "out-string": _built_in(output.out_string, "", "InputObject Width", "Stream"),
    "out-default": _built_in(output.write_output, "", "InputObject"),
    "out-host": _built_in(output.write_output, "", "InputObject", "Paging"),
    "out-null": _built_in(output.nothing, "", "InputObject"),
    "write-output": _built_in(output.write_output, "InputObject", "", "NoEnumerate"),
    "write-host": _built_in(output.write_host, "Object", "ForegroundColor BackgroundColor Separator", "NoNewline"),
    "write-warning": _built_in(output.write_warning, "Message"),
    "write-error": _built_in(output.write_error, "Message", "Category ErrorId"),
    "write-verbose": _built_in(output.nothing, "Message"),
    "write-debug": _built_in(output.nothing, "Message"),
    "write-progress": _built_in(output.nothing, "Activity Status", "PercentComplete Id", "Completed"),
    "get-date": _built_in(output.get_date, "Date", "Format"),
    "new-object": _built_in(output.new_object, "TypeName ArgumentList", "Property"),
    "start-sleep": _built_in(output.start_sleep, "Seconds", "Milliseconds"),
}
"""By lower-case name."""
