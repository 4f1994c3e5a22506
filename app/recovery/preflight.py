"""Every gate of a plan at once, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.recovery.gate import Checks, Gather, selected
from app.recovery.plan import Plan
from app.recovery.step import Kind, Step
from checks.check import Check, Scope
from checks.finding import Finding, Gate, Status
from checks.running import judged, needed

_ATTESTED = "attested."


@dataclass(frozen=True, slots=True, kw_only=True)
class PreflightFinding:
    """A finding with the first step that it stands before."""

    finding: Finding
    step: str
    deferred_to: str = ""
    """Id of the step that makes it true; empty where it was judged now."""

    @property
    def status(self) -> Status:
        """The finding's status."""
        return self.finding.status


def preflight(
    plan: Plan, scope: Scope, checks: Checks, gather: Gather, done: frozenset[str] = frozenset()
) -> tuple[PreflightFinding, ...]:
    """Judge the gate of every step and the proof of every by-hand step, in one wave and without changing anything.

    What an earlier automated step makes true, or an attestation that is still to be given, is shown as SKIPPED.

    Args:
        plan: what would be done.
        scope: what is expected.
        checks: the catalogue.
        gather: asks the world.
        done: ids of steps that are over in a run; they are left out.
    """
    steps = [step for step in plan.steps if step.id not in done]
    first, deferred = _first_gates(steps, checks, scope)
    now = [check for check in selected(first, checks) if check.id not in deferred]
    findings = judged(now, scope, gather(needed(now, scope))) if now else ()
    by_check: dict[str, list[PreflightFinding]] = {check_id: [] for check_id in first}
    for one in findings:
        by_check[one.check].append(PreflightFinding(finding=one, step=first[one.check]))
    for check_id, step in deferred.items():
        found = _deferred(checks(check_id), scope, step)
        by_check[check_id].append(PreflightFinding(finding=found, step=first[check_id], deferred_to=step.id))
    return tuple(one for found in by_check.values() for one in found)


def exit_status(findings: Iterable[PreflightFinding]) -> int:
    """Return 0 where nothing that blocks speaks against it, 1 where something does, 3 where it could not be told."""
    blocking = [one.finding.status for one in findings if one.finding.gate is Gate.BLOCKING and not one.deferred_to]
    if Status.FAIL in blocking:
        return 1
    return 3 if Status.UNKNOWN in blocking or Status.SKIPPED in blocking else 0


def _first_gates(steps: Sequence[Step], checks: Checks, scope: Scope) -> tuple[dict[str, str], dict[str, Step]]:
    """Each check's first step, and the checks that are not judged yet with the step that makes them true."""
    first: dict[str, str] = {}
    deferred: dict[str, Step] = {}
    proves: dict[str, Step] = {
        f"{_ATTESTED}{step.attests}": step for step in steps if step.attests and step.attests not in scope.attestations
    }
    for step in steps:
        ids = (*step.before, *step.after) if step.kind is Kind.BY_HAND else step.before
        for check_id in ids:
            if check_id in first:
                continue
            first[check_id] = step.id
            prover = next((proves[one] for one in (check_id, *checks(check_id).after) if one in proves), None)
            if prover is not None:
                deferred[check_id] = proves[check_id] = prover
        if step.kind is Kind.AUTOMATED:
            proves.update(dict.fromkeys(step.after, step))
    return first, deferred


def _deferred(check: Check, scope: Scope, step: Step) -> Finding:
    return Finding(
        check=check.id,
        title=check.title,
        subject=scope.target,
        status=Status.SKIPPED,
        expected=check.title,
        found=f"comes true with step {step.id} ({step.title})",
        basis=step.source,
        remedy="",
        sources=check.sources,
        gate=check.gate,
        evidence=(),
        at=scope.now,
        seconds=0.0,
    )
