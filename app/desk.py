"""Everything a face can ask for, composed once: what the app, the line mode and the headless commands stand on.

A face gets a ``Desk`` and the two ports of the engine; it never builds a gatherer, a plan or a journal by itself.
"""

from __future__ import annotations

import getpass
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.backup.backup_set import BackupSet
from app.backup.following import FollowedBackup
from app.backup.opening import BackupError
from app.desk_shapes import DeskError, Failure, Interrupted
from app.facts.gather import Gatherer
from app.passwords import PasswordMissing
from app.procedures.catalogue import find_procedure
from app.procedures.triage import triage, triage_requests
from app.recovery.engine import Engine as RecoveryEngine
from app.recovery.engine import opening
from app.recovery.events import RunOpened
from app.recovery.journal import Journal, JournalError
from app.recovery.plan import CannotPlan, Plan, PlanChanged, make_plan
from app.recovery.ports import Ask, Emit
from app.recovery.preflight import PreflightFinding, exit_status, preflight
from app.recovery.reducing import fold
from app.recovery.runs import RunSummary, find_run, list_runs, new_run, runs_folder
from app.recovery.scoping import ScopeSource, scope_source
from app.recovery.state import RunState
from app.recovery.world import World, never
from app.remote.command import Command
from app.remote.result import CommandResult
from app.reports.evidence import evidence_report
from app.reports.plan_report import plan_report
from app.settings import Settings
from app.settings_file import SettingsError
from checks.catalogue import by_id

if TYPE_CHECKING:
    from app.remote.connections import Connections

