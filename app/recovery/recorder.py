"""Says what happens: into the journal first, then into the state, then to the listeners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from app.recovery.events import AnyEvent, Progress
from app.recovery.journal import Journal
from app.recovery.ports import Emit
from app.recovery.reducing import fold, reduce
from app.recovery.state import RunState
from checks.check import Attestation

Clock = Callable[[], datetime]
"""Now, UTC."""


def stamp(moment: datetime) -> str:
    """Return a moment as events carry it: ISO 8601, UTC, ending in Z."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Recorder:
    """The one mouth of the engine: nothing is shown that is not recorded."""

    def __init__(self, journal: Journal, emit: Emit, clock: Clock) -> None:
        """Take up what the journal already holds."""
        self._journal = journal
        self._emit = emit
        self._clock = clock
        self.state: RunState = fold(journal.events())

    def say(self, event: AnyEvent) -> None:
        """Stamp, record, reduce and pass on one event; progress is passed on and not recorded.

        Raises:
            JournalError: it could not be recorded; then it was not passed on either.
        """
        stamped = replace(event, at=stamp(self._clock()))
        if not isinstance(stamped, Progress):
            self._journal.append(stamped)
        self.state = reduce(self.state, stamped)
        self._emit(stamped)


def attestations(state: RunState) -> dict[str, Attestation]:
    """Return the operator's words so far, as checks read them."""
    return {
        what: Attestation(what=what, who=one.who, note=one.note, at=datetime.fromisoformat(one.at))
        for what, one in state.attestations.items()
    }
