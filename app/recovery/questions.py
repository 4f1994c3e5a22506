"""The questions of the engine, word for word. Pure; the safe answer stands first."""

from __future__ import annotations

from collections.abc import Iterable

from app.recovery.ports import Choice, Question, Topic
from app.recovery.state import StepState
from app.recovery.step import Danger, Step
from checks.finding import Finding


def ready(step: Step, lines: tuple[str, ...], target: str, notes: tuple[str, ...] = ()) -> Question:
    """The gate is open: shall it be run, or was it done by hand? Without lines there is nothing the program can run."""
    run = (Choice.RUN,) if lines else ()
    says = [*notes, step.intent]
    if lines:
        says += ["These commands would run:", *(f"  {line}" for line in lines)]
    else:
        says += ["By hand:", *(f"  {line}" for line in step.by_hand)]
    return Question(
        topic=Topic.READY,
        step=step.id,
        title=f"Step {step.number}: {step.title}",
        text=_text(says),
        choices=(Choice.STOP, *run, Choice.BY_HAND, Choice.RECHECK),
        type_to_confirm=_confirmation(step, target) if lines else "",
        attest=step.attests,
    )


def held(step: Step, holding: Iterable[Finding]) -> Question:
    """The gate is shut."""
    return Question(
        topic=Topic.HELD,
        step=step.id,
        title=f"Step {step.number} is held: {step.title}",
        text=_text(_said(holding)),
        choices=(Choice.STOP, Choice.RECHECK, Choice.OVERRIDE),
    )


def not_proven(step: Step, holding: Iterable[Finding], target: str, why: str = "") -> Question:
    """It was done, and the proof does not hold."""
    retry = (Choice.RETRY,) if step.repeatable else ()
    blocked = () if step.repeatable else (f"It cannot be run again: {step.not_repeatable_because}",)
    return Question(
        topic=Topic.NOT_PROVEN,
        step=step.id,
        title=f"Step {step.number} is not proven: {step.title}",
        text=_text([why, *_said(holding), *blocked]),
        choices=(Choice.STOP, Choice.RECHECK, *retry, Choice.OVERRIDE),
        type_to_confirm=_confirmation(step, target),
    )


def failed(step: Step, why: str, target: str) -> Question:
    """A command failed."""
    return Question(
        topic=Topic.FAILED,
        step=step.id,
        title=f"Step {step.number} failed: {step.title}",
        text=_text([why, "What ended well is not run again.", "By hand:", *(f"  {line}" for line in step.by_hand)]),
        choices=(Choice.STOP, Choice.RECHECK, Choice.RETRY, Choice.BY_HAND),
        type_to_confirm=_confirmation(step, target),
        attest=step.attests,
    )


def in_doubt(step: Step, state: StepState, findings: Iterable[Finding], blind: str = "") -> Question:
    """It was under way, and its proof does not tell."""
    return Question(
        topic=Topic.IN_DOUBT,
        step=step.id,
        title=f"Step {step.number} is in doubt: {step.title}",
        text=_text([*_lost(state), blind, *_said(findings)]),
        choices=(Choice.STOP, Choice.RECHECK, Choice.IS_DONE, Choice.NOT_DONE),
    )


def earlier(state: StepState) -> tuple[str, ...]:
    """Return what is to be known of earlier attempts before a step is run again."""
    ended = (f"An earlier attempt ended: {state.why}",) if state.why else ()
    return (*ended, *_lost(state))


def _lost(state: StepState) -> tuple[str, ...]:
    lost = tuple(f"Sent, and its end is not known: {one.line} (on {one.host})" for one in state.lost())
    return (*lost, "It may still be running there: look before it is run again.") if lost else ()


def _confirmation(step: Step, target: str) -> str:
    return target if step.danger is Danger.DESTRUCTIVE else ""


def _said(findings: Iterable[Finding]) -> list[str]:
    """Found, expected, do next: in this order."""
    said = []
    for one in findings:
        said.append(f"{one.status} {one.check} ({one.subject}): found {one.found}")
        said.append(f"  expected {one.expected} [{one.basis}]")
        if one.remedy:
            said.append(f"  do next: {one.remedy}")
    return said


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)
