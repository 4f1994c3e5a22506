"""The app's picture of one run: folded from the engine's events, followed by the screens, answered by the operator.

The engine works in a thread of its own and knows only two functions, ``emit`` and ``ask``; both end here. Closing a screen
changes nothing: a screen that opens late renders the same state.
"""

from __future__ import annotations

from concurrent.futures import Future

from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.signal import Signal

from app.recovery.events import AnyEvent, Progress
from app.recovery.ports import Choice, Question, Reply
from app.recovery.reducing import reduce
from app.recovery.state import RunState


class EngineNews(Message):
    """Something happened in the run."""

    def __init__(self, event: AnyEvent) -> None:
        super().__init__()
        self.event = event

    def can_replace(self, message: Message) -> bool:
        """A newer progress text replaces one that was not shown yet; nothing else may be lost."""
        return (
            isinstance(message, EngineNews) and isinstance(message.event, Progress) and isinstance(self.event, Progress)
        )


class EngineAsks(Message):
    """The engine waits for an answer."""

    def __init__(self, question: Question, answer: Future[Reply]) -> None:
        super().__init__()
        self.question = question
        self.answer = answer


class EngineFailed(Message):
    """The engine could not go on: an error of the program, not of the deployment."""

    def __init__(self, why: str) -> None:
        super().__init__()
        self.why = why


class RunView:
    """State, pending question, and the signal that either has changed."""

    def __init__(self, app: App[int]) -> None:
        self.app = app
        self.state = RunState()
        self.question: Question | None = None
        self.failure = ""
        self.changed: Signal[None] = Signal(app, "run-changed")
        self._answer: Future[Reply] | None = None

    # The engine's thread calls these two.

    def emit(self, event: AnyEvent) -> None:
        """Hand an event to the app's own thread."""
        self.app.post_message(EngineNews(event))

    def ask(self, question: Question) -> Reply:
        """Block the engine until the operator has answered; the safe answer where the app is gone."""
        answer: Future[Reply] = Future()
        if not self.app.post_message(EngineAsks(question, answer)):
            return Reply(choice=Choice.STOP, note="the app was closed")
        return answer.result()

    # The app's thread calls these.

    def follow(self, screen: MessagePump, render: object) -> None:
        """Call ``render`` after every change for as long as the screen lives."""
        assert callable(render)
        self.changed.subscribe(screen, lambda _: render())  # type: ignore[arg-type]

    def hear(self, event: AnyEvent) -> None:
        """Take an event into the state."""
        self.state = reduce(self.state, event)
        self.changed.publish(None)

    def put(self, question: Question, answer: Future[Reply]) -> None:
        """Show a question."""
        self.question, self._answer = question, answer
        self.changed.publish(None)

    def fail(self, why: str) -> None:
        """Show that the engine could not go on."""
        self.failure = why
        self.changed.publish(None)

    def reply(self, reply: Reply) -> None:
        """Answer the pending question; nothing happens where there is none."""
        answer, self._answer, self.question = self._answer, None, None
        if answer is not None and not answer.done():
            answer.set_result(reply)
        self.changed.publish(None)

    @property
    def busy(self) -> bool:
        """Whether the engine is at work, so that leaving would interrupt it."""
        return (
            self.state.opened is not None and self.state.outcome is None and self.question is None and not self.failure
        )
