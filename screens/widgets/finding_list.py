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
_WELL = (Status.PASS, Status.NOT_APPLICABLE)
_FOLDED_FROM = 3
"""More findings than this that are well become one line: on 24 rows the command must stay in sight."""
_MORE = "more"


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
        self._listed_in_full = False

    def show(self, findings: Sequence[Finding]) -> None:
        """Show these findings and keep the highlighted one highlighted where it is still there."""
        kept = self._highlighted()
        self.findings = tuple(sorted(findings, key=lambda one: urgency(one.status, one.gate)))
        self.clear_options()
        self._fill()
        self.set_class(not self.findings, "-empty")
        for at, option in enumerate(self.options):
            one = self._finding(option)
            if kept is not None and one is not None and (one.check, one.subject) == (kept.check, kept.subject):
                self.highlighted = at

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
        well = [one for one in self.findings if one.status in _WELL]
        folded = len(well) > _FOLDED_FROM and not self._listed_in_full
        shown = [one for one in self.findings if one not in well] if folded else self.findings
        self.add_options([Option(line(one, width), id=str(self.findings.index(one))) for one in shown])
        if folded:
            text = f"{len(well)} findings, nothing wrong with them (Enter lists them)"
            self.add_option(
                Option(Content.assemble(STATUS[Status.PASS].content(7), " ", (text, "$text-muted")), id=_MORE)
            )

    def _highlighted(self) -> Finding | None:
        if self.highlighted is None or self.highlighted >= self.option_count:
            return None
        return self._finding(self.get_option_at_index(self.highlighted))

    def _finding(self, option: Option) -> Finding | None:
        return None if option.id in (None, _MORE) else self.findings[int(option.id or 0)]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the selected finding, or list those that pass."""
        event.stop()
        finding = self._finding(event.option)
        if finding is not None:
            self.post_message(self.Opened(finding))
            return
        self._listed_in_full = True
        self.clear_options()
        self._fill()
        self.highlighted = 0


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
