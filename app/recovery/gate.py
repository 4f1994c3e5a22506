"""Which findings hold a step, and which make its proof."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from app.facts.fact import Readings, Request
from app.recovery.step import Step
from checks.check import Check, Scope
from checks.finding import Finding
from checks.running import judged, needed

Checks = Callable[[str], Check]
"""Finds a check by its id; KeyError where there is none."""
Gather = Callable[[Iterable[Request[Any]]], Readings]
"""Asks the world, each request once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The findings of one gate or proof."""

    findings: tuple[Finding, ...]

    @property
    def holding(self) -> tuple[Finding, ...]:
        """What does not let it pass."""
        return tuple(one for one in self.findings if one.holds)

    @property
    def passes(self) -> bool:
        """Whether nothing holds it."""
        return not self.holding

    @property
    def held_checks(self) -> tuple[str, ...]:
        """Ids of the checks that hold it, each once."""
        return tuple(dict.fromkeys(one.check for one in self.holding))


def selected(ids: Iterable[str], checks: Checks) -> tuple[Check, ...]:
    """Return the checks of these ids, each once, in the order given."""
    return tuple(checks(check_id) for check_id in dict.fromkeys(ids))


def gate_of(step: Step, *, begun: bool) -> tuple[str, ...]:
    """Return the ids of the checks that guard a step now; ``begun``: a command of it was sent already."""
    return tuple(one for one in step.before if not (begun and one in step.spent))


def gate_requests(step: Step, ids: tuple[str, ...], checks: Checks, scope: Scope) -> tuple[Request[Any], ...]:
    """Return everything that a step's gate and its commands need, each once: one wave."""
    asked = dict.fromkeys(needed(selected(ids, checks), scope))
    asked.update(dict.fromkeys(step.plan_needs(scope)))
    return tuple(asked)


def judge_gate(ids: tuple[str, ...], checks: Checks, scope: Scope, readings: Readings) -> Judgement:
    """Judge the checks of a gate or a proof on readings. Pure. A gate without checks is open."""
    if not ids:
        return Judgement(findings=())
    return Judgement(findings=judged(selected(ids, checks), scope, readings))
