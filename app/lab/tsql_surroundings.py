"""T-SQL functions about the server itself: its properties, databases, logins, and who is asking."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.lab.ports import Clock, SqlData, Table
from app.lab.sql_types import Kind, Scalar, SqlError
from app.lab.tsql_dates import stamped
from app.lab.tsql_strings import Function

_YEARS = {10: "2008", 11: "2012", 12: "2014", 13: "2016", 14: "2017", 15: "2019", 16: "2022"}


def product_version(properties: Mapping[str, str | int | None]) -> tuple[int, int, int]:
    """Return major, minor and build out of ProductVersion; SQL Server 2012 where it is not said."""
    parts = str(properties.get("ProductVersion") or "11.0.0").split(".")
    numbers = [int(part) if part.isdigit() else 0 for part in [*parts, "0", "0"][:3]]
    return numbers[0], numbers[1], numbers[2]


@dataclass(slots=True, kw_only=True)
class Surroundings:
    """What a query can find out about where it runs. Tables are those of one moment, by lower-case name."""

    data: SqlData
    clock: Clock
    user: str
    host: str
    application: str
    database: str
    tables: Mapping[str, Table]

    def column_pairs(self, table: str, key: str, value: str) -> list[tuple[Scalar, Scalar]]:
        """Return two columns of a table, or nothing where the world has no such table or columns."""
        found = self.tables.get(table)
        if found is None:
            return []
        names = [name.lower() for name in found.columns]
        if key not in names or value not in names:
            return []
        return [(_scalar(row[names.index(key)]), _scalar(row[names.index(value)])) for row in found.rows]

    def databases(self) -> list[tuple[Scalar, Scalar]]:
        """Return name and id of every database."""
        return self.column_pairs("sys.databases", "name", "database_id")

    def property_named(self, name: Scalar) -> Scalar:
        """SERVERPROPERTY: NULL for a name that is none, as the real one."""
        wanted = str(name).lower()
        return next((value for key, value in self.data.properties().items() if key.lower() == wanted), None)

    def database_name(self, *given: Scalar) -> Scalar:
        """DB_NAME."""
        return self.database if not given else _found([(b, a) for a, b in self.databases()], given[0])

    def database_id(self, *given: Scalar) -> Scalar:
        """DB_ID."""
        return _found(self.databases(), given[0] if given else self.database)

    def login_name(self, *given: Scalar) -> Scalar:
        """SUSER_SNAME and SUSER_NAME."""
        if not given:
            return self.user
        key = "sid" if isinstance(given[0], bytes) else "principal_id"
        return _found(self.column_pairs("sys.server_principals", key, "name"), given[0])

    def login_sid(self, *given: Scalar) -> Scalar:
        """SUSER_SID."""
        return _found(self.column_pairs("sys.server_principals", "name", "sid"), given[0] if given else self.user)

    def is_role_member(self, role: Scalar, login: Scalar = None) -> Scalar:
        """IS_SRVROLEMEMBER: NULL for a role that is none."""
        known = (
            "sysadmin",
            "serveradmin",
            "securityadmin",
            "processadmin",
            "setupadmin",
            "bulkadmin",
            "diskadmin",
            "dbcreator",
            "public",
        )
        if str(role).lower() not in known:
            return None
        return int(str(role).lower() == "public" or self.data.is_member(str(login or self.user), str(role).lower()))

    def database_property(self, database: Scalar, name: Scalar) -> Scalar:
        """DATABASEPROPERTYEX, for what sys.databases holds."""
        columns = {
            "status": "state_desc",
            "recovery": "recovery_model_desc",
            "collation": "collation_name",
            "useraccess": "user_access_desc",
        }
        column = columns.get(str(name).lower())
        return _found(self.column_pairs("sys.databases", "name", column), database) if column else None

    def has_database_access(self, database: Scalar) -> Scalar:
        """HAS_DBACCESS."""
        state = self.database_property(database, "Status")
        return None if state is None else int(state == "ONLINE")

    def object_id(self, name: Scalar, _type: Scalar = None) -> Scalar:
        """OBJECT_ID: some number for a table that is there."""
        parts = [part.strip('[]"').lower() for part in str(name).split(".")]
        defaults = [self.database.lower(), "dbo"]
        full = [*defaults[: max(0, 3 - len(parts))], *parts]
        full[1] = full[1] or "dbo"
        place = sorted(self.tables).index(".".join(full)) if ".".join(full) in self.tables else -1
        return 245575913 + place if place >= 0 else None

    def now(self) -> Scalar:
        """GETDATE and GETUTCDATE: the simulated servers keep UTC."""
        return stamped(datetime.fromtimestamp(self.clock(), UTC).replace(tzinfo=None))

    def global_value(self, name: Scalar) -> Scalar:
        """``@@NAME``. Raises SqlError 137 for one that is not known."""
        properties = self.data.properties()
        match str(name).upper():
            case "@@VERSION":
                return _version_text(properties)
            case "@@SERVERNAME":
                return _scalar(properties.get("ServerName"))
            case "@@SERVICENAME":
                return _scalar(properties.get("InstanceName") or "MSSQLSERVER")
            case "@@LANGUAGE":
                return "us_english"
            case "@@MICROSOFTVERSION":
                major, minor, build = product_version(properties)
                return major << 24 | minor << 16 | build
            case "@@SPID":
                return 51
            case "@@TRANCOUNT" | "@@ERROR" | "@@ROWCOUNT" | "@@OPTIONS" | "@@NESTLEVEL" | "@@LANGID":
                return 0
            case "@@MAX_PRECISION":
                return 38
        raise SqlError(137, f'Must declare the scalar variable "{name!s}".', severity=15)

    def functions(self) -> Mapping[str, tuple[Callable[..., Scalar], Kind | None]]:
        """Return every function by name, with the type of what it returns."""
        named: Mapping[str, tuple[Function, Kind | None]] = {
            "SERVERPROPERTY": (self.property_named, Kind.VARIANT),
            "DATABASEPROPERTYEX": (self.database_property, Kind.VARIANT),
            "CONNECTIONPROPERTY": (_connection_property, Kind.VARIANT),
            "IS_SRVROLEMEMBER": (self.is_role_member, Kind.INT),
            "HAS_DBACCESS": (self.has_database_access, Kind.INT),
            "OBJECT_ID": (self.object_id, Kind.INT),
            "DB_NAME": (self.database_name, Kind.NVARCHAR),
            "DB_ID": (self.database_id, Kind.INT),
            "SUSER_SID": (self.login_sid, Kind.VARBINARY),
            "USER_NAME": (lambda *_: "dbo", Kind.NVARCHAR),
            "SCHEMA_NAME": (lambda *_: "dbo", Kind.NVARCHAR),
            "HOST_NAME": (lambda: self.host, Kind.NVARCHAR),
            "APP_NAME": (lambda: self.application, Kind.NVARCHAR),
            "NEWID": (lambda: str(uuid.UUID(int=0)).upper(), Kind.NVARCHAR),
        }
        moments = ("GETDATE", "GETUTCDATE", "SYSDATETIME", "SYSUTCDATETIME", "CURRENT_TIMESTAMP")
        logins = ("SUSER_SNAME", "SUSER_NAME", "ORIGINAL_LOGIN", "SYSTEM_USER")
        return {
            **named,
            **{name: (lambda *_: "dbo", Kind.NVARCHAR) for name in ("CURRENT_USER", "SESSION_USER", "USER")},
            **dict.fromkeys(moments, (self.now, Kind.DATETIME)),
            **dict.fromkeys(logins, (self.login_name, Kind.NVARCHAR)),
        }


def _connection_property(name: Scalar) -> Scalar:
    known = {"net_transport": "TCP", "protocol_type": "TSQL", "auth_scheme": "SQL"}
    return known.get(str(name).lower())


def _version_text(properties: Mapping[str, str | int | None]) -> str:
    major, _, _ = product_version(properties)
    level = properties.get("ProductLevel") or "RTM"
    return (
        f"Microsoft SQL Server {_YEARS.get(major, major)} ({level}) - {properties.get('ProductVersion')} (X64)\n"
        f"\t{properties.get('Edition') or 'Standard Edition (64-bit)'}\n"
    )


def _scalar(value: object) -> Scalar:
    return value if isinstance(value, str | int | float | bytes) or value is None else str(value)


def _found(pairs: list[tuple[Scalar, Scalar]], wanted: Scalar) -> Scalar:
    return next((value for key, value in pairs if _same(key, wanted)), None)


def _same(left: Scalar, right: Scalar) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    return left == right and left is not None