Engine = Callable[[], RunState]
"""A recovery ready to go: blocks until every step is over or the operator stops."""
Password = Callable[[], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preflight:
    """Every gate of a plan, judged in one wave."""

    plan: Plan
    findings: tuple[PreflightFinding, ...]

    @property
    def exit_status(self) -> int:
        """0, 1 or 3 as the command line means them."""
        return exit_status(self.findings)


class Desk:
    """One console at work on one deployment."""

    def __init__(
        self,
        settings: Settings,
        *,
        password: Password,
        sql_password: object = None,
        config: Path | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        should_stop: Callable[[], bool] = never,
    ) -> None:
        """Nothing is read or contacted yet.

        Args:
            settings: the console's.
            password: of ``settings.credentials``.
            sql_password: what the SQL collector takes.
            config: where the settings came from; recorded, so that a run can be resumed with them.
            clock: UTC now.
            should_stop: looked at between two commands of a recovery.
        """
        self.settings = settings
        self.config = config
        self._password = password
        self._sql_password = sql_password
        self._clock = clock
        self._should_stop = should_stop
        self._open: Connections | None = None
        self._gatherer: Gatherer | None = None
        self._backup: FollowedBackup | None = None

    # What is known without asking the world

    def choose_backup(self, folder: str) -> None:
        """Use another backup set."""
        self.settings = replace(self.settings, backup=Path(folder).expanduser())

    def backup(self) -> BackupSet:
        """Open the backup set.

        Raises:
            DeskError: none was named, or it cannot be read.
        """
        if self.settings.backup is None:
            raise DeskError('no backup was named; give --backup DIR, or backup = "DIR" in the configuration')
        with said():
            return self._opened(self.settings.backup)

    def plan(self, backup: BackupSet, failure: str, target: str) -> Plan:
        """Bind a procedure to this deployment.

        Raises:
            DeskError: there is no such procedure or target, or they do not fit.
        """
        with said():
            return make_plan(find_procedure(failure), self._scopes(backup, target)({}))

    def paper(self, backup: BackupSet, plan: Plan, form: str = "markdown") -> str:
        """Return the plan as it can be printed."""
        return plan_report(plan, self._scopes(backup, plan.target)({}), by_id, form)

    def same(self, failure: str, other: Failure) -> bool:
        """Return whether a failure's name or alias means the same procedure.

        Raises:
            DeskError: there is no procedure of that name.
        """
        with said():
            return find_procedure(failure).id == other.procedure

    # Asking the world

    def failures(self, backup: BackupSet) -> tuple[Failure, ...]:
        """Ask every server of the topology how it is, and return what may have failed, the likely ones first."""
        if backup.topology is None:
            return ()
        readings = self.gatherer.gather(triage_requests(backup.topology))
        return tuple(
            Failure(procedure=one.procedure, target=one.target, title=one.title, why=one.reason, likely=one.likely)
            for one in triage(backup.topology, readings)
        )

    def preflight(self, backup: BackupSet, plan: Plan) -> Preflight:
        """Judge every gate of a plan; changes nothing."""
        scope = self._scopes(backup, plan.target)({})
        return Preflight(plan=plan, findings=preflight(plan, scope, by_id, self.gatherer.gather))

    # Recovering

    def begin(self, backup: BackupSet, plan: Plan, emit: Emit, ask: Ask) -> Engine:
        """Open a new run and return its engine.

        Raises:
            DeskError: the journal cannot be written.
        """
        with said():
            run, path = new_run(runs_folder(self.settings), plan.target, self._clock())
            journal = Journal.create(path)
        operator = self.operator
        first = opening(
            plan,
            run=run,
            backup=str(backup.root.absolute()),
            config=str(self.config.absolute()) if self.config else "",
            operator=operator,
        )
        return self._engine(backup, plan, journal, emit, ask, lambda engine: engine.run(first))

    def resume(self, run: str, emit: Emit, ask: Ask) -> Engine:
        """Take up an interrupted run; an empty id means the latest.

        Raises:
            DeskError: there is none such, another process works on it, or its plan has changed.
        """
        with said():
            found = find_run(runs_folder(self.settings), run)
            backup = self._opened(Path(self.recorded(found.run).backup))
            plan = self.plan(backup, found.procedure, found.target)
            journal = Journal.open(found.path)
        return self._engine(backup, plan, journal, emit, ask, lambda engine: engine.run())

    def _engine(
        self,
        backup: BackupSet,
        plan: Plan,
        journal: Journal,
        emit: Emit,
        ask: Ask,
        go: Callable[[RecoveryEngine], RunState],
    ) -> Engine:
        world = World(
            scope=self._scopes(backup, plan.target),
            checks=by_id,
            gather=self.gatherer.gather,
            execute=self._execute,
            clock=self._clock,
            sleep=time.sleep,
            should_stop=self._should_stop,
            settle_limit=self.settings.limits.settle_seconds or None,
        )

        def work() -> RunState:
            with journal, said():
                engine = RecoveryEngine(
                    plan=plan, world=world, journal=journal, emit=emit, ask=ask, operator=self.operator
                )
                return go(engine)

        return work

    def _execute(self, host: str, command: Command, seconds: float) -> CommandResult:
        from app.remote.execution import execute  # pywinrm costs 0.2 s, which the first screen should not wait for

        return execute(self._connections.session(host), command, seconds=seconds)

    # What was recorded

    def runs(self) -> tuple[RunSummary, ...]:
        """Return all recorded runs of this console."""
        return list_runs(runs_folder(self.settings))

    def recorded(self, run: str) -> RunOpened:
        """Return how a run was opened: with which plan, backup and configuration; an empty id means the latest.

        Raises:
            DeskError: there is none such.
        """
        with said():
            found = find_run(runs_folder(self.settings), run)
            with Journal.read(found.path) as journal:
                opened = fold(journal.events()).opened
        if opened is None:
            raise DeskError(f"nothing is recorded in run {found.run}: it ended before it began; start a new one")
        return opened

    def interrupted(self) -> tuple[Interrupted, ...]:
        """Return the runs that can be taken up again."""
        return tuple(
            Interrupted(
                id=one.run,
                title=one.title,
                target=one.target,
                standing=f"{one.over} of {one.steps} steps, " + (f"next {one.step}" if one.step else "all over"),
            )
            for one in self.runs()
            if one.resumable and self._can_be_reached(one.run)
        )

    def _can_be_reached(self, run: str) -> bool:
        """A run whose configuration file is gone (a lab that has ended) cannot be taken up again."""
        config = self.recorded(run).config
        return not config or Path(config).exists()

    def report(self, run: str, form: str) -> str:
        """Return the evidence report of a run; an empty id means the latest.

        Raises:
            DeskError: there is none such.
        """
        with said():
            known = self.runs()
            found = find_run(runs_folder(self.settings), run or (known[0].run if known else ""))
            with Journal.read(found.path) as journal:
                return evidence_report(journal, form)

    @property
    def operator(self) -> str:
        """Who works here, as the record names them."""
        if self.settings.credentials.username:
            return self.settings.credentials.username
        try:
            return getpass.getuser()
        except (KeyError, OSError):  # no name for this account on this machine: 3.13 raises OSError, older KeyError
            return "an account without a name"

    @property
    def gatherer(self) -> Gatherer:
        """The one gatherer of this desk."""
        if self._gatherer is None:
            self._gatherer = Gatherer(
                self.settings, self._connections, self._password, self._clock, sql=self._sql_password
            )
        return self._gatherer

    def close(self) -> None:
        """Give the kept sessions back."""
        if self._open is not None:
            self._open.close()

    @property
    def _connections(self) -> Connections:
        if self._open is None:
            from app.remote.connections import Connections  # see _execute

            self._open = Connections(self.settings, self._password)
        return self._open

    def _opened(self, root: Path) -> BackupSet:
        self._backup = FollowedBackup(root, self._clock)
        return self._backup.opened

    def _scopes(self, backup: BackupSet, target: str) -> ScopeSource:
        """What an operator adds to the backup counts at the next look, as everything that is mended does."""
        with said():
            scopes = scope_source(backup, target, self.settings, self._clock)
        followed = self._backup
        if followed is None or followed.opened is not backup:
            return scopes
        return lambda attestations: replace(scopes(attestations), backup=followed.now())


@contextmanager
def said() -> Iterator[Any]:
    """Turn every expected failure of the rooms below into a DeskError with the same sentence."""
    try:
        yield
    except (BackupError, CannotPlan, PlanChanged, JournalError, SettingsError, PasswordMissing) as error:
        raise DeskError(str(error)) from None
