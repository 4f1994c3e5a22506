"""The evidence of a run: what was done and not done, on which findings, by whom, and whether the record is whole."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.recovery.chain import Verification
from app.recovery.events import AnyEvent
from app.recovery.journal import Journal
from app.recovery.reducing import fold
from app.recovery.state import CommandState, RunState, StepState
from app.reports.document import Block, Code, Fields, Heading, Paragraph, Table, as_markdown, as_text
from app.reports.event_lines import event_line
from app.reports.evidence_json import evidence_json
from app.reports.history import JudgedFinding, StepHistory, step_history, times
from checks.finding import Gate


def evidence_report(journal: Journal, form: str = "text") -> str:
    """Return the evidence of a run as ``text``, ``markdown`` or ``json``; a damaged journal is reported as far as it reads.

    Raises:
        ValueError: another form was asked for.
    """
    events, chain = journal.readable_events(), journal.verify()
    state = fold(events)
    if form == "json":
        content = evidence_json(state, events, chain)
        return msgspec.json.format(msgspec.json.encode(content), indent=2).decode() + "\n"
    if form not in ("text", "markdown"):
        raise ValueError(f"a report is rendered as text, markdown or json, not as {form}")
    blocks = _blocks(state, events, chain)
    return as_markdown(blocks) if form == "markdown" else as_text(blocks)


def _blocks(state: RunState, events: Sequence[AnyEvent], chain: Verification) -> list[Block]:
    opened = state.opened
    title = f"Evidence: {opened.title}, {opened.target}" if opened else "Evidence of an empty run"
    blocks: list[Block] = [Heading(1, title), *_run(state), *_chain(chain)]
    blocks += [Heading(2, "Steps"), _overview(state)]
    for step in state.steps:
        blocks += _step(step, step_history(step.id, events))
    blocks += _words(state)
    blocks += [Heading(2, "Record"), _record(events)]
    return blocks


def _run(state: RunState) -> list[Block]:
    opened, spent = state.opened, times(state)
    if opened is None:
        return []
    outcome = state.outcome.value if state.outcome else "interrupted, or going on"
    done = sum(one.over for one in state.steps)
    return [
        Fields(
            (
                ("Run", opened.run),
                ("Outcome", f"{outcome}: {state.why}" if state.why else outcome),
                ("Steps", f"{done} of {len(state.steps)} over"),
                ("Procedure", opened.procedure),
                ("Backup", opened.backup),
                ("Configuration", opened.config or "none"),
                ("Plan", opened.digest),
                (
                    "Sessions",
                    "; ".join(
                        f"{one.operator}, {_clock(one.opened)} to {_clock(one.last)} UTC" for one in state.sessions
                    ),
                ),
                ("Time", f"{_time(spent.machine)} of the machine, {_time(spent.waiting)} of waiting for the operator"),
            )
        )
    ]


def _chain(chain: Verification) -> list[Block]:
    verdict = (
        f"whole: {chain.rows} rows" if chain.holds else f"NOT WHOLE: {chain.why}; {chain.rows} rows before it hold"
    )
    return [
        Heading(2, "The record itself"),
        Fields((("Chain", verdict), ("Head hash", chain.head))),
        Paragraph(
            "Each row carries the SHA-256 of the one before it. Keep the head hash elsewhere: rows cut off at the end "
            "show only against it."
        ),
    ]


def _overview(state: RunState) -> Table:
    rows = [
        (f"{one.planned.number} {one.planned.title}", _standing(one), str(one.attempts), _clock(one.ended))
        for one in state.steps
    ]
    return Table(("Step", "Standing", "Attempts", "Ended (UTC)"), tuple(rows))


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _clock(stamp: str) -> str:
    """A time as people read it: to the second."""
    return stamp[:19].replace("T", " ")


def _standing(step: StepState) -> str:
    said = "accepted without proof" if step.accepted and step.proven is not True else step.status.value
    touched = step.attempts or step.over
    return said if touched else f"not executed ({said})"


def _step(step: StepState, history: StepHistory) -> list[Block]:
    looked = f"{_times(history.times_judged)}, held {_times(history.times_held)}" if history.times_judged else ""
    blocks: list[Block] = [
        Heading(3, f"Step {step.planned.number}: {step.planned.title}"),
        Fields(
            (
                ("Standing", _standing(step) + (f": {step.why}" if step.why else "")),
                ("Source", step.planned.source),
                ("Way back", step.planned.undo or step.planned.note),
                ("Gate judged", looked + (", overridden" if step.gate_overridden else "")),
                ("By hand", "yes" if step.by_hand else ""),
            )
        ),
    ]
    blocks += _findings("Before it:", history.gate)
    for command in step.commands:
        blocks += _command(command)
    blocks += _findings("Proof:", history.proof)
    if history.doubts:
        said = tuple((one.at, one.outcome.value, one.by, one.reason) for one in history.doubts)
        blocks += [Paragraph("Doubt:"), Table(("When", "Settled as", "By", "Because"), said)]
    return blocks


def _findings(title: str, findings: tuple[JudgedFinding, ...]) -> list[Block]:
    if not findings:
        return []
    rows = tuple(_finding(one) for one in findings)
    return [Paragraph(title), Table(("Finding", "Found", "Expected", "Basis"), rows)]


def _finding(one: JudgedFinding) -> tuple[str, ...]:
    finding = one.finding
    advisory = " (advisory)" if finding.gate is Gate.ADVISORY else ""
    head = f"{finding.status.value} {finding.check}{advisory}, {finding.subject}, {one.age:.0f} s old"
    return (head, finding.found, finding.expected, finding.basis)


def _command(command: CommandState) -> list[Block]:
    head = f"Attempt {command.attempt}, on {command.host}, {command.started}: {command.status.value}, {command.seconds:.1f} s"
    lines = (command.line, *(f"  {line}" for line in (*command.output, *command.errors)))
    return [Paragraph(head), Code(lines)]


def _words(state: RunState) -> list[Block]:
    """What rests on a person's word alone."""
    blocks: list[Block] = [Heading(2, "What rests on the operator's word")]
    words = tuple((one.at, one.step, one.what or "done by hand", one.who, one.note) for one in state.by_hand)
    overrides = tuple(
        (one.at, one.step, "proof" if one.proof else "gate", ", ".join(one.checks), one.who, one.reason)
        for one in state.overrides
    )
    if words:
        blocks += [Paragraph("Attested:"), Table(("When", "Step", "What", "Who", "Note"), words)]
    if overrides:
        blocks += [Paragraph("Overridden:"), Table(("When", "Step", "What", "Checks", "Who", "Reason"), overrides)]
    return blocks if words or overrides else [*blocks, Paragraph("Nothing: nobody attested or overrode anything.")]


def _record(events: Sequence[AnyEvent]) -> Table:
    rows = tuple((str(number), _clock(one.at), event_line(one)) for number, one in enumerate(events, start=1))
    return Table(("Row", "When", "What"), rows)


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
