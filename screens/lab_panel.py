"""The lab's own panel: what an administrator, or an instructor, can do to the simulated world."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from app.desk_shapes import LabAction, LabControl


class LabPanel(ModalScreen[bool]):
    """Lists the lab's actions by area; dismissed with True where something was changed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back and check again", id="lab.back"),
        Binding("b", "toggle_breaks", "Instructor: break things", id="lab.breaks"),
    ]

    def __init__(self, control: LabControl) -> None:
        super().__init__()
        self.control = control
        self.changed = False
        self.breaking = False
        self.actions: Sequence[LabAction] = ()

    def compose(self) -> ComposeResult:
        """Title, actions, explanation of the highlighted one."""
        with Vertical(classes="sheet"):
            yield Static("", classes="sheet-title", id="lab-title")
            yield OptionList(id="lab-actions")
            yield Static("", id="lab-explanation")
            yield Footer()

    def on_mount(self) -> None:
        """Ask the lab what can be done."""
        self.reload()

    def reload(self) -> None:
        """Show the actions of the chosen kind that apply now."""
        self.run_worker(self._actions_of_the_lab, thread=True, exclusive=True, group="lab")

    def _actions_of_the_lab(self) -> None:
        try:
            actions = self.control.actions()
        except OSError as error:
            self.app.call_from_thread(self._say, f"the lab does not answer: {error}")
            return
        self.app.call_from_thread(self._show, actions)

    def _show(self, actions: Sequence[LabAction]) -> None:
        self.actions = tuple(one for one in actions if one.breaks == self.breaking and one.applies)
        title = "Break something (instructor)" if self.breaking else "Do what an administrator would do in this lab"
        self.query_one("#lab-title", Static).update(Content.styled(title, "bold"))
        options = self.query_one("#lab-actions", OptionList)
        options.clear_options()
        area = ""
        for action in self.actions:
            if action.area != area:
                area = action.area
                options.add_option(Option(Content.styled(area, "bold $text-muted"), disabled=True))
            options.add_option(Option(Content(f"  {action.title}"), id=action.id))
        if not self.actions:
            self._say("nothing to be done here: everything is as it should be")
        elif options.option_count > 1:
            options.highlighted = 1
        options.focus()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Explain the highlighted action."""
        found = next((one for one in self.actions if one.id == event.option.id), None)
        if found:
            self._say(found.explanation)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Do the action and list again what is left."""
        if event.option.id:
            action = event.option.id
            self.run_worker(lambda: self._do(action), thread=True, exclusive=True, group="lab")

    def _do(self, action: str) -> None:
        try:
            said = self.control.do(action)
        except OSError as error:
            self.app.call_from_thread(self._say, f"the lab does not answer: {error}")
            return
        self.changed = True
        self.app.call_from_thread(self.notify, said, title="Lab", markup=False)
        self._actions_of_the_lab()

    def _say(self, text: str) -> None:
        self.query_one("#lab-explanation", Static).update(Content(text))

    def action_toggle_breaks(self) -> None:
        """Switch between mending and breaking."""
        self.breaking = not self.breaking
        self.reload()

    def action_back(self) -> None:
        """Close; the caller checks again where something was changed."""
        self.dismiss(self.changed)
