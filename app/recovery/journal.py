"""The journal of a run: one SQLite file, one row an event, each row chained to the one before it by its hash.

A row is on the disk when ``append`` returns (WAL with synchronous=FULL: one fsync a commit, which is the floor of any
durable store). The chain makes a changed, deleted or swapped row visible; rows cut off at the end only show against a
head hash that was printed elsewhere, which is why every report prints it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from filelock import FileLock, Timeout

from app.recovery.chain import GENESIS, Row, Verification, verify_rows
from app.recovery.events import AnyEvent, Progress

SUFFIX = ".journal"
SCHEMA_VERSION = 1
_APPLICATION_ID = 0x52454C59  # "RELY": a SQLite file of another program is told apart by it
_TABLE = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    previous TEXT NOT NULL, hash TEXT NOT NULL
)
"""


class JournalError(Exception):
    """A journal cannot be used. ``str()`` is a sentence: which file, what was found, what to do."""


class Journal:
    """One run's journal, open for writing by one process or for reading by any."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FileLock | None) -> None:
        """Use ``create``, ``open`` or ``read`` instead."""
        self.path = path
        self._connection = connection
        self._lock = lock
        last = self._guarded("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
        self._seq, self.head = (int(last[0][0]), str(last[0][1])) if last else (0, GENESIS)

    @classmethod
    def create(cls, path: Path) -> Journal:
        """Make a new journal and lock it for this process.

        Raises:
            JournalError: there is a file already, or it cannot be written there.
        """
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise JournalError(
                f"the folder for recorded runs {path.parent} cannot be made: {error.strerror}; name another with --state"
            ) from None
        if path.exists():
            raise JournalError(f"{path} exists already; a run is never written over another")
        lock = _locked(path)
        try:
            connection = _connected(path, writable=True)
            _laid_out(connection)
        except sqlite3.Error as error:
            lock.release()
            raise JournalError(f"{path} cannot be written: {error}") from None
        return cls(path, connection, lock)

    @classmethod
    def open(cls, path: Path) -> Journal:
        """Open a journal to go on with its run.

        Raises:
            JournalError: missing, another program's, newer, damaged, its chain broken, or another process works on it.
        """
        _present(path)
        lock = _locked(path)
        try:
            journal = cls(path, _checked(path, writable=True), lock)
            journal._refuse_broken()
        except JournalError:
            lock.release()
            raise
        return journal

    @classmethod
    def read(cls, path: Path) -> Journal:
        """Open a journal to look at it; takes no lock and never changes it.

        Raises:
            JournalError: missing, another program's, newer or damaged.
        """
        _present(path)
        return cls(path, _checked(path, writable=False), None)

    def append(self, event: AnyEvent) -> Row:
        """Write one event; it is on the disk when this returns.

        Raises:
            JournalError: it could not be written; nothing may be done that it was to announce.
        """
        if self._lock is None or isinstance(event, Progress):
            raise JournalError("only events of a run are written, and only by the process that works on it")
        body = msgspec.json.encode(event).decode()
        row = Row(seq=self._seq + 1, at=event.at, kind=type(event).__name__, body=body, previous=self.head, hash="")
        row = Row(seq=row.seq, at=row.at, kind=row.kind, body=body, previous=row.previous, hash=row.digest())
        try:
            self._connection.execute(
                "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)",
                (row.seq, row.at, row.kind, row.body, row.previous, row.hash),
            )
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} could not be written: {error}; nothing more is done") from None
        self._seq, self.head = row.seq, row.hash
        return row

    def rows(self) -> Iterator[Row]:
        """Yield all rows in order."""
        found = self._guarded("SELECT seq, at, kind, body, previous, hash FROM events ORDER BY seq")
        for seq, at, kind, body, previous, stored in found:
            yield Row(seq=seq, at=at, kind=kind, body=body, previous=previous, hash=stored)

    def events(self) -> tuple[AnyEvent, ...]:
        """Return all events in order; JournalError where one cannot be read."""
        return tuple(self._event(row) for row in self.rows())

    def readable_events(self) -> tuple[AnyEvent, ...]:
        """Return the events up to the first row that cannot be read: what a report of a damaged journal still shows."""
        found: list[AnyEvent] = []
        for row in self.rows():
            try:
                found.append(self._event(row))
            except JournalError:
                break
        return tuple(found)

    def verify(self) -> Verification:
        """Return how far the chain holds."""
        return verify_rows(self.rows())

    def close(self) -> None:
        """Close the file and let others work on the run."""
        self._connection.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        """Return the journal itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def _event(self, row: Row) -> AnyEvent:
        try:
            return _DECODER.decode(row.body)
        except (msgspec.MsgspecError, TypeError) as error:
            raise JournalError(f"{self.path}: row {row.seq} ({row.kind}) cannot be read: {error}") from None

    def _refuse_broken(self) -> None:
        found = self.verify()
        if not found.holds:
            raise JournalError(
                f"{self.path} was changed after it was written: {found.why}. The run is not taken up again; "
                "keep the file as evidence and start a new run"
            )

    def _guarded(self, query: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise JournalError(f"{self.path} cannot be read: {error}. It is damaged, or no journal") from None


_DECODER: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def _laid_out(connection: sqlite3.Connection) -> None:
    """Make the table and the two marks in one transaction: a journal is whole, or it is none."""
    connection.execute("BEGIN")
    connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute(_TABLE)
    connection.execute("COMMIT")


def _present(path: Path) -> None:
    if not path.is_file():
        raise JournalError(f"there is no recorded run at {path}")


def _locked(path: Path) -> FileLock:
    lock = FileLock(f"{path}.lock", thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise JournalError(f"another process is working on {path.stem}; end it there first") from None
    except OSError as error:
        raise JournalError(f"{path} cannot be locked: {error.strerror}") from None
    return lock


def _connected(path: Path, *, writable: bool) -> sqlite3.Connection:
    mode = "rwc" if writable else "ro"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
    )
    if writable:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA fullfsync=ON")  # macOS: an fsync that reaches the platter
    return connection


def _checked(path: Path, *, writable: bool) -> sqlite3.Connection:
    """Open and tell apart; nothing is changed in a file that is not ours."""
    try:
        probe = _connected(path, writable=False)
        try:
            application = probe.execute("PRAGMA application_id").fetchone()[0]
            version = probe.execute("PRAGMA user_version").fetchone()[0]
        finally:
            probe.close()
        connection = _connected(path, writable=writable) if application == _APPLICATION_ID else None
    except sqlite3.Error as error:
        raise JournalError(f"{path} is no journal, or damaged: {error}") from None
    if connection is None:
        raise JournalError(f"{path} is a database of another program, not a recorded run")
    if version != SCHEMA_VERSION:
        connection.close()
        raise JournalError(
            f"{path} was written by another version of the program (journal schema {version}, "
            f"this program knows {SCHEMA_VERSION}); use that version"
        )
    return connection
