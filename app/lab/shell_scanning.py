"""The lower half of the lab's PowerShell parser: blanks, comments, variables, numbers and strings."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable

from app.lab.shell_tree import Expandable, Expression, Literal, Refusal, Statement, Sub, Variable

_BLANK = re.compile(r"(?:[ \t\u00a0]+|`\r?\n)+")
_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>[^}]+)\}|(?P<name>(?:(?:env|global|script|local|private|variable):)?\w+)|(?P<odd>[$?^]))", re.I
)
_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+(?:\.\d+)?(?:e[+-]?\d+)?)(kb|mb|gb|tb)?(?![\w])", re.I)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_SIZES = {"": 1, "kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40}
_SCOPES = ("global:", "script:", "local:", "private:", "variable:")
SINGLE = "'\u2018\u2019\u201a\u201b"
DOUBLE = '"\u201c\u201d\u201e'


class Scanner(ABC):
    """A position in the text of a script."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @abstractmethod
    def statements(self, end: str) -> tuple[Statement, ...]:
        """Read statements up to and including ``end``."""

    def place(self, at: int | None = None) -> tuple[int, int]:
        """Return line and character of a position."""
        at = self.at if at is None else at
        before = self.text[:at]
        return before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1

    def refused(self, message: str, at: int | None = None) -> Refusal:
        """Return the refusal of the script at this place."""
        return Refusal(message, *self.place(at))

    def peek(self, size: int = 1) -> str:
        """Return the next characters without taking them."""
        return self.text[self.at : self.at + size]

    def unexpected(self) -> Refusal:
        """Return the refusal of what comes next."""
        found = re.compile(r"\S{1,40}").match(self.text, self.at)
        return self.refused(f"Unexpected token '{found[0] if found else self.peek()}' in expression or statement.")

    def take(self, expected: str) -> bool:
        """Take the text if it comes next, in any case."""
        if self.text[self.at : self.at + len(expected)].lower() == expected:
            self.at += len(expected)
            return True
        return False

    def need(self, expected: str) -> None:
        """Take the text, or refuse the script."""
        if not self.take(expected):
            raise self.refused(f"Missing '{expected}'.")

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what matches here."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def blank(self, *, lines: bool = False) -> None:
        """Skip blanks and comments; with ``lines``, line ends too."""
        while self.at < len(self.text):
            if self.match(_BLANK):
                continue
            if self.peek() == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.peek(2) == "<#":
                end = self.text.find("#>", self.at)
                if end < 0:
                    raise self.refused("The comment has no end.")
                self.at = end + 2
            elif lines and self.peek() in "\r\n":
                self.at += 1
            else:
                return

    def variable(self) -> Variable:
        """Read ``$name``."""
        found = self.match(_VARIABLE)
        if not found:
            raise self.refused("A '$' that begins no variable.")
        name = (found["braced"] or found["name"] or found["odd"]).lower()
        for scope in _SCOPES:
            name = name.removeprefix(scope)
        return Variable(name)

    def number(self) -> Literal | None:
        """Read a number, if one comes next."""
        found = self.match(_NUMBER)
        if not found:
            return None
        unit = (found[1] or "").lower()
        digits = found[0].lower().removesuffix(unit) if unit else found[0].lower()
        if digits.startswith("0x"):
            return Literal(int(digits, 16) * _SIZES[unit])
        value = float(digits) if any(letter in digits for letter in ".e") else int(digits)
        return Literal(value * _SIZES[unit])

    def string(self) -> Expression:
        """Read a quoted string of any kind."""
        if self.peek() == "@":
            return self._here_string()
        start = self.at
        quotes = SINGLE if self.peek() in SINGLE else DOUBLE
        self.at += 1
        if quotes is SINGLE:
            return Literal(self._single(start))
        return self.expandable(lambda: self._closing(start))

    def _single(self, start: int) -> str:
        value = ""
        while self.at < len(self.text):
            letter = self.peek()
            self.at += 1
            if letter in SINGLE:
                if not self.peek() or self.peek() not in SINGLE:
                    return value
                self.at += 1
            value += letter
        raise self.refused("The string is missing the terminator: '.", start)

    def _closing(self, start: int) -> bool:
        if self.at >= len(self.text):
            raise self.refused('The string is missing the terminator: ".', start)
        if self.peek() not in DOUBLE or (len(self.peek(2)) == 2 and self.peek(2)[1] in DOUBLE):
            return False
        self.at += 1
        return True

    def _here_string(self) -> Expression:
        start, quote = self.at, self.peek(2)[1]
        head = self.match(re.compile(r"@['\"][ \t]*\r?\n"))
        end = self.text.find(f"\n{quote}@", self.at - 1)
        if not head or end < 0:
            raise self.refused("The here-string is not whole.", start)
        body = self.text[self.at : end].removesuffix("\r") if end >= self.at else ""
        if quote == "'":
            self.at = end + 3
            return Literal(body)
        stop = self.at + len(body)
        value = self.expandable(lambda: self.at >= stop, doubled=False)
        self.at = end + 3
        return value

    def expandable(self, ended: Callable[[], bool], *, doubled: bool = True) -> Expression:
        """Read text with variables up to where ``ended()`` says that it ends; ``doubled``: two quotes stand for one."""
        parts: list[Expression] = []
        literal = ""
        while not ended():
            if self.peek(2) == "$(" or (self.peek() == "$" and _VARIABLE.match(self.text, self.at)):
                parts += [Literal(literal)] if literal else []
                literal = ""
                parts.append(self._expanded())
            else:
                literal += self.letter(doubled=doubled)
        if not parts:
            return Literal(literal)
        return Expandable((*parts, Literal(literal)) if literal else tuple(parts))

    def letter(self, *, doubled: bool = True) -> str:
        """Read one character of an expandable string: a plain, an escaped or a doubled one."""
        letter = self.peek()
        self.at += 1
        if letter == "`" and self.peek():
            letter = _ESCAPES.get(self.peek(), self.peek())
            self.at += 1
        elif doubled and letter in DOUBLE and self.peek() and self.peek() in DOUBLE:
            self.at += 1
        return letter

    def _expanded(self) -> Expression:
        if self.take("$("):
            return Sub(self.statements(")"))
        return self.variable()
