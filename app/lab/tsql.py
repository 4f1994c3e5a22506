"""One SQL Server session: what a batch does, statement by statement."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.lab.ports import Clock, SqlData
from app.lab.sql_types import (
    DatabaseChanged,
    Nothing,
    Outcome,
    Rows,
    Said,
    SqlError,
    not_known,
    refused_write,
    syntax_error,
)
from app.lab.tsql_answering import Query
from app.lab.tsql_surroundings import Surroundings
from app.lab.tsql_tables import with_catalogue
from app.lab.tsql_words import Statement, Word, WordKind, joined, plain, statements_of, words_of

_WRITES = frozenset(
    [
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
        "GRANT",
        "DENY",
        "REVOKE",
        "KILL",
        "BULK",
        "RECONFIGURE",
        "SHUTDOWN",
        "CHECKPOINT",
        "DBCC",
    ]
)
_TRANSACTIONS = re.compile(
    r"(IF @@TRANCOUNT (> 0|< 1|= 0) )?((BEGIN|COMMIT|ROLLBACK|SAVE)( TRAN(SACTION)?( \w+)?| WORK)?)", re.IGNORECASE
)
_OPTIONS = frozenset(
    [
        "ANSI_DEFAULTS",
        "ANSI_NULLS",
        "ANSI_NULL_DFLT_OFF",
        "ANSI_NULL_DFLT_ON",
        "ANSI_PADDING",
        "ANSI_WARNINGS",
        "ARITHABORT",
        "ARITHIGNORE",
        "CONCAT_NULL_YIELDS_NULL",
        "CONTEXT_INFO",
        "CURSOR_CLOSE_ON_COMMIT",
        "DATEFIRST",
        "DATEFORMAT",
        "DEADLOCK_PRIORITY",
        "FMTONLY",
        "FORCEPLAN",
        "IMPLICIT_TRANSACTIONS",
        "LANGUAGE",
        "LOCK_TIMEOUT",
        "NOCOUNT",
        "NOEXEC",
        "NO_BROWSETABLE",
        "NUMERIC_ROUNDABORT",
        "PARSEONLY",
        "QUERY_GOVERNOR_COST_LIMIT",
        "QUOTED_IDENTIFIER",
        "REMOTE_PROC_TRANSACTIONS",
        "ROWCOUNT",
        "TEXTSIZE",
        "TRANSACTION",
        "XACT_ABORT",
    ]
)


@dataclass(slots=True, kw_only=True)
class Session:
    """What the server remembers of one connection."""

    data: SqlData
    clock: Clock
    user: str
    database: str
    host: str = ""
    application: str = ""
    variables: dict[str, object] = field(default_factory=dict)
    """Of the batch that runs, by ``@name`` in lower case."""

    def run(self, text: str, parameters: Mapping[str, object] | None = None) -> Iterator[Outcome]:
        """Run one batch and yield what each statement does.

        Args:
            text: T-SQL.
            parameters: values by ``@name``.

        Raises:
            SqlError: while iterating, at the statement that fails; what came before has happened.
        """
        self.variables = {name.lower(): value for name, value in (parameters or {}).items()}
        for statement in statements_of(words_of(text)):
            yield from self._statement(statement)

    def open(self, database: str) -> None:
        """Enter a database as a login does. Raises SqlError 4060."""
        try:
            self.database = self._usable(database)
        except SqlError:
            said = f'Cannot open database "{database}" requested by the login. The login failed.'
            raise SqlError(4060, said, severity=11) from None

    def _statement(self, words: Statement) -> Iterator[Outcome]:
        first = words[0].key
        if first in ("SELECT", "WITH", "("):
            yield from self._select(words)
        elif _TRANSACTIONS.fullmatch(joined(words)) or first in ("GO", "RETURN"):
            yield Nothing()
        elif first == "SET":
            yield self._set(words[1:])
        elif first == "USE" and len(words) == 2:
            old, self.database = self.database, self._usable(plain(words[1]))
            yield DatabaseChanged(old=old, new=self.database)
        elif first == "DECLARE":
            yield self._declare(words[1:])
        elif first == "PRINT":
            yield Said(number=0, message=str(self._value(words[1:])))
        else:
            raise _refusal(words)

    def _select(self, words: Statement) -> Iterator[Outcome]:
        query = Query(words, self.surroundings(), self.variables)
        targets = query.assignments()
        if not targets:
            yield query.rows()
            return
        for target in targets:
            self._declared(target)
        found = query.assigned_rows()
        if found.rows:
            self.variables.update(zip(targets, found.rows[-1], strict=True))
        yield Nothing()

    def surroundings(self) -> Surroundings:
        """Return what a query sees now; the world's tables are read once for each statement."""
        return Surroundings(
            data=self.data,
            clock=self.clock,
            user=self.user,
            host=self.host,
            application=self.application,
            database=self.database,
            tables=with_catalogue(self.data.tables(), self.database),
        )

    def _usable(self, name: str) -> str:
        around = self.surroundings()
        known = [str(one) for one, _ in around.databases()]
        real = next((one for one in known if one.lower() == name.lower()), None)
        if real is None and (known or name.lower() != "master"):
            said = f"Database '{name}' does not exist. Make sure that the name is entered correctly."
            raise SqlError(911, said)
        state = around.database_property(name, "Status")
        if state == "RESTORING":
            raise SqlError(927, f"Database '{name}' cannot be opened. It is in the middle of a restore.", severity=14)
        if state not in (None, "ONLINE"):
            raise SqlError(942, f"Database '{name}' cannot be opened because it is offline.", severity=14)
        return real or "master"

    def _set(self, words: Statement) -> Outcome:
        if not words:
            raise syntax_error("SET")
        if words[0].text.startswith("@") and len(words) > 2 and words[1].text == "=":
            self._declared(words[0].text.lower())
            self.variables[words[0].text.lower()] = self._value(words[2:])
            return Nothing()
        for name in [words[0], *(after for mark, after in itertools.pairwise(words) if mark.text == ",")]:
            if name.key not in _OPTIONS:
                raise SqlError(195, f"'{name.text}' is not a recognized SET option.", severity=15)
        return Nothing()

    def _declare(self, words: Statement) -> Outcome:
        for part in _parts(words):
            if len(part) < 2 or not part[0].text.startswith("@"):
                raise syntax_error(joined(part) or "DECLARE")
            if any(word.key == "TABLE" for word in part[1:3]):
                raise not_known("table variables")
            marks = [place for place, word in enumerate(part) if word.text == "="]
            self.variables[part[0].text.lower()] = self._value(part[marks[0] + 1 :]) if marks else None
        return Nothing()

    def _declared(self, name: str) -> None:
        if name not in self.variables:
            raise SqlError(137, f'Must declare the scalar variable "{name}".', severity=15)

    def _value(self, words: Statement) -> object:
        query = (Word(WordKind.NAME, "SELECT"), *words)
        found: Rows = Query(query, self.surroundings(), self.variables).rows()
        return found.rows[0][0]


def _parts(words: Statement) -> list[Statement]:
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += (word.text == "(") - (word.text == ")")
        if word.text == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return [tuple(part) for part in parts]


def _refusal(words: Statement) -> SqlError:
    first = words[0].key
    if first in _WRITES:
        subject = words[1].key if len(words) > 1 and words[1].kind is WordKind.NAME else ""
        return refused_write(f"{first} {subject}".strip())
    if first in ("EXEC", "EXECUTE"):
        name = joined(words[1:2]) or "EXECUTE"
        return SqlError(2812, f"Could not find stored procedure '{name}'.", state=62)
    if first in ("IF", "WHILE", "BEGIN", "WAITFOR", "RAISERROR", "THROW"):
        return not_known(f"the statement {first}")
    if words[0].kind is WordKind.NAME and len(words) == 1:
        return SqlError(2812, f"Could not find stored procedure '{words[0].text}'.", state=62)
    return syntax_error(words[1].text if len(words) > 1 else words[0].text)
