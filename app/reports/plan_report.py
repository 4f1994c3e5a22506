"""A plan on paper: the procedure as it would run here, before anything is done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from app.facts.fact import NotKnown, Readings
from app.recovery.plan import Plan
from app.recovery.step import Impossible, Phase, Step
from app.reports.document import Block, Bullets, Code, Fields, Heading, Paragraph, as_markdown, as_text
from checks.check import Check, Scope

_FROM_FACTS = "Which commands run is decided by what is found on the server at that moment."


def plan_report(plan: Plan, scope: Scope, checks: Callable[[str], Check], form: str = "text") -> str:
    """Return the plan as ``text``, ``markdown`` or ``json``.

    Args:
        plan: what would be done.
        scope: what its commands are computed from; no fact is needed.
        checks: finds a check by its id, for its title.
        form: how to render it.

    Raises:
        ValueError: another form was asked for.
    """
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(plan_json(plan, scope)), indent=2).decode() + "\n"
    if form not in ("text", "markdown"):
        raise ValueError(f"a plan is rendered as text, markdown or json, not as {form}")
    blocks = [*_head(plan, scope)]
    for phase in plan.phases:
        blocks.append(Heading(2, phase.title))
        for step in phase.steps:
            blocks += _step(step, scope, checks)
    return as_markdown(blocks) if form == "markdown" else as_text(blocks)


def plan_json(plan: Plan, scope: Scope) -> dict[str, Any]:
    """Return the plan for programs, schema 1."""
    return {
        "schema": 1,
        "plan": {
            "procedure": plan.procedure.id,
            "title": plan.procedure.title,
            "source": plan.procedure.source,
            "target": plan.target,
            "pool": plan.pool,
            "digest": plan.digest,
        },
        "phases": [_phase_json(one, scope) for one in plan.phases],
    }


def _phase_json(phase: Phase, scope: Scope) -> dict[str, Any]:
    return {"id": phase.id, "title": phase.title, "steps": [_step_json(one, scope) for one in phase.steps]}


def _step_json(step: Step, scope: Scope) -> dict[str, Any]:
    return {
        "id": step.id,
        "number": step.number,
        "title": step.title,
        "intent": step.intent,
        "who": step.who,
        "where": step.where,
        "kind": step.kind.value,
        "danger": step.danger.value,
        "before": list(step.before),
        "after": list(step.after),
        "commands": list(command_lines(step, scope)),
        "by_hand": list(step.by_hand),
        "attests": step.attests,
        "repeatable": step.repeatable,
        "undo": step.undo,
        "no_undo_because": step.no_undo_because,
        "source": step.source,
    }


def command_lines(step: Step, scope: Scope) -> tuple[str, ...]:
    """Return what a step would run where nothing is known of the world; empty where that depends on facts."""
    if step.plan is None:
        return ()
    try:
        planned = step.plan(scope, Readings())
    except NotKnown:
        return ()
    return tuple(one.command.line() for one in planned) if isinstance(planned, tuple) else ()


def _head(plan: Plan, scope: Scope) -> list[Block]:
    taken = scope.backup.taken
    return [
        Heading(1, f"{plan.procedure.title}: {plan.target}"),
        Paragraph(plan.procedure.applies_when),
        Fields(
            (
                ("Procedure", f"{plan.procedure.id} ({plan.procedure.source})"),
                ("Pool", plan.pool),
                ("Backup", f"{scope.backup.root}" + (f", taken {taken:%Y-%m-%d %H:%M} UTC" if taken else "")),
                ("Topology", scope.backup.topology_source),
                ("Plan", plan.digest),
                ("Printed", f"{scope.now:%Y-%m-%d %H:%M} UTC"),
            )
        ),
        Paragraph("Before each step its checks are judged again; a check that does not hold keeps the step shut."),
    ]


def _step(step: Step, scope: Scope, checks: Callable[[str], Check]) -> list[Block]:
    back = step.undo or (f"none: {step.no_undo_because}" if step.no_undo_because else "")
    return [
        Heading(3, f"Step {step.number}: {step.title}"),
        Paragraph(step.intent),
        Fields(
            (
                ("Who", step.who),
                ("Where", step.where),
                ("Kind", f"{step.kind.value}, {step.danger.value}"),
                ("Way back", back),
                ("Not to be repeated", step.not_repeatable_because if not step.repeatable else ""),
                ("Source", step.source),
            )
        ),
        *_listed("Before it:", step.before, checks),
        *_commands(step, scope),
        Paragraph("By hand:"),
        Bullets(step.by_hand, boxes=True),
        *_listed("Proven by:", step.after, checks),
    ]


def _listed(title: str, ids: tuple[str, ...], checks: Callable[[str], Check]) -> list[Block]:
    if not ids:
        return []
    return [Paragraph(title), Bullets(tuple(f"{checks(one).title} ({one})" for one in ids), boxes=True)]


def _commands(step: Step, scope: Scope) -> list[Block]:
    if step.plan is None:
        return []
    lines = command_lines(step, scope)
    if lines:
        return [Paragraph("Commands:"), Code(lines)]
    return [Paragraph(_missing(step, scope))]


def _missing(step: Step, scope: Scope) -> str:
    """Why no command can be shown on paper."""
    try:
        planned = step.plan(scope, Readings()) if step.plan else Impossible(why="")
    except NotKnown as error:
        said = str(error)
        return _FROM_FACTS if "was not asked" in said else said
    return _FROM_FACTS if isinstance(planned, tuple) else planned.why
