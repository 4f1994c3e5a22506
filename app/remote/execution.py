"""Running one command that changes something."""

from __future__ import annotations

import msgspec

from app.remote.command import Command
from app.remote.errors import Interrupted, Unreadable
from app.remote.result import CommandResult
from app.remote.session import Fragment, Session

SCRIPT = "command/invoke.ps1"


def execute(session: Session, command: Command, *, seconds: float) -> CommandResult:
    """Run a command on a host and return how it ended.

    Args:
        session: the host.
        command: cmdlet or program, as data.
        seconds: total deadline.

    Raises:
        TimedOut, Interrupted: there is no complete answer. What the command did is not known: only its proof checks can tell.
        Unreadable: the command ended, and its result cannot be read; what it did is not known either.
        RemoteError: the host could not be asked; nothing was run.
    """
    fragment = Fragment(id="command", script=SCRIPT, arguments=command.payload())
    answer = session.run((fragment,), seconds=seconds)[fragment.id]
    if not answer.answered:
        raise Interrupted(f"the host did not say how {command.name} ended: {answer.error}")
    if answer.value is None:
        return CommandResult(ok=False, errors=(answer.error,))
    try:
        return msgspec.json.decode(answer.value, type=CommandResult)
    except msgspec.MsgspecError as error:
        raise Unreadable(f"the host's account of how {command.name} ended cannot be read: {error}") from None
