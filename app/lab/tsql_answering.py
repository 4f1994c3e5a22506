"""Answering one T-SQL query: parse, translate, run on an SQLite that holds the tables it names, type the result."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Mapping, Sequence
from functools import partial

from sqlglot import exp

from app.lab.sql_types import Column, Kind, Rows, Scalar, SqlError, invalid_column, kind_of
from app.lab.tsql_dates import date_add, date_difference, date_part
from app.lab.tsql_errors import translated
from app.lab.tsql_kinds import kind_of_expression
from app.lab.tsql_query import PREFIX, Node, parsed
from app.lab.tsql_scalars import add, convert, divide, like, try_convert
from app.lab.tsql_sqlite import on_sqlite
from app.lab.tsql_strings import STRING_FUNCTIONS, Function
from app.lab.tsql_surroundings import Surroundings
from app.lab.tsql_tables import column_kinds, load, resolved, stored
from app.lab.tsql_words import Statement

_LONGEST_SECONDS = 3.0
_STEPS_BETWEEN_LOOKS = 10_000
_UNNAMED = "tsql column "
_OPERATORS: Mapping[str, tuple[Function, Kind | None]] = {
    "ADD": (add, None),
    "DIVIDE": (divide, None),
    "CONVERT": (convert, None),
    "TRY_CONVERT": (try_convert, None),
    "DATEADD": (date_add, Kind.DATETIME),
    "DATEDIFF": (date_difference, Kind.INT),
    "DATEPART": (date_part, Kind.INT),
}
_OWN_OF_SQLITE = frozenset(
    [
        "count",
        "sum",
        "min",
        "max",
        "avg",
        "group_concat",
        "row_number",
        "rank",
        "dense_rank",
        "ntile",
        "lag",
        "lead",
        "first_value",
        "last_value",
        "coalesce",
        "nullif",
        "iif",
        "like",
    ]
)
_ALLOWED = (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
Values = Mapping[str, object]
"""Parameters and variables: ``@name`` in lower case."""


class Query:
    """One query, run where ``surroundings`` say."""

    def __init__(self, words: Statement, surroundings: Surroundings, values: Values) -> None:
        self._around = surroundings
        self._values = values
        self._functions: dict[str, tuple[Function, Kind | None]] = {
            **STRING_FUNCTIONS,
            **surroundings.functions(),
            "GLOBAL": (surroundings.global_value, None),
            **{name: (partial(date_part, name), Kind.INT) for name in ("YEAR", "MONTH", "DAY")},
        }
        self._raised: SqlError | None = None
        self._tree = parsed(words, tuple(self._functions))

    def rows(self) -> Rows:
        """Run it. Raises SqlError."""
        return self._run(self._tree)

    def assignments(self) -> tuple[str, ...]:
        """Return the variables of ``SELECT @a = …`` in lower case; empty for a query that answers rows."""
        targets = [one.this for one in self._tree.selects if _assigns(one)]
        return tuple("@" + target.name.lower() for target in targets)

    def assigned_rows(self) -> Rows:
        """Run ``SELECT @a = …`` for the values it assigns, last row last. Raises SqlError."""
        if not all(_assigns(one) for one in self._tree.selects):
            raise SqlError(
                141,
                "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.",
                severity=15,
            )
        for one in list(self._tree.selects):
            one.replace(one.expression)
        return self._run(self._tree)

    def _run(self, tree: Node) -> Rows:
        sources = resolved(tree, self._around.tables, self._around.database)
        used = {source.alias: self._around.tables[source.key] for source in sources.values()}
        kinds = self._kinds(tree, column_kinds(used.values()))
        _check_columns(tree, kinds)
        named = _named_outputs(tree, self._function_kinds(), kinds)
        moments = frozenset(name for name, kind in kinds.items() if kind in (Kind.DATETIME, Kind.DATE))
        text = on_sqlite(tree, sources, moments)
        connection = sqlite3.connect(":memory:")
        try:
            for alias, table in used.items():
                load(connection, alias, table)
            return self._execute(connection, text, named, kinds)
        finally:
            connection.close()

    def _function_kinds(self) -> dict[str, Kind | None]:
        return {name: kind for name, (_, kind) in {**_OPERATORS, **self._functions}.items()}

    def _kinds(self, tree: Node, kinds: dict[str, Kind]) -> dict[str, Kind]:
        """Add to the types of columns those of aliases inside, so that outer queries know them."""
        functions = self._function_kinds()
        kinds |= {name: kind_of(type(value)) for name, value in self._values.items() if value is not None}
        for alias in list(tree.find_all(exp.Alias))[::-1]:
            kind = kind_of_expression(alias.this, functions, kinds)
            if alias.alias.lower() not in kinds and kind is not None:
                kinds[alias.alias.lower()] = kind
        return kinds

    def _execute(
        self,
        connection: sqlite3.Connection,
        text: str,
        named: Mapping[str, tuple[str, Kind | None]],
        kinds: Mapping[str, Kind],
    ) -> Rows:
        self._furnish(connection)
        values = {"v_" + name.removeprefix("@"): stored(value) for name, value in self._values.items()}
        try:
            cursor = connection.execute(text, values)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise self._raised or translated(error) from None
        return _typed([one[0] for one in cursor.description], rows, named, kinds)

    def _furnish(self, connection: sqlite3.Connection) -> None:
        for name, (function, _) in {**self._functions, **_OPERATORS}.items():
            connection.create_function(PREFIX + name.lower(), -1, self._guarded(name, function))
        connection.create_function("like", 2, like)
        connection.create_function("like", 3, like)
        connection.set_authorizer(_authorised)
        ends = time.monotonic() + _LONGEST_SECONDS
        connection.set_progress_handler(lambda: int(time.monotonic() > ends), _STEPS_BETWEEN_LOOKS)

    def _guarded(self, name: str, function: Function) -> Function:
        def called(*given: Scalar) -> Scalar:
            try:
                return function(*given)
            except SqlError as error:
                self._raised = error
            except TypeError:
                self._raised = SqlError(
                    174, f"The {name.lower()} function was given {len(given)} argument(s) it does not take."
                )
            except (ValueError, OverflowError, IndexError):
                self._raised = SqlError(
                    8116, f"Argument data type is invalid for argument 1 of {name.lower()} function."
                )
            raise self._raised

        return called


def _assigns(node: Node) -> bool:
    return isinstance(node, exp.EQ) and isinstance(node.this, exp.Parameter)


def _authorised(
    action: int, _first: str | None, second: str | None, _database: str | None, _trigger: str | None
) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    name = (second or "").lower()
    known = action == sqlite3.SQLITE_FUNCTION and (name.startswith(PREFIX) or name in _OWN_OF_SQLITE)
    return sqlite3.SQLITE_OK if known else sqlite3.SQLITE_DENY


def _check_columns(tree: Node, kinds: Mapping[str, Kind]) -> None:
    """Refuse names that no table has: SQLite itself would take some of them for strings or row numbers."""
    aliases = {one.alias.lower() for one in tree.find_all(exp.Alias)}
    listed = {one.name.lower() for alias in tree.find_all(exp.TableAlias) for one in alias.columns}
    for column in tree.find_all(exp.Column):
        if not isinstance(column.this, exp.Star) and column.name.lower() not in {*kinds, *aliases, *listed}:
            raise invalid_column(column.name)


def _named_outputs(
    tree: Node, functions: Mapping[str, Kind | None], kinds: Mapping[str, Kind]
) -> dict[str, tuple[str, Kind | None]]:
    """Mark the outputs that have no name, and return name and type of every output by what SQLite will call it."""
    found: dict[str, tuple[str, Kind | None]] = {}
    for number, one in enumerate(list(tree.selects)):
        kind = kind_of_expression(one, functions, kinds)
        if isinstance(one, exp.Alias | exp.Column):
            found[one.alias_or_name.lower()] = (one.alias_or_name, kind)
        elif not isinstance(one, exp.Star):
            mark = f"{_UNNAMED}{number}"
            found[mark] = ("", kind)
            # Moved, not copied: its tables are known by identity.
            named = exp.Alias(alias=exp.to_identifier(mark, quoted=True))
            one.replace(named)
            named.set("this", one)
    return found


def _typed(
    names: Sequence[str],
    rows: Sequence[tuple[object, ...]],
    named: Mapping[str, tuple[str, Kind | None]],
    kinds: Mapping[str, Kind],
) -> Rows:
    columns = []
    for place, name in enumerate(names):
        title, kind = named.get(name.lower(), (name, kinds.get(name.lower())))
        columns.append(_column(title, kind, [row[place] for row in rows]))
    return Rows(columns=tuple(columns), rows=tuple(rows))


def _column(name: str, kind: Kind | None, values: Sequence[object]) -> Column:
    present = [value for value in values if value is not None]
    if kind is None or not all(_fits(kind, value) for value in present):
        kind = _kind_of_values(present)
    if kind in (Kind.INT, Kind.BIGINT):
        wide = any(isinstance(value, int) and not -(2**31) <= value < 2**31 for value in present)
        kind = Kind.BIGINT if wide else Kind.INT
    longest = max((len(value) for value in present if isinstance(value, str | bytes)), default=0)
    room = 4000 if kind is Kind.NVARCHAR else 8000
    return Column(name=name, kind=kind, length=0 if longest > room else room)


def _fits(kind: Kind, value: object) -> bool:
    match kind:
        case Kind.INT | Kind.BIGINT | Kind.BIT:
            return isinstance(value, int)
        case Kind.FLOAT:
            return isinstance(value, int | float)
        case Kind.VARBINARY:
            return isinstance(value, bytes)
        case Kind.DATETIME | Kind.DATE:
            return isinstance(value, str)
        case Kind.NVARCHAR:
            return isinstance(value, str)
        case Kind.VARIANT:
            return True


def _kind_of_values(values: Sequence[object]) -> Kind:
    types = {type(value) for value in values}
    if types <= {int}:
        return Kind.INT
    if types <= {int, float}:
        return Kind.FLOAT
    return Kind.VARBINARY if types == {bytes} else Kind.NVARCHAR
