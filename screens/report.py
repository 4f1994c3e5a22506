"""The evidence report of a run, to read, to copy and to save."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Markdown, Static

from screens.asking import TextQuestion


class ReportScreen(Screen[None]):
    """Shows one report as Markdown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", id="report.back"),
        Binding("w", "write", "Save to a file", id="report.write"),
        Binding("y", "copy", "Copy", id="report.copy"),
    ]

    def __init__(self, title: str, markdown: str) -> None:
        super().__init__()
        self.report_title = title
        self.markdown = markdown

    def compose(self) -> ComposeResult:
        """Title, report, keys."""
        yield Static(self.report_title, id="run-head", markup=False)
        with VerticalScroll(can_focus=True, id="report"):
            yield Markdown(self.markdown, open_links=False)
        yield Footer()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the report as Markdown."""
        self.app.copy_to_clipboard(self.markdown)
        self.notify("report copied")

    @work(exclusive=True)
    async def action_write(self) -> None:
        """Save the report; a file that exists is never overwritten."""
        dialogue = TextQuestion(
            "Save the report", "Path of a new file (.md).", go="Save", placeholder="recovery-report.md"
        )
        name = await self.app.push_screen_wait(dialogue)
        if not name:
            return
        path = Path(name).expanduser()
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(self.markdown)
        except OSError as error:
            self.notify(
                f"not saved: {error.strerror or error} ({path}); give another path", severity="error", markup=False
            )
            return
        self.notify(f"saved as {path}", markup=False)
