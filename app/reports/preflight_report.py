"""Every gate of a plan at once: ``relync preflight``, for programs (schema 1) and for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from app.recovery.plan import Plan
from app.recovery.preflight import PreflightFinding
from app.reports.document import plain
from checks.finding import Finding, Gate, Status

SCHEMA = 1
_GOOD = (Status.PASS, Status.NOT_APPLICABLE)


def preflight_json(plan: Plan, findings: Sequence[PreflightFinding]) -> dict[str, Any]:
    """Return the JSON contract of ``relync preflight --json``; ``source`` is where the expectation came from."""
    return {
        "schema": SCHEMA,
        "plan": {"procedure": plan.procedure.id, "target": plan.target, "digest": plan.digest},
        "findings": [_finding(one) for one in findings],
        "summary": summary(findings),
    }


def summary(findings: Sequence[PreflightFinding]) -> dict[str, int]:
    """Return how many findings have each status; every status is in it."""
    counted = Counter(one.finding.status for one in findings)
    return {status.value: counted[status] for status in Status}


def preflight_text(plan: Plan, findings: Sequence[PreflightFinding]) -> str:
    """Return the same for people: one line a finding, and found, expected, do next for what does not hold."""
    lines = [f"{plan.procedure.title}: {plan.target} (plan {plan.digest[:12]})"]
    step = ""
    for one in sorted(findings, key=lambda found: _order(plan, found.step)):
        if one.step != step:
            step = one.step
            lines += ["", f"Step {step}: {plan.step(step).title}"]
        lines += _lines(one.finding)
    counts = ", ".join(f"{number} {status}" for status, number in summary(findings).items() if number)
    return "\n".join(plain(line) for line in [*lines, "", counts]) + "\n"


def _order(plan: Plan, step_id: str) -> int:
    return [one.id for one in plan.steps].index(step_id)


def _lines(finding: Finding) -> list[str]:
    advisory = " (advisory)" if finding.gate is Gate.ADVISORY else ""
    first = f"  {_word(finding.status):<8} {finding.check}{advisory}  {finding.subject}: {finding.found}"
    if finding.status in _GOOD or finding.status is Status.SKIPPED:
        return [first]
    said = [first, f"           expected: {finding.expected} [{finding.basis}]"]
    return [*said, f"           do next:  {finding.remedy}"] if finding.remedy else said


def _word(status: Status) -> str:
    return "n/a" if status is Status.NOT_APPLICABLE else status.value


def _finding(one: PreflightFinding) -> dict[str, Any]:
    finding = one.finding
    return {
        "check": finding.check,
        "subject": finding.subject,
        "status": finding.status.value,
        "expected": finding.expected,
        "found": finding.found,
        "source": finding.basis,
        "remedy": finding.remedy,
        "gate": finding.gate.value,
        "step": one.step,
    }
