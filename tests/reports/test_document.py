"""Blocks as text and as Markdown."""

from __future__ import annotations

from app.reports.document import Bullets, Code, Fields, Heading, Paragraph, Table, as_markdown, as_text


def test_a_fence_is_longer_than_any_in_the_content() -> None:
    assert as_markdown([Code(("a ``` b", "c"))]).splitlines() == ["````", "a ``` b", "c", "````"]


def test_the_widest_column_is_folded_to_the_page() -> None:
    lines = as_text([Table(("Check", "Found"), (("dns.pool", "word " * 40),))]).splitlines()
    assert lines[0] == "Check     Found"
    assert lines[1].startswith("dns.pool  word word")
    assert lines[2].startswith("          word")
    assert max(map(len, lines)) <= 100


def test_a_table_that_cannot_be_folded_becomes_one_paragraph_a_row() -> None:
    wide = Table(("Check", "Found", "Expected"), (("dns.pool", "word " * 20, "other " * 20),))
    lines = as_text([wide]).splitlines()
    assert lines[0] == "- dns.pool"
    assert lines[1].startswith("    Found: word")
    assert max(map(len, lines)) <= 100


def test_a_narrow_table_keeps_its_columns() -> None:
    assert as_text([Table(("A", "B"), (("long cell", "x"),))]) == "A          B\nlong cell  x\n"


def test_fields_without_a_value_are_left_out() -> None:
    assert as_text([Fields((("Who", "admin"), ("Note", "")))]) == "Who: admin\n"


def test_headings_lists_and_paragraphs() -> None:
    blocks = [Heading(1, "Title"), Paragraph("Some text."), Bullets(("one", "two"), boxes=True)]
    assert as_text(blocks) == "Title\n=====\n\nSome text.\n\n[ ] one\n[ ] two\n"
    assert as_markdown(blocks) == "# Title\n\nSome text.\n\n- [ ] one\n- [ ] two\n"


def test_what_a_terminal_takes_for_a_command_is_left_out() -> None:
    assert "\x1b" not in as_text([Paragraph("\x1b[31mred"), Code(("\x1b]0;x\x07",)), Bullets(("\x9b2J",))])
