"""Two small dialogues: type the name of what will be overwritten; give a reason. The safe answer has the focus."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static


class TextQuestion(ModalScreen[str | None]):
    """Asks for a line of text; None where the operator went back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", id="asking.back")]

    def __init__(
        self, title: str, text: str, *, go: str, must_be: str = "", placeholder: str = "", danger: bool = False
    ) -> None:
        super().__init__()
        self.question_title = title
        self.text = text
        self.go_label = go
        self.must_be = must_be
        self.placeholder = placeholder
        self.danger = danger

    def compose(self) -> ComposeResult:
        """Show the question, the input, and the two ways out."""
        with Vertical(classes="sheet dialogue"):
            yield Static(Content.styled(self.question_title, "bold"), classes="sheet-title")
            yield Static(Content(self.text), classes="paragraph")
            yield Input(placeholder=self.placeholder, id="answer")
            yield Static("", id="complaint")
            with Horizontal(classes="buttons"):
                yield Button("Back", id="back")
                yield Button(self.go_label, id="go", variant="error" if self.danger else "primary", disabled=True)

    def on_mount(self) -> None:
        """Put the focus where typing is safe: the input cannot act by itself until it holds the right text."""
        self.query_one("#answer", Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Open the button only for an acceptable text."""
        self.query_one("#go", Button).disabled = not self._acceptable(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter in the input gives the answer where it is acceptable, and says why where it is not."""
        if self._acceptable(event.value):
            self.dismiss(event.value.strip())
        else:
            wanted = (
                f"type exactly {self.must_be}" if self.must_be else "a sentence is needed here: it goes into the record"
            )
            self.query_one("#complaint", Static).update(Content.styled(wanted, "$text-warning"))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Go back, or give the answer."""
        self.dismiss(self.query_one("#answer", Input).value.strip() if event.button.id == "go" else None)

    def action_back(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)

    def _acceptable(self, value: str) -> bool:
        return value.strip().lower() == self.must_be.lower() if self.must_be else bool(value.strip())
