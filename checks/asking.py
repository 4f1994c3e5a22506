"""How checks put their questions: about the target, at the management host, at every resolver."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.facts.fact import Fact, Known, Readings, Request, T, Value
from checks.check import Question, Scope
from checks.finding import Verdict, unknown

NO_MANAGEMENT_HOST = (
    "no surviving server with the Lync Server Management Shell is known: the topology names no other server of the"
    " Central Management pool, and the settings name no management_host"
)


def about_target(
    scope: Scope,
    *needs: Request[Any],
    expected: str,
    judge: Callable[[Readings], Verdict],
    basis: str = "",
    also: tuple[Request[Any], ...] = (),
) -> tuple[Question, ...]:
    """Return one question whose subject is the target."""
    return (
        Question(
            subject=scope.target,
            expected=expected,
            basis=basis or scope.topology_basis,
            needs=needs,
            judge=judge,
            also=also,
        ),
    )


def undecided(scope: Scope, *, expected: str, why: str, subject: str = "") -> tuple[Question, ...]:
    """Return one question that nobody can be asked: UNKNOWN with the reason."""
    return (
        Question(
            subject=subject or scope.target,
            expected=expected,
            basis=scope.topology_basis,
            needs=(),
            judge=lambda _readings: unknown(why),
        ),
    )


def management(scope: Scope, fact: Fact[T], **arguments: Value) -> Request[T] | None:
    """Return a question to the management host, or None where none is known."""
    return fact.about(scope.management_host, **arguments) if scope.management_host else None


def known(readings: Readings, request: Request[T] | None) -> T | None:
    """Return the value of a fact that the judge can do without, or None where it could not be gathered."""
    reading = readings.reading(request) if request is not None else None
    return reading.value if isinstance(reading, Known) else None
