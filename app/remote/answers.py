"""What a host says while a batch runs: one JSON object a line, among whatever else lands on standard output."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping

import msgspec

from app.remote.errors import Unreadable
from app.remote.session import Answer

LONGEST = 256 * 1024 * 1024
"""Bytes of one batch's output that are read at most; a topology of the largest deployments has some ten megabytes."""
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]+")
_NOTHING = msgspec.Raw(b"")


class _Line(msgspec.Struct):
    """One line of the loader."""

    id: str = ""
    ok: bool = False
    value: msgspec.Raw = _NOTHING
    error: str = ""
    seconds: float = 0.0
    end: bool = False


def cleaned(text: str, longest: int = 600) -> str:
    """Return a host's words as one line without control characters, cut where they run on."""
    line = " ".join(_UNSEEN.sub(" ", text).split())
    return line if len(line) <= longest else line[: longest - 1] + "\u2026"


class Transcript:
    """What one host has said so far: fed by the thread that reads, asked by the one that waits."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._wanted = tuple(ids)
        self._answers: dict[str, Answer] = {}
        self._rest = bytearray()
        self._length = 0
        self._complete = False
        self._last_noise = ""
        self._lock = threading.Lock()

    def feed(self, data: bytes) -> None:
        """Take the next bytes of standard output, cut anywhere.

        Raises:
            Unreadable: the output has no end.
        """
        with self._lock:
            self._length += len(data)
            if self._length > LONGEST:
                raise Unreadable(
                    f"the host sent more than {LONGEST // 2**20} MiB where some lines of JSON were expected"
                )
            # Only the new bytes can hold the next line break: searching all of them again would be quadratic.
            if b"\n" not in data:
                self._rest += data
                return
            *lines, rest = bytes(self._rest + data).split(b"\n")
            self._rest = bytearray(rest)
            for line in lines:
                self._take(line)

    @property
    def complete(self) -> bool:
        """Whether the last line has come: nothing is missing, whatever was not answered failed."""
        with self._lock:
            return self._complete

    @property
    def noise(self) -> str:
        """The last line that was no answer, cleaned; empty where there was none."""
        with self._lock:
            return self._last_noise

    def answers(self, missing: str) -> Mapping[str, Answer]:
        """Return an answer for every fragment; ``missing`` says why, for those without one."""
        with self._lock:
            return {
                one: self._answers.get(one) or Answer(id=one, value=None, error=missing, answered=False)
                for one in self._wanted
            }

    def __bool__(self) -> bool:
        """Whether anything usable has come."""
        with self._lock:
            return bool(self._answers)

    def _take(self, line: bytes) -> None:
        text = line.strip(b"\xef\xbb\xbf\r\t \x00")
        if not text:
            return
        parsed = _parsed(text)
        if parsed is None or (parsed.id not in self._wanted and not parsed.end):
            self._last_noise = cleaned(text.decode("utf-8", "replace"))
        elif parsed.end:
            self._complete = True
        elif parsed.id not in self._answers:
            self._answers[parsed.id] = _answer(parsed)


def _parsed(text: bytes) -> _Line | None:
    if not text.startswith(b"{"):
        return None
    try:
        return msgspec.json.decode(text.decode("utf-8", "replace"), type=_Line)
    except msgspec.MsgspecError:
        return None


def _answer(line: _Line) -> Answer:
    if line.ok and bytes(line.value):
        return Answer(id=line.id, value=bytes(line.value), seconds=line.seconds)
    return Answer(
        id=line.id, value=None, error=cleaned(line.error) or "it failed and did not say why", seconds=line.seconds
    )
