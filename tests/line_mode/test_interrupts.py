"""Ctrl-C during work stops between commands; a second one, or one at a question, ends the program at once."""

from __future__ import annotations

import signal

import pytest

from app.interrupts import Interrupts


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_the_first_one_during_work_asks_to_stop_and_says_so() -> None:
    lines: list[str] = []
    with Interrupts(lines.append) as interrupts:
        assert not interrupts.should_stop()
        press()
        assert interrupts.should_stop()
    assert "when the command under way has ended" in lines[0]


def test_the_second_one_ends_at_once() -> None:
    with Interrupts(lambda _line: None):
        press()
        with pytest.raises(KeyboardInterrupt):
            press()


def test_at_a_question_the_first_one_ends_at_once() -> None:
    def read() -> str:
        press()
        return "never"

    with Interrupts(lambda _line: None) as interrupts:
        with pytest.raises(KeyboardInterrupt):
            interrupts.reading(read)()
        assert not interrupts.stopping
        press()
        assert interrupts.stopping, "after the question it is work again"


def test_the_signal_is_given_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Interrupts(lambda _line: None):
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) == before
