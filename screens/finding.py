"""One finding in full: found, expected, where that comes from, what to do."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from checks.finding import Finding, Gate
from screens.widgets.marks import STATUS, age


class FindingScreen(ModalScreen[None]):
    """Reads one finding; nothing can be changed here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss_it", "Back", id="finding.back"),
        Binding("y", "copy", "Copy", id="finding.copy", tooltip="Copy the finding as text"),
    ]

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding

    def compose(self) -> ComposeResult:
        """Lay the finding out as a page of labelled paragraphs."""
        with Vertical(classes="sheet"):
            yield Static(
                Content.assemble(STATUS[self.finding.status].content(), "  ", (self.finding.title, "bold")),
                classes="sheet-title",
            )
            with VerticalScroll(can_focus=True):
                for label, text in self.paragraphs():
                    if text:
                        yield Static(Content.styled(label, "$text-muted"), classes="label")
                        yield Static(Content(text), classes="paragraph")
            yield Footer()

    def paragraphs(self) -> list[tuple[str, str]]:
        """Return label and text of every paragraph, in the order a tired person asks."""
        one = self.finding
        seconds = (datetime.now(UTC) - one.at).total_seconds()
        gate = (
            "it holds the step until it passes"
            if one.gate is Gate.BLOCKING
            else "advisory: it warns and does not hold a step"
        )
        return [
            ("About", one.subject),
            ("Found", one.found),
            ("Expected", one.expected),
            ("Where the expectation comes from", one.basis),
            ("What to do", one.remedy),
            ("Why it matters", _why(one.check)),
            ("Gate", gate),
            ("Looked at", f"{age(seconds)}, answered in {one.seconds:.1f} s"),
            ("Sources", ", ".join(one.sources)),
            ("Check", one.check),
            ("Evidence", "\n".join(one.evidence)),
        ]

    def action_dismiss_it(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the finding as text."""
        text = "\n".join(
            f"{label}: {value}" for label, value in [("Status", self.finding.status.value), *self.paragraphs()] if value
        )
        self.app.copy_to_clipboard(text)
        self.notify("finding copied")


def _why(check_id: str) -> str:
    """A finding out of an older record may speak of a check that is gone."""
    from checks.catalogue import by_id  # 0.25 s that the first screen should not wait for

    try:
        return by_id(check_id).why
    except KeyError:
        return ""
