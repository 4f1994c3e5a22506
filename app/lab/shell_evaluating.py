"""Expressions of the lab's PowerShell, evaluated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from app.lab.shell_operators import binary, unary
from app.lab.shell_state import State
from app.lab.shell_statics import put_static, static_member, static_method
from app.lab.shell_tree import (
    Array,
    Binary,
    Block,
    Cast,
    Expandable,
    Expression,
    Hash,
    Index,
    Invoke,
    Literal,
    Member,
    Splat,
    Statement,
    Sub,
    TypeName,
    Unary,
    Variable,
)
from app.lab.shell_types import cast, member, method, unknown
from app.lab.shell_values import HASHTABLE, PsError, PsObject, collected, items, number, text, truth


class Evaluator(ABC):
    """Turns expressions into values."""

    def __init__(self, state: State) -> None:
        self.state = state

    @abstractmethod
    def outputs(self, statements: Sequence[Statement]) -> list[object]:
        """Run statements and return what they put out."""

    def value(self, expression: Expression) -> object:
        """Return the value of an expression.

        Raises:
            PsError: PowerShell reports an error, or the lab does not know what it would do.
        """
        match expression:
            case Literal():
                return expression.value
            case Variable():
                return self.state.get(expression.name)
            case Expandable():
                return "".join(self._expanded(part) for part in expression.parts)
            case Array():
                return [self.value(item) for item in expression.items]
            case Hash():
                pairs = {text(self.value(name)): collected(self.outputs([worth])) for name, worth in expression.pairs}
                return PsObject(pairs, HASHTABLE)
            case Sub():
                found = self.outputs(expression.statements)
                return found if expression.array else collected(found)
            case Unary():
                return unary(expression.operator, self.value(expression.operand))
            case Binary():
                return self._binary(expression)
            case Cast():
                return cast(expression.type, self.value(expression.operand))
            case Block():
                return expression
            case TypeName():
                return expression.name
            case Splat():
                return self.state.get(expression.name)
        return self._reached(expression)

    def _reached(self, expression: Member | Index | Invoke) -> object:
        match expression:
            case Index():
                return _indexed(self.value(expression.target), self.value(expression.index))
            case Invoke():
                return self._invoked(expression)
        name = text(self.value(expression.name))
        if isinstance(expression.target, TypeName) and expression.static:
            return static_member(self.state, expression.target.name, name)
        return member(self.value(expression.target), name)

    def _invoked(self, expression: Invoke) -> object:
        name = text(self.value(expression.member.name))
        given = [self.value(argument) for argument in expression.arguments]
        target = expression.member.target
        if isinstance(target, TypeName) and expression.member.static:
            try:
                return static_method(self.state, target.name, name, given)
            except IndexError:
                raise unknown(f"[{target.name}]::{name}() with {len(given)} arguments") from None
        return method(self.value(target), name, given)

    def _expanded(self, part: Expression) -> str:
        return text(self.value(part))

    def _binary(self, expression: Binary) -> object:
        left = self.value(expression.left)
        if expression.operator == "and":
            return truth(left) and truth(self.value(expression.right))
        if expression.operator == "or":
            return truth(left) or truth(self.value(expression.right))
        return binary(expression.operator, left, self.value(expression.right))

    def assign(self, target: Expression, operator: str, value: object) -> None:
        """Set a variable, a property, an element or a static member."""
        if operator != "=":
            value = binary(operator[0], self.value(target), value)
        match target:
            case Variable():
                self.state.put(target.name, value)
            case Member(target=TypeName(name=type_name), static=True):
                put_static(self.state, type_name, text(self.value(target.name)), value)
            case Member():
                holder = self.value(target.target)
                if not isinstance(holder, PsObject):
                    raise PsError("The property cannot be found on this object.", "PropertyNotFound")
                holder.put(text(self.value(target.name)), value)
            case Index():
                _put_at(self.value(target.target), self.value(target.index), value)
            case _:
                raise unknown("an assignment to this expression")


def _indexed(value: object, index: object) -> object:
    if isinstance(index, list):
        return [_indexed(value, one) for one in index]
    if isinstance(value, PsObject):
        return value.get(text(index))
    if value is None:
        raise PsError("Cannot index into a null array.", "NullArray", category="InvalidOperation")
    sequence = value if isinstance(value, list | str) else items(value)
    position = round(number(index))
    return sequence[position] if -len(sequence) <= position < len(sequence) else None


def _put_at(holder: object, index: object, value: object) -> None:
    if isinstance(holder, PsObject):
        holder.put(text(index), value)
        return
    position = round(number(index))
    if not isinstance(holder, list) or not -len(holder) <= position < len(holder):
        raise PsError("Index was outside the bounds of the array.", "System.IndexOutOfRangeException")
    holder[position] = value
