"""A backup folder is opened: every piece is told by content, with its pool, its depth and what is wrong with it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.backup.backup_set import Depth, PieceKind
from app.backup.opening import open_backup
from app.lab.contoso import contoso_topology
from app.lab.documents import config_zip, lis_zip, published_xml, rgs_zip, user_data_zip
from tests.backup.folders import NOW, TAKEN, TARGET, USERS, complete, opened, put, the
from tests.deployment.documents import DESIGN, zipped


def test_a_complete_set_is_told_piece_by_piece(tmp_path: Path) -> None:
    backup = opened(complete(tmp_path))
    assert backup.topology == contoso_topology()
    assert backup.topology_source == "Config.zip"
    assert backup.notes == ()
    assert all(one.usable and not one.warnings for one in backup.pieces)
    assert [(one.kind, one.pool) for one in backup.pieces] == [
        (PieceKind.CONFIGURATION, ""),
        (PieceKind.LOCATION, ""),
        (PieceKind.USER_DATA, TARGET),
        (PieceKind.USER_DATA, "se02.contoso.com"),
        (PieceKind.RESPONSE_GROUPS, TARGET),
        (PieceKind.RESPONSE_GROUPS, "se02.contoso.com"),
        (PieceKind.FILE_STORE, TARGET),
        (PieceKind.FILE_STORE, "se02.contoso.com"),
    ]


def test_user_data_is_counted(tmp_path: Path) -> None:
    piece = the(opened(complete(tmp_path)), f"{TARGET}/ExportedUserData.zip")
    assert (piece.users, piece.other_items, piece.sip_domains) == (20, 1, ("contoso.com",))
    assert (piece.depth, piece.modified) == (Depth.CONTENT, TAKEN)
    assert piece.sha256 == hashlib.sha256(piece.path.read_bytes()).hexdigest()


def test_a_file_store_copy_is_counted_and_told_by_its_folders_even_where_the_path_says_nothing(tmp_path: Path) -> None:
    complete(tmp_path)
    (tmp_path / "filestore" / TARGET).rename(tmp_path / "filestore" / "share")
    piece = the(opened(tmp_path), "filestore/share")
    assert (piece.kind, piece.pool) == (PieceKind.FILE_STORE, TARGET)
    assert piece.folders == ("1-ApplicationServer-1", "1-WebServices-1")
    assert (piece.files, piece.size, piece.modified) == (2, 30, TAKEN)


def test_what_is_never_copied_back_is_not_counted(tmp_path: Path) -> None:
    complete(tmp_path)
    store = tmp_path / "filestore" / TARGET
    before = the(opened(tmp_path), f"filestore/{TARGET}").files
    put(store / "1-WebServices-1" / "MeetingContent" / "7" / "Meeting.Active", b"locked")
    assert the(opened(tmp_path), f"filestore/{TARGET}").files == before


@pytest.mark.parametrize(
    "name",
    [f"{TARGET}-UserData.zip", f"rgs_backup_{TARGET}.zip", f"{TARGET.upper()}/a.zip", f"x {TARGET}/deeper/a.zip"],
)
def test_a_pool_is_read_from_the_name_of_the_file_or_a_folder(tmp_path: Path, name: str) -> None:
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    put(tmp_path / name, user_data_zip(USERS))
    assert the(opened(tmp_path), name).pool == TARGET


def test_user_data_that_no_name_assigns_belongs_to_nobody_where_two_pools_could_own_it(tmp_path: Path) -> None:
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    put(tmp_path / "nse01.contoso.com.zip", user_data_zip(USERS))
    assert the(opened(tmp_path), "nse01.contoso.com.zip").pool == ""


def test_user_data_that_no_name_assigns_belongs_to_the_only_user_pool(tmp_path: Path) -> None:
    whole = contoso_topology()
    services = tuple(one for one in whole.services if one.cluster == "1:1")
    alone = replace(whole, clusters=whole.clusters[:1], services=services)
    put(tmp_path / "Config.zip", config_zip(alone))
    put(tmp_path / "a.zip", user_data_zip(USERS))
    assert the(opened(tmp_path), "a.zip").pool == TARGET


def test_response_groups_are_assigned_by_what_they_hold_and_a_wrong_name_is_said(tmp_path: Path) -> None:
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    put(tmp_path / "se02.contoso.com-rgs.zip", rgs_zip(TARGET, ["Helpdesk"]))
    piece = the(opened(tmp_path), "se02.contoso.com-rgs.zip")
    assert (piece.kind, piece.pool) == (PieceKind.RESPONSE_GROUPS, TARGET)
    assert "by its content" in piece.warnings[0]


@pytest.mark.parametrize("name", ["a.zip", "Config.zip", "backup.bak"])
def test_names_do_not_decide_what_content_tells(tmp_path: Path, name: str) -> None:
    put(tmp_path / "real.zip", config_zip(contoso_topology()))
    put(tmp_path / name, user_data_zip(USERS))
    backup = opened(tmp_path)
    assert the(backup, name).kind is PieceKind.USER_DATA
    assert the(backup, "real.zip").kind is PieceKind.CONFIGURATION
    assert bool(the(backup, name).warnings) == (name == "Config.zip")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("LISConfig.zip", PieceKind.LOCATION),
        ("E911Config.bak", PieceKind.LOCATION),
        ("se01-RgsConfig.zip", PieceKind.RESPONSE_GROUPS),
        ("PersistentChatData.zip", PieceKind.PERSISTENT_CHAT),
        ("listing.zip", PieceKind.OTHER),
    ],
)
def test_a_name_breaks_the_tie_where_content_is_not_understood(tmp_path: Path, name: str, kind: PieceKind) -> None:
    put(tmp_path / name, zipped({"Part.xml": "<Unheard/>"}))
    piece = the(opened(tmp_path), name)
    assert (piece.kind, piece.depth, piece.problems) == (kind, Depth.ARCHIVE, ())


def test_one_user_is_a_warning_and_no_backup_of_a_pool(tmp_path: Path) -> None:
    put(tmp_path / "alice.zip", user_data_zip(["alice@contoso.com"]))
    piece = the(opened(tmp_path), "alice.zip")
    assert (piece.kind, piece.users, piece.usable) == (PieceKind.USER_DATA, 1, True)
    assert "-UserFilter" in piece.warnings[0]


def test_user_data_without_anything_in_it_cannot_be_restored_from(tmp_path: Path) -> None:
    put(tmp_path / "UserData.zip", user_data_zip([]))
    assert "found no item" in the(opened(tmp_path), "UserData.zip").problems[0]


def test_users_of_another_deployment_are_a_problem(tmp_path: Path) -> None:
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    put(tmp_path / f"{TARGET}.zip", user_data_zip(["a@fabrikam.com", "b@fabrikam.com"]))
    assert "another deployment" in the(opened(tmp_path), f"{TARGET}.zip").problems[0]


def test_some_users_of_a_domain_that_is_gone_are_a_warning(tmp_path: Path) -> None:
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    put(tmp_path / f"{TARGET}.zip", user_data_zip(["a@contoso.com", "b@fabrikam.com"]))
    piece = the(opened(tmp_path), f"{TARGET}.zip")
    assert piece.usable
    assert "fabrikam.com" in piece.warnings[0]


def test_a_file_store_of_another_deployment_is_a_problem(tmp_path: Path) -> None:
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    put(tmp_path / "fs" / "9-WebServices-9" / "a", b"x")
    assert "belong to no service" in the(opened(tmp_path), "fs").problems[0]


@pytest.mark.parametrize(
    ("name", "content", "kind", "problem"),
    [
        ("LcsCDR.bak", b"TAPE" + bytes(60), PieceKind.SQL_BACKUP, ""),
        ("packed.bak", b"MSSQLBAK" + bytes(60), PieceKind.SQL_BACKUP, ""),
        ("any.dat", b"TAPE" + bytes(60), PieceKind.SQL_BACKUP, ""),
        ("false.bak", b"hello", PieceKind.SQL_BACKUP, "found text"),
        ("web.pfx", b"0\x82\x09\x99\x02\x01\x03" + bytes(60), PieceKind.CERTIFICATE, ""),
        ("false.pfx", b"-----BEGIN", PieceKind.CERTIFICATE, "found text"),
        ("empty.bak", b"", PieceKind.SQL_BACKUP, "an empty file"),
        ("baseline.json", b'{"schema": 1}', PieceKind.BASELINE, ""),
        ("baseline.json", b'{"schema": 1', PieceKind.BASELINE, "no valid JSON"),
        ("baseline.json", b"[" * 100_000, PieceKind.BASELINE, "no valid JSON"),
        ("readme.txt", b"read me", PieceKind.OTHER, ""),
        ("UserData.zip", b"<html><body>Not found", PieceKind.USER_DATA, "an HTML page"),
        ("Config.zip", b"<Objs Version='1.1.0.1'>", PieceKind.CONFIGURATION, "Export-Clixml"),
        ("RgsConfig.zip", b"", PieceKind.RESPONSE_GROUPS, "an empty file"),
        ("Config.zip", published_xml(contoso_topology()), PieceKind.TOPOLOGY, ""),
        ("t.xml", published_xml(contoso_topology()).decode().encode("utf-16"), PieceKind.TOPOLOGY, ""),
        ("t.xml", published_xml(contoso_topology())[:-300], PieceKind.TOPOLOGY, "cut off"),
        ("Config.zip", config_zip(contoso_topology())[:-40], PieceKind.CONFIGURATION, "cut off"),
        ("ExportedUserData.zip", user_data_zip(USERS)[:-40], PieceKind.USER_DATA, "cut off"),
        ("UserData.zip", zipped({"../DocItemSet.xml": "<a/>"}), PieceKind.USER_DATA, "leads out"),
        ("UserData.zip", zipped({"DocItemSet.xml": bytes(5_000_000)}), PieceKind.USER_DATA, "unpacks from"),
        ("UserData.zip", zipped({"DocItemSet.xml": "<DocItemSet>"}), PieceKind.USER_DATA, "cut off"),
        ("UserData.zip", zipped({"DocItemSet.xml": "<!DOCTYPE a><DocItemSet/>"}), PieceKind.USER_DATA, "DOCTYPE"),
        ("Config.zip", zipped({"readme.txt": "nothing"}), PieceKind.CONFIGURATION, "no XML inside"),
        ("Config.zip", zipped({"DocItemSet.xml": "<DocItemSet/>"}), PieceKind.CONFIGURATION, "found an export"),
    ],
)
def test_content_decides_what_a_file_is_and_whether_it_can_be_used(
    tmp_path: Path, name: str, content: bytes, kind: PieceKind, problem: str
) -> None:
    put(tmp_path / name, content)
    piece = the(opened(tmp_path), name)
    assert piece.kind is kind
    assert [problem in one for one in piece.problems] == ([True] if problem else [])
    assert all("\n" not in one for one in piece.problems)


def test_an_archive_with_one_damaged_byte_is_noticed(tmp_path: Path) -> None:
    data = bytearray(user_data_zip(USERS))
    data[len(data) // 2] ^= 0xFF
    put(tmp_path / "UserData.zip", bytes(data))
    assert the(opened(tmp_path), "UserData.zip").problems


def test_a_packed_backup_folder_is_said_to_be_one(tmp_path: Path) -> None:
    put(tmp_path / "all.zip", zipped({"b/Config.zip": config_zip(contoso_topology())}, opc=False))
    backup = opened(tmp_path)
    assert "unpack it" in the(backup, "all.zip").warnings[0]
    assert backup.topology is None


def test_an_older_set_in_a_nested_folder_is_listed_behind_the_newer(tmp_path: Path) -> None:
    complete(tmp_path)
    old = TAKEN - timedelta(days=30)
    put(tmp_path / "old" / TARGET / "ExportedUserData.zip", user_data_zip(USERS[:3]), old)
    backup = opened(tmp_path)
    newest, older = backup.of(PieceKind.USER_DATA, TARGET)
    assert (newest.users, older.users, older.modified) == (20, 3, old)
    assert any("2 pieces are user-data of se01.contoso.com" in one for one in backup.notes)
    assert backup.taken == TAKEN


def test_pieces_that_were_not_taken_together_are_said(tmp_path: Path) -> None:
    complete(tmp_path)
    put(tmp_path / TARGET / "ExportedUserData.zip", user_data_zip(USERS), TAKEN - timedelta(days=9))
    assert any("216 h older" in one for one in opened(tmp_path).notes)


def test_a_copied_file_is_as_old_as_what_was_packed_into_it(tmp_path: Path) -> None:
    put(
        tmp_path / "UserData.zip",
        zipped({"DocItemSet.xml": "<DocItemSet><DocItem Name='urn:lcd:a@b.c'/></DocItemSet>"}),
    )
    later = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    put(tmp_path / "UserData.zip", (tmp_path / "UserData.zip").read_bytes(), later)
    piece = the(open_backup(tmp_path, now=later), "UserData.zip")
    assert later - piece.modified > timedelta(days=8)
    assert any("the content counts" in one for one in piece.warnings)


def test_a_piece_from_the_future_is_said(tmp_path: Path) -> None:
    put(tmp_path / "LISConfig.zip", lis_zip(), NOW + timedelta(days=3))
    assert "in the future" in the(opened(tmp_path), "LISConfig.zip").warnings[0]


def test_the_newest_published_topology_counts_and_another_one_is_named(tmp_path: Path) -> None:
    older = replace(contoso_topology(), signature="00000000-1111-2222-3333-444444444444", default_sip_domain="old.com")
    put(tmp_path / "old.zip", config_zip(older), TAKEN - timedelta(hours=2))
    put(tmp_path / "topology.xml", published_xml(contoso_topology()))
    backup = opened(tmp_path)
    assert backup.topology_source == "topology.xml"
    assert any("old.zip" in one and "another topology" in one for one in backup.notes)


def test_of_equal_documents_the_one_with_simple_urls_counts(tmp_path: Path) -> None:
    put(tmp_path / "topology.xml", published_xml(contoso_topology()), TAKEN + timedelta(minutes=5))
    put(tmp_path / "Config.zip", config_zip(contoso_topology()))
    backup = opened(tmp_path)
    assert (backup.topology_source, backup.topology) == ("Config.zip", contoso_topology())


def test_no_expectation_is_taken_from_a_design(tmp_path: Path) -> None:
    put(tmp_path / "design.tbxml", DESIGN.encode())
    backup = opened(tmp_path)
    assert backup.topology is None
    assert any("unpublished design" in one for one in backup.notes)


def test_thousands_of_files_that_are_no_piece_are_one_line(tmp_path: Path) -> None:
    for number in range(30):
        put(tmp_path / "users" / f"{number}.xml", b"<Objs/>")
    (piece,) = opened(tmp_path).pieces
    assert (piece.kind, piece.files, piece.path.name) == (PieceKind.OTHER, 30, "users")
    assert opened(tmp_path).notes == ("nothing in this folder is a piece of a backup",)


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside" / "Config.zip", config_zip(contoso_topology()))
    root = tmp_path / "root"
    put(root / "readme.txt", b"hello")
    (root / "Config.zip").symlink_to(outside)
    (root / "loop").symlink_to(root)
    backup = opened(root)
    assert [one.path.name for one in backup.pieces] == ["readme.txt"]
    assert any("2 links" in one for one in backup.notes)


def test_nothing_is_written_into_the_folder(tmp_path: Path) -> None:
    complete(tmp_path)
    before = sorted((one, one.stat().st_mtime_ns) for one in tmp_path.rglob("*"))
    opened(tmp_path)
    assert sorted((one, one.stat().st_mtime_ns) for one in tmp_path.rglob("*")) == before
