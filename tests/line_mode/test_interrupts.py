"""Ctrl-C during work stops between commands; a second one, or one at a question, ends the program at once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from app.backup.backup_set import BackupSet
from app.desk import Desk
from app.interrupts import Interrupts
from app.lab.contoso import contoso_topology
from app.recovery.events import AnyEvent, Outcome
from app.recovery.ports import Question, Reply
from app.settings import Settings


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


def test_a_recovery_of_the_desk_stops_when_it_is_asked_to(tmp_path: Path) -> None:
    backup = BackupSet(root=tmp_path, pieces=(), topology=contoso_topology(), topology_source="Config.zip")
    said: list[AnyEvent] = []

    def ask(question: Question) -> Reply:
        raise AssertionError(f"nobody is to be asked any more: {question.title}")

    with Interrupts(lambda _line: None) as interrupts:
        settings = Settings(state=tmp_path / "runs")
        desk = Desk(settings, password=lambda: "", should_stop=interrupts.should_stop)
        engine = desk.begin(backup, desk.plan(backup, "standard-edition-server", "se01.contoso.com"), said.append, ask)
        press()
        state = engine()
    assert state.outcome is Outcome.STOPPED
    assert [type(one).__name__ for one in said] == ["RunOpened", "RunEnded"]
