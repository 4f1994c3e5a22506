"""A folder that is no backup, or cannot be read, is a sentence; a single unreadable file is a problem of that piece."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from app.backup.backup_set import PieceKind
from app.backup.opening import BackupError
from app.lab.contoso import contoso_topology
from app.lab.documents import config_zip
from tests.backup.folders import TARGET, complete, opened, the


def _missing(root: Path) -> None:
    shutil.rmtree(root)


def _file(root: Path) -> None:
    root.rmdir()
    root.write_bytes(config_zip(contoso_topology()))


def _empty(root: Path) -> None:
    (root / "empty" / "nested").mkdir(parents=True)


@pytest.mark.parametrize(
    ("spoil", "found"), [(_missing, "nothing there"), (_file, "a file"), (_empty, "an empty folder")]
)
def test_what_is_no_backup_folder_is_refused(tmp_path: Path, spoil: object, found: str) -> None:
    root = tmp_path / "backup"
    root.mkdir()
    assert callable(spoil)
    spoil(root)
    with pytest.raises(BackupError) as caught:
        opened(root)
    assert f"found {found}" in str(caught.value)
    assert "expected the folder" in str(caught.value) and "--backup" in str(caught.value)


def test_a_folder_that_may_not_be_read_is_refused_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("app.backup.folders.os.scandir", denied)
    with pytest.raises(BackupError, match="cannot be read \\(Permission denied\\)"):
        opened(tmp_path)


def test_a_file_that_may_not_be_read_is_a_problem_of_that_piece_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete(tmp_path)
    open_any = Path.open

    def denied(path: Path, *arguments: object, **named: object) -> object:
        if path.name == "E911Config.zip":
            raise PermissionError(13, "Permission denied", str(path))
        return open_any(path, *arguments, **named)  # type: ignore[call-overload] # passed on as it came

    monkeypatch.setattr(Path, "open", denied)
    backup = opened(tmp_path)
    assert "Permission denied" in the(backup, "E911Config.zip").problems[0]
    assert the(backup, "E911Config.zip").kind is PieceKind.LOCATION
    assert sum(not one.usable for one in backup.pieces) == 1


def test_a_file_store_that_was_counted_in_part_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complete(tmp_path)
    scan = os.scandir

    def denied(path: Path) -> object:
        if path.name == "ABFiles" and TARGET in path.parts:
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("app.backup.folders.os.scandir", denied)
    piece = the(opened(tmp_path), f"filestore/{TARGET}")
    assert piece.files == 1
    assert "ABFiles (Permission denied) could not be read" in piece.warnings[0]
