"""A report as a list of blocks, rendered as plain text or as Markdown. What hosts said is never taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap

_WIDTH = 100
_NARROWEST = 28  # a folded column below this reads worse than a paragraph a row
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~])")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is the title."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; ``boxes`` gives each item a box to tick on paper."""

    items: tuple[str, ...]
    boxes: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """Names with their values; those without a value are left out."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines to copy, exactly as they are."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Bullets | Fields | Table | Code


def plain(text: str) -> str:
    """Return a text on one line without anything that a terminal takes for a command."""
    return "".join(one if one.isprintable() else " " for one in text)


def as_markdown(blocks: Iterable[Block]) -> str:
    """Return the blocks as Markdown."""
    return "\n\n".join(_markdown(one) for one in blocks) + "\n"


def as_text(blocks: Iterable[Block]) -> str:
    """Return the blocks as plain text, at most 100 columns wide except for lines to copy and long words."""
    return "\n\n".join(_text(one) for one in blocks) + "\n"


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", plain(text))


def _markdown(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {_escaped(block.text)}"
        case Paragraph():
            return _escaped(block.text)
        case Bullets():
            mark = "- [ ]" if block.boxes else "-"
            return "\n".join(f"{mark} {_escaped(one)}" for one in block.items)
        case Fields():
            return "\n".join(f"- **{_escaped(name)}:** {_escaped(value)}" for name, value in block.pairs if value)
        case Table():
            rows = [block.head, tuple("---" for _ in block.head)]
            body = [tuple(_escaped(cell) for cell in row) for row in block.rows]
            return "\n".join(f"| {' | '.join(row)} |" for row in [*rows, *body])
        case Code():
            fence = "`" * max(3, 1 + max((len(one) for one in re.findall(r"`+", "\n".join(block.lines))), default=0))
            return "\n".join([fence, *(plain(one) for one in block.lines), fence])


def _text(block: Block) -> str:
    match block:
        case Heading():
            line = "=" if block.level == 1 else "-"
            return f"{plain(block.text)}\n{line * len(block.text)}" if block.level < 3 else plain(block.text)
        case Paragraph():
            return "\n".join(wrap(plain(block.text), _WIDTH, break_long_words=False, break_on_hyphens=False))
        case Bullets():
            mark = "[ ] " if block.boxes else "- "
            return "\n".join(_hanging(mark, plain(one)) for one in block.items)
        case Fields():
            given = [(name, plain(value)) for name, value in block.pairs if value]
            width = max((len(name) for name, _ in given), default=0) + 2
            return "\n".join(_hanging(f"{name + ':':<{width}}", value) for name, value in given)
        case Table():
            return _grid(block)
        case Code():
            return "\n".join(f"    {plain(one)}" for one in block.lines)


def _hanging(mark: str, text: str) -> str:
    indent = " " * len(mark)
    lines = wrap(
        text,
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines) or mark.rstrip()


def _grid(table: Table) -> str:
    """Columns as wide as their content, the widest one folded to fit; where even that is too wide, a paragraph a row."""
    rows = [table.head, *(tuple(plain(cell) for cell in row) for row in table.rows)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(table.head))]
    widest = widths.index(max(widths))
    left = _WIDTH - 2 * (len(widths) - 1) - sum(widths) + widths[widest]
    if widths[widest] > left < _NARROWEST:
        return "\n".join(_record(table.head, row) for row in rows[1:])
    widths[widest] = min(widths[widest], left)
    return "\n".join(line for row in rows for line in _folded(row, widths))


def _folded(row: tuple[str, ...], widths: Sequence[int]) -> list[str]:
    cells = [wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=True)]
    lines = zip_longest(*cells, fillvalue="")
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]


def _record(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    first, *others = [
        f"{name}: {cell}" if number else cell for number, (name, cell) in enumerate(zip(head, row, strict=True)) if cell
    ]
    return "\n".join([_hanging("- ", first), *(_hanging("    ", one) for one in others)])
