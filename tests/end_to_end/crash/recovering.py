"""One recovery in one lab, over as many killed sessions as it takes."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from app.recovery.journal import Journal
from tests.end_to_end.crash.promises import assert_nothing_twice
from tests.end_to_end.crash.session import Session
from tests.end_to_end.crash.watching import Key, Seen, Watch
from tests.end_to_end.kit import ServedLab, until

_SETTLE_SECONDS = 4.0


class Recovery:
    """One run in one lab, over as many sessions as it takes."""

    def __init__(self, lab: ServedLab, home: Path) -> None:
        """Take the rollback image, as a person would, and point a console at the lab."""
        self.lab = lab
        self.home = home
        self.watch = Watch(home / "runs")
        self.kills: list[Seen] = []
        """The last row of the journal at each kill."""
        self.sessions: list[Session] = []
        self.config = home / "relync.toml"
        # A command that never reached its host shall not be waited for for minutes.
        limits = f"\n[limits]\nsettle_seconds = {_SETTLE_SECONDS}\n"
        self.config.write_text(lab.config.read_text(encoding="utf-8") + limits, encoding="utf-8")
        lab.control.do("take-rollback-image")

    def session(self, *dying: str) -> Session:
        """Start the recovery, or take it up where its journal ends; ``dying`` says at which row it kills itself."""
        words: list[str | Path] = ["--config", self.config, "--state", self.home / "runs"]
        words += ["recover", "--plain", "--yes-to", "all"]
        if self.watch.rows():
            words.append("--resume")
        found = Session(words, self.lab, self.watch, self.home, dying)
        self.sessions.append(found)
        return found

    def killed_at(self, key: Key) -> None:
        """Work until such a row has appeared, or one of a later step, and kill from outside."""
        start = len(self.watch.rows())
        session = self.session()
        self._killed(session, lambda: any(row.reaches(key) for row in self.watch.rows(start)))

    def died(self, when: str, key: Key) -> bool:
        """Work until exactly ``before`` or ``after`` such a row, where it comes up; return whether it did."""
        session = self.session(when, *key)
        code = session.end()
        if code == -signal.SIGKILL:
            self.kills.append(self.watch.rows()[-1])
        else:
            assert code == 0, session.transcript
        return code == -signal.SIGKILL

    def killed_in_flight(self, key: Key, *, landed: bool) -> bool:
        """Kill while a command is in flight; False where the run ends without sending it.

        Args:
            key: of its CommandStarted row.
            landed: whether the lab is to have carried it out by then, with nobody there to hear of it.
        """
        start, before = len(self.watch.rows()), len(self.lab.control.effects())
        session = self.session()
        until(lambda: session.over or any(row.key == key for row in self.watch.rows(start)), f"{key} is sent")
        if session.over:
            assert session.end() == 0, session.transcript
            return False
        self._killed(session, lambda: not landed or len(self.lab.control.effects()) > before)
        return True

    def _killed(self, session: Session, condition: Callable[[], object]) -> None:
        session.kill_when(condition)
        self.kills.append(self.watch.rows()[-1])

    def finish(self) -> Session:
        """Work to the end, and expect a good one."""
        session = self.session()
        code = session.end()
        assert code == 0, f"exit {code}\n{session.transcript}"
        return session

    @property
    def over(self) -> bool:
        """Whether the run came to its good end: a kill from outside lands late, and may find nothing left to kill."""
        rows = self.watch.rows()
        return bool(rows) and rows[-1].kind == "RunEnded" and rows[-1].body["outcome"] == "done"

    def proves_itself(self) -> None:
        """Assert what a recovery promises that was killed again and again."""
        assert self.lab.control.differences() == (), "the deployment is not the one before the failure"
        path = self.watch.path
        assert path is not None
        with Journal.read(path) as journal:
            verification = journal.verify()
        assert verification.holds, verification.why
        rows = self.watch.rows()
        assert rows[-1].kind == "RunEnded"
        assert rows[-1].body["outcome"] == "done"
        assert_nothing_twice(rows, self.lab.control.effects())
