"""The program, made to die by SIGKILL at one exact row: ``python -m tests.end_to_end.crash.dying WHEN STEP KIND ACTION -- …``.

WHEN is ``before`` (the row is not written) or ``after`` (it is on the disk). Watching from outside is late by a row or two.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

from app.cli import main
from app.recovery.chain import Row
from app.recovery.events import AnyEvent
from app.recovery.journal import Journal


def die_at(when: str, step: str, kind: str, action: str) -> None:
    """From now on, the first row that fits is this process's last."""
    append = Journal.append

    def fits(event: AnyEvent) -> bool:
        named = (getattr(event, "step", ""), type(event).__name__, getattr(event, "action", ""))
        return named == (step, kind, action)

    def appended(journal: Journal, event: AnyEvent) -> Row:
        if when == "before" and fits(event):
            os.kill(os.getpid(), signal.SIGKILL)
        row = append(journal, event)
        if when == "after" and fits(event):
            os.kill(os.getpid(), signal.SIGKILL)
        return row

    Journal.append = appended  # type: ignore[method-assign, assignment] # the one place where death can be exact


def run(arguments: Sequence[str]) -> int:
    """Arm, and run the command line behind ``--``."""
    cut = arguments.index("--")
    die_at(*arguments[:cut])
    return main(arguments[cut + 1 :])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
