"""The plain face of the engine: one line an event, no colour, no cursor; answers are words or numbers on a line.

It owns no stream: what it writes and reads goes through callables, so that the command line, a log, a screen reader and a
test get the same lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable

from app.recovery.events import AnyEvent, Outcome, PlannedStep, Progress
from app.recovery.ports import Choice, Question, Reply, Topic
from app.recovery.state import RunState, StepStatus
from app.recovery.step import Kind
from app.reports.document import plain
from app.reports.event_lines import event_line
from checks.finding import Status

ALL_STEPS = "all"
_IN_ADVANCE = "answered in advance"
# A plan that changes between two looks asks again; beyond this many times a person should see why.
_ANSWERS_IN_ADVANCE = 5

Write = Callable[[str], None]
"""Takes one line without its end."""
Read = Callable[[], str]
"""Returns one line; EOFError where there is nobody to ask."""


def nobody() -> str:
    """Read from nobody: there is no terminal."""
    raise EOFError


class PlainFace:
    """Follows the engine with ``emit`` and answers it with ``ask``."""

    def __init__(self, *, write: Write, read: Read, steps: Iterable[PlannedStep], yes_to: Collection[str] = ()) -> None:
        """Nothing is written yet.

        Args:
            write: takes each line.
            read: returns each answer.
            steps: of the plan.
            yes_to: ids of steps that are answered in advance, or ``all``.
        """
        self._write = write
        self._read = read
        self._steps = {one.id: one for one in steps}
        self._yes_to = frozenset(yes_to)
        self._answered: Counter[str] = Counter()
        self._latest_progress = ""
        self.gave_up = False
        """Whether an answer was needed and nobody was there to give it."""

    def emit(self, event: AnyEvent) -> None:
        """Write one line; a progress text only where it is a new one."""
        line = event_line(event)
        if isinstance(event, Progress):
            if line == self._latest_progress:
                return
            self._latest_progress = line
        self._write(f"{event.at}  {line}" if event.at else line)

    def ask(self, question: Question) -> Reply:
        """Answer in advance where that was said; otherwise ask, and stop where nobody answers."""
        self._write("")
        for line in (question.title, *question.text.splitlines()):
            self._write(plain(line))
        given = self._in_advance(question)
        if given is not None:
            self._write(f"> {given.choice} ({_IN_ADVANCE})")
            return given
        try:
            return self._asked(question)
        except EOFError:
            self.gave_up = True
            self._write(
                "nobody is there to answer: stopping here; the run can be resumed with: relync recover --resume"
            )
            return Reply(choice=Choice.STOP, note="nobody was there to answer")

    def _in_advance(self, question: Question) -> Reply | None:
        if question.topic is not Topic.READY or not {question.step, ALL_STEPS} & self._yes_to:
            return None
        self._answered[question.step] += 1
        if self._answered[question.step] > _ANSWERS_IN_ADVANCE:
            return None
        if Choice.RUN in question.choices:
            return Reply(choice=Choice.RUN, note=_IN_ADVANCE, typed=question.type_to_confirm)
        step = self._steps.get(question.step)
        by_hand = step is not None and step.kind is Kind.BY_HAND
        return Reply(choice=Choice.BY_HAND, note=_IN_ADVANCE) if by_hand else None

    def _asked(self, question: Question) -> Reply:
        choice = self._choice(question.choices)
        typed = ""
        if question.type_to_confirm and choice in (Choice.RUN, Choice.RETRY):
            self._write(f"this destroys or overwrites data; type {question.type_to_confirm} to confirm:")
            typed = self._read().strip()
        note = self._note(question, choice)
        return Reply(choice=choice, note=note, typed=typed)

    def _choice(self, choices: tuple[Choice, ...]) -> Choice:
        """Ask until a word or a number fits; an empty line is no answer."""
        offered = "  ".join(f"{number} {one.value}" for number, one in enumerate(choices, start=1))
        while True:
            self._write(f"answer: {offered}")
            said = self._read().strip().lower()
            fitting = [one for one in choices if said and one.value.startswith(said)]
            if said.isdecimal() and 1 <= int(said) <= len(choices):
                return choices[int(said) - 1]
            if len(fitting) == 1 or said in [one.value for one in choices]:
                return fitting[0] if len(fitting) == 1 else Choice(said)
            self._write(f"that is none of them: {plain(said)}" if said else "an answer is needed")

    def _note(self, question: Question, choice: Choice) -> str:
        asked = _NOTES.get(choice)
        if asked is None:
            return ""
        needed = choice is Choice.OVERRIDE
        what = f" ({question.attest})" if question.attest and choice is Choice.BY_HAND else ""
        self._write(f"{asked}{what}{'' if needed else ' (may be empty)'}:")
        return self._read().strip()


_NOTES = {
    Choice.BY_HAND: "a note on how it was done",
    Choice.OVERRIDE: "the reason for overriding",
    Choice.IS_DONE: "how you know that it is done",
    Choice.NOT_DONE: "how you know that it is not done",
}


def exit_status(state: RunState, *, gave_up: bool = False) -> int:
    """Return the exit code of a recovery: 0 complete, 1 something that blocks fails, 3 not to be told, 4 gave up waiting."""
    if state.outcome is Outcome.DONE:
        return 0
    if gave_up:
        return 4
    if state.outcome is Outcome.NOT_PROVEN:
        return 1
    step = state.next_step
    if step is None or step.status is StepStatus.IN_DOUBT:
        return 3
    judged = {StepStatus.HELD: step.gate, StepStatus.NOT_PROVEN: step.proof}.get(step.status, ())
    holding = [one.status for one in judged if one.holds]
    if step.status is StepStatus.FAILED or Status.FAIL in holding:
        return 1
    return 3 if holding else 4
