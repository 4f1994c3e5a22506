"""Reading what a host prints: whatever is between the lines, an answer is an answer and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.remote import answers as reading
from app.remote.answers import Transcript, cleaned
from app.remote.clixml import error_text
from app.remote.command import cmdlet, program
from app.remote.errors import Unreadable
from tests.remote.kit import line

GOOD = line({"id": "a", "ok": True, "value": {"x": [1]}, "seconds": 2})
END = line({"end": True})


def transcript(*parts: bytes) -> Transcript:
    made = Transcript(["a", "b"])
    for part in parts:
        made.feed(part)
    return made


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\xef\xbb\xbf",
        b"WARNING: something\r\n",
        b"#< CLIXML\r\n<Objs></Objs>",
        b"\xff\xfe\x00",
        b'{"id":"stranger","ok":true,"value":1}\n',
        b'{"id":"a"',
        b"{broken}\r\n\r\n\r\n",
        b'["a"]\n',
        b"null\n",
        b'{"id":7,"ok":true}\n',
    ],
)
def test_noise_before_an_answer_does_not_matter(before: bytes) -> None:
    read = transcript(before, GOOD, END)
    assert read.complete
    assert read.answers("")["a"].value == b'{"x": [1]}'


def test_windows_line_ends_and_a_mark_at_the_start_of_the_line_do_not_matter() -> None:
    read = transcript(b"\xef\xbb\xbf" + GOOD.strip() + b"\r\n", END)
    assert read.answers("")["a"].seconds == 2


def test_the_first_answer_counts() -> None:
    read = transcript(GOOD, line({"id": "a", "ok": True, "value": "later"}), END)
    assert read.answers("")["a"].value == b'{"x": [1]}'


def test_a_half_line_is_no_answer() -> None:
    read = transcript(GOOD[:-2])
    assert not read
    assert not read.complete
    assert read.answers("why")["a"].error == "why"
    assert not read.answers("why")["a"].answered


def test_an_error_is_one_clean_line() -> None:
    read = transcript(line({"id": "a", "ok": False, "error": "no\r\n\x1b[31maccess\x00\u2028here"}))
    answer = read.answers("")["a"]
    assert (answer.value, answer.error, answer.answered) == (None, "no [31maccess here", True)


@pytest.mark.parametrize(
    "told", [{"id": "a", "ok": False}, {"id": "a", "ok": True}, {"id": "a", "ok": False, "value": 1}]
)
def test_an_answer_without_content_is_a_failure(told: dict[str, object]) -> None:
    answer = transcript(line(told)).answers("")["a"]
    assert answer.value is None
    assert answer.error


def test_the_last_noise_is_kept_for_the_sentence() -> None:
    assert transcript(b"first\n  The term 'x' is not recognized \r\n").noise == "The term 'x' is not recognized"


def test_output_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST", 1000)
    with pytest.raises(Unreadable):
        transcript(b"x" * 600, b"x" * 600)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_can_break_the_reading(noise: bytes, size: int) -> None:
    data = noise.replace(b'"a"', b"") + GOOD + END
    read = transcript(*(data[start : start + size] for start in range(0, len(data), size)))
    assert read.complete
    assert read.answers("")["a"].value == b'{"x": [1]}'


@given(st.text(max_size=2000))
def test_cleaned_text_is_one_short_line(text: str) -> None:
    line_ = cleaned(text)
    assert len(line_) <= 600
    assert len(line_.splitlines()) <= 1


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        (b"", ""),
        (b"plain words\r\n", "plain words"),
        (b'#< CLIXML\r\n<Objs><Obj S="progress"><S>Preparing modules</S></Obj></Objs>', ""),
        (
            b'#< CLIXML\r\n<Objs><S S="Error">a &lt;b&gt;_x000D__x000A_</S><S S="Error">_x00E9_</S></Objs>',
            "a <b> \u00e9",
        ),
    ],
)
def test_clixml_gives_up_its_errors_alone(stderr: bytes, said: str) -> None:
    assert error_text(stderr) == said


def test_a_command_reads_as_it_would_be_typed() -> None:
    typed = cmdlet(
        "Import-CsUserData", PoolFqdn="se01.contoso.com", FileName="C:\\O\u2019Neil's.zip", Force=True
    ).line()
    assert typed == "Import-CsUserData -PoolFqdn se01.contoso.com -FileName 'C:\\O\u2019\u2019Neil''s.zip' -Force"
    assert program("C:\\Program Files\\x.exe", "/a b").line() == "& 'C:\\Program Files\\x.exe' '/a b'"
