"""The journal: durable, chained, told apart from anything else, and owned by one process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.recovery.events import GateJudged, Outcome, Progress, StepEnded, StepStarted
from app.recovery.journal import Journal, JournalError
from checks.finding import Finding, Gate, Status

FINDING = Finding(
    check="toy.check",
    title="it holds",
    subject="se01.contoso.com",
    status=Status.UNKNOWN,
    expected="yes",
    found="ä\u2019\x00 no answer in 10 s",
    basis="toy",
    remedy="wait",
    sources=("R-03",),
    gate=Gate.BLOCKING,
    evidence=("host.identity(se01)",),
    at=datetime(2026, 11, 22, 9, 0, tzinfo=UTC),
    seconds=10.0,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "one.journal"


def filled(path: Path, rows: int = 5) -> Path:
    with Journal.create(path) as journal:
        for number in range(rows):
            journal.append(StepStarted(at="2026-11-22T09:00:00.000Z", step=f"toy.{number}", attempt=1))
    return path


def test_what_was_written_is_read_back_equal(path: Path) -> None:
    event = GateJudged(at="2026-11-22T09:00:00.000Z", step="toy.1", findings=(FINDING,), open=False)
    with Journal.create(path) as journal:
        journal.append(event)
    with Journal.read(path) as journal:
        assert journal.events() == (event,)


def test_the_chain_of_an_untouched_journal_holds_and_its_head_is_the_last_hash(path: Path) -> None:
    with Journal.read(filled(path)) as journal:
        found = journal.verify()
        assert (found.holds, found.rows, found.head) == (True, 5, journal.head)
        assert [one.previous for one in journal.rows()][1:] == [one.hash for one in journal.rows()][:-1]


def test_going_on_continues_the_chain(path: Path) -> None:
    with Journal.open(filled(path)) as journal:
        journal.append(StepEnded(at="2026-11-22T09:01:00.000Z", step="toy.4", outcome=Outcome.DONE))
        assert journal.verify().holds
        assert journal.verify().rows == 6


def _changed(sql: str) -> Callable[[sqlite3.Connection], object]:
    return lambda connection: connection.executescript(sql)


TAMPERING = {
    "a body": (_changed("UPDATE events SET body = replace(body, 'toy.2', 'toy.9') WHERE seq = 3"), 3),
    "a time": (_changed("UPDATE events SET at = '2027-01-01' WHERE seq = 2"), 2),
    "a kind": (_changed("UPDATE events SET kind = 'StepEnded' WHERE seq = 5"), 5),
    "a hash": (_changed("UPDATE events SET hash = previous WHERE seq = 1"), 1),
    "a removed row": (_changed("DELETE FROM events WHERE seq = 2"), 2),
    "a removed row, renumbered": (
        _changed("DELETE FROM events WHERE seq = 2; UPDATE events SET seq = seq - 1 WHERE seq > 2"),
        2,
    ),
    "two swapped rows": (
        _changed(
            "UPDATE events SET seq = 99 WHERE seq = 3; UPDATE events SET seq = 3 WHERE seq = 4;"
            "UPDATE events SET seq = 4 WHERE seq = 99"
        ),
        3,
    ),
    "a repeated row": (
        _changed("INSERT INTO events SELECT 6, at, kind, body, previous, hash FROM events WHERE seq = 5"),
        6,
    ),
    "an empty body": (_changed("UPDATE events SET body = '' WHERE seq = 4"), 4),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_at_the_first_bad_row(path: Path, what: str) -> None:
    tamper, first_bad = TAMPERING[what]
    filled(path)
    with sqlite3.connect(path) as connection:
        tamper(connection)
    connection.close()
    with Journal.read(path) as journal:
        found = journal.verify()
    assert found.first_bad == first_bad
    assert found.rows == first_bad - 1
    assert found.why


@pytest.mark.parametrize("row", range(1, 6))
@pytest.mark.parametrize("column", ["at", "kind", "body", "previous", "hash"])
def test_one_changed_letter_anywhere_is_found(path: Path, row: int, column: str) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        (value,) = connection.execute(f"SELECT {column} FROM events WHERE seq = ?", (row,)).fetchone()
        middle = len(value) // 2
        other = "1" if value[middle] != "1" else "2"
        connection.execute(
            f"UPDATE events SET {column} = ? WHERE seq = ?", (value[:middle] + other + value[middle + 1 :], row)
        )
    connection.close()
    with Journal.read(path) as journal:
        assert journal.verify().first_bad == row


def test_a_journal_that_was_changed_is_not_taken_up_again(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE events SET at = 'x' WHERE seq = 2")
    connection.close()
    with pytest.raises(JournalError, match=r"was changed after it was written.*row 2"):
        Journal.open(path)
    with pytest.raises(JournalError, match="was changed"):
        Journal.open(path)


def test_a_row_that_cannot_be_read_is_named_and_what_stands_before_it_still_shows(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute('UPDATE events SET body = \'{"type":"Strange"}\' WHERE seq = 3')
    connection.close()
    with Journal.read(path) as journal:
        assert len(journal.readable_events()) == 2
        with pytest.raises(JournalError, match="row 3"):
            journal.events()


def test_one_process_owns_a_run(path: Path) -> None:
    with Journal.open(filled(path)):
        with pytest.raises(JournalError, match="another process is working on one"):
            Journal.open(path)
        with Journal.read(path) as reader:
            assert len(reader.events()) == 5
    Journal.open(path).close()


def test_a_reader_cannot_write(path: Path) -> None:
    with Journal.read(filled(path)) as journal, pytest.raises(JournalError):
        journal.append(StepEnded(at="", step="toy.1", outcome=Outcome.DONE))


def test_progress_is_never_written(path: Path) -> None:
    with Journal.create(path) as journal, pytest.raises(JournalError):
        journal.append(Progress(step="toy.1", text="looking"))


def test_a_run_is_never_written_over_another(path: Path) -> None:
    filled(path)
    with pytest.raises(JournalError, match="exists already"):
        Journal.create(path)


def test_a_missing_journal_is_a_sentence(path: Path) -> None:
    for opening in (Journal.open, Journal.read):
        with pytest.raises(JournalError, match="there is no recorded run"):
            opening(path)


@pytest.mark.parametrize(
    "content", [b"", b"not a database at all, by any means", b"SQLite format 3\x00" + b"\x00" * 200]
)
def test_another_file_is_told_apart(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"no journal, or damaged|database of another program"):
        Journal.open(path)
    assert path.read_bytes() == content, "a file that is not ours is not touched"


def test_a_database_of_another_program_is_told_apart(path: Path) -> None:
    path.parent.mkdir()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE events (seq INTEGER)")
    connection.close()
    with pytest.raises(JournalError, match="database of another program"):
        Journal.open(path)


def test_a_newer_journal_says_so(path: Path) -> None:
    filled(path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=2")
    connection.close()
    with pytest.raises(JournalError, match="another version of the program"):
        Journal.open(path)


@pytest.mark.parametrize("kept", [1, 100, 4096, 5000, 8191])
def test_a_cut_off_file_is_an_error_and_never_a_shorter_run(path: Path, kept: int) -> None:
    filled(path, 40)
    content = path.read_bytes()
    assert kept < len(content)
    path.write_bytes(content[:kept])
    with pytest.raises(JournalError):
        Journal.open(path).events()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9, 0.999])
def test_a_cut_off_write_ahead_log_leaves_a_whole_beginning(path: Path, share: float) -> None:
    """What a power cut leaves: the log ends anywhere, the rows before it are all there and the chain holds."""
    journal = Journal.create(path)
    for number in range(20):
        journal.append(StepStarted(at="", step=f"toy.{number}", attempt=1))
    copy = path.parent / "copy.journal"
    log = path.with_name(f"{path.name}-wal").read_bytes()
    copy.write_bytes(path.read_bytes())
    copy.with_name(f"{copy.name}-wal").write_bytes(log[: int(len(log) * share)])
    journal.close()
    try:
        with Journal.open(copy) as cut:
            assert cut.verify().holds
            assert [one.step for one in cut.events()] == [f"toy.{number}" for number in range(len(cut.events()))]
    except JournalError as error:
        assert share == 0.0, error


def _write_until_killed(path: Path, told: Callable[[int], None]) -> None:
    with Journal.create(path) as journal:
        for number in range(100_000):
            journal.append(StepStarted(at="", step=f"toy.{number}", attempt=1))
            told(number)


def _child(path: str, writing: int) -> None:
    _write_until_killed(Path(path), lambda number: os.write(writing, b"%d\n" % number) and None)


@pytest.mark.skipif(os.name != "posix", reason="kills a process by signal")
def test_what_was_acknowledged_survives_a_kill(path: Path) -> None:
    reading, writing = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=_child, args=(str(path), writing))
    process.start()
    os.close(writing)
    acknowledged = b""
    while acknowledged.count(b"\n") < 50:
        acknowledged += os.read(reading, 4096)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    while rest := os.read(reading, 65536):
        acknowledged += rest
    os.close(reading)
    last = int(acknowledged.rpartition(b"\n")[0].rpartition(b"\n")[2])
    with Journal.open(path) as journal:
        assert journal.verify().holds
        assert len(journal.events()) >= last + 1


def test_every_row_is_committed_with_a_full_sync(path: Path) -> None:
    with Journal.create(path) as journal:
        pragmas = {
            name: journal._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
