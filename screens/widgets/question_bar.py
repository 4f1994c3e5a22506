"""The question the engine is asking, as buttons with keys; Stop has the focus."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from app.recovery.ports import Choice, Question, Topic

LABELS = {
    Choice.RUN: "Run",
    Choice.BY_HAND: "Done by hand",
    Choice.RECHECK: "Check again",
    Choice.OVERRIDE: "Override",
    Choice.RETRY: "Run again",
    Choice.IS_DONE: "It is done",
    Choice.NOT_DONE: "It is not done",
    Choice.STOP: "Stop here",
}
KEYS = {
    Choice.RUN: "r",
    Choice.BY_HAND: "h",
    Choice.RECHECK: "c",
    Choice.OVERRIDE: "o",
    Choice.RETRY: "a",
    Choice.IS_DONE: "d",
    Choice.NOT_DONE: "n",
    Choice.STOP: "s",
}


class QuestionBar(Vertical):
    """Shows one question, or what the engine is doing."""

    class Answered(Message):
        """A button was pressed."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    def compose(self) -> ComposeResult:
        """One line of text, one row of buttons."""
        yield Static("", id="question-text")
        with Horizontal(id="question-buttons"):
            for choice in reversed(Choice):
                yield Button(f"{LABELS[choice]} ({KEYS[choice]})", id=f"choice-{choice.value}", compact=True)

    def ask(self, question: Question) -> None:
        """Show a question; the safe answer takes the focus."""
        self.set_class(True, "-asking")
        reason = "" if question.topic is Topic.READY else question.text.strip().partition("\n")[0]
        self.query_one("#question-text", Static).update(
            Content.assemble((question.title, "bold"), "  ", Content(reason))
        )
        for choice in Choice:
            self._button(choice).display = choice in question.choices
        self._button(question.choices[0]).focus(scroll_visible=False)

    def say(self, text: str) -> None:
        """Show what is going on; there is nothing to answer."""
        self.set_class(False, "-asking")
        self.query_one("#question-text", Static).update(Content.styled(text, "$text-muted"))
        for choice in Choice:
            self._button(choice).display = False

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Pass the choice on."""
        event.stop()
        self.post_message(self.Answered(Choice((event.button.id or "").removeprefix("choice-"))))

    def _button(self, choice: Choice) -> Button:
        return self.query_one(f"#choice-{choice.value}", Button)
