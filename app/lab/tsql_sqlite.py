"""A parsed T-SQL query translated into one that SQLite runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import ErrorLevel, exp
from sqlglot.errors import SqlglotError

from app.lab.sql_types import not_known
from app.lab.tsql_query import PREFIX, Node
from app.lab.tsql_scalars import kind_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table of the world that a query names, under the name it has in the SQLite behind."""

    alias: str
    """Name in SQLite."""
    key: str
    """Key of the world's table."""


def on_sqlite(tree: Node, sources: Mapping[int, Source], moments: frozenset[str]) -> str:
    """Return the SQLite text of a tree whose tables have been resolved.

    Args:
        tree: the query; it is changed.
        sources: by ``id`` of each exp.Table, what it stands for; a table without is a common table expression.
        moments: lower-case names of columns that hold dates, so that literals beside them are read as dates.
    """
    for table in list(tree.find_all(exp.Table)):
        _replace_table(table, sources.get(id(table)))
    for query in list(tree.find_all(exp.Query)):
        # OPTION (…) advises the optimizer and FOR BROWSE the client: neither changes an answer.
        query.set("options", None)
        query.set("for_", None)
    # Children before parents: a node that is replaced takes its children, already rewritten, with it.
    for node in reversed(list(tree.walk())):
        put = _rewritten(node, moments)
        if put is not node:
            node.replace(put)
    try:
        return str(tree.sql(dialect="sqlite", unsupported_level=ErrorLevel.RAISE))
    except SqlglotError as error:
        raise not_known(f"how to answer this query: {str(error).splitlines()[0]}") from None


def _replace_table(table: Node, source: Source | None) -> None:
    table.set("hints", None)
    if source is None:
        return
    alias = table.alias or table.name
    given = table.args.get("alias")
    table.set("db", None)
    table.set("catalog", None)
    table.set("this", exp.to_identifier(source.alias, quoted=True))
    if given is None or not given.this:
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias, quoted=True)))


def _rewritten(node: Node, moments: frozenset[str]) -> Node:
    match node:
        case exp.Parameter():
            return exp.Placeholder(this=variable(node))
        case exp.Column() if node.args.get("db") or node.args.get("catalog"):
            return exp.Column(this=node.this, table=node.args.get("table"))
        case exp.Cast() | exp.TryCast():
            name = "try_convert" if isinstance(node, exp.TryCast) else "convert"
            target = node.to.sql(dialect="tsql")
            kind_named(target)
            return _call(name, exp.Literal.string(target), node.this)
        case exp.Add():
            return _call("add", node.left, node.right)
        case exp.Div():
            return _call("divide", node.left, node.right)
        case exp.Collate():
            return node.this
        case exp.EQ() | exp.NEQ() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE() | exp.In() | exp.Between():
            return _comparison(node, moments)
    return node


def variable(node: Node) -> str:
    """Return the name of an ``@variable`` as a SQLite parameter."""
    return "v_" + str(node.name).lower()


def _call(name: str, *arguments: Node) -> exp.Anonymous:
    return exp.Anonymous(this=PREFIX + name, expressions=list(arguments))


def _comparison(node: Node, moments: frozenset[str]) -> Node:
    if any(_is_moment(side, moments) for side in node.iter_expressions()):
        for side in [*node.iter_expressions()]:
            if isinstance(side, exp.Literal) and side.is_string:
                side.replace(_call("convert", exp.Literal.string("datetime"), side.copy()))
    if not isinstance(node.this, exp.Collate | exp.Subquery | exp.Tuple):
        node.set("this", exp.Collate(this=node.this, expression=exp.Var(this="NOCASE")))
    return node


def _is_moment(node: Node, moments: frozenset[str]) -> bool:
    match node:
        case exp.Column():
            return node.name.lower() in moments
        case exp.Anonymous():
            return node.name.lower() in (PREFIX + "getdate", PREFIX + "getutcdate", PREFIX + "dateadd")
        case _:
            return False
