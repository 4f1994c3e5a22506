"""The recovery itself: the plan on the left, the step with its gate, command and proof on the right, one question below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Footer, Static

from app.desk_shapes import LabControl
from app.recovery.events import Outcome
from app.recovery.ports import Choice, Question, Reply
from app.recovery.state import CommandState, CommandStatus, RunState, StepState
from checks.finding import Finding
from screens.asking import TextQuestion
from screens.finding import FindingScreen
from screens.lab_panel import LabPanel
from screens.run_view import RunView
from screens.widgets.finding_list import FindingList
from screens.widgets.marks import DANGER, STEP
from screens.widgets.question_bar import KEYS, LABELS, QuestionBar
from screens.widgets.step_list import StepList

_NOTES = {
    Choice.BY_HAND: (
        "Done by hand",
        "What was done, and where? It goes into the record beside the proof.",
        "Record it",
    ),
    Choice.OVERRIDE: (
        "Override",
        "Why may this go on although it is held? The reason and your name are recorded.",
        "Override",
    ),
    Choice.IS_DONE: ("It is done", "How do you know? It goes into the record.", "It is done"),
    Choice.NOT_DONE: ("It is not done", "How do you know? It goes into the record.", "It is not done"),
}


def _key(choice: Choice, tooltip: str) -> Binding:
    return Binding(
        KEYS[choice],
        f"choose('{choice.value}')",
        LABELS[choice],
        id=f"recovery.{choice.value}",
        tooltip=tooltip,
        show=False,
    )


class RecoveryScreen(Screen[None]):
    """Follows one run. It decides nothing: the engine asks, the operator answers, the journal remembers."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        _key(Choice.RUN, "Let the program run the commands shown"),
        _key(Choice.BY_HAND, "I did it myself: prove it"),
        _key(Choice.RECHECK, "Look again"),
        _key(Choice.OVERRIDE, "Go on although a check holds this step; a reason is recorded"),
        _key(Choice.RETRY, "Run the commands again"),
        _key(Choice.IS_DONE, "I have looked: it is done"),
        _key(Choice.NOT_DONE, "I have looked: it is not done"),
        _key(Choice.STOP, "Stop here; the run can be resumed"),
        Binding("t", "toggle_steps", "Plan", id="recovery.steps", tooltip="Show or hide the plan"),
        Binding("y", "copy_commands", "Copy command", id="recovery.copy", tooltip="Copy the commands of this step"),
        Binding("l", "lab", "Lab panel", id="recovery.lab", tooltip="Mend or break the simulated world"),
        Binding("e", "app.report", "Evidence", id="recovery.report", tooltip="The evidence report of this run so far"),
        Binding("q", "app.leave", "Quit", id="recovery.quit"),
    ]

    def __init__(self, run: RunView, lab: LabControl | None) -> None:
        super().__init__()
        self.run_view = run
        self.lab = lab
        self.looking_at = ""
        self.following = True

    def compose(self) -> ComposeResult:
        """Lay out head, plan, step and question."""
        yield Static("", id="run-head")
        with Horizontal(id="run-body"):
            yield StepList(id="steps")
            with VerticalScroll(id="step", can_focus=False):
                yield Static("", id="step-head")
                yield Static("", id="step-facts")
                for pane in ("proof", "gate"):
                    with Vertical(classes="pane", id=f"{pane}-pane"):
                        yield Static("", classes="pane-title", id=f"{pane}-title")
                        yield FindingList(id=pane)
                for pane in ("commands", "output", "hand"):
                    with Vertical(classes="pane", id=f"{pane}-pane"):
                        yield Static("", classes="pane-title", id=f"{pane}-title")
                        yield Static("", id=pane)
        yield QuestionBar(id="question")
        yield Footer()

    def on_mount(self) -> None:
        """Show what is known, then follow."""
        self.run_view.follow(self, self.show_run)
        self.show_run()

    def show_run(self) -> None:
        """Render the run's newest state."""
        state = self.run_view.state
        if state.opened is None:
            self.query_one(QuestionBar).say(self.run_view.failure or "opening the run")
            return
        here = self._standing_at(state)
        if self.following and here:
            self.looking_at = here
        self.query_one("#run-head", Static).update(_head(state))
        steps = self.query_one(StepList)
        steps.show(state.steps, current=here)
        if self.looking_at:
            steps.highlight_step(self.looking_at)
        self._show_step(state)
        self._show_question(state)
        self.refresh_bindings()

    def _standing_at(self, state: RunState) -> str:
        if self.run_view.question is not None:
            return self.run_view.question.step
        return state.current or (state.steps[0].id if state.steps else "")

    @on(StepList.Chosen)
    def look_at(self, event: StepList.Chosen) -> None:
        """Show another step of the plan without changing anything."""
        # The list also reports the highlights that this screen sets itself, and late: only the operator's own count.
        if event.step == self.looking_at or not self.query_one(StepList).has_focus:
            return
        self.looking_at = event.step
        self.following = event.step == self._standing_at(self.run_view.state)
        self._show_step(self.run_view.state)

    @on(FindingList.Opened)
    def open_finding(self, event: FindingList.Opened) -> None:
        """Read a finding in full."""
        self.app.push_screen(FindingScreen(event.finding))

    def _show_step(self, state: RunState) -> None:
        step = next((one for one in state.steps if one.id == self.looking_at), None)
        if step is None:
            return
        planned = step.planned
        head = Content.assemble(
            (f"{planned.number}  {planned.title}", "bold"),
            "   ",
            STEP[step.status].content(),
            "  ",
            DANGER[planned.danger].content(),
        )
        self.query_one("#step-head", Static).update(head)
        self.query_one("#step-facts", Static).update(_facts(step))
        self._show_findings("gate", _gate_title(step), step.gate)
        self._show_findings("proof", _proof_title(step), step.proof)
        self._show_text("commands", _command_title(step), "\n".join(step.lines) or step.lines_why)
        self._show_text("output", "what happened", "\n".join(line for one in step.commands[-20:] for line in _log(one)))
        self._show_text(
            "hand", "how a person does it", "\n".join(f"{at}. {line}" for at, line in enumerate(planned.by_hand, 1))
        )

    def _show_findings(self, pane: str, title: str, findings: Sequence[Finding]) -> None:
        self.query_one(f"#{pane}", FindingList).show(findings)
        self.query_one(f"#{pane}-pane").display = bool(findings)
        self.query_one(f"#{pane}-title", Static).update(Content(title))

    def _show_text(self, pane: str, title: str, text: str) -> None:
        self.query_one(f"#{pane}-pane").display = bool(text)
        self.query_one(f"#{pane}-title", Static).update(Content(title))
        self.query_one(f"#{pane}", Static).update(Content(text))

    def _show_question(self, state: RunState) -> None:
        bar = self.query_one(QuestionBar)
        if self.run_view.failure:
            bar.say(self.run_view.failure)
        elif self.run_view.question is not None:
            bar.ask(self.run_view.question)
        elif state.outcome is not None:
            bar.say(f"{_ending(state.outcome, state.why)}   e shows the evidence report, q leaves")
        else:
            bar.say(state.doing or "working")

    # Answering

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key works only while its answer is among those asked for."""
        if action == "choose":
            question = self.run_view.question
            return question is not None and Choice(str(parameters[0])) in question.choices
        if action == "lab":
            return self.lab is not None
        return True

    def action_choose(self, choice: str) -> None:
        """Answer by key."""
        self.answer(Choice(choice))

    @on(QuestionBar.Answered)
    def answered(self, event: QuestionBar.Answered) -> None:
        """Answer by button."""
        self.answer(event.choice)

    @work(exclusive=True, group="answer")
    async def answer(self, choice: Choice) -> None:
        """Collect what an answer needs (a reason, a typed name), then give it."""
        question = self.run_view.question
        if question is None or choice not in question.choices:
            return
        note = typed = ""
        if choice in _NOTES:
            title, text, go = _NOTES[choice]
            note = await self._asked(TextQuestion(f"{title}: {question.title}", text, go=go))
            if not note:
                return
        if choice in (Choice.RUN, Choice.RETRY) and question.type_to_confirm:
            typed = await self._typed_name(question)
            if not typed:
                return
        if self.run_view.question is question:
            self.following = True
            self.run_view.reply(Reply(choice=choice, note=note, typed=typed))

    async def _typed_name(self, question: Question) -> str:
        text = (
            f"This overwrites data on {question.type_to_confirm} and cannot be undone by this program. "
            "Type the name of the machine to go on."
        )
        dialogue = TextQuestion(
            question.title,
            text,
            go="Overwrite",
            must_be=question.type_to_confirm,
            placeholder="name of the machine",
            danger=True,
        )
        return await self._asked(dialogue)

    async def _asked(self, dialogue: TextQuestion) -> str:
        answer: str | None = await self.app.push_screen_wait(dialogue)
        return answer or ""

    # Looking around

    def action_toggle_steps(self) -> None:
        """Show or hide the plan."""
        self.toggle_class("-plan")
        if self.has_class("-plan"):
            self.query_one(StepList).focus()

    def action_copy_commands(self) -> None:
        """Copy the commands of the step that is looked at."""
        step = next((one for one in self.run_view.state.steps if one.id == self.looking_at), None)
        if step is None or not step.lines:
            self.notify("this step has no command")
            return
        self.app.copy_to_clipboard("\n".join(step.lines))
        self.notify(f"{len(step.lines)} command(s) copied")

    @work(exclusive=True, group="lab-panel")
    async def action_lab(self) -> None:
        """Open the lab's panel; look again where something was changed there."""
        if self.lab is None:
            return
        changed = await self.app.push_screen_wait(LabPanel(self.lab))
        if changed:
            self.answer(Choice.RECHECK)


