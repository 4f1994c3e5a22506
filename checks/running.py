"""Run checks over readings: prerequisites, unknowns, exceptions. The only place that turns an exception into UNKNOWN."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.facts.fact import Known, NotKnown, Readings, Request, Unknown
from checks.check import Check, NotApplicable, Question, Scope
from checks.finding import Finding, Status, Verdict, unknown

_LOOK_AGAIN = "It may be well: mend the way there (the reason is above), then check again before anything is changed."


def needed(checks: Iterable[Check], scope: Scope) -> tuple[Request[Any], ...]:
    """Return every fact that these checks need, each once."""
    found: dict[Request[Any], None] = {}
    for check in checks:
        asked = _asked(check, scope)
        if isinstance(asked, tuple):
            for question in asked:
                found.update(dict.fromkeys((*question.needs, *question.also)))
    return tuple(found)


def judged(checks: Sequence[Check], scope: Scope, readings: Readings) -> tuple[Finding, ...]:
    """Return the findings of all checks, in the order given, prerequisites applied.

    Raises:
        ValueError: no checks were given. Zero checks are an error, never a pass.
    """
    if not checks:
        raise ValueError("no checks were selected: nothing was judged")
    found: dict[str, list[Finding]] = {}
    for check in _prerequisites_first(checks):
        lacking = [one for one in check.after if one in found and not _stands(found[one])]
        found[check.id] = _skipped(check, scope, lacking) if lacking else _findings(check, scope, readings)
    return tuple(finding for check in checks for finding in found[check.id])


def _prerequisites_first(checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks so that each comes after those of its prerequisites that were selected too."""
    selected = {one.id: one for one in checks}
    ordered: dict[str, Check] = {}

    def place(check: Check, waiting: frozenset[str]) -> None:
        for one in check.after:
            if one in selected and one not in waiting:
                place(selected[one], waiting | {one})
        ordered.setdefault(check.id, check)

    for check in checks:
        place(check, frozenset({check.id}))
    return tuple(ordered.values())


def _stands(findings: list[Finding]) -> bool:
    return all(one.status in (Status.PASS, Status.WARN, Status.NOT_APPLICABLE) for one in findings)


def _asked(check: Check, scope: Scope) -> tuple[Question, ...] | NotApplicable | Exception:
    try:
        return check.ask(scope)
    except Exception as error:  # noqa: BLE001 - a broken check must show as UNKNOWN, never as silence or a traceback
        return error


def _findings(check: Check, scope: Scope, readings: Readings) -> list[Finding]:
    asked = _asked(check, scope)
    match asked:
        case NotApplicable():
            return [_finding(check, scope, None, Verdict(status=Status.NOT_APPLICABLE, found=asked.why), readings)]
        case Exception():
            return [_finding(check, scope, None, unknown(f"the check itself failed: {_said(asked)}"), readings)]
        case ():
            return [_finding(check, scope, None, unknown("the check found nothing to ask about"), readings)]
        case _:
            return [_finding(check, scope, one, _verdict(one, readings), readings) for one in asked]


def _verdict(question: Question, readings: Readings) -> Verdict:
    for request in question.needs:
        match readings.reading(request):
            case Unknown() as reading:
                return unknown(reading.reason)
            case None:
                return unknown(f"{request.key()} was not gathered")
    try:
        return question.judge(readings)
    except NotKnown as error:
        return unknown(str(error))
    except Exception as error:  # noqa: BLE001 - see above
        return unknown(f"the check itself failed: {_said(error)}")


def _skipped(check: Check, scope: Scope, lacking: list[str]) -> list[Finding]:
    verdict = Verdict(status=Status.SKIPPED, found=f"not looked at, because {', '.join(lacking)} does not hold")
    return [_finding(check, scope, None, verdict, Readings())]


def _finding(check: Check, scope: Scope, question: Question | None, verdict: Verdict, readings: Readings) -> Finding:
    asked = (*question.needs, *question.also) if question else ()
    taken = [one for one in (readings.reading(request) for request in asked) if one is not None]
    return Finding(
        check=check.id,
        title=check.title,
        subject=question.subject if question else scope.target,
        status=verdict.status,
        expected=verdict.expected or (question.expected if question else check.title),
        found=verdict.found,
        basis=question.basis if question else scope.topology_basis,
        remedy=_remedy(check, verdict),
        sources=check.sources,
        gate=check.gate,
        evidence=tuple(request.key() for request in asked),
        at=min((one.at for one in taken), default=scope.now),
        seconds=max((one.seconds for one in taken if isinstance(one, Known)), default=0.0),
    )


def _remedy(check: Check, verdict: Verdict) -> str:
    """What could not be seen may be well: mending it by the check's own remedy could break it."""
    match verdict.status:
        case Status.PASS | Status.NOT_APPLICABLE | Status.SKIPPED:
            return verdict.remedy
        case Status.UNKNOWN:
            return verdict.remedy or _LOOK_AGAIN
        case _:
            return verdict.remedy or check.remedy


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
