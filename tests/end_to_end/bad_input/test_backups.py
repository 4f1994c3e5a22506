"""Backup folders that cannot be recovered from: one sentence, exit 2, and nothing is left behind."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.bad_input.conftest import Console
from tests.end_to_end.bad_input.refusing import contents, refused
from tests.end_to_end.kit import ServedLab, relync

COMMANDS = (("preflight", "--json"), ("plan",), ("recover", "--plain", "--yes-to", "all"))
_SECONDS = 20.0


def _configuration(change: Callable[[Path], object]) -> Callable[[Path], object]:
    return lambda folder: change(folder / "Config.zip")


def _traversal(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as written:
        written.writestr("../../evil.txt", "x")


def _bomb(archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written, written.open("DocItemSet.xml", "w") as one:
        for _ in range(300):
            one.write(bytes(1_000_000))


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no configuration": (_configuration(Path.unlink), "no published topology; expected a file of Export-CsConfigur"),
    "a web page": (_configuration(lambda path: path.write_bytes(b"<html>x")), "Config.zip: found an HTML page"),
    "no bytes": (_configuration(lambda path: path.write_bytes(b"")), "Config.zip: found an empty file"),
    "noise": (_configuration(lambda path: path.write_bytes(bytes(range(256)) * 9)), "Config.zip: found "),
    "cut off": (_configuration(lambda path: path.write_bytes(path.read_bytes()[:-200])), "that is cut off"),
    "traversal": (_configuration(_traversal), "leads out of its folder: '../../evil.txt'"),
    "bomb": (_configuration(_bomb), "unpacks from .* to 300000000 bytes"),
}


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_configuration_export_is_refused_with_what_was_found_in_it(
    lab: ServedLab, console: Console, tmp_path: Path, name: str, words: tuple[str, ...]
) -> None:
    damage, said = BROKEN[name]
    folder = tmp_path / "backup"
    shutil.copytree(lab.backup, folder)
    damage(folder)
    before = contents(tmp_path)
    refused(console("--backup", folder, *words), said, within=_SECONDS)
    assert contents(tmp_path) == before, "something was written"
    assert not list(tmp_path.parent.glob("**/evil.txt"))


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_folder_that_is_not_there_is_refused(console: Console, tmp_path: Path, words: tuple[str, ...]) -> None:
    refused(console("--backup", tmp_path / "nowhere", *words), "found nothing there; expected the folder .*--backup")
    assert contents(tmp_path) == {}


def test_a_folder_with_nothing_in_it_is_refused(console: Console, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(console("--backup", tmp_path / "empty", "preflight"), "found an empty folder; expected the folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(lab: ServedLab, console: Console, tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    shutil.copytree(lab.backup, folder)
    os.mkfifo(folder / "beside")
    assert console("--backup", folder, "plan").code == 0
    (folder / "Config.zip").unlink()
    os.mkfifo(folder / "Config.zip")
    refused(console("--backup", folder, "preflight"), "Config.zip: found a pipe or a device, expected a file")


def test_a_folder_that_cannot_be_looked_into_is_refused(console: Console) -> None:
    refused(console("--backup", "x" * 300, "preflight"), "found a folder that cannot be read .*; expected the folder")


def test_a_state_folder_that_cannot_be_made_is_refused_before_anything_is_done(lab: ServedLab, tmp_path: Path) -> None:
    words = ("--config", lab.config, "--state", lab.config, "recover", "--plain", "--yes-to", "all")
    refused(relync(*words, home=tmp_path), "the folder for recorded runs .* cannot be made: File exists")
    assert lab.control.effects() == ()


def test_a_file_is_no_backup_folder(lab: ServedLab, console: Console) -> None:
    refused(console("--backup", lab.backup / "Config.zip", "preflight"), "found a file; expected .*folder around it")


def test_a_console_that_knows_no_backup_is_told_how_to_name_one(console: Console, tmp_path: Path) -> None:
    config = tmp_path / "empty.toml"
    config.touch()
    refused(console("preflight", config=config), "no backup was named; give --backup DIR")


def test_the_backup_of_another_deployment_does_not_know_the_server(
    lab: ServedLab, console: Console, tmp_path: Path
) -> None:
    lab.control.inject("backup-foreign")
    try:
        for words in COMMANDS:
            refused(console(*words), r"se01\.contoso\.com is not a server of this topology; expected one of: se01\.fab")
        held = console("preflight", "--json", "--target", "se01.fabrikam.com", "--for", "standard-edition-server")
    finally:
        lab.control.mend("backup-foreign")
    assert held.code == 1, held.said
    pointer = next(one for one in held.data()["findings"] if one["check"] == "cms.pointer")
    assert pointer["status"] == "FAIL"
    assert "se02.contoso.com" in pointer["found"]
    assert "se02.fabrikam.com" in pointer["expected"]
    assert contents(tmp_path) == {}
