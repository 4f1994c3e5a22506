"""Dates in T-SQL. In the SQLite behind they stand as text ``YYYY-MM-DD HH:MM:SS.mmm``, a ``date`` as ``YYYY-MM-DD``."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.lab.sql_types import Scalar, SqlError


def moment(value: Scalar) -> datetime:
    """Return a date out of text, as SQL Server reads it in us_english. Raises SqlError 241."""
    text = str(value).strip()
    for layout in ("%Y%m%d", "%m/%d/%Y", "%Y%m%d %H:%M:%S"):
        try:
            return datetime.strptime(text, layout)
        except ValueError:
            continue
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        raise SqlError(241, "Conversion failed when converting date and/or time from character string.") from None


def stamped(value: datetime) -> str:
    """Return a datetime as it stands in the tables."""
    return value.isoformat(" ", "milliseconds")


_PARTS = {
    **dict.fromkeys(("year", "yy", "yyyy"), "year"),
    **dict.fromkeys(("quarter", "qq", "q"), "quarter"),
    **dict.fromkeys(("month", "mm", "m"), "month"),
    **dict.fromkeys(("day", "dd", "d"), "day"),
    **dict.fromkeys(("week", "wk", "ww"), "week"),
    **dict.fromkeys(("weekday", "dw"), "weekday"),
    **dict.fromkeys(("hour", "hh"), "hour"),
    **dict.fromkeys(("minute", "mi", "n"), "minute"),
    **dict.fromkeys(("second", "ss", "s"), "second"),
    **dict.fromkeys(("millisecond", "ms"), "millisecond"),
}
_SPANS = {
    "week": timedelta(weeks=1),
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
    "millisecond": timedelta(milliseconds=1),
}


def _part(name: str, function: str) -> str:
    try:
        return _PARTS[name.lower()]
    except KeyError:
        raise SqlError(155, f"'{name}' is not a recognized {function} option.", severity=15) from None


def date_add(name: str, count: int | None, value: Scalar) -> Scalar:
    """DATEADD."""
    part = _part(name, "dateadd")
    if count is None or value is None:
        return None
    at, number = moment(value), int(count)
    if part in _SPANS:
        return stamped(at + _SPANS[part] * number)
    months = at.year * 12 + at.month - 1 + number * {"year": 12, "quarter": 3, "month": 1}[part]
    year, month = divmod(months, 12)
    following = datetime(year + (month == 11), (month + 1) % 12 + 1, 1)
    return stamped(at.replace(year=year, month=month + 1, day=min(at.day, (following - timedelta(days=1)).day)))


def date_difference(name: str, first: Scalar, second: Scalar) -> Scalar:
    """DATEDIFF: boundaries crossed, not time elapsed."""
    part = _part(name, "datediff")
    if first is None or second is None:
        return None
    left, right = moment(first), moment(second)
    match part:
        case "year":
            return right.year - left.year
        case "quarter" | "month":
            size = 3 if part == "quarter" else 1
            return (right.year * 12 + right.month - 1) // size - (left.year * 12 + left.month - 1) // size
        case _:
            return (_floor(right, part) - _floor(left, part)) // _SPANS[part]


def _floor(value: datetime, part: str) -> datetime:
    if part == "week":
        # A week begins on Sunday in us_english.
        return _floor(value, "day") - timedelta(days=value.isoweekday() % 7)
    if part == "millisecond":
        return value
    if part == "second":
        return value.replace(microsecond=0)
    whole = _SPANS[part]
    return value - (value - datetime.min) % whole


def date_part(name: str, value: Scalar) -> Scalar:
    """DATEPART."""
    part = _part(name, "datepart")
    if value is None:
        return None
    at = moment(value)
    match part:
        case "quarter":
            return (at.month + 2) // 3
        case "week":
            return (at.timetuple().tm_yday - 1 + datetime(at.year, 1, 1).isoweekday() % 7) // 7 + 1
        case "weekday":
            return at.isoweekday() % 7 + 1
        case "millisecond":
            return at.microsecond // 1000
        case _:
            return int(getattr(at, part))
