"""PowerShell's error records and progress as CLIXML, the way they arrive on standard error over WinRM (preconditions M-05)."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from app.lab.shell_values import PsError

_HEAD = '#< CLIXML\r\n<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
_PROGRESS = (
    '<Obj S="progress" RefId="{number}"><TN RefId="{number}"><T>System.Management.Automation.PSCustomObject</T>'
    '<T>System.Object</T></TN><MS><I64 N="SourceId">1</I64><PR N="Record"><AV>Preparing modules for first use.</AV>'
    "<AI>0</AI><Nil /><PI>-1</PI><PC>-1</PC><T>Completed</T><SR>-1</SR><SD> </SD></PR></MS></Obj>"
)


def error_lines(error: PsError) -> list[str]:
    """Return an error record as the console shows it."""
    line, character = error.at
    shown = error.shown.splitlines()[0] if error.shown else ""
    target = error.source or "lab"
    head = f"{error.source} : {error.message}" if error.source else error.message
    lines = [*head.splitlines(), f"At line:{line} char:{character}"]
    if shown:
        lines += [f"+ {shown}", "+ " + "~" * len(shown)]
    exception = error.error_id.partition(",")[0]
    return [
        *lines,
        f"    + CategoryInfo          : {error.category}: ({target}:String) [{'' if exception == 'CommandNotFoundException' else target}], {_exception(exception)}",
        f"    + FullyQualifiedErrorId : {error.error_id}",
        " ",
    ]


def _exception(error_id: str) -> str:
    return error_id if error_id.endswith("Exception") else "RuntimeException"


def clixml(errors: Sequence[PsError], *, progress: bool) -> bytes:
    """Return standard error in CLIXML: progress and error records; nothing where there are none. UTF-8."""
    if not errors and not progress:
        return b""
    parts = [_PROGRESS.format(number=0)] if progress else []
    for error in errors:
        parts += [f'<S S="Error">{_escaped(line)}_x000D__x000A_</S>' for line in error_lines(error)]
    return (_HEAD + "".join(parts) + "</Objs>").encode()


def plain(errors: Sequence[PsError]) -> bytes:
    """Return standard error as text, as ``powershell -Command`` writes it. UTF-8."""
    return "".join(f"{line}\r\n" for error in errors for line in error_lines(error)).encode()


def _escaped(line: str) -> str:
    """Return text for an S element: control characters become ``_xHHHH_``, and so does an underscore that would look like one."""
    guarded = line.replace("_x", "_x005F_x")
    return escape("".join(letter if letter >= " " else f"_x{ord(letter):04X}_" for letter in guarded))
