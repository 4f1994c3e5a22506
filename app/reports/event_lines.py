"""One line of plain words for each event of a run: the plain face prints them, the evidence report lists them."""

from __future__ import annotations

from collections import Counter
from typing import assert_never

from app.recovery.events import (
    Answered,
    AnyEvent,
    Attested,
    CommandEnded,
    CommandLost,
    CommandsPlanned,
    CommandStarted,
    DoubtSettled,
    GateJudged,
    Overridden,
    Progress,
    ProofJudged,
    RunEnded,
    RunOpened,
    StepEnded,
    StepStarted,
)
from app.reports.document import plain
from checks.finding import Finding


def event_line(event: AnyEvent) -> str:
    """Return what happened, on one line, without the time; what a terminal takes for a command is left out."""
    return plain(_said(event))


def counted(findings: tuple[Finding, ...]) -> str:
    """Return how many findings have each status, and which of them hold."""
    if not findings:
        return "no checks"
    numbers = Counter(one.status.value for one in findings)
    said = ", ".join(f"{number} {status}" for status, number in sorted(numbers.items()))
    holding = "; ".join(f"{one.check} ({one.subject}): {one.found}" for one in findings if one.holds)
    return f"{said}: {holding}" if holding else said


def _said(event: AnyEvent) -> str:
    match event:
        case RunOpened():
            again = "resumed" if event.resumed else "opened"
            return f"run {event.run} {again} by {event.operator}: {event.title} of {event.target}"
        case RunEnded():
            return f"run {event.outcome.value}" + (f": {event.why}" if event.why else "")
        case Progress():
            return f"[{event.step}] ... {event.text}"
        case _:
            return f"[{event.step}] {_of_step(event)}"


_OfStep = (
    GateJudged
    | CommandsPlanned
    | StepStarted
    | CommandStarted
    | CommandEnded
    | CommandLost
    | ProofJudged
    | Attested
    | Overridden
    | Answered
    | DoubtSettled
    | StepEnded
)


def _of_step(event: _OfStep) -> str:
    match event:
        case GateJudged():
            state = "overridden" if event.overridden else "open" if event.open else "held"
            return f"gate {state}: {counted(event.findings)}"
        case ProofJudged():
            return f"{'proven' if event.proven else 'not proven'}: {counted(event.findings)}"
        case CommandsPlanned():
            return f"would run: {'; '.join(event.lines)}" if event.lines else f"nothing to run: {event.why}"
        case StepStarted():
            return f"attempt {event.attempt} begins{', by hand' if event.by_hand else ''}"
        case CommandStarted() | CommandEnded() | CommandLost():
            return _of_command(event)
        case Attested():
            return f"{event.who} attests {event.what or 'that it was done by hand'}: {event.note or 'no note'}"
        case Overridden():
            what = "the missing proof" if event.proof else "the gate"
            return f"{event.who} overrides {what} ({', '.join(event.checks)}): {event.reason}"
        case Answered():
            note = f", {event.note}" if event.note else ""
            return f"answered {event.choice} to {event.topic} after {event.seconds:.0f} s{note}"
        case DoubtSettled():
            return f"doubt settled by {event.by}, {event.outcome.value}: {event.reason}"
        case StepEnded():
            return f"{event.outcome.value}" + (f": {event.why}" if event.why else "")
        case _:
            assert_never(event)


def _of_command(event: CommandStarted | CommandEnded | CommandLost) -> str:
    match event:
        case CommandStarted():
            return f"sent to {event.host}: {event.line}"
        case CommandEnded():
            said = "; ".join(event.output if event.ok else event.errors or event.output)
            result = "ended well" if event.ok else "failed"
            return f"{event.action} {result} in {event.seconds:.1f} s" + (f": {said}" if said else "")
        case CommandLost():
            return f"{event.action}: no answer, what it did is not known: {event.why}"
