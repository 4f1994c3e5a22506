"""T-SQL text cut into words and into statements.

T-SQL needs no semicolons between statements, and ``SET``, ``USE`` and ``DECLARE`` stand beside queries in one batch, so a
batch is cut here before any of it is parsed as a query.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from app.lab.sql_types import SqlError, syntax_error


class WordKind(Enum):
    """What a word is."""

    NAME = "name"
    """A keyword or identifier without quotes, ``@variable`` and ``@@GLOBAL`` included."""
    QUOTED = "quoted"
    """``[identifier]`` or ``"identifier"``."""
    TEXT = "text"
    NUMBER = "number"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Word:
    """One word."""

    kind: WordKind
    text: str

    @property
    def key(self) -> str:
        """The word in upper case where it may be a keyword, otherwise as it is."""
        return self.text.upper() if self.kind is WordKind.NAME else self.text


Statement = tuple[Word, ...]

_PATTERN = re.compile(
    r"""(?P<blank>\s+|--[^\n]*)
      | (?P<comment>/\*)
      | (?P<text>[Nn]?'(?:[^']|'')*')
      | (?P<quoted>\[(?:[^\]]|\]\])*\]|"(?:[^"]|"")*")
      | (?P<number>0[xX][0-9A-Fa-f]*|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d][\w@#$]*|[@#]+[\w@#$]+)
      | (?P<mark><>|<=|>=|!=|!<|!>|::|[-+*/%&|^~=<>(),.;?:{}\\])
    """,
    re.VERBOSE,
)
_STARTS = frozenset(
    [
        "SELECT",
        "SET",
        "USE",
        "DECLARE",
        "PRINT",
        "EXEC",
        "EXECUTE",
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "DROP",
        "CREATE",
        "ALTER",
        "TRUNCATE",
        "BACKUP",
        "RESTORE",
        "BEGIN",
        "COMMIT",
        "ROLLBACK",
        "SAVE",
        "IF",
        "WHILE",
        "GRANT",
        "DENY",
        "REVOKE",
        "DBCC",
        "KILL",
        "WAITFOR",
        "RETURN",
        "BULK",
        "RECONFIGURE",
        "SHUTDOWN",
        "CHECKPOINT",
        "RAISERROR",
        "THROW",
        "GO",
    ]
)
_JOINS_QUERIES = frozenset(("UNION", "ALL", "EXCEPT", "INTERSECT"))
_SWALLOWS = frozenset(("IF", "WHILE", "CREATE", "ALTER", "GRANT", "DENY", "REVOKE", "INSERT", "UPDATE", "MERGE"))
"""Statements whose own grammar holds words that would begin another; the lab refuses nearly all of them whole."""


def words_of(text: str) -> Statement:
    """Return the words of a batch. Raises SqlError 105 or 113 for a quotation or comment that never ends."""
    found: list[Word] = []
    at = 0
    while at < len(text):
        match = _PATTERN.match(text, at)
        if match is None:
            raise _unfinished(text, at)
        at = match.end()
        if match.lastgroup == "comment":
            at = _end_of_comment(text, at)
        elif match.lastgroup != "blank" and match.lastgroup is not None:
            found.append(Word(WordKind(match.lastgroup), match.group()))
    return tuple(found)


def _end_of_comment(text: str, at: int) -> int:
    depth = 1
    while depth:
        match = re.compile(r"/\*|\*/").search(text, at)
        if match is None:
            raise SqlError(113, "Missing end comment mark '*/'.", severity=15)
        depth += 1 if match.group() == "/*" else -1
        at = match.end()
    return at


def _unfinished(text: str, at: int) -> SqlError:
    if text[at] in "'\"[":
        return SqlError(
            105, f"Unclosed quotation mark after the character string '{text[at + 1 : at + 60]}'.", severity=15
        )
    return syntax_error(text[at])


def statements_of(words: Sequence[Word]) -> tuple[Statement, ...]:
    """Return the statements of a batch, in order, without their semicolons."""
    found: list[Statement] = []
    current: list[Word] = []
    depth = 0
    for word in words:
        depth += (word.text == "(") - (word.text == ")") if word.kind is WordKind.MARK else 0
        ended = word.kind is WordKind.MARK and word.text == ";"
        if current and depth <= 0 and (ended or _begins(word, current)):
            found.append(tuple(current))
            current = []
        if not ended:
            current.append(word)
    return (*found, tuple(current)) if current else tuple(found)


def _begins(word: Word, current: Sequence[Word]) -> bool:
    if word.kind is not WordKind.NAME or word.key not in _STARTS:
        return False
    first, last = current[0].key, current[-1].key
    if first in _SWALLOWS or last in _JOINS_QUERIES or last in (".", "AS"):
        return False
    # The query that follows a WITH clause belongs to it; the one after that does not.
    return not (first == "WITH" and all(one.key not in _STARTS for one in _outer(current)))


def _outer(words: Sequence[Word]) -> list[Word]:
    depth, found = 0, []
    for word in words:
        depth += (word.text == "(") - (word.text == ")")
        if depth == 0:
            found.append(word)
    return found


def plain(word: Word) -> str:
    """Return an identifier or literal without its quotes."""
    match word.kind:
        case WordKind.TEXT:
            return word.text[word.text.index("'") + 1 : -1].replace("''", "'")
        case WordKind.QUOTED:
            return word.text[1:-1].replace(word.text[-1] * 2, word.text[-1])
        case _:
            return word.text


def joined(words: Sequence[Word]) -> str:
    """Return words as text again."""
    return " ".join(word.text for word in words)
