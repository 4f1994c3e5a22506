"""Asking the proof checks whether something is there already: the step and its proof then mean the same. Pure."""

from __future__ import annotations

from typing import Any

from app.facts.fact import Readings, Request
from checks.catalogue import by_id
from checks.check import Scope
from checks.finding import Status
from checks.running import judged, needed

_GOOD = (Status.PASS, Status.WARN)


def proof_needs(scope: Scope, *check_ids: str) -> tuple[Request[Any], ...]:
    """Return the facts that these checks are judged on."""
    return needed([by_id(one) for one in check_ids], scope)


def shows(scope: Scope, readings: Readings, *check_ids: str) -> bool:
    """Return whether the facts show that these checks hold; what was not gathered shows nothing."""
    findings = judged([by_id(one) for one in check_ids], scope, readings)
    told = [one for one in findings if one.status is not Status.NOT_APPLICABLE]
    return all(one.status in _GOOD for one in told)
