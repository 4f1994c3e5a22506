"""Which type an expression of a query has, where its declared columns and functions tell."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from app.lab.sql_types import Kind
from app.lab.tsql_query import CONVERSIONS, PREFIX, Node
from app.lab.tsql_scalars import kind_named


def kind_of_expression(node: Node, functions: Mapping[str, Kind | None], columns: Mapping[str, Kind]) -> Kind | None:
    """Return the type of an expression of the original tree, or None where only its values can tell.

    ``columns`` holds parameters and variables too, by ``@name``.
    """
    match node:
        case exp.Alias() | exp.Paren() | exp.Collate() | exp.Max() | exp.Min():
            return kind_of_expression(node.this, functions, columns)
        case exp.Cast() | exp.TryCast():
            return kind_named(node.to.sql(dialect="tsql"))
        case exp.Column():
            return columns.get(node.name.lower())
        case exp.Parameter():
            return columns.get("@" + str(node.name).lower())
        case exp.Count() | exp.RowNumber():
            return Kind.INT
        case exp.Avg():
            return kind_of_expression(node.this, functions, columns)
        case exp.Literal():
            return Kind.NVARCHAR if node.is_string else None
        case exp.Anonymous():
            return _kind_of_call(node, functions, columns)
        case exp.Coalesce() | exp.Case() | exp.If():
            return next(
                (kind for one in _branches(node) if (kind := kind_of_expression(one, functions, columns))), None
            )
        case exp.Subquery():
            inner = node.this
            return (
                kind_of_expression(inner.selects[0], functions, columns)
                if isinstance(inner, exp.Query) and inner.selects
                else None
            )
        case _:
            return None


def _kind_of_call(node: Node, functions: Mapping[str, Kind | None], columns: Mapping[str, Kind]) -> Kind | None:
    name = node.name.removeprefix(PREFIX).upper()
    if name in CONVERSIONS and node.expressions:
        return kind_named(node.expressions[0].name)
    known = functions.get(name)
    if known is None and node.expressions:
        return kind_of_expression(node.expressions[0], functions, columns)
    return known


def _branches(node: Node) -> list[Node]:
    match node:
        case exp.Case():
            ends = [one.args["true"] for one in node.args.get("ifs", [])]
            return [*ends, *filter(None, [node.args.get("default")])]
        case exp.If():
            return [*filter(None, [node.args.get("true"), node.args.get("false")])]
        case _:
            return [node.this, *node.expressions]
