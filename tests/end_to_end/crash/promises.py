"""What a journal and the lab's own log of effects must say of each other, however often the program was killed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.end_to_end.crash.watching import Seen


@dataclass(slots=True, kw_only=True)
class Sent:
    """One command that was announced, and how it ended as far as the journal knows."""

    step: str
    action: str
    host: str
    line: str
    seq: int
    ok: bool | None = None
    """None: in flight when the program was killed, or lost."""


def sent_commands(rows: Sequence[Seen]) -> list[Sent]:
    """Return every command that was announced, in order."""
    found: list[Sent] = []
    for row in rows:
        if row.kind == "CommandStarted":
            body = row.body
            one = Sent(step=row.step, action=body["action"], host=body["host"], line=body["line"], seq=row.seq)
            found.append(one)
        elif row.kind == "CommandEnded":
            latest = next(one for one in reversed(found) if (one.step, one.action) == (row.step, row.body["action"]))
            latest.ok = bool(row.body["ok"])
    return found


def assert_nothing_twice(rows: Sequence[Seen], effects: Sequence[Mapping[str, Any]]) -> None:
    """Assert that nothing recorded as ended well was sent again, and that what was sent again was settled as not done."""
    commands = sent_commands(rows)
    _assert_effects_fit(commands, effects)
    for number, one in enumerate(commands):
        again = [other for other in commands[number + 1 :] if _same(one, other)]
        if not again:
            continue
        assert one.ok is not True, (
            f"recorded as ended well in row {one.seq}, and sent again in row {again[0].seq}: {one}"
        )
        between = [row for row in rows if one.seq < row.seq < again[0].seq and row.step == one.step]
        if one.ok is None:
            settled = [row for row in between if row.kind == "DoubtSettled" and row.body["outcome"] == "not proven"]
            assert settled, f"in flight in row {one.seq}, never settled, and sent again in row {again[0].seq}: {one}"
        else:
            assert any(row.kind == "Answered" for row in between), f"failed, and sent again without a word: {one}"


def _assert_effects_fit(commands: Iterable[Sent], effects: Iterable[Mapping[str, Any]]) -> None:
    seen = Counter((str(one["host"]), str(one["line"])) for one in effects)
    worked = Counter((str(one["host"]), str(one["line"])) for one in effects if one["ok"])
    announced = Counter((one.host, one.line) for one in commands)
    recorded = Counter((one.host, one.line) for one in commands if one.ok)
    assert not seen - announced, f"done in the lab and never announced in the journal: {seen - announced}"
    assert not recorded - worked, f"recorded as ended well and not done in the lab: {recorded - worked}"


def _same(one: Sent, other: Sent) -> bool:
    return (one.step, one.action, one.line) == (other.step, other.action, other.line)
