"""Which of the world's tables a query names, and how they come into the SQLite behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from app.lab.ports import Table
from app.lab.sql_types import Kind, SqlError, invalid_object, kind_of
from app.lab.tsql_dates import stamped
from app.lab.tsql_query import Node
from app.lab.tsql_sqlite import Source

_DECLARED = {
    Kind.FLOAT: "REAL",
    Kind.NVARCHAR: "TEXT COLLATE NOCASE",
    Kind.VARBINARY: "BLOB",
    Kind.DATETIME: "TEXT",
    Kind.DATE: "TEXT",
}
_EVERYWHERE = ("sys", "information_schema")
"""Schemas whose views are there in every database."""


def with_catalogue(tables: Iterable[Table], database: str) -> dict[str, Table]:
    """Return the world's tables by lower-case name, and the views that say which tables a database holds."""
    found = {table.name.lower(): table for table in tables}
    here = [table for name, table in found.items() if name.startswith(f"{database.lower()}.")]
    listed = [(database, *table.name.split(".")[1:]) for table in here]
    own = Table(
        name="information_schema.tables",
        columns=("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "TABLE_TYPE"),
        types=(str, str, str, str),
        rows=tuple((*row, "BASE TABLE") for row in listed),
    )
    views = Table(
        name="sys.tables",
        columns=("name", "object_id", "type", "type_desc"),
        types=(str, int, str, str),
        rows=tuple((row[-1], 245575913 + number, "U", "USER_TABLE") for number, row in enumerate(listed)),
    )
    return {own.name: own, views.name: views, **found}


def resolved(tree: Node, tables: Mapping[str, Table], database: str) -> dict[int, Source]:
    """Return what each table of a query stands for. Raises SqlError 208 or 7202."""
    defined = {one.alias.lower() for one in tree.find_all(exp.CTE)}
    found: dict[int, Source] = {}
    for number, table in enumerate(tree.find_all(exp.Table)):
        if not isinstance(table.this, exp.Identifier):
            raise _not_a_table(table)
        if not table.db and not table.catalog and table.name.lower() in defined:
            continue
        found[id(table)] = Source(alias=f"t{number}", key=_key(table, tables, database))
    return found


def _key(table: Node, tables: Mapping[str, Table], database: str) -> str:
    catalog = (table.catalog or database).lower()
    schema, name = (table.db or "dbo").lower(), table.name.lower()
    key = f"{schema}.{name}" if schema in _EVERYWHERE and _exists(catalog, tables) else f"{catalog}.{schema}.{name}"
    full = f"{catalog}.{schema}.{name}"
    if full in tables:
        return full
    if key in tables:
        return key
    mark = "#" if table.this.args.get("temporary") else ""
    written = [part for part in (table.catalog, table.db, mark + table.name) if part]
    raise invalid_object(".".join(written))


def _exists(database: str, tables: Mapping[str, Table]) -> bool:
    known = tables.get("sys.databases")
    if known is None:
        return True
    return any(str(row[0]).lower() == database for row in known.rows) or database in (
        "master",
        "tempdb",
        "msdb",
        "model",
    )


def _not_a_table(table: Node) -> SqlError:
    if isinstance(table.this, exp.Dot):
        return SqlError(7202, f"Could not find server '{table.catalog}' in sys.servers.")
    return invalid_object(table.this.sql(dialect="tsql").split("(")[0].lower())


def column_kinds(tables: Iterable[Table]) -> dict[str, Kind]:
    """Return the type of every column by lower-case name; where two tables disagree the first counts."""
    found: dict[str, Kind] = {}
    for table in tables:
        for name, python_type in zip(table.columns, table.types, strict=True):
            found.setdefault(name.lower(), kind_of(python_type))
    return found


def load(connection: sqlite3.Connection, name: str, table: Table) -> None:
    """Create and fill one table."""
    columns = ", ".join(
        f"{_identifier(column)} {_DECLARED.get(kind_of(python_type), 'INTEGER')}"
        for column, python_type in zip(table.columns, table.types, strict=True)
    )
    connection.execute(f"CREATE TABLE {_identifier(name)} ({columns})")
    places = ", ".join("?" * len(table.columns))
    insert = f"INSERT INTO {_identifier(name)} VALUES ({places})"  # noqa: S608 - the name is our own, quoted
    connection.executemany(insert, (tuple(map(stored, row)) for row in table.rows))


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def stored(value: object) -> object:
    """Return a value as it stands in SQLite."""
    match value:
        case datetime():
            return stamped(value.replace(tzinfo=None))
        case date():
            return value.isoformat()
        case bool():
            return int(value)
        case Decimal():
            return float(value)
        case None | str() | int() | float() | bytes():
            return value
        case _:
            return str(value)
