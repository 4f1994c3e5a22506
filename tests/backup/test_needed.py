"""What a recovery needs follows from what the topology says that the server runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.backup.backup_set import PieceKind
from app.backup.needed import NeededPiece, needed_pieces
from app.deployment.topology import Service, Topology
from app.lab.contoso import contoso_topology
from app.lab.documents import user_data_zip
from tests.backup.folders import TAKEN, TARGET, USERS, complete, opened, put


def needs(topology: Topology, number: int = 0) -> dict[PieceKind, NeededPiece]:
    return {one.kinds[0]: one for one in needed_pieces(topology, topology.pools()[number])}


def test_a_standard_edition_server_needs_topology_user_data_file_store_and_response_groups() -> None:
    found = needs(contoso_topology())
    assert set(found) == {
        PieceKind.CONFIGURATION,
        PieceKind.USER_DATA,
        PieceKind.FILE_STORE,
        PieceKind.RESPONSE_GROUPS,
    }
    assert all(one.required for one in found.values())
    assert found[PieceKind.USER_DATA].pool == TARGET
    assert PieceKind.TOPOLOGY in found[PieceKind.CONFIGURATION].kinds


def test_the_server_of_the_central_management_store_needs_the_configuration_itself() -> None:
    found = needs(contoso_topology(), 1)
    assert found[PieceKind.CONFIGURATION].kinds == (PieceKind.CONFIGURATION,)
    assert found[PieceKind.LOCATION].required is False


def test_response_groups_are_needed_only_where_they_run() -> None:
    whole = contoso_topology()
    without = [replace(one, ports=()) if one.role == "ApplicationServer" else one for one in whole.services]
    assert PieceKind.RESPONSE_GROUPS not in needs(replace(whole, services=tuple(without)))


def test_persistent_chat_is_needed_only_where_its_database_is_collocated() -> None:
    whole = contoso_topology()
    store = Service(
        id="1-PersistentChatStore-1", role="PersistentChatStore", version=6, cluster="1:1", sql_instance="rtc"
    )
    with_chat = replace(whole, services=(*whole.services, store))
    assert needs(with_chat)[PieceKind.PERSISTENT_CHAT].kinds == (PieceKind.PERSISTENT_CHAT, PieceKind.SQL_BACKUP)
    assert PieceKind.PERSISTENT_CHAT not in needs(with_chat, 1)


def test_a_need_is_answered_by_usable_pieces_first_and_then_by_the_newest(tmp_path: Path) -> None:
    complete(tmp_path)
    put(tmp_path / TARGET / "broken-UserData.zip", user_data_zip(USERS)[:-30], TAKEN + timedelta(hours=1))
    put(tmp_path / TARGET / "old" / "UserData.zip", user_data_zip(USERS), TAKEN - timedelta(hours=9))
    backup = opened(tmp_path)
    found = needs(contoso_topology())[PieceKind.USER_DATA].found_in(backup)
    assert [one.path.name for one in found] == ["ExportedUserData.zip", "UserData.zip", "broken-UserData.zip"]


def test_nothing_answers_where_the_piece_is_of_another_pool(tmp_path: Path) -> None:
    complete(tmp_path)
    (tmp_path / TARGET / "RgsConfiguration.zip").unlink()
    assert needs(contoso_topology())[PieceKind.RESPONSE_GROUPS].found_in(opened(tmp_path)) == ()
