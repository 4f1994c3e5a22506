"""The operators of the lab's PowerShell."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.lab.shell_types import cast, unknown
from app.lab.shell_values import PsError, PsObject, equal, items, less, like, number, text, truth

_MAX_RANGE = 100_000
_MAX_REPEATED = 10_000_000
_FORMAT_ITEM = re.compile(r"\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^}]*))?\}")
_DIVIDE = "Attempted to divide by zero."


def unary(operator: str, value: object) -> object:
    """Return the result of a unary operator."""
    match operator:
        case "not":
            return not truth(value)
        case "-":
            return -number(value)
        case "+":
            return number(value)
        case "join":
            return "".join(text(item) for item in items(value))
        case "split":
            return text(value).split()
    raise unknown(f"the operator -{operator}")


def binary(operator: str, left: object, right: object) -> object:
    """Return the result of a binary operator (not ``-and`` and ``-or``, which may leave their right side alone)."""
    found = _OPERATORS.get(operator)
    if found is not None:
        return found(left, right)
    exact = operator.startswith("c") and operator[1:] in _COMPARISONS
    name = operator[1:] if operator[:1] in "ci" and operator[1:] in _COMPARISONS else operator
    compare = _COMPARISONS.get(name)
    if compare is None:
        raise unknown(f"the operator -{operator}")
    if isinstance(left, list) and name not in ("contains", "notcontains", "in", "notin"):
        return [item for item in left if compare(item, right, exact)]
    return compare(left, right, exact)


def _matches(left: object, right: object, exact: bool) -> bool:
    try:
        return re.search(text(right), text(left), re.NOFLAG if exact else re.IGNORECASE) is not None
    except re.error:
        message = f'parsing "{text(right)}" - the regular expression is not valid.'
        raise PsError(message, "InvalidRegularExpression", category="InvalidOperation") from None


def _contains(left: object, right: object, exact: bool) -> bool:
    return any(equal(item, right, exact=exact) for item in items(left))


_COMPARISONS: dict[str, Callable[[object, object, bool], bool]] = {
    "eq": lambda left, right, exact: equal(left, right, exact=exact),
    "ne": lambda left, right, exact: not equal(left, right, exact=exact),
    "lt": lambda left, right, _: less(left, right),
    "gt": lambda left, right, _: less(right, left) if type(left) is type(right) else not _at_most(left, right),
    "le": lambda left, right, _: _at_most(left, right),
    "ge": lambda left, right, _: not less(left, right),
    "like": lambda left, right, exact: like(left, right, exact=exact),
    "notlike": lambda left, right, exact: not like(left, right, exact=exact),
    "match": _matches,
    "notmatch": lambda left, right, exact: not _matches(left, right, exact),
    "contains": _contains,
    "notcontains": lambda left, right, exact: not _contains(left, right, exact),
    "in": lambda left, right, exact: _contains(right, left, exact),
    "notin": lambda left, right, exact: not _contains(right, left, exact),
}


def _at_most(left: object, right: object) -> bool:
    return less(left, right) or equal(left, right)


def _plus(left: object, right: object) -> object:
    match left:
        case list():
            return left + items(right)
        case str():
            return left + text(right)
        case PsObject() if isinstance(right, PsObject):
            return PsObject({**left.properties, **right.properties}, left.kind)
        case None:
            return right
    return number(left) + number(right)


def _times(left: object, right: object) -> object:
    if isinstance(left, str | list):
        if len(left) * round(number(right)) > _MAX_REPEATED:
            raise unknown("so long a value")
        return left * round(number(right))
    return number(left) * number(right)


def _over(left: object, right: object) -> object:
    divisor = number(right)
    if not divisor:
        raise PsError(_DIVIDE, "RuntimeException", category="NotSpecified")
    quotient = number(left) / divisor
    return int(quotient) if quotient == int(quotient) else quotient


def _rest(left: object, right: object) -> object:
    divisor = number(right)
    if not divisor:
        raise PsError(_DIVIDE, "RuntimeException", category="NotSpecified")
    return number(left) % divisor


def _range(left: object, right: object) -> object:
    first, last = round(number(left)), round(number(right))
    if abs(last - first) > _MAX_RANGE:
        raise unknown(f"a range of more than {_MAX_RANGE} numbers")
    return list(range(first, last + 1) if last >= first else range(first, last - 1, -1))


def _formatted(left: object, right: object) -> str:
    given = items(right)

    def item(found: re.Match[str]) -> str:
        if found[1] is None:
            return found[0][0]
        if int(found[1]) >= len(given):
            message = "Error formatting a string: Index must be greater than or equal to zero and less than the size of the list."
            raise PsError(message, "FormatError", category="InvalidOperation")
        shown = _with_format(given[int(found[1])], found[3] or "")
        width = int(found[2] or 0)
        return shown.rjust(width) if width >= 0 else shown.ljust(-width)

    return _FORMAT_ITEM.sub(item, text(left))


def _with_format(value: object, pattern: str) -> str:
    if not pattern or isinstance(value, str):
        return text(value)
    kind, digits = pattern[0].lower(), pattern[1:]
    places = int(digits) if digits.isdigit() else None
    if isinstance(value, int | float) and kind in "xdnfp0":
        amount = number(value)
        match kind:
            case "x":
                return format(int(amount), f"0{places or 0}{pattern[0]}")
            case "d":
                return format(int(amount), f"0{places or 0}d")
            case "n":
                return format(amount, f",.{2 if places is None else places}f")
            case "f":
                return format(amount, f".{2 if places is None else places}f")
            case "p":
                return format(amount * 100, f",.{2 if places is None else places}f") + " %"
        return str(int(amount)).zfill(len(pattern))
    raise unknown(f"the format '{pattern}'")


def _replaced(left: object, right: object) -> object:
    pattern, new = [*[text(item) for item in items(right)], "", ""][:2]
    python = re.sub(r"\$(\d+)", r"\\\1", new.replace("\\", r"\\"))
    return _mapped(left, lambda value: re.sub(pattern, python, value, flags=re.IGNORECASE))


def _mapped(value: object, change: Callable[[str], str]) -> object:
    return [change(text(item)) for item in value] if isinstance(value, list) else change(text(value))


def _split(left: object, right: object) -> object:
    return [part for item in items(left) for part in re.split(text(items(right)[0]), text(item), flags=re.IGNORECASE)]


def _is(left: object, right: object) -> bool:
    names: dict[str, type | tuple[type, ...]] = {
        "string": str, "int": int, "int32": int, "bool": bool, "array": list, "double": float, "hashtable": PsObject,
    }  # fmt: skip
    known = names.get(text(right).lower())
    if known is None:
        raise unknown(f"-is [{text(right)}]")
    return isinstance(left, known) and not (isinstance(left, bool) and known is int)


_OPERATORS: dict[str, Callable[[object, object], object]] = {
    "+": _plus,
    "-": lambda left, right: number(left) - number(right),
    "*": _times,
    "/": _over,
    "%": _rest,
    "..": _range,
    "f": _formatted,
    "xor": lambda left, right: truth(left) != truth(right),
    "join": lambda left, right: text(right).join(text(item) for item in items(left)),
    "replace": _replaced,
    "ireplace": _replaced,
    "split": _split,
    "isplit": _split,
    "is": _is,
    "isnot": lambda left, right: not _is(left, right),
    "as": lambda left, right: cast(text(right), left),
}
