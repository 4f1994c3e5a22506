"""The evidence of a run for programs, schema 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.recovery.chain import Verification
from app.recovery.events import AnyEvent
from app.recovery.state import CommandState, RunState, StepState
from app.reports.history import JudgedFinding, StepHistory, step_history, times

SCHEMA = 1


def evidence_json(state: RunState, events: Sequence[AnyEvent], chain: Verification) -> dict[str, Any]:
    """Return everything that the journal says of a run; seconds are seconds, times are ISO 8601 UTC."""
    return {
        "schema": SCHEMA,
        "run": _run(state),
        "journal": {
            "rows": chain.rows,
            "head": chain.head,
            "holds": chain.holds,
            "first_bad": chain.first_bad,
            "why": chain.why,
        },
        "time": {"machine": round(times(state).machine, 3), "waiting": round(times(state).waiting, 3)},
        "steps": [_step(one, step_history(one.id, events)) for one in state.steps],
        "attestations": [
            {"step": one.step, "what": one.what, "who": one.who, "note": one.note, "at": one.at}
            for one in state.by_hand
        ],
        "overrides": [
            {
                "step": one.step,
                "checks": list(one.checks),
                "who": one.who,
                "reason": one.reason,
                "proof": one.proof,
                "at": one.at,
            }
            for one in state.overrides
        ],
    }


def _run(state: RunState) -> dict[str, Any]:
    opened = state.opened
    return {
        "id": opened.run if opened else None,
        "procedure": opened.procedure if opened else None,
        "title": opened.title if opened else None,
        "target": opened.target if opened else None,
        "backup": opened.backup if opened else None,
        "config": opened.config if opened else None,
        "digest": opened.digest if opened else None,
        "outcome": state.outcome.value if state.outcome else None,
        "why": state.why,
        "complete": state.complete,
        "sessions": [
            {"operator": one.operator, "opened": one.opened, "last": one.last, "ended": one.ended}
            for one in state.sessions
        ],
    }


def _step(step: StepState, history: StepHistory) -> dict[str, Any]:
    return {
        "id": step.id,
        "number": step.planned.number,
        "title": step.planned.title,
        "source": step.planned.source,
        "status": step.status.value,
        "executed": step.attempts > 0,
        "over": step.over,
        "accepted_without_proof": step.accepted and step.proven is not True,
        "attempts": step.attempts,
        "by_hand": step.by_hand,
        "started": step.started or None,
        "ended": step.ended or None,
        "why": step.why,
        "gate": {
            "overridden": step.gate_overridden,
            "judged": history.times_judged,
            "held": history.times_held,
            "findings": [_finding(one) for one in history.gate],
        },
        "commands": [_command(one) for one in step.commands],
        "proof": [_finding(one) for one in history.proof],
        "doubts": [
            {"outcome": one.outcome.value, "by": one.by, "reason": one.reason, "at": one.at} for one in history.doubts
        ],
    }


def _finding(one: JudgedFinding) -> dict[str, Any]:
    finding = one.finding
    return {
        "check": finding.check,
        "subject": finding.subject,
        "status": finding.status.value,
        "gate": finding.gate.value,
        "expected": finding.expected,
        "found": finding.found,
        "source": finding.basis,
        "remedy": finding.remedy,
        "evidence": list(finding.evidence),
        "read": finding.at.isoformat().replace("+00:00", "Z"),
        "judged": one.judged,
        "age": round(one.age, 3),
    }


def _command(command: CommandState) -> dict[str, Any]:
    return {
        "action": command.action,
        "host": command.host,
        "line": command.line,
        "attempt": command.attempt,
        "status": command.status.value,
        "started": command.started,
        "seconds": round(command.seconds, 3),
        "output": list(command.output),
        "errors": list(command.errors),
    }
