"""A whole recovery, and neither password of it anywhere: on no disk, in no output, on no command line."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.end_to_end.crash.recovering import Recovery
from tests.end_to_end.kit import Ran, relync, served, until

_PROC = Path("/proc")


def spellings(secrets: Iterable[str]) -> tuple[bytes, ...]:
    """Return the secrets as they might lie about: plain, as Windows writes text, and in base64."""
    found: list[bytes] = []
    for secret in secrets:
        assert len(secret) >= 12, "too short to be looked for"
        plain, wide = secret.encode(), secret.encode("utf-16-le")
        found += [plain, wide, base64.b64encode(plain).rstrip(b"="), plain.hex().encode(), wide.hex().encode()]
    return tuple(found)


def command_lines(process: int) -> Iterator[bytes]:
    """Yield the command lines of a process and of its children, as everybody on the machine can read them."""
    with suppress(OSError):
        yield (_PROC / str(process) / "cmdline").read_bytes()
        for task in (_PROC / str(process) / "task").iterdir():
            for child in (task / "children").read_text().split():
                yield from command_lines(int(child))


@pytest.mark.skipif(not _PROC.is_dir(), reason="this system does not show command lines as files")
def test_no_password_of_a_whole_recovery_is_anywhere(tmp_path: Path) -> None:
    with served(tmp_path) as lab:
        passwords = {lab.described["credentials"]["password"], *(one["password"] for one in lab.described["sql"])}
        secrets = spellings(passwords)
        recovery = Recovery(lab, tmp_path)
        seen: set[bytes] = set()
        session = recovery.session()

        def over() -> bool:
            seen.update(command_lines(session.process.pid))
            return session.over

        until(over, "the end of the recovery", 90.0)
        assert session.end() == 0, session.transcript
        recovery.proves_itself()
        common = ("--config", recovery.config, "--state", tmp_path / "runs")
        reports = [relync(*common, "report", "--format", form, home=tmp_path) for form in ("text", "markdown", "json")]
        reports += [relync(*common, *words, home=tmp_path) for words in (("preflight", "--json"), ("runs", "--json"))]
        _nowhere(secrets, [lab.config, *(path for path in tmp_path.rglob("*") if path.is_file())])
    said = "\n".join(session.said).encode()
    assert not [one for one in secrets if one in said]
    _not_said(secrets, reports)
    assert len([line for line in seen if b"recover" in line]) == 1
    assert [line for line in seen if b"app.lab.credential" in line], (
        "the password's program was seen, and is not the leak"
    )
    assert not [line for line in seen if any(one in line for one in secrets)]


def _nowhere(secrets: tuple[bytes, ...], files: Iterable[Path]) -> None:
    found = [str(path) for path in files if any(one in path.read_bytes() for one in secrets)]
    assert not found


def _not_said(secrets: tuple[bytes, ...], reports: Iterable[Ran]) -> None:
    for ran in reports:
        assert ran.out
        assert not [one for one in secrets if one in (ran.out + ran.err).encode()], "a report holds a password"
