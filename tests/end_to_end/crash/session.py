"""One process of ``relync recover --plain``: its operator at the other end of the pipes, and SIGKILL."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.end_to_end.crash.watching import Watch
from tests.end_to_end.kit import TARGET, ServedLab, environment, until

_SECONDS = 90.0


class Session:
    """One process that works on a recovery, until it ends or is killed."""

    def __init__(
        self, words: Sequence[str | Path], lab: ServedLab, watch: Watch, home: Path, dying: Sequence[str]
    ) -> None:
        """Start it.

        Args:
            words: of the command line.
            lab: where it works; its operator can look into it.
            watch: the run's journal.
            home: home folder.
            dying: when, step, kind and action of the row at which it kills itself; empty: it does not.
        """
        module = ["tests.end_to_end.crash.dying", *dying, "--"] if dying else ["app.cli"]
        self._lab = lab
        self._watch = watch
        self.said: list[str] = []
        self.asked: list[str] = []
        """The questions that ``--yes-to all`` did not answer, by the answers that were offered."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", *module, *map(str, words)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment(home),
            cwd=home,
            encoding="utf-8",
        )
        self._operator = threading.Thread(target=self._answer, daemon=True)
        self._operator.start()

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.process.poll() is not None

    @property
    def transcript(self) -> str:
        """What it said last."""
        return "\n".join(self.said[-40:])

    def kill_when(self, condition: Callable[[], object]) -> None:
        """Kill it without warning at the moment that something holds, or after it has ended by itself."""
        until(lambda: condition() or self.over, f"the moment to kill\n{self.transcript}", _SECONDS)
        self.process.kill()
        self._ended()

    def end(self) -> int:
        """Wait for its end and return its exit code."""
        try:
            self.process.wait(_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"it goes on and on:\n{self.transcript}") from None
        self._ended()
        return self.process.returncode

    def _ended(self) -> None:
        self.process.wait(10)
        self._operator.join(10)
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()

    # Its operator

    def _answer(self) -> None:
        """Read what it says, and answer what it asks as a person does who can look into the lab."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith("answer: "):
                self.asked.append(line.strip())
                self._type(self._choice(line.strip()))
            elif line.startswith("this destroys or overwrites data"):
                self._type(TARGET)
            elif line.startswith(("a note on", "how you know")):
                self._type("looked into the lab")

    def _choice(self, offered: str) -> str:
        """Say what is so about a step in doubt; look again at anything else, then try again, then stop."""
        if "is-done" in offered:
            return "is-done" if self._really_done() else "not-done"
        often = self.asked.count(offered)
        if often < 3:
            return "recheck"
        return "retry" if "retry" in offered and often < 5 else "stop"

    def _really_done(self) -> bool:
        """Whether the lab has carried out everything that the step in doubt would run."""
        rows = self._watch.rows()
        step = next(row.step for row in reversed(rows) if row.kind == "ProofJudged")
        planned = next(row for row in reversed(rows) if row.kind == "CommandsPlanned" and row.step == step)
        return set(planned.body["lines"]) <= {one["line"] for one in self._lab.control.effects() if one["ok"]}

    def _type(self, text: str) -> None:
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):
            self.process.stdin.write(f"{text}\n")
            self.process.stdin.flush()
