"""Where the output goes to nobody, or to a full disk: no traceback, no false success."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.kit import ServedLab, environment, program

DATA = (("preflight", "--json"), ("plan", "--format", "json"), ("recover", "--plain", "--yes-to", "all"), ("runs",))
_SECONDS = 30.0
INTERRUPTED = 130


def _ended(lab: ServedLab, home: Path, words: tuple[str, ...], stdout: int) -> tuple[int, str]:
    line = program("--config", lab.config, "--state", home / "runs", *words)
    try:
        ended = subprocess.run(
            line,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            env=environment(home),
            cwd=home,
            encoding="utf-8",
            timeout=_SECONDS,
            check=False,
        )
    finally:
        os.close(stdout)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("words", DATA[:3], ids=lambda words: words[0])
def test_a_reader_that_went_away_is_an_interruption_without_a_word(
    lab: ServedLab, tmp_path: Path, words: tuple[str, ...]
) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    assert _ended(lab, tmp_path, words, writer) == (INTERRUPTED, "")
    assert lab.control.effects() == ()


def test_a_reader_that_takes_one_line_leaves_a_recovery_that_can_be_resumed(lab: ServedLab, tmp_path: Path) -> None:
    line = program("--config", lab.config, "--state", tmp_path / "runs", "recover", "--plain", "--yes-to", "all")
    with subprocess.Popen(
        line,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
        cwd=tmp_path,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert "opened by CONTOSO\\lyncadmin" in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(_SECONDS) == INTERRUPTED
    assert lab.control.effects() == ()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("words", DATA[:3], ids=lambda words: words[0])
def test_a_full_disk_is_said(lab: ServedLab, tmp_path: Path, words: tuple[str, ...]) -> None:
    code, said = _ended(lab, tmp_path, words, os.open("/dev/full", os.O_WRONLY))
    assert code == 2
    assert "Traceback" not in said
    assert said.startswith("relync: ")
    assert "No space left on device" in said
    assert lab.control.effects() == ()
