"""Words the lab's SQL Server shares: column types, result sets, errors with Microsoft's numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

Scalar = str | int | float | bytes | None
"""A value as it stands in the SQLite behind."""


class Kind(Enum):
    """A column type as it goes over the wire."""

    BIT = "bit"
    INT = "int"
    BIGINT = "bigint"
    FLOAT = "float"
    NVARCHAR = "nvarchar"
    VARBINARY = "varbinary"
    DATETIME = "datetime"
    DATE = "date"
    VARIANT = "sql_variant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a result set."""

    name: str
    kind: Kind
    length: int = 0
    """Characters or bytes for NVARCHAR and VARBINARY; 0: max."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A result set."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An informational message, such as PRINT's."""

    number: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseChanged:
    """USE took effect."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A statement that returns neither rows nor a count, such as SET."""


Outcome = Rows | Said | DatabaseChanged | Nothing


class SqlError(Exception):
    """An error as SQL Server raises it: ``number``, ``severity`` (class) and ``state`` are the documented ones."""

    def __init__(self, number: int, message: str, *, severity: int = 16, state: int = 1) -> None:
        super().__init__(message)
        self.number = number
        self.severity = severity
        self.state = state


def syntax_error(near: str) -> SqlError:
    """Return error 102."""
    return SqlError(102, f"Incorrect syntax near '{near}'.", severity=15)


def invalid_object(name: str) -> SqlError:
    """Return error 208."""
    return SqlError(208, f"Invalid object name '{name}'.")


def invalid_column(name: str) -> SqlError:
    """Return error 207."""
    return SqlError(207, f"Invalid column name '{name}'.")


def not_known(what: str) -> SqlError:
    """Return the lab's own refusal of something a real server might do: loud, and never mistaken for an answer."""
    return SqlError(50000, f"The lab's SQL Server does not know {what}.")


def refused_write(what: str) -> SqlError:
    """Return the refusal of a statement that would change something."""
    return SqlError(50000, f"{what} is refused: the lab's SQL Server answers questions and changes nothing.")


def kind_of(python_type: type) -> Kind:
    """Return the column type that a Python type of ``ports.Table`` stands for."""
    # bool before int: it is a subclass of int.
    for known, kind in (
        (bool, Kind.BIT),
        (int, Kind.BIGINT),
        (float, Kind.FLOAT),
        (Decimal, Kind.FLOAT),
        (str, Kind.NVARCHAR),
        (bytes, Kind.VARBINARY),
        (datetime, Kind.DATETIME),
        (date, Kind.DATE),
    ):
        if issubclass(python_type, known):
            return kind
    raise TypeError(f"no SQL type for {python_type.__name__}")
