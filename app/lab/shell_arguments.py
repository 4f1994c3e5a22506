"""Commands of the lab's PowerShell: a name, parameters, bare words, redirections."""

from __future__ import annotations

import re

from app.lab.shell_expressions import Expressions
from app.lab.shell_scanning import DOUBLE, SINGLE
from app.lab.shell_tree import Array, Command, Expandable, Expression, Literal, Named, Splat

_PARAMETER = re.compile(r"-([A-Za-z_][\w-]*)(:)?")
_REDIRECTION = re.compile(r"([1-6*])?>>?\s*(&1|\$null\b|nul\b)?", re.I)
_BARE_END = " \t\r\n;|&(){},<>"
EXPRESSION_START = "$([@" + SINGLE + DOUBLE


class Arguments(Expressions):
    """Reads commands."""

    def command(self) -> Command:
        """Read one command of a pipeline, up to its end."""
        name = self._value()
        arguments: list[Named | Expression] = []
        merge, drop = False, set[str]()
        while True:
            self.blank()
            redirected = self.match(_REDIRECTION)
            if redirected:
                if not redirected[2]:
                    raise self.refused("The lab's PowerShell does not write to files by redirection.")
                if redirected[2] == "&1":
                    merge = merge or redirected[1] in ("2", "*")
                else:
                    drop.add(redirected[1] or "1")
            elif self.at >= len(self.text) or self.peek() in ";|)}\r\n":
                return Command(name=name, arguments=tuple(arguments), merge_errors=merge, drop=frozenset(drop))
            else:
                arguments.append(self._argument())

    def _argument(self) -> Named | Expression:
        found = self.match(_PARAMETER)
        if not found:
            return self._values()
        if not found[2]:
            return Named(found[1])
        self.blank()
        return Named(found[1], self._values())

    def _values(self) -> Expression:
        """Read an argument: one value, or several parted by commas."""
        items = [self._value()]
        while True:
            before = self.at
            self.blank()
            if not self.take(","):
                self.at = before
                break
            self.blank(lines=True)
            items.append(self._value())
        if len(items) == 1:
            return items[0]
        return Array(tuple(items))

    def _value(self) -> Expression:
        if self.peek() == "@" and self.peek(2)[1:].isalpha():
            self.at += 1
            return Splat(self._splatted())
        number = None if self.peek() in EXPRESSION_START else self._whole_number()
        if number is not None:
            return number
        if self.peek() in EXPRESSION_START + "{" and self.peek() != "[":
            return self.primary()
        return self._bare()

    def _splatted(self) -> str:
        found = self.match(re.compile(r"\w+"))
        return found[0].lower() if found else ""

    def _whole_number(self) -> Literal | None:
        before = self.at
        sign = -1 if self.peek() == "-" else 1
        self.at += sign < 0
        number = self.number()
        if (
            number is not None
            and (self.at >= len(self.text) or self.peek() in _BARE_END)
            and isinstance(number.value, int | float)
        ):
            return Literal(number.value * sign)
        self.at = before
        return None

    def _bare(self) -> Expression:
        start = self.at
        parts: list[Expression] = []
        while self.at < len(self.text) and self.peek() not in _BARE_END:
            if self.peek() in SINGLE + DOUBLE:
                parts.append(self.string())
            else:
                parts.append(
                    self.expandable(lambda: self.at >= len(self.text) or self.peek() in _BARE_END + SINGLE + DOUBLE)
                )
        if not parts:
            raise self.refused(f"Unexpected token '{self.peek()}'.", start)
        if len(parts) == 1:
            return parts[0]
        return Expandable(tuple(parts))
