"""A list of findings: what holds first, one line when it passes, the answer to "what now" when it does not."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from checks.finding import Finding, Gate, Status
from screens.widgets.marks import STATUS, urgency


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

    def show(self, findings: Sequence[Finding]) -> None:
        """Show these findings and keep the highlighted one highlighted where it is still there."""
        kept = self._highlighted()
        self.findings = tuple(sorted(findings, key=lambda one: urgency(one.status, one.gate)))
        self.clear_options()
        self.add_options([Option(line(one), id=str(index)) for index, one in enumerate(self.findings)])
        self.set_class(not self.findings, "-empty")
        for index, one in enumerate(self.findings):
            if kept is not None and (one.check, one.subject) == (kept.check, kept.subject):
                self.highlighted = index

    def _highlighted(self) -> Finding | None:
        if self.highlighted is None or self.highlighted >= len(self.findings):
            return None
        return self.findings[self.highlighted]

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Open the selected finding."""
        event.stop()
        self.post_message(self.Opened(self.findings[event.option_index]))


def line(finding: Finding) -> Content:
    """Return a finding as one line, and as four where it is not well."""
    head = Content.assemble(
        STATUS[finding.status].content(7), " ", Content(finding.title), ("  " + finding.subject, "$text-muted")
    )
    if finding.status in (Status.PASS, Status.NOT_APPLICABLE):
        return head
    note = "" if finding.gate is Gate.BLOCKING else "   (advisory: does not hold a step)"
    parts = [head, Content(f"    found    {finding.found}{note}")]
    if finding.status is not Status.SKIPPED:
        parts.append(Content(f"    expected {finding.expected}"))
    if finding.remedy:
        parts.append(Content(f"    do       {finding.remedy}"))
    return Content("\n").join(parts)
