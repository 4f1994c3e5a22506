"""Stored answers: a session that writes down what a host says, and one that says it again.

One JSON object a line: host, script, arguments, and either value or error. What was not recorded is an error, never a guess.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from app.remote.errors import Unreadable
from app.remote.session import Answer, Fragment, Session

_HIDDEN = "\u2022\u2022\u2022"


class _Row(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One recorded answer."""

    host: str
    script: str
    arguments: dict[str, Any]
    value: msgspec.Raw = msgspec.Raw(b"")
    error: str = ""
    seconds: float = 0.0


def _key(host: str, script: str, arguments: Mapping[str, Any]) -> str:
    return json.dumps([host.lower(), script, arguments], sort_keys=True, ensure_ascii=False)


class RecordedSession:
    """Answers from a recording; the last answer to a question counts."""

    def __init__(self, fqdn: str, path: Path) -> None:
        """Read a recording.

        Raises:
            Unreadable: the file cannot be read or is no recording.
        """
        self._fqdn = fqdn
        self._path = path
        self._answers: dict[str, _Row] = {}
        try:
            for line in path.read_text(encoding="utf-8").split("\n"):
                if line.strip():
                    row = msgspec.json.decode(line, type=_Row)
                    self._answers[_key(row.host, row.script, row.arguments)] = row
        except (OSError, ValueError) as error:
            raise Unreadable(f"{path} is not a readable recording ({type(error).__name__})") from None

    def run(self, fragments: Sequence[Fragment], *, seconds: float) -> Mapping[str, Answer]:  # noqa: ARG002 - the protocol's name
        """Return what was recorded, at once."""
        return {one.id: self._answer(one) for one in fragments}

    def close(self) -> None:
        """Nothing is kept."""

    def _answer(self, fragment: Fragment) -> Answer:
        row = self._answers.get(_key(self._fqdn, fragment.script, dict(fragment.arguments)))
        if row is None:
            said = f"{self._path.name} holds no answer of {self._fqdn} to {fragment.script} with these arguments"
            return Answer(id=fragment.id, value=None, error=said, answered=False)
        if bytes(row.value):
            return Answer(id=fragment.id, value=bytes(row.value), seconds=row.seconds)
        return Answer(id=fragment.id, value=None, error=row.error, seconds=row.seconds)


class RecordingSession:
    """Passes everything on to another session and stores what it answers, without the secret should it be in it."""

    def __init__(self, fqdn: str, inner: Session, path: Path, *, secret: Callable[[], str] = str) -> None:
        """Prepare a recording.

        Args:
            fqdn: the host.
            inner: the session that really asks.
            path: file to append to.
            secret: gives the text that must not be stored.
        """
        self._fqdn = fqdn
        self._inner = inner
        self._path = path
        self._secret = secret
        self._lock = threading.Lock()

    def run(self, fragments: Sequence[Fragment], *, seconds: float) -> Mapping[str, Answer]:
        """Run a batch; see `Session.run`."""
        answers = self._inner.run(fragments, seconds=seconds)
        rows = [self._row(one, answers[one.id]) for one in fragments if answers[one.id].answered]
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.writelines(rows)
        return answers

    def close(self) -> None:
        """Close the other session."""
        self._inner.close()

    def _row(self, fragment: Fragment, answer: Answer) -> str:
        row: dict[str, Any] = {"host": self._fqdn, "script": fragment.script, "arguments": dict(fragment.arguments)}
        if answer.value is None:
            row["error"] = answer.error
        else:
            row |= {"value": json.loads(answer.value), "seconds": answer.seconds}
        return json.dumps(_without(row, self._secret()), ensure_ascii=False) + "\n"


def _without(value: Any, secret: str) -> Any:
    match value:
        case str() if secret:
            return value.replace(secret, _HIDDEN)
        case list() | tuple():
            return [_without(one, secret) for one in value]
        case dict():
            return {_without(key, secret): _without(one, secret) for key, one in value.items()}
        case _:
            return value
