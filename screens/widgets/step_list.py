"""The plan as a list: phases, steps, and where we stand."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from app.recovery.state import StepState
from app.recovery.step import Danger, Kind
from screens.widgets.marks import STEP


class StepList(OptionList):
    """Steps by phase; the highlighted one is shown beside the list."""

    class Chosen(Message):
        """The operator looks at a step."""

        def __init__(self, step: str) -> None:
            super().__init__()
            self.step = step

    def show(self, steps: Sequence[StepState], *, current: str) -> None:
        """Show the plan; ``current`` is the step the engine stands at, and the one highlighted if none was."""
        kept = self._highlighted_id()
        self.clear_options()
        phase = ""
        for step in steps:
            if step.planned.phase != phase:
                phase = step.planned.phase
                self.add_option(Option(Content.styled(phase, "bold $text-muted"), disabled=True))
            self.add_option(Option(_line(step, here=step.id == current), id=step.id))
        if kept:
            self.highlight_step(kept)

    def highlight_step(self, step: str) -> None:
        """Move the highlight to a step."""
        self.highlighted = self.get_option_index(step)

    def _highlighted_id(self) -> str | None:
        if self.highlighted is None or self.highlighted >= self.option_count:
            return None
        return self.get_option_at_index(self.highlighted).id

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Tell which step is looked at."""
        event.stop()
        if event.option.id:
            self.post_message(self.Chosen(event.option.id))


def _line(step: StepState, *, here: bool) -> Content:
    mark = STEP[step.status]
    tail = " !" if step.planned.danger is Danger.DESTRUCTIVE else ""
    hand = " (by hand)" if step.planned.kind is Kind.BY_HAND else ""
    title = Content.styled(step.planned.title + hand, "bold" if here else "")
    return Content.assemble((f"{mark.glyph} {step.planned.number:<3}", mark.style), title, (tail, "$text-error bold"))
