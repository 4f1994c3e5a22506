"""A plan: a procedure bound to a topology, a backup and a target, with a digest that tells whether it is still the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import msgspec

from app.facts.fact import NotKnown, Readings
from app.recovery.events import PlannedStep
from app.recovery.step import Action, Phase, Procedure, Step
from checks.check import Scope

# Stands in for a share that is not configured yet: naming it later must not make the plan another one.
_SOME_SHARE = r"\\backup.invalid\set"


class CannotPlan(Exception):
    """No plan can be made here. ``str()`` is a sentence: found, expected, what to do instead."""


class PlanChanged(Exception):
    """A recorded run belongs to another plan. ``str()`` says what differs and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be done here, in order."""

    procedure: Procedure
    target: str
    """FQDN of the machine that is recovered, lower case."""
    pool: str
    phases: tuple[Phase, ...]
    digest: str
    """SHA-256, lower-case hex, over everything that makes this plan this plan."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in order."""
        return tuple(step for phase in self.phases for step in phase.steps)

    def step(self, step_id: str) -> Step:
        """Return one step; KeyError where there is none of that id."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def planned(self) -> tuple[PlannedStep, ...]:
        """Return the steps as events and faces carry them."""
        return tuple(_planned(phase, step) for phase in self.phases for step in phase.steps)


def make_plan(procedure: Procedure, scope: Scope) -> Plan:
    """Bind a procedure to a deployment.

    Raises:
        CannotPlan: the procedure does not fit this target.
    """
    refusal = procedure.refuses(scope)
    if refusal:
        raise CannotPlan(refusal)
    phases = procedure.phases(scope)
    plan = Plan(procedure=procedure, target=scope.target, pool=scope.pool.fqdn, phases=phases, digest="")
    return replace(plan, digest=_digest(plan, scope))


def refuse_other_plan(opened_digest: str, opened_steps: tuple[PlannedStep, ...], plan: Plan) -> None:
    """Compare a plan with the one that a run was opened with.

    Raises:
        PlanChanged: they differ.
    """
    if opened_digest == plan.digest:
        return
    differences = "; ".join(_differences(opened_steps, plan.planned())) or "the commands or the target of its steps"
    raise PlanChanged(
        f"this run was opened with plan {opened_digest[:12]}, and the plan is now {plan.digest[:12]}: {differences}. "
        "It is not taken up again, because what is recorded would be read wrongly. Put back the program version, "
        "backup and settings it was opened with, or start a new run: what is already done shows as already done"
    )


def _digest(plan: Plan, scope: Scope) -> str:
    content = {
        "schema": 1,
        "procedure": plan.procedure.id,
        "target": plan.target,
        "pool": plan.pool,
        "phases": [[phase.id, [_fingerprint(step, scope) for step in phase.steps]] for phase in plan.phases],
    }
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _fingerprint(step: Step, scope: Scope) -> list[object]:
    gates = [list(step.before), list(step.after), list(step.spent)]
    return [step.id, step.kind, step.danger, *gates, step.attests, step.repeatable, _shape(step, scope)]


def _shape(step: Step, scope: Scope) -> list[object] | str:
    """Which commands with which parameters on which host, without their values: media may move, the plan stays."""
    if step.plan is None:
        return "by hand"
    restore = scope.settings.restore
    named = replace(restore, backup_unc=restore.backup_unc or _SOME_SHARE)
    try:
        actions = step.plan(replace(scope, settings=replace(scope.settings, restore=named)), Readings())
    except NotKnown:
        return "from facts"
    return [_action(one) for one in actions] if isinstance(actions, tuple) else "from facts"


def _action(action: Action) -> list[object]:
    command = action.command
    return [action.id, action.host, command.kind, command.name, [one.name for one in command.parameters]]


def _planned(phase: Phase, step: Step) -> PlannedStep:
    notes = (step.not_repeatable_because, step.no_undo_because)
    return PlannedStep(
        id=step.id,
        number=step.number,
        title=step.title,
        phase=phase.title,
        intent=step.intent,
        who=step.who,
        where=step.where,
        kind=step.kind,
        danger=step.danger,
        source=step.source,
        before=step.before,
        after=step.after,
        by_hand=step.by_hand,
        undo=step.undo,
        repeatable=step.repeatable,
        note="; ".join(note for note in notes if note),
    )


def _differences(then: tuple[PlannedStep, ...], now: tuple[PlannedStep, ...]) -> list[str]:
    old, new = {one.id: one for one in then}, {one.id: one for one in now}
    found = [f"step {one} is gone" for one in old if one not in new]
    found += [f"step {one} is new" for one in new if one not in old]
    found += [
        f"step {one} has other checks"
        for one in old
        if one in new and (old[one].before, old[one].after) != (new[one].before, new[one].after)
    ]
    if not found and list(old) != list(new):
        found.append("the order of the steps")
    return found
