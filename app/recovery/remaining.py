"""What is left to run of a step, and what its proof does not show. Pure."""

from __future__ import annotations

from app.facts.fact import NotKnown, Readings
from app.recovery.gate import Judgement
from app.recovery.state import StepState
from app.recovery.step import Action, AlreadyDone, Danger, Impossible, Kind, Planned, Step
from checks.check import Scope
from checks.finding import Status


def remaining(step: Step, state: StepState, scope: Scope, readings: Readings) -> Planned:
    """Return what the step would run on these facts, without what the journal holds as ended well."""
    if step.plan is None:
        return Impossible(why="only a person can do this step")
    try:
        planned = step.plan(scope, readings)
    except NotKnown as error:
        return Impossible(why=f"what to run cannot be told: {error}")
    if not isinstance(planned, tuple):
        return planned
    if not planned:
        return AlreadyDone(why="there is nothing to run")
    if state.start_over:
        return planned
    left = tuple(one for one in planned if not state.recorded_ok(one.id, one.command.line()))
    return left or AlreadyDone(why="every command of this step is recorded as ended well")


def lines_of(actions: tuple[Action, ...]) -> tuple[str, ...]:
    """Return the commands as the operator reads them."""
    return tuple(one.command.line() for one in actions)


def unseen(step: Step, state: StepState, scope: Scope, readings: Readings) -> str:
    """Return why a proof that holds does not yet make the step done, or an empty text.

    A proof can hold although commands were never sent, or although one whose effect it does not look at got lost.

    Args:
        step: the step.
        state: what is known of it.
        scope: what its commands are computed from.
        readings: the facts that its commands are computed from.
    """
    if state.by_hand:
        return ""
    if state.unsent():
        return f"never sent: {'; '.join(state.unsent())}"
    hidden = _hidden_actions(step, scope, readings)
    blind = [one.line for one in (*state.lost(), *state.failed()) if one.action in hidden]
    return f"no proof check shows whether this took effect: {'; '.join(blind)}" if blind else ""


def settled_by_journal(step: Step, state: StepState) -> str:
    """Return why the journal alone says that a step in doubt is not done, or an empty text where it does not.

    It does where a person had not yet given their word, and where nothing was in flight and a command had failed or was
    never sent.
    """
    if step.kind is Kind.BY_HAND:
        return "" if state.attested_now else "nothing was attested"
    if state.by_hand or state.lost():
        return ""
    failed = [f"failed: {one.line}" for one in state.failed()]
    unsent = [f"never sent: {line}" for line in state.unsent()]
    return f"nothing was in flight; {'; '.join([*failed, *unsent])}" if failed or unsent else ""


def only_proof_missing(step: Step, state: StepState) -> bool:
    """Return whether a step in doubt was done to its end, and the program ended before its proof was judged."""
    by_hand = step.kind is Kind.BY_HAND or state.by_hand
    return not by_hand and not state.lost() and not state.failed() and not state.unsent()


def not_done(step: Step, found: Judgement, unseen_why: str) -> str:
    """Return why a step that is in doubt is plainly not done, or an empty text where that cannot be told.

    A proof that fails does not tell whether a lost command is still at work: what destroys data must not be sent a second
    time beside itself, so that is for a person to say.
    """
    if not step.repeatable or step.danger is Danger.DESTRUCTIVE:
        return ""
    if found.passes:
        return unseen_why
    failing = [one.check for one in found.holding if one.status is Status.FAIL]
    return f"does not hold: {', '.join(dict.fromkeys(failing))}" if failing else ""


def _hidden_actions(step: Step, scope: Scope, readings: Readings) -> frozenset[str]:
    if step.plan is None:
        return frozenset()
    try:
        planned = step.plan(scope, readings)
    except NotKnown:
        return frozenset()
    return frozenset(one.id for one in planned if not one.proof_shows) if isinstance(planned, tuple) else frozenset()
