"""T-SQL's functions on strings and numbers that SQLite lacks or understands differently."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from app.lab.sql_types import Kind, Scalar, SqlError
from app.lab.tsql_scalars import as_number, as_text

Function = Callable[..., Scalar]


def _strict(function: Function) -> Function:
    def called(*given: Scalar) -> Scalar:
        return None if any(one is None for one in given) else function(*given)

    return called


def _length(value: Scalar) -> int:
    return len(as_text(value).rstrip(" "))


def _data_length(value: Scalar) -> int:
    match value:
        case bytes():
            return len(value)
        case str():
            return len(value.encode("utf-16-le"))
        case _:
            return 4


def _substring(value: Scalar, start: int, count: int) -> Scalar:
    if count < 0:
        raise SqlError(537, "Invalid length parameter passed to the SUBSTRING function.")
    first = max(start, 1) - 1
    end = max(start - 1 + count, 0)
    return value[first:end] if isinstance(value, bytes) else as_text(value)[first:end]


def _find(wanted: Scalar, value: Scalar, start: int = 1) -> int:
    return as_text(value).lower().find(as_text(wanted).lower(), max(start, 1) - 1) + 1


def _replace(value: Scalar, old: Scalar, new: Scalar) -> str:
    text, wanted, put = as_text(value), as_text(old), as_text(new)
    if not wanted:
        return text
    found, at = "", 0
    while (hit := text.lower().find(wanted.lower(), at)) >= 0:
        found, at = found + text[at:hit] + put, hit + len(wanted)
    return found + text[at:]


def _stuff(value: Scalar, start: int, count: int, put: Scalar) -> Scalar:
    text = as_text(value)
    if not 1 <= start <= len(text) or count < 0:
        return None
    return text[: start - 1] + as_text(put) + text[start - 1 + count :]


def _quoted(value: Scalar, mark: Scalar = "[") -> str:
    opening, closing = {"'": ("'", "'"), '"': ('"', '"')}.get(as_text(mark), ("[", "]"))
    return opening + as_text(value).replace(closing, closing * 2) + closing


def _name_part(value: Scalar, part: int) -> Scalar:
    parts = as_text(value).split(".")
    return parts[-part].strip("[]") if 1 <= part <= len(parts) else None


def _is_number(value: Scalar) -> int:
    if value is None:
        return 0
    try:
        float(as_text(value))
    except ValueError:
        return 0
    return 1


def _concatenated(*given: Scalar) -> str:
    return "".join("" if one is None else as_text(one) for one in given)


def _or_else(value: Scalar, other: Scalar) -> Scalar:
    return other if value is None else value


def _rounded(value: Scalar, places: int, truncating: int = 0) -> Scalar:
    number = as_number(value)
    scale = 10.0**places
    # SQL Server rounds halves away from zero.
    shifted = abs(number) * scale
    result = math.copysign((math.floor(shifted) if truncating else math.floor(shifted + 0.5)) / scale, number)
    return int(result) if isinstance(number, int) else result


_TEXT: Mapping[str, Function] = {
    "SUBSTRING": _substring,
    "LEFT": lambda value, count: as_text(value)[: max(count, 0)],
    "RIGHT": lambda value, count: as_text(value)[-count:] if count > 0 else "",
    "REPLACE": _replace,
    "STUFF": _stuff,
    "REVERSE": lambda value: as_text(value)[::-1],
    "REPLICATE": lambda value, count: as_text(value) * min(max(count, 0), 8000),
    "SPACE": lambda count: " " * min(max(count, 0), 8000),
    "UPPER": lambda value: as_text(value).upper(),
    "LOWER": lambda value: as_text(value).lower(),
    "LTRIM": lambda value: as_text(value).lstrip(" "),
    "RTRIM": lambda value: as_text(value).rstrip(" "),
    "TRIM": lambda value: as_text(value).strip(" "),
    "QUOTENAME": _quoted,
    "PARSENAME": _name_part,
    "CHAR": chr,
    "NCHAR": chr,
}
_NUMBERS: Mapping[str, Function] = {
    "LEN": _length,
    "DATALENGTH": _data_length,
    "CHARINDEX": _find,
    "ASCII": lambda value: ord(as_text(value)[0]) if value else None,
    "UNICODE": lambda value: ord(as_text(value)[0]) if value else None,
}
_SAME: Mapping[str, Function] = {
    "ABS": lambda value: abs(as_number(value)),
    "CEILING": lambda value: math.ceil(as_number(value)),
    "FLOOR": lambda value: math.floor(as_number(value)),
    "ROUND": _rounded,
}
STRING_FUNCTIONS: Mapping[str, tuple[Function, Kind | None]] = {
    **{name: (_strict(one), Kind.NVARCHAR) for name, one in _TEXT.items()},
    **{name: (_strict(one), Kind.INT) for name, one in _NUMBERS.items()},
    **{name: (_strict(one), None) for name, one in _SAME.items()},
    "ISNUMERIC": (_is_number, Kind.INT),
    "CONCAT": (_concatenated, Kind.NVARCHAR),
    "ISNULL": (_or_else, None),
}
"""By name: the function, and the type of what it returns (None: that of its first argument)."""
