"""Sending the commands of a step, one by one, each announced before it is sent."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from enum import Enum, auto

from app.recovery.events import CommandEnded, CommandLost, CommandStarted, Progress
from app.recovery.recorder import Recorder
from app.recovery.step import Action, Step
from app.recovery.world import World
from app.remote.errors import AccessDenied, Interrupted, NotTrusted, RemoteError, TimedOut, Unreachable
from app.remote.result import CommandResult

_LINES_KEPT = 200
_LETTERS_KEPT = 2000
# These are raised before a command reaches the host; after any other error nobody knows what it did.
_NOT_SENT = (Unreachable, NotTrusted, AccessDenied)


class Sent(Enum):
    """How sending the commands of a step ended."""

    ALL = auto()
    FAILED = auto()
    LOST = auto()
    STOPPED = auto()


def send_all(step: Step, actions: Iterable[Action], world: World, recorder: Recorder) -> tuple[Sent, str]:
    """Send the actions in order and say how it ended, with a sentence where it did not end well."""
    for action in actions:
        if recorder.state.step(step.id).recorded_ok(action.id, action.command.line()):
            continue
        if world.should_stop():
            return Sent.STOPPED, f"stopped before: {action.command.line()}"
        how, why = _send(step, action, world, recorder)
        if how is not Sent.ALL:
            return how, why
    return Sent.ALL, ""


def _send(step: Step, action: Action, world: World, recorder: Recorder) -> tuple[Sent, str]:
    line = action.command.line()
    recorder.say(CommandStarted(step=step.id, action=action.id, host=action.host, line=line))
    recorder.say(Progress(step=step.id, text=f"{action.title} on {action.host}"))
    began = world.clock()
    try:
        result = world.execute(action.host, action.command, action.seconds)
    except _NOT_SENT as error:
        return _ended(step, action, CommandResult(ok=False, errors=(str(error),)), 0.0, recorder)
    except (TimedOut, Interrupted, RemoteError) as error:
        return _lost(step, action, str(error), recorder)
    except Exception as error:  # noqa: BLE001 - the seam to the transport: whatever broke, the command was announced
        return _lost(step, action, f"the program failed while it waited: {type(error).__name__}: {error}", recorder)
    return _ended(step, action, result, (world.clock() - began).total_seconds(), recorder)


def _ended(step: Step, action: Action, result: CommandResult, seconds: float, recorder: Recorder) -> tuple[Sent, str]:
    output = (*result.output, *(f"WARNING: {line}" for line in result.warnings))
    if result.exit_code is not None:
        output = (*output, f"exit code {result.exit_code}")
    errors = cleaned(result.errors)
    recorder.say(
        CommandEnded(
            step=step.id, action=action.id, ok=result.ok, output=cleaned(output), errors=errors, seconds=seconds
        )
    )
    if result.ok:
        return Sent.ALL, ""
    reason = " ".join(errors) or (
        f"exit code {result.exit_code}" if result.exit_code is not None else "no reason given"
    )
    return Sent.FAILED, f"{action.command.line()} failed on {action.host}: {reason}"


def _lost(step: Step, action: Action, why: str, recorder: Recorder) -> tuple[Sent, str]:
    reason = " ".join(cleaned((why,)))
    recorder.say(CommandLost(step=step.id, action=action.id, why=reason))
    return Sent.LOST, reason


def cleaned(lines: Iterable[str]) -> tuple[str, ...]:
    """Return a host's words without control characters, shortened to what a journal should carry."""
    kept = [_clean(line)[:_LETTERS_KEPT] for line in lines]
    if len(kept) > _LINES_KEPT:
        head, tail = kept[: _LINES_KEPT // 2], kept[-_LINES_KEPT // 2 :]
        kept = [*head, f"({len(kept) - _LINES_KEPT} lines left out)", *tail]
    return tuple(kept)


def _clean(line: str) -> str:
    return "".join(letter if unicodedata.category(letter)[0] != "C" else " " for letter in line).rstrip()
