"""An operator that is a policy: it plays the person of the lab, and of tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from app.recovery.events import AnyEvent, GateJudged, ProofJudged
from app.recovery.ports import Choice, Question, Reply, Topic
from checks.finding import Finding

ByHand = Callable[[str], str]
"""Does a step by hand (its id) and returns the note of the attestation."""
Mend = Callable[[tuple[Finding, ...]], bool]
"""Mends what these findings complain of; False where nothing could be done."""


def nothing_to_do(_step: str) -> str:
    """Do nothing and say so."""
    return "nothing had to be done"


def nothing_mended(_findings: tuple[Finding, ...]) -> bool:
    """Mend nothing."""
    return False


class ScriptedOperator:
    """Runs what can be run, does by hand what only a person can do, mends what holds, and stops where that fails.

    Give ``emit`` to the engine as a listener: the operator mends what the latest findings complain of.
    """

    def __init__(self, *, by_hand: ByHand = nothing_to_do, mend: Mend = nothing_mended, patience: int = 5) -> None:
        """``patience`` is how often a step is mended before it is given up."""
        self._by_hand = by_hand
        self._mend = mend
        self._patience = patience
        self._tried: Counter[str] = Counter()
        self._holding: tuple[Finding, ...] = ()
        self.questions: list[Question] = []
        """Everything it was asked."""

    def emit(self, event: AnyEvent) -> None:
        """Remember what holds."""
        if isinstance(event, GateJudged | ProofJudged):
            self._holding = tuple(one for one in event.findings if one.holds)

    def ask(self, question: Question) -> Reply:
        """Answer one question."""
        self.questions.append(question)
        match question.topic:
            case Topic.READY if Choice.RUN in question.choices:
                return Reply(choice=Choice.RUN, typed=question.type_to_confirm)
            case Topic.READY:
                return Reply(choice=Choice.BY_HAND, note=self._by_hand(question.step))
            case Topic.HELD | Topic.NOT_PROVEN:
                return self._mended(question)
            case Topic.IN_DOUBT:
                return self._settled(question)
            case Topic.FAILED:
                return self._tried_again(question)

    def _mended(self, question: Question) -> Reply:
        if not self._patient(question) or not self._mend(self._holding):
            return Reply(choice=Choice.STOP, note="nothing more could be mended")
        return Reply(choice=Choice.RECHECK)

    def _settled(self, question: Question) -> Reply:
        """Look once more, then have it run again: what it did before is told by facts when it is planned."""
        again = Choice.RECHECK if self._tried[question.step] == 0 else Choice.NOT_DONE
        if not self._patient(question):
            return Reply(choice=Choice.STOP, note="it stays in doubt")
        self._mend(self._holding)
        return Reply(choice=again, note="nothing of it is running any more" if again is Choice.NOT_DONE else "")

    def _tried_again(self, question: Question) -> Reply:
        if not self._patient(question):
            return Reply(choice=Choice.STOP, note="it failed again")
        self._mend(self._holding)
        return Reply(choice=Choice.RETRY, typed=question.type_to_confirm)

    def _patient(self, question: Question) -> bool:
        self._tried[question.step] += 1
        return self._tried[question.step] <= self._patience
