"""What SQLite complains about, in SQL Server's words and numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from app.lab.sql_types import SqlError, invalid_column, not_known, syntax_error
from app.lab.tsql_query import PREFIX


def _unbound(name: str) -> SqlError:
    return SqlError(4104, f'The multi-part identifier "{name}" could not be bound.')


def _no_function(name: str) -> SqlError:
    return SqlError(195, f"'{name.removeprefix(PREFIX)}' is not a recognized built-in function name.", severity=15)


_PATTERNS: tuple[tuple[str, Callable[[str], SqlError]], ...] = (
    ("no such column: ", lambda name: invalid_column(name) if "." not in name else _unbound(name)),
    ("ambiguous column name: ", lambda name: SqlError(209, f"Ambiguous column name '{name.rpartition('.')[2]}'.")),
    ("no such function: ", lambda name: _no_function(name)),
    ("not authorized to use function: ", lambda name: _no_function(name)),
    (
        "wrong number of arguments to function ",
        lambda name: SqlError(174, f"The {name} function was given a number of arguments it does not take."),
    ),
    (
        "SELECTs to the left and right",
        lambda _: SqlError(
            205,
            "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.",
        ),
    ),
    ('near "', lambda rest: syntax_error(rest.partition('"')[0])),
    (
        "You did not supply a value for binding parameter :v_",
        lambda name: SqlError(137, f'Must declare the scalar variable "@{name.rstrip(".")}".', severity=15),
    ),
    ("interrupted", lambda _: not_known("how to answer this query within 3 s")),
)


def translated(error: sqlite3.Error) -> SqlError:
    """Return the SQL Server error that says what SQLite says."""
    text = str(error)
    for start, made in _PATTERNS:
        if text.startswith(start):
            return made(text[len(start) :])
    return not_known(f"how to answer this query: {text}")
