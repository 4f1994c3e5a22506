"""The recorded runs of this console: where they are, which there are, which one to resume."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from platformdirs import user_state_path

from app.recovery.events import Outcome
from app.recovery.journal import SUFFIX, Journal, JournalError
from app.recovery.reducing import fold
from app.recovery.state import RunState
from app.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One recorded run at a glance."""

    run: str
    path: Path
    procedure: str = ""
    title: str = ""
    target: str = ""
    started: str = ""
    """ISO 8601 UTC."""
    last: str = ""
    """When its journal was last written."""
    outcome: Outcome | None = None
    """None: interrupted, or going on right now."""
    step: str = ""
    """Id of the first step that is not over; empty where none is left."""
    steps: int = 0
    over: int = 0
    """How many of its steps are over."""
    problem: str = ""
    """Why the journal cannot be read."""

    @property
    def resumable(self) -> bool:
        """Whether there is something left to do in it, be it only to say that it is over."""
        return not self.problem and (self.step != "" or self.outcome is None)


def runs_folder(settings: Settings) -> Path:
    """Return the folder of recorded runs: the configured one, or the user's state folder."""
    return settings.state if settings.state is not None else user_state_path("relync", appauthor=False) / "runs"


def new_run(folder: Path, target: str, now: datetime) -> tuple[str, Path]:
    """Return an id that no run has yet (time of day and host), and the path for its journal."""
    name = f"{now:%Y%m%d-%H%M%S}-{target.partition('.')[0]}"
    taken = {path.stem for path in folder.glob(f"*{SUFFIX}")} if folder.is_dir() else set()
    run = next(one for one in (name, *(f"{name}-{number}" for number in range(2, 1000))) if one not in taken)
    return run, folder / f"{run}{SUFFIX}"


def list_runs(folder: Path) -> tuple[RunSummary, ...]:
    """Return a summary of every recorded run, the latest first; one that cannot be read says why."""
    paths = sorted(folder.glob(f"*{SUFFIX}"), reverse=True) if folder.is_dir() else []
    return tuple(sorted((summary(path) for path in paths), key=lambda one: one.started or one.run, reverse=True))


def find_run(folder: Path, run: str = "", *, resumable: bool = True) -> RunSummary:
    """Return one run by id or by an unmistakable beginning of it; without an id the newest that can be resumed.

    Args:
        folder: the folder of recorded runs.
        run: an id or its beginning; empty: the newest one.
        resumable: whether, where no id is given, only a run will do in which something is left to do.

    Raises:
        JournalError: there is none such; the sentence names those there are.
    """
    known = list_runs(folder)
    fitting = [one for one in known if one.run == run] or [one for one in known if one.run.startswith(run)]
    if not run:
        fitting = [one for one in known if (one.resumable if resumable else not one.problem)][:1]
    if len(fitting) == 1:
        return fitting[0]
    asked = f"run {run}" if run else "run that can be resumed" if resumable else "readable run"
    names = ", ".join(one.run for one in known) or "none"
    hint = "name one of them" if run and known else "start one with: relync recover"
    said = f"{'more than one' if fitting else 'there is no'} {asked} in {folder}"
    raise JournalError(f"{said}; recorded runs: {names}. Do next: {hint}")


def summary(path: Path) -> RunSummary:
    """Return one run's summary."""
    try:
        with Journal.read(path) as journal:
            state = fold(journal.events())
    except JournalError as error:
        return RunSummary(run=path.stem, path=path, problem=str(error))
    return _summary(path, state)


def _summary(path: Path, state: RunState) -> RunSummary:
    opened, upcoming = state.opened, state.next_step
    if opened is None:
        return RunSummary(run=path.stem, path=path, problem="nothing is recorded in it")
    return RunSummary(
        run=path.stem,
        path=path,
        procedure=opened.procedure,
        title=opened.title,
        target=opened.target,
        started=opened.at,
        last=state.sessions[-1].last,
        outcome=state.outcome,
        step=upcoming.id if upcoming else "",
        steps=len(state.steps),
        over=sum(one.over for one in state.steps),
    )
