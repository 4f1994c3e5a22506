"""Whatever a console can show or a pipe brings: no letter ends the program."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from app.cli import main


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("name", ["\u0431\u044d\u043a\u0430\u043f.zip", "stray-\udcff.zip"])
def test_a_name_that_the_console_cannot_show_is_shown_as_well_as_it_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoding: str, name: str
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    monkeypatch.setattr(sys, "stderr", sys.stdout)
    code = main(["topology", str(tmp_path / name)])
    sys.stdout.flush()
    assert code == 2
    assert b".zip" in written.getvalue()


def test_bytes_that_are_no_letters_are_read_as_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\nstop\n"), encoding="utf-8"))
    with pytest.raises(SystemExit):
        main(["--version"])
    assert sys.stdin.readline() == "\ufffd\ufffd\n"
