"""A list of findings: what holds first, one line when it passes, the answer to "what now" when it does not."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from checks.finding import Finding, Gate, Status
from screens.widgets.marks import STATUS, urgency

_INDENT = 13


class FindingList(OptionList):
    """Findings, the urgent ones on top; Enter opens one."""

    class Opened(Message):
        """The operator wants to read one finding in full."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.findings: tuple[Finding, ...] = ()
        self._width = 78

    def show(self, findings: Sequence[Finding]) -> None:
        """Show these findings and keep the highlighted one highlighted where it is still there."""
        kept = self._highlighted()
        self.findings = tuple(sorted(findings, key=lambda one: urgency(one.status, one.gate)))
        self.clear_options()
        self._fill()
        self.set_class(not self.findings, "-empty")
        for index, one in enumerate(self.findings):
            if kept is not None and (one.check, one.subject) == (kept.check, kept.subject):
                self.highlighted = index

    def on_resize(self, event: Resize) -> None:
        """Wrap anew: found, expected and do keep their hanging indent."""
        if event.size.width != self._width:
            kept = self.highlighted
            self._width = event.size.width
            self.clear_options()
            self._fill()
            self.highlighted = kept

    def _fill(self) -> None:
        width = max(40, self._width - 1)
        self.add_options([Option(line(one, width), id=str(index)) for index, one in enumerate(self.findings)])

    def _highlighted(self) -> Finding | None:
        if self.highlighted is None or self.highlighted >= len(self.findings):
            return None
        return self.findings[self.highlighted]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the selected finding."""
        event.stop()
        self.post_message(self.Opened(self.findings[event.option_index]))


def line(finding: Finding, width: int) -> Content:
    """Return a finding as one line, and with found, expected and what to do where it is not well."""
    head = Content.assemble(
        STATUS[finding.status].content(7), " ", Content(finding.title), ("  " + finding.subject, "$text-muted")
    )
    if finding.status in (Status.PASS, Status.NOT_APPLICABLE):
        return head
    note = "" if finding.gate is Gate.BLOCKING else " (advisory: does not hold a step)"
    rows = [("found", finding.found + note)]
    if finding.status is not Status.SKIPPED:
        rows.append(("expected", finding.expected))
    if finding.remedy:
        rows.append(("do", finding.remedy))
    return Content("\n").join([head, *(_hanging(label, text, width) for label, text in rows)])


def _hanging(label: str, text: str, width: int) -> Content:
    lines = [part for row in text.splitlines() for part in wrap(row, width - _INDENT)] or [""]
    return Content.assemble((f"    {label:<9}", "$text-muted"), Content(("\n" + " " * _INDENT).join(lines)))
