"""The middle of the lab's PowerShell parser: expressions with their operators, members, indexes and types."""

from __future__ import annotations

import re

from app.lab.shell_scanning import DOUBLE, SINGLE, Scanner
from app.lab.shell_tree import (
    Array,
    Binary,
    Block,
    Cast,
    Expression,
    Hash,
    Index,
    Invoke,
    Literal,
    Member,
    Statement,
    Sub,
    TypeName,
    Unary,
)

_COMPARISONS = "eq|ne|gt|ge|lt|le|like|notlike|match|notmatch|contains|notcontains|in|notin|replace|split|join"
_LEVELS = (
    re.compile(r"-(and|or|xor)\b", re.I),
    re.compile(rf"-(?:([ci]?(?:{_COMPARISONS}))|(is|isnot|as))\b", re.I),
    re.compile(r"(\+|-(?![A-Za-z]))(?!=)"),
    re.compile(r"([*/%])(?!=)"),
    re.compile(r"-(f)\b", re.I),
    re.compile(r"(\.\.)"),
)
"""Binary operators from the loosest to the tightest (about_Operator_Precedence)."""
_UNARY = re.compile(r"(!|-not\b|-join\b|-split\b|-bnot\b|[+-](?=[\s\d$(\[]))", re.I)
_TYPE = re.compile(r"\[([A-Za-z][\w.]*(?:\[\])?)\]")
_NAME = re.compile(r"\w+")


class Expressions(Scanner):
    """Reads expressions."""

    def statement(self) -> Statement | None:
        """Read one statement; None where there is none."""
        raise NotImplementedError

    def expression(self, level: int = 0) -> Expression:
        """Read an expression of operators that bind at least as tightly as ``level``."""
        if level == len(_LEVELS):
            return self._listed()
        left = self.expression(level + 1)
        while True:
            before = self.at
            self.blank()
            found = self.match(_LEVELS[level])
            if not found:
                self.at = before
                return left
            self.blank(lines=True)
            operator = next(group for group in found.groups() if group).lower()
            left = Binary(operator, left, self.expression(level + 1))

    def _listed(self) -> Expression:
        self.blank()
        first = self._unary()
        items = [first]
        while True:
            before = self.at
            self.blank()
            if not self.take(","):
                self.at = before
                return first if len(items) == 1 else Array(tuple(items))
            self.blank(lines=True)
            items.append(self._unary())

    def _unary(self) -> Expression:
        found = self.match(_UNARY)
        if found:
            self.blank()
            operator = found[1].lower().removeprefix("-") or "-"
            return Unary("not" if operator == "!" else operator, self._unary())
        if self.peek() == "[":
            return self._typed()
        return self.primary()

    def _typed(self) -> Expression:
        found = self.match(_TYPE)
        if not found:
            raise self.refused("This type is not known here.")
        name = found[1].lower().removeprefix("system.")
        if self.peek(2) == "::" or not self._operand_follows():
            return self.postfix(TypeName(name))
        self.blank()
        return Cast(name, self._unary())

    def _operand_follows(self) -> bool:
        before = self.at
        self.blank()
        follows = bool(self.peek()) and (self.peek() in "$([@-" + SINGLE + DOUBLE or self.peek().isdigit())
        operator = any(level.match(self.text, self.at) for level in _LEVELS) and self.peek() == "-"
        self.at = before
        return follows and not operator

    def primary(self) -> Expression:
        """Read a value with its members and indexes."""
        head = self.peek()
        if (head and head in SINGLE + DOUBLE) or self.peek(2) in ("@'", '@"'):
            return self.postfix(self.string())
        if self.take("$("):
            return self.postfix(Sub(self.statements(")")))
        if head == "$":
            return self.postfix(self.variable())
        if self.take("@("):
            return self.postfix(Sub(self.statements(")"), array=True))
        if self.take("@{"):
            return self.postfix(self._hash())
        if self.take("("):
            return self.postfix(Sub(self.statements(")")))
        if self.take("{"):
            return Block(self.statements("}"))
        number = self.number()
        if number is None:
            raise self.unexpected()
        return self.postfix(number)

    def postfix(self, value: Expression) -> Expression:
        """Read the members, calls and indexes that follow a value without a blank."""
        while True:
            if self.peek() == "[":
                self.at += 1
                self.blank(lines=True)
                index = self.expression()
                self.blank(lines=True)
                self.need("]")
                value = Index(value, index)
            elif self.take("::"):
                value = self._called(Member(value, self._member_name(), static=True))
            elif self.peek() == "." and self.peek(2) != ".." and self._names_member():
                self.at += 1
                value = self._called(Member(value, self._member_name()))
            else:
                return value

    def _names_member(self) -> bool:
        following = self.peek(2)[1:]
        return bool(following) and (following.isalpha() or following in "_$" + SINGLE + DOUBLE)

    def _member_name(self) -> Expression:
        if self.peek() == "$":
            return self.variable()
        if self.peek() and self.peek() in SINGLE + DOUBLE:
            return self.string()
        found = self.match(_NAME)
        if not found:
            raise self.refused("A member's name is missing.")
        return Literal(found[0])

    def _called(self, member: Member) -> Expression:
        if not self.take("("):
            return member
        self.blank(lines=True)
        if self.take(")"):
            return Invoke(member, ())
        # The comma operator reads all arguments at once.
        given = self.expression()
        self.blank(lines=True)
        self.need(")")
        return Invoke(member, given.items if isinstance(given, Array) else (given,))

    def _hash(self) -> Expression:
        pairs: list[tuple[Expression, Statement]] = []
        self._between_pairs()
        while not self.take("}"):
            name = self._member_name() if not self.peek().isdigit() else self.number()
            self.blank()
            self.need("=")
            self.blank(lines=True)
            value = self.statement()
            if name is None or value is None:
                raise self.refused("A pair of a hashtable has no value.")
            pairs.append((name, value))
            self._between_pairs()
        return Hash(tuple(pairs))

    def _between_pairs(self) -> None:
        self.blank(lines=True)
        while self.take(";"):
            self.blank(lines=True)
