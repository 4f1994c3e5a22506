"""The real engine, walked question by question: a test answers where an operator would."""

from __future__ import annotations

import threading
from queue import Empty, SimpleQueue

from app.recovery.events import AnyEvent, GateJudged, ProofJudged
from app.recovery.ports import Choice, Question, Reply, Topic
from app.recovery.state import RunState
from checks.finding import Finding
from tests.end_to_end.faults.bench import Bench

_SECONDS = 60.0
_OVER = Question(topic=Topic.READY, step="", title="over", text="", choices=())


class Walk:
    """One recovery that stands still at every question until the test answers."""

    def __init__(self, bench: Bench) -> None:
        self.events: list[AnyEvent] = []
        self.state: RunState | None = None
        self._questions: SimpleQueue[Question] = SimpleQueue()
        self._replies: SimpleQueue[Reply] = SimpleQueue()
        backup, plan = bench.planned()
        self.steps = tuple(step.id for step in plan.steps)
        self._engine = bench.desk.begin(backup, plan, self.events.append, self._ask)
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()
        self.question = self._next()

    def _ask(self, question: Question) -> Reply:
        self._questions.put(question)
        return self._replies.get()

    def _work(self) -> None:
        try:
            self.state = self._engine()
        finally:
            self._questions.put(_OVER)

    def _next(self) -> Question:
        try:
            return self._questions.get(timeout=_SECONDS)
        except Empty:
            raise AssertionError(f"no question within {_SECONDS:.0f} s; the last event: {self.events[-1]}") from None

    @property
    def over(self) -> bool:
        """Whether the engine has come to its end."""
        return self.question is _OVER

    def answer(self, choice: Choice, note: str = "by the test") -> Question:
        """Answer the question at hand and return the next one."""
        assert choice in self.question.choices, f"{choice} is not offered: {self.question}"
        self._replies.put(Reply(choice=choice, note=note, typed=self.question.type_to_confirm))
        self.question = self._next()
        return self.question

    def look(self) -> tuple[Finding, ...]:
        """Have the gate or proof at hand judged again and return its findings."""
        start = len(self.events)
        self.answer(Choice.RECHECK)
        return next(one.findings for one in reversed(self.events[start:]) if isinstance(one, GateJudged | ProofJudged))

    def go(self) -> Question:
        """Do the step at hand rightly: run it, or do it by hand."""
        assert self.question.topic is Topic.READY, f"{self.question} after {self.events[-1]}"
        return self.answer(Choice.RUN if Choice.RUN in self.question.choices else Choice.BY_HAND)

    def go_unproven(self) -> None:
        """Say that the step at hand was done by hand, with a proof that does not hold."""
        assert self.question.topic is Topic.READY, self.question
        self.answer(Choice.BY_HAND)

    def latest(self) -> tuple[Finding, ...]:
        """Return the findings of the latest gate or proof."""
        return next(one.findings for one in reversed(self.events) if isinstance(one, GateJudged | ProofJudged))

    def walk_to(self, step: str) -> None:
        """Do every step before this one."""
        while self.question.step != step:
            assert not self.over, f"step {step} is behind: the run is over"
            if self.question.topic is Topic.HELD:
                self.look()  # a test before this one has failed; what it broke is mended
            self.go()

    def finish(self) -> None:
        """Do every step that is left."""
        while not self.over:
            self.go()
        self._thread.join(_SECONDS)

    def stop(self) -> None:
        """Leave it where it is."""
        while not self.over:
            self.answer(Choice.STOP)
        self._thread.join(_SECONDS)
