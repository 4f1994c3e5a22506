"""Asking the operator: the answer is recorded, and one that does not hold is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from app.recovery.events import Answered
from app.recovery.ports import Ask, Choice, Question, Reply
from app.recovery.recorder import Recorder

_TRIES = 3


class Asker:
    """The engine's way to the operator."""

    def __init__(self, ask: Ask, recorder: Recorder, clock: Callable[[], datetime], operator: str) -> None:
        """``operator`` is who answers, as attestations and overrides name them."""
        self._ask = ask
        self._recorder = recorder
        self._clock = clock
        self.operator = operator

    def ask(self, question: Question) -> Reply:
        """Return an answer that holds.

        A wrong name typed for a destructive step, or an override without a reason, is asked for again; after three
        such answers it is STOP, the safe one.

        Raises:
            ValueError: the face answered what was not offered.
        """
        asked = question
        for _ in range(_TRIES):
            reply = self._answer(asked)
            objection = _objection(question, reply)
            if not objection:
                return reply
            asked = replace(question, text=f"{objection}\n{question.text}")
        return Reply(choice=Choice.STOP, note="no valid confirmation was given")

    def _answer(self, question: Question) -> Reply:
        began = self._clock()
        reply = self._ask(question)
        if reply.choice not in question.choices:
            raise ValueError(f"{reply.choice} was answered, and only {', '.join(question.choices)} were offered")
        self._recorder.say(
            Answered(
                step=question.step,
                topic=question.topic.value,
                choice=reply.choice.value,
                note=reply.note,
                seconds=(self._clock() - began).total_seconds(),
            )
        )
        return reply


def _objection(question: Question, reply: Reply) -> str:
    match reply.choice:
        case Choice.RUN | Choice.RETRY if question.type_to_confirm:
            if reply.typed.strip().lower() != question.type_to_confirm.lower():
                return f"Nothing was run: to confirm, type {question.type_to_confirm}."
        case Choice.OVERRIDE if not reply.note.strip():
            return "Nothing was overridden: an override needs a reason."
        case _:
            return ""
    return ""