def _ending(outcome: Outcome, why: str) -> str:
    if outcome is Outcome.DONE:
        return "The recovery is complete: every step is done and proven."
    return f"{outcome.value}: {why}"


def _head(state: RunState) -> Content:
    opened = state.opened
    title = f"{opened.title} - {opened.target}" if opened else ""
    done = sum(1 for one in state.steps if one.over)
    return Content.assemble(
        ("Relync  ", "bold $text-primary"),
        Content(title),
        (f"   {done} of {len(state.steps)} steps done", "$text-muted"),
        (f"   run {opened.run}" if opened else "", "$text-muted"),
    )


def _facts(step: StepState) -> Content:
    planned = step.planned
    rows = [Content(planned.intent)]
    for label, text in (
        ("who", planned.who),
        ("where", planned.where),
        ("source", planned.source),
        ("undo", planned.undo or planned.note),
    ):
        if text:
            rows.append(Content.assemble((f"{label:<7}", "$text-muted"), Content(text)))
    if step.why:
        rows.append(Content.assemble(("ended  ", "$text-muted"), Content(step.why)))
    return Content("\n").join(rows)


def _gate_title(step: StepState) -> str:
    holding = sum(1 for one in step.gate if one.holds)
    if step.gate_overridden:
        return f"before this step: {holding} of {len(step.gate)} hold it, OVERRIDDEN"
    if holding:
        return f"before this step: HELD by {holding} of {len(step.gate)}"
    return f"before this step: open, {len(step.gate)} findings"


def _proof_title(step: StepState) -> str:
    holding = sum(1 for one in step.proof if one.holds)
    word = (
        "accepted without proof" if step.accepted else "proven" if step.proven else f"NOT PROVEN, {holding} do not hold"
    )
    return f"proof: {word}"


def _command_title(step: StepState) -> str:
    return "the exact command (y copies it)" if step.lines else "nothing to run"


def _log(command: CommandState) -> list[str]:
    words = {
        CommandStatus.RUNNING: "running",
        CommandStatus.OK: f"ended well in {command.seconds:.1f} s",
        CommandStatus.FAILED: f"failed after {command.seconds:.1f} s",
        CommandStatus.LOST: "no answer came: what it did is not known",
    }
    return [
        f"{command.host}> {command.line}",
        *(f"  {line}" for line in command.output[-8:]),
        *(f"  error: {line}" for line in command.errors[-8:]),
        f"  [{words[command.status]}]",
    ]
