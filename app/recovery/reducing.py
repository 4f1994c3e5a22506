"""How one event changes what is known of a run. Pure: the same events always give the same state."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
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
    Outcome,
    Overridden,
    Progress,
    ProofJudged,
    RunEnded,
    RunOpened,
    StepEnded,
    StepStarted,
)
from app.recovery.state import CommandState, CommandStatus, RunState, Session, StepState, StepStatus

_STATUS_OF = {
    Outcome.DONE: StepStatus.DONE,
    Outcome.ALREADY_DONE: StepStatus.ALREADY_DONE,
    Outcome.NOT_PROVEN: StepStatus.NOT_PROVEN,
    Outcome.FAILED: StepStatus.FAILED,
    Outcome.IN_DOUBT: StepStatus.IN_DOUBT,
    Outcome.STOPPED: StepStatus.STOPPED,
}


def fold(events: Iterable[AnyEvent]) -> RunState:
    """Return the state after all these events."""
    state = RunState()
    for event in events:
        state = reduce(state, event)
    return state


def reduce(state: RunState, event: AnyEvent) -> RunState:
    """Return the state after one more event."""
    match event:
        case Progress():
            return replace(state, doing=event.text)
        case RunOpened():
            return _opened(state, event)
        case RunEnded():
            return replace(_heard(state, event.at, ended=True), outcome=event.outcome, why=event.why, doing="")
        case _:
            changed = _with_step(_heard(state, event.at), event.step, lambda one: _step(one, event))
            return _run(replace(changed, current=event.step, doing=""), event)


def _opened(state: RunState, event: RunOpened) -> RunState:
    session = Session(opened=event.at, last=event.at, operator=event.operator)
    sessions = (*state.sessions, session)
    if state.opened is None:
        steps = tuple(StepState(planned=one) for one in event.steps)
        return RunState(opened=event, steps=steps, sessions=sessions)
    doubtful = tuple(_interrupted(one) for one in state.steps)
    return replace(state, steps=doubtful, sessions=sessions, outcome=None, why="", doing="")


def _interrupted(step: StepState) -> StepState:
    """A step that was under way comes back in doubt, and so does its command in flight."""
    if step.status is not StepStatus.RUNNING:
        return step
    return replace(step, status=StepStatus.IN_DOUBT, commands=tuple(_lost(one) for one in step.commands))


def _lost(command: CommandState, why: str = "the program ended before an answer came") -> CommandState:
    if command.status is not CommandStatus.RUNNING:
        return command
    return replace(command, status=CommandStatus.LOST, errors=(why,))


def _heard(state: RunState, at: str, *, ended: bool = False) -> RunState:
    if not state.sessions:
        return state
    latest = replace(state.sessions[-1], last=at or state.sessions[-1].last, ended=ended)
    return replace(state, sessions=(*state.sessions[:-1], latest))


def _with_step(state: RunState, step_id: str, change: Callable[[StepState], StepState]) -> RunState:
    return replace(state, steps=tuple(change(one) if one.id == step_id else one for one in state.steps))


_StepEvent = (
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


def _run(state: RunState, event: _StepEvent) -> RunState:
    """What an event of a step says of the whole run."""
    match event:
        case Attested():
            named = {**state.attestations, event.what: event} if event.what else state.attestations
            return replace(state, attestations=named, by_hand=(*state.by_hand, event))
        case Overridden():
            return replace(state, overrides=(*state.overrides, event))
        case Answered():
            return replace(state, waited=state.waited + event.seconds)
        case _:
            return state


def _step(step: StepState, event: _StepEvent) -> StepState:
    match event:
        case GateJudged():
            status = StepStatus.READY if event.open else StepStatus.HELD
            return replace(
                step, gate=event.findings, gate_open=event.open, gate_overridden=event.overridden, status=status
            )
        case CommandsPlanned():
            return replace(step, lines=event.lines, lines_why=event.why)
        case StepStarted():
            return _started(step, event)
        case CommandStarted() | CommandEnded() | CommandLost():
            return _command(step, event)
        case ProofJudged():
            return replace(step, proof=event.findings, proven=event.proven)
        case Attested():
            return replace(step, attested_now=True)
        case Overridden():
            return replace(step, accepted=True) if event.proof else step
        case DoubtSettled():
            return step if event.outcome is Outcome.DONE else replace(step, status=StepStatus.PENDING, why=event.reason)
        case StepEnded():
            start_over = event.outcome is Outcome.NOT_PROVEN
            return replace(step, status=_STATUS_OF[event.outcome], why=event.why, ended=event.at, start_over=start_over)
        case Answered():
            return step
        case _:
            assert_never(event)


def _started(step: StepState, event: StepStarted) -> StepState:
    return replace(
        step,
        status=StepStatus.RUNNING,
        attempts=event.attempt,
        counts_from=event.attempt if step.start_over else step.counts_from,
        start_over=False,
        by_hand=event.by_hand,
        attested_now=False,
        proven=None,
        proof=(),
        started=step.started or event.at,
    )


def _command(step: StepState, event: CommandStarted | CommandEnded | CommandLost) -> StepState:
    match event:
        case CommandStarted():
            begun = CommandState(
                action=event.action, host=event.host, line=event.line, attempt=step.attempts, started=event.at
            )
            return replace(step, commands=(*step.commands, begun))
        case CommandEnded():
            return replace(step, commands=tuple(_ended(one, event) for one in step.commands))
        case CommandLost():
            commands = tuple(_lost(one, event.why) if one.action == event.action else one for one in step.commands)
            return replace(step, commands=commands, status=StepStatus.IN_DOUBT)


def _ended(command: CommandState, event: CommandEnded) -> CommandState:
    if command.action != event.action or command.status is not CommandStatus.RUNNING:
        return command
    return replace(
        command,
        status=CommandStatus.OK if event.ok else CommandStatus.FAILED,
        output=event.output,
        errors=event.errors,
        seconds=event.seconds,
    )
