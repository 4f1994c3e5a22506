"""A lab of this process and a console at work on it: real collectors, real protocols, one world that is broken and mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from app.backup.backup_set import BackupSet
from app.desk import Desk
from app.lab.control import ControlClient
from app.lab.serving import Lab
from app.recovery.plan import Plan
from app.recovery.preflight import PreflightFinding
from app.recovery.scoping import scope_source
from app.settings import LimitSettings, Settings
from checks.catalogue import CATALOGUE
from checks.check import Attestation
from checks.finding import Finding, Status
from checks.running import judged, needed

SCENARIO = "se-server-lost"
HURRIED = 1.5
"""Seconds that a silence costs at a hurried console."""

Subject = tuple[str, str]
"""Id of a check, and what it was judged about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One lab and one console."""

    lab: Lab
    control: ControlClient
    desk: Desk

    def preflight(self) -> tuple[PreflightFinding, ...]:
        """Judge every gate of the plan now."""
        return self.desk.preflight(*self.planned()).findings

    def planned(self) -> tuple[BackupSet, Plan]:
        """Return the backup as it is now, and the plan that it makes."""
        backup = self.desk.backup()
        return backup, self.desk.plan(backup, self.desk.settings.failure, self.desk.settings.target)

    def everything(self) -> dict[Subject, Finding]:
        """Judge every check there is, whatever step it belongs to; the rollback image counts as attested."""
        backup, settings = self.desk.backup(), self.desk.settings
        image = Attestation(what="rollback-image", who="the test", note="taken", at=datetime.now(UTC))
        scope = scope_source(backup, settings.target, settings, lambda: datetime.now(UTC))({image.what: image})
        readings = self.desk.gatherer.gather(needed(CATALOGUE, scope))
        return {(one.check, one.subject): one for one in judged(CATALOGUE, scope, readings)}

    @contextmanager
    def broken(self, *faults: str) -> Iterator[None]:
        """Break some things for the length of a block."""
        for fault in faults:
            self.control.inject(fault)
        try:
            yield
        finally:
            for fault in reversed(faults):
                self.control.mend(fault)

    @contextmanager
    def console(self, *, seconds: float = 0.0) -> Iterator[Bench]:
        """Sit down at another console of the same lab.

        Args:
            seconds: upper bound of every probe; 0: each fact's own.
        """
        settings = replace(self.desk.settings, limits=LimitSettings(probe_seconds=seconds))
        desk = _desk(settings, self.control)
        try:
            yield replace(self, desk=desk)
        finally:
            desk.close()


@contextmanager
def bench(folder: Path, *, seed: int = 0) -> Iterator[Bench]:
    """Serve a lab and sit down at its console.

    Args:
        folder: an empty folder for both.
        seed: which obstacles stand in the way.
    """
    (folder / "lab").mkdir()
    with Lab.start(SCENARIO, folder=folder / "lab", seed=seed) as lab:
        control = ControlClient(lab.control)
        desk = _desk(replace(lab.settings, state=folder / "runs"), control)
        try:
            yield Bench(lab=lab, control=control, desk=desk)
        finally:
            desk.close()


def _desk(settings: Settings, control: ControlClient) -> Desk:
    return Desk(settings, password=lambda: control.secret("operator"), sql_password=lambda _: control.secret("sql"))


def statuses(findings: Iterable[Finding]) -> dict[Subject, Status]:
    """Return what each check says about each subject."""
    return {(one.check, one.subject): one.status for one in findings}


def changed(before: Mapping[Subject, Status], now: Mapping[Subject, Status]) -> dict[str, str]:
    """Return the worst new status of each check that says anything else than before; new subjects count."""
    worst: dict[str, Status] = {}
    order = (Status.PASS, Status.NOT_APPLICABLE, Status.SKIPPED, Status.WARN, Status.UNKNOWN, Status.FAIL)
    for key in before.keys() | now.keys():
        status = now.get(key, Status.NOT_APPLICABLE)
        if before.get(key) is not status and key in now:
            worst[key[0]] = max(status, worst.get(key[0], Status.PASS), key=order.index)
    return {check: status.value for check, status in worst.items()}
