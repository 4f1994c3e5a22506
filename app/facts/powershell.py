"""Facts that a Windows host answers by PowerShell: all questions to one host in one batch, one PowerShell start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from app.facts.deadline import allowed
from app.facts.fact import Known, Reading, Request, Unknown
from app.remote.answers import cleaned
from app.remote.connections import Connections
from app.remote.errors import RemoteError
from app.remote.session import Answer, Fragment


def collect(
    host: str, requests: Sequence[Request[Any]], connections: Connections, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Return a reading for every request to one host; never raises.

    Args:
        host: FQDN.
        requests: facts with ``Via.POWERSHELL``; each once.
        connections: sessions, and the settings with the limits.
        clock: gives the time at which an answer counts as arrived, UTC.
    """
    # The quick ones first: where a slow one runs out of time, the others have been answered.
    ordered = sorted(dict.fromkeys(requests), key=lambda one: one.fact.seconds)
    if not ordered:
        return {}
    fragments = [
        Fragment(id=f"f{number}", script=one.fact.script, arguments=dict(one.arguments))
        for number, one in enumerate(ordered, start=1)
    ]
    seconds = max(allowed(one, connections.settings) for one in ordered)
    try:
        answers = connections.session(host).run(fragments, seconds=seconds)
    except RemoteError as error:
        return _unknown(ordered, str(error), clock())
    except Exception as error:  # noqa: BLE001 - the collector's edge: a failure of ours is an unknown fact, not a crash
        return _unknown(ordered, f"{host} could not be asked: {type(error).__name__}: {cleaned(str(error))}", clock())
    at = clock()
    return {
        request: _reading(host, request, answers.get(fragment.id), at)
        for request, fragment in zip(ordered, fragments, strict=True)
    }


def _unknown(requests: Sequence[Request[Any]], reason: str, at: datetime) -> dict[Request[Any], Reading]:
    return {one: Unknown(reason=reason, at=at) for one in requests}


def _reading(host: str, request: Request[Any], answer: Answer | None, at: datetime) -> Reading:
    if answer is None:
        return Unknown(reason=f"{host} was not asked for {request.fact.name}", at=at)
    if not answer.answered:
        return Unknown(reason=f"{host} did not answer {request.fact.name}: {answer.error}", at=at)
    if answer.value is None:
        return Unknown(reason=f"{host} could not tell {request.fact.name}: {answer.error}", at=at)
    try:
        value = msgspec.json.decode(answer.value, type=request.fact.shape)
    except msgspec.MsgspecError as error:
        return Unknown(
            reason=f"{host} answered {request.fact.name} with what cannot be read: {cleaned(str(error))}", at=at
        )
    return Known(value=value, at=at, seconds=answer.seconds)
