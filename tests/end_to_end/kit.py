"""A lab, and the program in processes of its own: what every end-to-end test is made of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.lab.control import ControlClient

ROOT = Path(__file__).resolve().parents[2]
SCENARIO = "se-server-lost"
TARGET = "se01.contoso.com"
STEPS = [f"se.{number}" for number in ("1", "2", "3", "4", "5a", "5b", "5c", "5d", "6a", "6b", "6c", "6d", "7")]
_START_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A command of the program that has ended."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def said(self) -> str:
        """What it wrote last, for the message of an assertion."""
        return f"exit {self.code} after {self.seconds:.1f} s\n{self.out[-3000:]}\n{self.err[-3000:]}"

    def data(self) -> Any:
        """Return its standard output as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedLab:
    """A lab in a process of its own."""

    described: Mapping[str, Any]
    control: ControlClient
    process: subprocess.Popen[str]

    @property
    def config(self) -> Path:
        """The configuration that points the program at it."""
        return Path(str(self.described["config"]))

    @property
    def backup(self) -> Path:
        """The backup set."""
        return Path(str(self.described["backup"]))


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return the environment of a console that knows nothing but this checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("RELYNC", "XDG_"))}
    kept.pop("COLUMNS", None)
    return {**kept, "PYTHONPATH": str(ROOT), "HOME": str(home), "PYTHONUTF8": "1", **more}


def program(*words: str | Path) -> list[str]:
    """Return the command line that runs the program of this checkout."""
    return [sys.executable, "-m", "app.cli", *map(str, words)]


def relync(*words: str | Path, home: Path, stdin: str = "", seconds: float = 60.0, **more: str) -> Ran:
    """Run one command to its end.

    Args:
        words: of the command line.
        home: the home folder of the console.
        stdin: what is typed.
        seconds: after this long the test fails.
        more: environment variables.
    """
    began = time.monotonic()
    ended = subprocess.run(
        program(*words),
        input=stdin,
        env=environment(home, **more),
        cwd=home,
        capture_output=True,
        encoding="utf-8",
        timeout=seconds,
        check=False,
    )
    return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr, seconds=time.monotonic() - began)


@contextmanager
def served(home: Path, *words: str) -> Iterator[ServedLab]:
    """Serve a lab (``lab serve``) until the end of the block."""
    process = subprocess.Popen(
        program("lab", "serve", SCENARIO, *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        env=environment(home),
        cwd=home,
        encoding="utf-8",
    )
    timer = threading.Timer(_START_SECONDS, process.kill)
    timer.start()
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        timer.cancel()
        assert line, f"lab serve printed nothing and ended with {process.wait()}"
        described = json.loads(line)
        yield ServedLab(described=described, control=ControlClient(described["control"]), process=process)
    finally:
        timer.cancel()
        process.terminate()
        process.wait(20)
        if process.stdout is not None:
            process.stdout.close()


def until(condition: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Look every millisecond until something holds; an AssertionError that names it where it does not in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"after {seconds:.0f} s still not: {what}"
        pause.wait(0.001)
