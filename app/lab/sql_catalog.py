"""The catalogue views that every SQL Server has, filled from a few facts about an instance.

The world says which databases and logins there are; this gives the views the columns that administrators ask for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.lab.ports import Table

_BUILT_IN = ("master", "tempdb", "model", "msdb")
_STATES = {
    "ONLINE": 0,
    "RESTORING": 1,
    "RECOVERING": 2,
    "RECOVERY_PENDING": 3,
    "SUSPECT": 4,
    "EMERGENCY": 5,
    "OFFLINE": 6,
}
_RECOVERY = {"FULL": 1, "BULK_LOGGED": 2, "SIMPLE": 3}
_SYSADMIN_SID = b"\x01"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseRow:
    """One database of an instance."""

    name: str
    created: datetime
    """Local time of the server, without zone."""
    files: tuple[str, ...]
    """Physical names; ``.ldf`` is a log."""
    owner: str = "sa"
    state: str = "ONLINE"
    recovery_model: str = "SIMPLE"
    megabytes: int = 64


def catalogue(
    databases: Sequence[DatabaseRow], *, collation: str, level: int = 110, logins: Sequence[str] = ()
) -> tuple[Table, ...]:
    """Return sys.databases, sys.master_files, sys.server_principals, and the views that are empty without mirroring and backups.

    Args:
        databases: those of the product; master, tempdb, model and msdb are added, created with the first of them.
        collation: of the server.
        level: compatibility level, 110 for SQL Server 2012.
        logins: logins besides sa and the owners; one with a backslash is a Windows group.
    """
    first = min((one.created for one in databases), default=datetime(2013, 1, 1))
    built_in = [
        DatabaseRow(name=name, created=first, files=(f"C:\\Data\\{name}.mdf", f"C:\\Data\\{name}log.ldf"))
        for name in _BUILT_IN
        if name not in {one.name.lower() for one in databases}
    ]
    numbered = list(enumerate([*built_in, *databases], 1))
    owners = dict.fromkeys([one.owner for _, one in numbered if one.owner != "sa"] + list(logins))
    return (
        _databases(numbered, collation, level),
        _files(numbered),
        _logins(("sa", *owners)),
        *_EMPTY,
    )


def _databases(numbered: Sequence[tuple[int, DatabaseRow]], collation: str, level: int) -> Table:
    columns: dict[str, type] = {
        "name": str,
        "database_id": int,
        "owner_sid": bytes,
        "create_date": datetime,
        "compatibility_level": int,
        "collation_name": str,
        "user_access": int,
        "user_access_desc": str,
        "is_read_only": bool,
        "state": int,
        "state_desc": str,
        "recovery_model": int,
        "recovery_model_desc": str,
        "is_in_standby": bool,
        "is_auto_close_on": bool,
        "is_broker_enabled": bool,
    }
    rows = [
        (
            *(one.name, number, _sid(one.owner), one.created, level, collation, 0, "MULTI_USER", False),
            *(_STATES[one.state], one.state, _RECOVERY[one.recovery_model], one.recovery_model, False, False, False),
        )
        for number, one in numbered
    ]
    return Table(name="sys.databases", columns=tuple(columns), types=tuple(columns.values()), rows=tuple(rows))


def _files(numbered: Sequence[tuple[int, DatabaseRow]]) -> Table:
    rows = []
    for number, one in numbered:
        for file_number, path in enumerate(one.files, 1):
            log = path.lower().endswith(".ldf")
            name = path.rpartition("\\")[2].rpartition(".")[0]
            kind = (1, "LOG") if log else (0, "ROWS")
            rows.append((number, file_number, *kind, name, path, 0, "ONLINE", one.megabytes * 128))
    return Table(
        name="sys.master_files",
        columns=("database_id", "file_id", "type", "type_desc", "name", "physical_name", "state", "state_desc", "size"),
        types=(int, int, int, str, str, str, int, str, int),
        rows=tuple(rows),
    )


def _logins(names: Sequence[str]) -> Table:
    rows = []
    for number, name in enumerate(names, 1):
        kind = ("G", "WINDOWS_GROUP") if "\\" in name else ("S", "SQL_LOGIN")
        rows.append((name, number, _sid(name), *kind, False))
    return Table(
        name="sys.server_principals",
        columns=("name", "principal_id", "sid", "type", "type_desc", "is_disabled"),
        types=(str, int, bytes, str, str, bool),
        rows=tuple(rows),
    )


def _sid(login: str) -> bytes:
    if login == "sa":
        return _SYSADMIN_SID
    digest = hashlib.sha256(login.lower().encode()).digest()
    return bytes.fromhex("010500000000000515000000") + digest[:16]


def _nothing(table: str, /, **columns: type) -> Table:
    return Table(name=table, columns=tuple(columns), types=tuple(columns.values()), rows=())


_EMPTY = (
    _nothing(
        "sys.database_mirroring",
        database_id=int,
        mirroring_guid=str,
        mirroring_role_desc=str,
        mirroring_state_desc=str,
        mirroring_safety_level_desc=str,
        mirroring_partner_name=str,
        mirroring_witness_name=str,
        mirroring_witness_state_desc=str,
    ),
    _nothing("sys.tcp_endpoints", name=str, port=int, type_desc=str, state_desc=str),
    _nothing(
        "msdb.dbo.backupset",
        media_set_id=int,
        database_name=str,
        type=str,
        backup_finish_date=datetime,
        backup_size=int,
        software_major_version=int,
        has_backup_checksums=bool,
    ),
    _nothing("msdb.dbo.backupmediafamily", media_set_id=int, physical_device_name=str),
)
