"""Recorded answers: what was written down is said again, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from app.remote.connections import Connections
from app.remote.errors import Unreadable
from app.remote.recorded import RecordedSession, RecordingSession
from app.remote.session import Answer, Fragment
from app.settings import Settings
from tests.remote.kit import FQDN, PASSWORD

ASKED = (
    Fragment(id="a", script="host/identity.ps1"),
    Fragment(id="b", script="host/paths.ps1", arguments={"paths": ("C:\\x",), "hashed": True}),
    Fragment(id="c", script="lync/services.ps1"),
    Fragment(id="d", script="host/operator.ps1"),
)


class Live:
    closed = False

    def run(self, fragments: Sequence[Fragment], *, seconds: float) -> Mapping[str, Answer]:
        said = f'{{"said":"{PASSWORD}","n":1}}'.encode()
        every = {
            "a": Answer(id="a", value=said, seconds=0.5),
            "b": Answer(id="b", value=b"[]"),
            "c": Answer(id="c", value=None, error=f"refused {PASSWORD}"),
            "d": Answer(id="d", value=None, error="cut", answered=False),
        }
        return {one.id: every[one.id] for one in fragments}

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "answers.jsonl"
    live = Live()
    session = RecordingSession(FQDN, live, path, secret=lambda: PASSWORD)
    session.run(ASKED[:2], seconds=1)
    session.run(ASKED[2:], seconds=1)
    session.close()
    assert live.closed
    return path


def test_a_recording_says_what_was_said(recording: Path) -> None:
    renamed = [Fragment(id=f"x{one.id}", script=one.script, arguments=one.arguments) for one in ASKED]
    answers = RecordedSession(FQDN.upper(), recording).run(renamed, seconds=0)
    assert answers["xa"].value == '{"said": "\u2022\u2022\u2022", "n": 1}'.encode()
    assert answers["xa"].seconds == 0.5
    assert answers["xb"].value == b"[]"
    assert answers["xc"].error == "refused \u2022\u2022\u2022"


def test_the_secret_is_not_in_a_recording(recording: Path) -> None:
    assert PASSWORD not in recording.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("host", "fragment"),
    [
        (FQDN, ASKED[3]),
        (FQDN, Fragment(id="q", script="host/paths.ps1", arguments={"paths": ["C:\\y"], "hashed": True})),
        ("se02.contoso.com", ASKED[0]),
    ],
)
def test_what_was_not_recorded_is_not_answered(recording: Path, host: str, fragment: Fragment) -> None:
    answer = RecordedSession(host, recording).run([fragment], seconds=0)[fragment.id]
    assert not answer.answered
    assert "holds no answer" in answer.error


@pytest.mark.parametrize("content", ["no json", "{}", '{"host": 1, "script": "x", "arguments": {}}'])
def test_a_file_that_is_no_recording_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(content)
    with pytest.raises(Unreadable, match=r"x\.jsonl"):
        RecordedSession(FQDN, path)


def test_connections_can_be_given_recordings(recording: Path) -> None:
    made = Connections(Settings(), lambda: "", opener=lambda fqdn: RecordedSession(fqdn, recording))
    assert made.session(FQDN).run(ASKED[:1], seconds=1)["a"].answered
