"""A backup that is worked from is seen as it is now: what is put there later counts, what disappears is missed."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.backup.backup_set import PieceKind
from app.backup.following import FollowedBackup, traces
from app.backup.opening import BackupError
from app.lab import backing_up
from app.lab.scenarios import scenario, start_world

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
POOL = "se01.contoso.com"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    world = start_world(scenario("se-server-lost"), seed=0, folder=tmp_path, clock=NOW.timestamp)
    return backing_up.backup_folder(world)


def followed(folder: Path) -> FollowedBackup:
    return FollowedBackup(folder, lambda: NOW)


def test_an_unchanged_folder_is_not_opened_again(folder: Path) -> None:
    backup = followed(folder)
    assert backup.now() is backup.opened


def test_a_piece_that_is_put_there_later_counts(folder: Path, tmp_path: Path) -> None:
    piece = folder / POOL / backing_up.USER_DATA
    piece.rename(tmp_path / "kept.zip")
    backup = followed(folder)
    assert backup.now().of(PieceKind.USER_DATA, POOL) == ()
    (tmp_path / "kept.zip").rename(piece)
    assert [one.path for one in backup.now().of(PieceKind.USER_DATA, POOL)] == [piece]


def test_a_piece_that_is_damaged_later_is_seen(folder: Path) -> None:
    backup = followed(folder)
    piece = folder / POOL / backing_up.USER_DATA
    piece.write_bytes(piece.read_bytes()[:200])
    assert not backup.now().of(PieceKind.USER_DATA, POOL)[0].usable


def test_a_file_store_that_disappears_is_missed(folder: Path) -> None:
    backup = followed(folder)
    shutil.rmtree(folder / POOL / backing_up.FILE_STORE)
    assert backup.now().of(PieceKind.FILE_STORE, POOL) == ()


def test_the_topology_stays_the_one_that_the_plan_was_made_from(folder: Path) -> None:
    backup = followed(folder)
    (folder / backing_up.CONFIGURATION).write_bytes(b"<html></html>")
    now = backup.now()
    assert now.topology is backup.opened.topology
    assert now.of(PieceKind.CONFIGURATION) == () or not now.of(PieceKind.CONFIGURATION)[0].usable


def test_a_folder_that_is_gone_is_a_set_without_pieces_and_comes_back(folder: Path, tmp_path: Path) -> None:
    backup = followed(folder)
    folder.rename(tmp_path / "elsewhere")
    now = backup.now()
    assert now.pieces == ()
    assert "nothing there" in now.notes[0]
    (tmp_path / "elsewhere").rename(folder)
    assert backup.now().pieces == backup.opened.pieces


def test_a_folder_that_is_none_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nothing there"):
        followed(tmp_path / "none")


def test_a_touched_file_leaves_other_traces(folder: Path) -> None:
    before = traces(folder)
    os.utime(folder / backing_up.CONFIGURATION, (1, 1))
    assert traces(folder) != before
