"""What a SQL Server instance says of itself, over ODBC (Q-01 … Q-13; every property CAST, since drivers differ on sql_variant)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """One row of sys.databases."""

    name: str
    state: str
    """``ONLINE``, ``RESTORING`` …"""
    recovery_model: str
    owner: str
    created: datetime
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
