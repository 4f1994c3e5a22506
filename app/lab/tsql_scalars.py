"""T-SQL operators and conversions: ``+``, ``/``, CAST, CONVERT, LIKE. NULL in is NULL out."""

from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from app.lab.sql_types import Kind, Scalar, SqlError
from app.lab.tsql_dates import moment, stamped


def as_text(value: Scalar) -> str:
    """Return a value as SQL Server prints it."""
    match value:
        case bytes():
            return value.decode("utf-16-le", "replace")
        case float():
            return f"{value:g}"
        case _:
            return str(value)


def add(left: Scalar, right: Scalar) -> Scalar:
    """``+``: concatenation of two strings, otherwise a sum. Raises SqlError 245."""
    if left is None or right is None:
        return None
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    return as_number(left) + as_number(right)


def divide(left: Scalar, right: Scalar) -> Scalar:
    """``/``: whole between integers. Raises SqlError 8134."""
    if left is None or right is None:
        return None
    above, below = as_number(left), as_number(right)
    if not below:
        raise SqlError(8134, "Divide by zero error encountered.")
    if isinstance(above, int) and isinstance(below, int):
        return abs(above) // abs(below) * (1 if (above < 0) == (below < 0) else -1)
    return above / below


def as_number(value: Scalar) -> int | float:
    """Return a value as a number. Raises SqlError 245."""
    if isinstance(value, int | float):
        return value
    text = as_text(value).strip()
    try:
        return int(text or "0")
    except ValueError:
        raise SqlError(
            245, f"Conversion failed when converting the nvarchar value '{text}' to data type int."
        ) from None


_LENGTH = re.compile(r"\(\s*(\d+)")


def convert(target: str, value: Scalar, style: Scalar = 0) -> Scalar:
    """CAST and CONVERT. ``target`` is the type as written. Raises SqlError 243, 245, 241, 8114."""
    if value is None:
        return None
    base = re.split(r"[(\s]", target.strip().lower(), maxsplit=1)[0]
    found = _LENGTH.search(target)
    match kind_named(base):
        case Kind.NVARCHAR:
            return _styled(value, int(style or 0))[: int(found.group(1)) if found else _default_length(target)]
        case Kind.BIT:
            return int(as_text(value).lower() in ("1", "true") or (isinstance(value, int | float) and value != 0))
        case Kind.INT | Kind.BIGINT:
            return _whole(value, base)
        case Kind.FLOAT:
            return _real(value, base, found is None or "," not in target)
        case Kind.DATETIME:
            return stamped(moment(value))
        case Kind.DATE:
            return moment(value).date().isoformat()
        case Kind.VARBINARY:
            return value if isinstance(value, bytes) else as_text(value).encode("utf-16-le")
        case _:
            return value


def try_convert(target: str, value: Scalar, style: Scalar = 0) -> Scalar:
    """TRY_CAST and TRY_CONVERT."""
    try:
        return convert(target, value, style)
    except SqlError as error:
        if error.number == 243:
            raise
        return None


def _default_length(target: str) -> int | None:
    return None if "max" in target.lower() else 30


def _whole(value: Scalar, base: str) -> int:
    number = math.trunc(value) if isinstance(value, float) else as_number(value)
    bounds = {"tinyint": (0, 255), "smallint": (-(2**15), 2**15 - 1), "bigint": (-(2**63), 2**63 - 1)}
    low, high = bounds.get(base, (-(2**31), 2**31 - 1))
    if not low <= number <= high:
        raise SqlError(8115, f"Arithmetic overflow error converting expression to data type {base}.")
    return int(number)


def _real(value: Scalar, base: str, whole: bool) -> float:
    try:
        number = float(Decimal(as_text(value).strip()))
    except InvalidOperation:
        raise SqlError(8114, f"Error converting data type nvarchar to {base}.") from None
    return float(round(number)) if whole and base in ("decimal", "numeric") else number


_STYLES = {
    0: "%b %d %Y %I:%M%p",
    101: "%m/%d/%Y",
    104: "%d.%m.%Y",
    112: "%Y%m%d",
    120: "%Y-%m-%d %H:%M:%S",
    121: "%Y-%m-%d %H:%M:%S.%f",
    126: "%Y-%m-%dT%H:%M:%S.%f",
    127: "%Y-%m-%dT%H:%M:%S.%fZ",
}
_DATE_TEXT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")


def _styled(value: Scalar, style: int) -> str:
    if isinstance(value, bytes) and style in (1, 2):
        return ("0x" if style == 1 else "") + value.hex().upper()
    text = as_text(value)
    if not isinstance(value, str) or not _DATE_TEXT.fullmatch(text):
        return text
    layout = _STYLES.get(style)
    if layout is None:
        raise SqlError(281, f"{style} is not a valid style number when converting from datetime to a character string.")
    return datetime.fromisoformat(text).strftime(layout.replace("%f", text[-3:]))


_KINDS = {
    **dict.fromkeys(
        ("nvarchar", "varchar", "nchar", "char", "sysname", "ntext", "text", "uniqueidentifier", "xml"), Kind.NVARCHAR
    ),
    **dict.fromkeys(("int", "smallint", "tinyint", "integer"), Kind.INT),
    "bigint": Kind.BIGINT,
    **dict.fromkeys(("bit", "boolean"), Kind.BIT),
    **dict.fromkeys(("float", "real", "decimal", "numeric", "money", "smallmoney", "double"), Kind.FLOAT),
    **dict.fromkeys(("datetime", "datetime2", "smalldatetime", "timestamp", "datetimeoffset"), Kind.DATETIME),
    "date": Kind.DATE,
    **dict.fromkeys(("varbinary", "binary", "image"), Kind.VARBINARY),
    "sql_variant": Kind.VARIANT,
    "variant": Kind.VARIANT,
}


def kind_named(name: str) -> Kind:
    """Return what a type name stands for. Raises SqlError 243."""
    base = re.split(r"[(\s]", name.strip().lower(), maxsplit=1)[0]
    try:
        return _KINDS[base]
    except KeyError:
        raise SqlError(243, f"Type {base} is not a defined system type.") from None


def like(pattern: Scalar, value: Scalar, escape: Scalar = None) -> Scalar:
    """LIKE with ``%``, ``_`` and ``[sets]``, without case. SQLite calls it as (pattern, value)."""
    if pattern is None or value is None:
        return None
    return int(
        re.fullmatch(_pattern(as_text(pattern), as_text(escape or "")), as_text(value), re.IGNORECASE | re.DOTALL)
        is not None
    )


def _pattern(like_pattern: str, escape: str) -> str:
    found, at = "", 0
    while at < len(like_pattern):
        letter = like_pattern[at]
        end = like_pattern.find("]", at + 2) if letter == "[" else -1
        if escape and letter == escape and at + 1 < len(like_pattern):
            at += 1
            found += re.escape(like_pattern[at])
        elif end > 0:
            inside = like_pattern[at + 1 : end]
            found += (
                "["
                + ("^" if inside[0] == "^" else "")
                + re.sub(r"([\\\[\]^])", r"\\\1", inside.removeprefix("^"))
                + "]"
            )
            at = end
        else:
            found += {"%": ".*", "_": "."}.get(letter, re.escape(letter))
        at += 1
    return found
