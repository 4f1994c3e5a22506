"""Comparing two clocks that were read at different moments, over answers that took their time."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.facts.directory import DirectoryState
from app.facts.fact import Known, NotKnown, Readings, Request, Via
from app.facts.host import HostIdentity

_SAME_BATCH = timedelta(seconds=5)
"""Answers of one host that arrived closer together than this came in one batch."""


def apart(readings: Readings, host: Request[HostIdentity], directory: Request[DirectoryState]) -> float:
    """Return by how many seconds the host's clock is certainly ahead (positive) or behind (negative).

    Each clock was read somewhere between the start and the arrival of its answer; what this leaves open is not
    counted against the host.

    Raises:
        NotKnown: one of the two was not gathered.
    """
    host_low, host_high = _offset(readings, host)
    directory_low, directory_high = _offset(readings, directory)
    low, high = host_low - directory_high, host_high - directory_low
    if low > 0:
        return low
    return high if high < 0 else 0.0


def _offset(readings: Readings, request: Request[HostIdentity] | Request[DirectoryState]) -> tuple[float, float]:
    """Return the least and the greatest distance of a clock to the console's own."""
    reading = readings.reading(request)
    if not isinstance(reading, Known):
        raise NotKnown(f"{request.key()} was not gathered")
    at_arrival = (reading.value.clock - reading.at).total_seconds()
    return at_arrival, at_arrival + max(reading.seconds, _batch_seconds(readings, request, reading.at))


def _batch_seconds(readings: Readings, request: Request[HostIdentity] | Request[DirectoryState], at: datetime) -> float:
    """Return how long the batch took that a host's answer came in: its questions are answered one after the other."""
    if request.fact.via is not Via.POWERSHELL:
        return 0.0
    batch = [
        reading.seconds
        for one in readings
        if one.fact.via is Via.POWERSHELL and one.subject == request.subject
        if isinstance(reading := readings.reading(one), Known) and abs(reading.at - at) <= _SAME_BATCH
    ]
    return sum(batch)
