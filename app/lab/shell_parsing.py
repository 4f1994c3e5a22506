"""The upper part of the lab's PowerShell parser: statements, pipelines and commands.

A script is read whole before anything of it runs. What PowerShell has and the lab has not (loops by condition, functions,
classes, remoting …) is refused by name, so that no script half does what it says.
"""

from __future__ import annotations

import re

from app.lab.shell_arguments import EXPRESSION_START, Arguments
from app.lab.shell_tree import (
    Assign,
    Block,
    Command,
    Expression,
    ForEach,
    If,
    Index,
    Leave,
    Member,
    Pipeline,
    Statement,
    Try,
    Variable,
)

_WORD = re.compile(r"[A-Za-z]+(?![\w-])")
_UNKNOWN = re.compile(
    r"for|while|do|until|switch|function|filter|param|begin|process|end|class|enum|using|trap|data|workflow|break|continue"
    r"|configuration|parallel|sequence|dynamicparam|inlinescript"
)
_ASSIGNMENT = re.compile(r"(\+=|-=|=)(?!=)")


def parsed(text: str) -> tuple[Statement, ...]:
    """Return the statements of a script.

    Raises:
        Refusal: it is not PowerShell, or more of it than the lab knows.
    """
    return Parser(text.removeprefix("\ufeff")).statements("")


class Parser(Arguments):
    """Reads a whole script."""

    def statements(self, end: str) -> tuple[Statement, ...]:
        """Read statements up to and including ``end`` ("" is the end of the script)."""
        found: list[Statement] = []
        while True:
            self._between()
            if end and self.take(end):
                return tuple(found)
            if self.at >= len(self.text):
                if end:
                    raise self.refused(f"Missing closing '{end}' in statement block or type definition.")
                return tuple(found)
            statement = self.statement()
            if statement is None:
                raise self.unexpected()
            found.append(statement)
            self._ended(end)

    def _ended(self, end: str) -> None:
        self.blank()
        if self.at < len(self.text) and self.peek() not in "\r\n;" and not (end and self.peek() == end):
            if self.peek() in "<>":
                raise self.refused("The lab's PowerShell does not write to files by redirection.")
            raise self.unexpected()

    def _between(self) -> None:
        self.blank(lines=True)
        while self.take(";"):
            self.blank(lines=True)

    def statement(self) -> Statement | None:
        """Read one statement; None where there is none."""
        self.blank()
        start = self.at
        word = self.match(_WORD)
        keyword = word[0].lower() if word else ""
        match keyword:
            case "if":
                return self._if()
            case "foreach" if self._parenthesis_follows():
                return self._foreach()
            case "try":
                return self._try()
            case "throw" | "exit" | "return":
                return self._leave(keyword, start)
        if _UNKNOWN.fullmatch(keyword):
            raise self.refused(f"The lab's PowerShell does not know the keyword '{keyword}'.", start)
        self.at = start
        return self._pipeline()

    def _parenthesis_follows(self) -> bool:
        before = self.at
        self.blank()
        follows = self.peek() == "("
        if not follows:
            self.at = before
        return follows

    def _if(self) -> Statement:
        branches = [(self._condition(), self._block())]
        while True:
            before = self.at
            self.blank(lines=True)
            if self.take("elseif"):
                branches.append((self._condition(), self._block()))
            elif self.take("else"):
                return If(tuple(branches), self._block())
            else:
                self.at = before
                return If(tuple(branches), None)

    def _condition(self) -> Statement:
        self.blank(lines=True)
        self.need("(")
        self.blank(lines=True)
        condition = self.statement()
        self.blank(lines=True)
        self.need(")")
        if condition is None:
            raise self.refused("The condition is missing.")
        return condition

    def _foreach(self) -> Statement:
        self.need("(")
        self.blank(lines=True)
        variable = self.variable()
        self.blank(lines=True)
        self.need("in")
        self.blank(lines=True)
        over = self.statement()
        self.blank(lines=True)
        self.need(")")
        if over is None:
            raise self.refused("There is nothing to go through.")
        return ForEach(variable.name, over, self._block())

    def _try(self) -> Statement:
        body, handler, last = self._block(), None, None
        while True:
            before = self.at
            self.blank(lines=True)
            if handler is None and self.take("catch"):
                self.blank()
                if self.peek() == "[":
                    raise self.refused("The lab's PowerShell catches everything or nothing, not one type of exception.")
                handler = self._block()
            elif last is None and self.take("finally"):
                last = self._block()
            else:
                self.at = before
                break
        if handler is None and last is None:
            raise self.refused("The Try statement is missing its Catch or Finally block.")
        return Try(body, handler, last)

    def _leave(self, keyword: str, start: int) -> Statement:
        self.blank()
        value = None if self.at >= len(self.text) or self.peek() in "\r\n;})" else self.statement()
        return Leave(keyword, value, self.place(start), self.text[start : self.at].strip())

    def _block(self) -> Block:
        self.blank(lines=True)
        self.need("{")
        return Block(self.statements("}"))

    def _pipeline(self) -> Statement | None:
        start = self.at
        elements: list[Expression | Command] = []
        while True:
            element = self._element(first=not elements)
            if element is None:
                if elements:
                    raise self.refused("An empty pipe element is not allowed.")
                return None
            assigned = self._assigned(element) if not elements and not isinstance(element, Command) else None
            if assigned is not None:
                return assigned
            elements.append(element)
            self.blank()
            if self.peek(2) in ("||", "&&") or not self.take("|"):
                shown = self.text[start : self.at].strip()
                return Pipeline(elements=tuple(elements), at=self.place(start), shown=shown)
            self.blank(lines=True)

    def _assigned(self, target: Expression) -> Assign | None:
        before = self.at
        self.blank()
        operator = self.match(_ASSIGNMENT) if isinstance(target, Variable | Member | Index) else None
        if not operator:
            self.at = before
            return None
        self.blank(lines=True)
        value = self.statement()
        if value is None:
            raise self.refused("You must provide a value expression following the '=' operator.")
        return Assign(target, operator[1], value)

    def _element(self, *, first: bool) -> Expression | Command | None:
        head = self.peek()
        if not head or head in ";|)}\r\n":
            return None
        if first and (head in EXPRESSION_START or head.isdigit() or head in "!{-+"):
            return self.expression()
        if head == "." and self.peek(2)[1:].isspace():
            raise self.refused("The lab's PowerShell does not run script files.")
        if self.take("&"):
            self.blank()
        return self.command()
