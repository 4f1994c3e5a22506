"""What a SQL Server instance says of itself, over ODBC (Q-01 … Q-13; every property CAST, since drivers differ on sql_variant)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.facts.fact import Fact, Reading, Request, Via
from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One row of sys.databases."""

    name: str
    state: str
    """``ONLINE``, ``RESTORING`` …"""
    recovery_model: str
    owner: str
    """Login that owns it (Q-11); empty where its SID belongs to none here."""
    created: datetime
    """UTC, by the offset the server keeps now; across a change of summer time it is an hour off."""
    files: tuple[str, ...]
    """Physical names out of sys.master_files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlInstance:
    """One instance."""

    server_name: str
    """SERVERPROPERTY('ServerName')."""
    instance_name: str
    """SERVERPROPERTY('InstanceName'), empty for the default instance."""
    version: str
    edition: str
    collation: str
    is_sysadmin: bool
    databases: tuple[Database, ...]

    def database(self, name: str) -> Database | None:
        """Return one database by name, or None."""
        return next((one for one in self.databases if one.name.lower() == name.lower()), None)


INSTANCE = Fact(name="sql.instance", via=Via.SQL, shape=SqlInstance, seconds=15.0)
"""Subject: ``server\\instance`` (``server`` alone for the default instance)."""


def collect(
    requests: Sequence[Request[Any]], settings: Settings, password: object, clock: Callable[[], datetime]
) -> dict[Request[Any], Reading]:
    """Ask; see `app.facts.sql_asking.collect`, which is imported when it is first needed."""
    from app.facts import sql_asking

    return sql_asking.collect(requests, settings, password, clock)
