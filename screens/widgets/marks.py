"""How a status is shown: a glyph and a word and a colour, never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from app.recovery.state import StepStatus
from app.recovery.step import Danger
from checks.finding import Gate, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Glyph, word and style of one state; glyphs are in the Windows console's default font."""

    glyph: str
    word: str
    style: str

    def content(self, width: int = 0) -> Content:
        """Return glyph and word, the word padded to ``width``."""
        return Content.styled(f"{self.glyph} {self.word:<{width}}", self.style)


STATUS = {
    Status.PASS: Mark(glyph="√", word="pass", style="$text-success"),
    Status.WARN: Mark(glyph="!", word="warn", style="$text-warning"),
    Status.FAIL: Mark(glyph="×", word="FAIL", style="$text-error bold"),
    Status.UNKNOWN: Mark(glyph="?", word="UNKNOWN", style="$text-warning bold"),
    Status.SKIPPED: Mark(glyph="-", word="skipped", style="$text-muted"),
    Status.NOT_APPLICABLE: Mark(glyph="·", word="n/a", style="$text-muted"),
}

STEP = {
    StepStatus.PENDING: Mark(glyph="·", word="to come", style="$text-muted"),
    StepStatus.HELD: Mark(glyph="×", word="HELD", style="$text-error bold"),
    StepStatus.READY: Mark(glyph="►", word="ready", style="$text-primary bold"),
    StepStatus.RUNNING: Mark(glyph="»", word="running", style="$text-primary bold"),
    StepStatus.IN_DOUBT: Mark(glyph="?", word="IN DOUBT", style="$text-warning bold"),
    StepStatus.NOT_PROVEN: Mark(glyph="?", word="NOT PROVEN", style="$text-warning bold"),
    StepStatus.FAILED: Mark(glyph="×", word="FAILED", style="$text-error bold"),
    StepStatus.STOPPED: Mark(glyph="■", word="stopped", style="$text-muted"),
    StepStatus.DONE: Mark(glyph="√", word="done", style="$text-success"),
    StepStatus.ALREADY_DONE: Mark(glyph="√", word="was done already", style="$text-success"),
}

DANGER = {
    Danger.READ_ONLY: Mark(glyph=" ", word="changes nothing", style="$text-muted"),
    Danger.REVERSIBLE: Mark(glyph="~", word="can be undone", style="$text-primary"),
    Danger.DESTRUCTIVE: Mark(glyph="!", word="DESTRUCTIVE", style="$text-error bold"),
}

_ORDER = (Status.FAIL, Status.UNKNOWN, Status.SKIPPED, Status.WARN, Status.PASS, Status.NOT_APPLICABLE)


def urgency(status: Status, gate: Gate) -> tuple[bool, int]:
    """Return a sort key: what holds a step first, then by how bad it is."""
    holds = gate is Gate.BLOCKING and status in (Status.FAIL, Status.UNKNOWN, Status.SKIPPED)
    return not holds, _ORDER.index(status)


def age(seconds: float) -> str:
    """Return how long ago, in the largest unit that says enough."""
    if seconds < 1.5:
        return "just now"
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{seconds:.0f} s ago"
