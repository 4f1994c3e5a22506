"""A T-SQL query prepared for sqlglot and parsed.

T-SQL's functions are renamed before parsing (``LEN(x)`` becomes ``tsql_len(x)``), so that each runs as the Python function of
that name and none is rewritten by a dialect's opinion of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from app.lab.sql_types import SqlError, not_known, refused_write, syntax_error
from app.lab.tsql_words import Statement, Word, WordKind

Node = Any
"""A node of sqlglot's tree; the class that annotates it is named differently from release to release."""
PREFIX = "tsql_"
_NILADIC = frozenset(("CURRENT_TIMESTAMP", "SYSTEM_USER", "CURRENT_USER", "SESSION_USER", "USER"))
_DATE_PARTS = frozenset(("DATEADD", "DATEDIFF", "DATEPART"))
CONVERSIONS = frozenset(("CONVERT", "TRY_CONVERT"))


def prepared(words: Statement, functions: Sequence[str]) -> str:
    """Return the text for sqlglot: functions renamed, ``N''`` plain, date parts and target types quoted."""
    known = frozenset(functions)
    found: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        called = at + 1 < len(words) and words[at + 1].text == "(" and (at == 0 or words[at - 1].text != ".")
        if word.kind is WordKind.TEXT:
            found.append(word.text.lstrip("Nn"))
        elif word.key.startswith("@@"):
            found.append(f"{PREFIX}global('{word.key}')")
        elif word.key in _NILADIC and not called:
            found.append(f"{PREFIX}{word.key.lower()}()")
        elif called and word.key in CONVERSIONS:
            at, target = _target_type(words, at + 2)
            found.append(f"{PREFIX}{word.key.lower()}('{target}'")
        elif called and word.key in _DATE_PARTS and at + 2 < len(words):
            found.append(f"{PREFIX}{word.key.lower()}('{words[at + 2].text.lower()}'")
            at += 2
        elif called and word.key in known:
            found.append(PREFIX + word.key.lower())
        else:
            found.append(word.text)
        at += 1
    return " ".join(found)


def _target_type(words: Statement, at: int) -> tuple[int, str]:
    """Return the place of the last word of a type that begins at ``at``, and the type."""
    depth, parts = 0, []
    while at < len(words) and not (depth == 0 and words[at].text in (",", ")")):
        depth += (words[at].text == "(") - (words[at].text == ")")
        parts.append(words[at].text.replace("'", "").strip("[]"))
        at += 1
    return at - 1, "".join(parts)


def parsed(words: Statement, functions: Sequence[str]) -> Node:
    """Return a SELECT as a tree. Raises SqlError 102 for what is not one."""
    _check_words(words)
    try:
        tree = sqlglot.parse_one(prepared(words, functions), read="tsql")
    except SqlglotError as error:
        raise syntax_error(_near(error, words)) from None
    except RecursionError:
        raise SqlError(191, "Some part of your SQL statement is nested too deeply.", severity=15) from None
    for node in tree.walk():
        _check(node)
    if not isinstance(tree, exp.Query):
        raise syntax_error(words[0].text)
    return tree


def _check(node: Node) -> None:
    match node:
        case exp.Into():
            raise refused_write("SELECT … INTO")
        case exp.Query():
            _check_query(node)
        case exp.DML() | exp.DDL():
            raise refused_write(node.key.upper())
        case exp.Lateral() | exp.Pivot() | exp.TableSample():
            raise not_known(f"{node.key.upper()} in a query")


def _check_query(node: Node) -> None:
    if isinstance(node, exp.Select) and not node.expressions:
        raise syntax_error("FROM")


def _check_words(words: Statement) -> None:
    """Refuse what sqlglot would drop without a word."""
    for word, following in pairwise(words):
        match word.key, following.key:
            case "FOR", ("XML" | "JSON") as form:
                raise not_known(f"FOR {form}")
            case ("TOP" | ")" | "ROWS", "PERCENT") | ("WITH", "TIES"):
                raise not_known("TOP … PERCENT and WITH TIES")
            case _, "PERCENT" if word.kind is WordKind.NUMBER:
                raise not_known("TOP … PERCENT and WITH TIES")


def _near(error: SqlglotError, words: Sequence[Word]) -> str:
    details = getattr(error, "errors", None)
    said = details[0].get("highlight") if details else None
    return (said or words[-1].text).removeprefix(PREFIX)
