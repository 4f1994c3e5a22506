"""The cmdlets that choose, sort, group and count objects, and what all cmdlets of the lab's PowerShell are called with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.lab.shell_binding import Signature
from app.lab.shell_formatting import chosen
from app.lab.shell_operators import binary
from app.lab.shell_state import State
from app.lab.shell_tree import Block
from app.lab.shell_types import member
from app.lab.shell_values import PsError, PsObject, collected, items, number, order_key, text, truth

SIMPLE_OPERATORS = (
    "EQ",
    "NE",
    "GT",
    "GE",
    "LT",
    "LE",
    "Like",
    "NotLike",
    "Match",
    "NotMatch",
    "Contains",
    "In",
    "NotIn",
)
"""Operators of the simple form, ``Where-Object Status -EQ Running``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of a cmdlet."""

    state: State
    input: list[object]
    parameters: Mapping[str, object]
    block: Callable[[object, object], list[object]]
    """Runs a script block with ``$_`` set."""

    def texts(self, name: str) -> list[str]:
        """Return a parameter as texts."""
        value = self.parameters.get(name)
        return [] if value is None else [text(item) for item in items(value)]

    def flag(self, name: str) -> bool:
        """Return whether a switch is on."""
        return truth(self.parameters.get(name))

    def objects(self, name: str = "InputObject") -> list[object]:
        """Return the objects to work on: those of the pipeline, or of the parameter."""
        return items(self.parameters[name]) if name in self.parameters else self.input

    def read(self, item: object, what: object) -> object:
        """Return what a property name or a script block says about an object."""
        if isinstance(what, Block):
            return collected(self.block(what, item))
        return member(item, text(what))


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltIn:
    """One cmdlet."""

    signature: Signature
    run: Callable[[Call], list[object]]


def select_object(call: Call) -> list[object]:
    """Select-Object."""
    found = call.input
    if "Skip" in call.parameters:
        found = found[round(number(call.parameters["Skip"])) :]
    if "First" in call.parameters:
        found = found[: round(number(call.parameters["First"]))]
    if "Last" in call.parameters:
        last = round(number(call.parameters["Last"]))
        found = found[-last:] if last else []
    if "ExpandProperty" in call.parameters:
        found = [part for one in found for part in _expanded(one, text(call.parameters["ExpandProperty"]))]
    elif "Property" in call.parameters:
        found = [narrowed(call, one) for one in found]
    return _unique(found) if call.flag("Unique") else found


def _expanded(one: object, name: str) -> list[object]:
    if isinstance(one, PsObject) and one.name_of(name) is None:
        raise PsError(f'Property "{name}" cannot be found.', "ExpandPropertyNotFound", category="InvalidArgument")
    return items(member(one, name))


def narrowed(call: Call, one: object) -> PsObject:
    """Return an object with the chosen properties alone (parameter Property)."""
    smaller = PsObject()
    for what in items(call.parameters["Property"]):
        if isinstance(what, PsObject):
            name, expression = _calculated(what)
            smaller.put(name, call.read(one, expression))
            continue
        source = one if isinstance(one, PsObject) else PsObject()
        for name in chosen(source, [text(what)]):
            smaller.put(name, member(one, name))
    return smaller


def _calculated(what: PsObject) -> tuple[str, object]:
    names = {key.lower(): value for key, value in what.properties.items()}
    expression = next((value for key, value in names.items() if "expression".startswith(key)), None)
    name = next(
        (value for key, value in names.items() if "name".startswith(key) or "label".startswith(key)), expression
    )
    return text(name), expression


def _unique(values: list[object]) -> list[object]:
    seen: dict[str, object] = {}
    for value in values:
        seen.setdefault(text(value).lower() if not isinstance(value, PsObject) else text(value), value)
    return list(seen.values())


def where_object(call: Call) -> list[object]:
    """Where-Object, with a script block or in its simple form."""
    if "FilterScript" in call.parameters:
        what = call.parameters["FilterScript"]
        if isinstance(what, Block):
            return [one for one in call.input if truth(collected(call.block(what, one)))]
        return [one for one in call.input if _compared(call, one, text(what))]
    raise PsError("The Where-Object needs a condition.", "MissingArgument", category="InvalidArgument")


def _compared(call: Call, one: object, name: str) -> bool:
    """Return the simplified form: ``Where-Object Status -eq Running``."""
    worth = member(one, name)
    operator = next((key for key in SIMPLE_OPERATORS if key in call.parameters), "")
    return truth(binary(operator.lower(), worth, call.parameters[operator])) if operator else truth(worth)


def for_each_object(call: Call) -> list[object]:
    """ForEach-Object, with a script block or a property."""
    what = call.parameters.get("Process")
    if isinstance(what, Block):
        return [part for one in call.input for part in call.block(what, one)]
    return [part for one in call.input if (part := member(one, text(what))) is not None]


def sort_object(call: Call) -> list[object]:
    """Sort-Object."""
    whats = items(call.parameters["Property"]) if "Property" in call.parameters else []

    def key(one: object) -> list[tuple[int, float, str]]:
        return [order_key(call.read(one, what)) for what in whats] if whats else [order_key(one)]

    found = sorted(call.input, key=key, reverse=call.flag("Descending"))
    return _unique(found) if call.flag("Unique") else found


def measure_object(call: Call) -> list[object]:
    """Measure-Object."""
    names = call.texts("Property")
    values = [member(one, names[0]) if names else one for one in call.input]
    numbers = [number(value) for value in values if value is not None] if _wants_numbers(call) else []
    measured: dict[str, object] = {"Count": len(values)}
    for name, compute in _MEASURES.items():
        measured[name] = compute(numbers) if call.flag(name) and numbers else None
    return [PsObject({**measured, "Property": names[0] if names else None})]


def _wants_numbers(call: Call) -> bool:
    return any(call.flag(name) for name in _MEASURES)


_MEASURES: dict[str, Callable[[list[int | float]], object]] = {
    "Average": lambda values: sum(values) / len(values),
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
}


def group_object(call: Call) -> list[object]:
    """Group-Object."""
    names = call.texts("Property")
    groups: dict[str, list[object]] = {}
    for one in call.input:
        groups.setdefault(", ".join(text(member(one, name)) for name in names) if names else text(one), []).append(one)
    return [PsObject({"Count": len(group), "Name": name, "Group": group}) for name, group in groups.items()]
