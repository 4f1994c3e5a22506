"""The syntax tree of the lab's PowerShell."""

from __future__ import annotations

from dataclasses import dataclass, field


class Refusal(Exception):
    """The script is not PowerShell, or uses what the lab's PowerShell does not know; nothing of it has run."""

    def __init__(self, message: str, line: int, character: int) -> None:
        super().__init__(message)
        self.line = line
        self.character = character


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: object


@dataclass(frozen=True, slots=True)
class Variable:
    """``$name``, ``$env:NAME``; the name in lower case, with its drive."""

    name: str


@dataclass(frozen=True, slots=True)
class Splat:
    """``@name`` as an argument."""

    name: str


@dataclass(frozen=True, slots=True)
class Expandable:
    """A double-quoted string or a bare word with variables in it."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """``a, b``."""

    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Hash:
    """``@{a = 1}``."""

    pairs: tuple[tuple[Expression, Statement], ...]


@dataclass(frozen=True, slots=True)
class Sub:
    """``( … )``, ``$( … )`` or, with ``array``, ``@( … )``."""

    statements: tuple[Statement, ...]
    array: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """``target.name``, or ``[type]::name`` with ``static``."""

    target: Expression
    name: Expression
    static: bool = False


@dataclass(frozen=True, slots=True)
class Index:
    """``target[index]``."""

    target: Expression
    index: Expression


@dataclass(frozen=True, slots=True)
class Invoke:
    """``target.name(arguments)``."""

    member: Member
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    """``-not x``, ``-x``, ``-join x`` …; the operator in lower case without its dash."""

    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary:
    """``left -operator right``; the operator in lower case without its dash."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class TypeName:
    """``[name]``, in lower case."""

    name: str


@dataclass(frozen=True, slots=True)
class Cast:
    """``[type] operand``."""

    type: str
    operand: Expression


@dataclass(frozen=True, slots=True)
class Block:
    """``{ … }``."""

    statements: tuple[Statement, ...]


Expression = (
    Literal
    | Variable
    | Splat
    | Expandable
    | Array
    | Hash
    | Sub
    | Member
    | Index
    | Invoke
    | Unary
    | Binary
    | TypeName
    | Cast
    | Block
)


@dataclass(frozen=True, slots=True)
class Named:
    """``-Name`` or ``-Name:value`` in a command."""

    name: str
    value: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of a pipeline."""

    name: Expression
    arguments: tuple[Named | Expression, ...]
    merge_errors: bool = False
    """``2>&1``."""
    drop: frozenset[str] = field(default_factory=frozenset)
    """Streams sent to nowhere: ``1``, ``2`` …, ``*``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Expressions and commands joined by ``|``."""

    elements: tuple[Expression | Command, ...]
    at: tuple[int, int]
    """Line and character of its start."""
    shown: str
    """Its text."""


@dataclass(frozen=True, slots=True)
class Assign:
    """``$x = …``, ``+=``, ``-=``."""

    target: Expression
    operator: str
    value: Statement


@dataclass(frozen=True, slots=True)
class If:
    """``if … elseif … else``."""

    branches: tuple[tuple[Statement, Block], ...]
    otherwise: Block | None


@dataclass(frozen=True, slots=True)
class ForEach:
    """``foreach ($x in …) { … }``."""

    variable: str
    over: Statement
    body: Block


@dataclass(frozen=True, slots=True)
class Try:
    """``try … catch … finally``."""

    body: Block
    handler: Block | None
    last: Block | None


@dataclass(frozen=True, slots=True)
class Leave:
    """``throw``, ``exit`` or ``return``, with or without a value."""

    keyword: str
    value: Statement | None
    at: tuple[int, int]
    shown: str


Statement = Pipeline | Assign | If | ForEach | Try | Leave
