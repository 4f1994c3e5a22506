"""The commands that work on a deployment: the app, preflight, plan, recover, report, runs."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.desk_shapes import DeskError, LabControl
from app.exit_codes import ExitCode
from app.passwords import PasswordMissing, password_source
from app.settings import Settings
from app.settings_file import SettingsError, load_settings

if TYPE_CHECKING:
    from app.backup.backup_set import BackupSet
    from app.desk import Desk
    from app.recovery.plan import Plan

_SWITCH_SECONDS = 0.001
"""Python lets a busy thread keep the interpreter for 5 ms; with the threads of a wave in front of it the screen would
wait for several of these before it answers a key."""


def make_settings(options: argparse.Namespace, recorded_config: str = "") -> tuple[Settings, Path | None]:
    """Return the settings that the options and the configuration describe, and where they came from.

    Raises:
        DeskError: the configuration cannot be used.
    """
    config = options.config or (Path(recorded_config) if recorded_config else None)
    try:
        settings = load_settings(config, os.environ)
    except SettingsError as error:
        raise DeskError(str(error)) from None
    named = config or (Path(os.environ["RELYNC_CONFIG"]) if os.environ.get("RELYNC_CONFIG") else None)
    changed = replace(
        settings,
        backup=options.backup or settings.backup,
        state=options.state or settings.state,
        failure=getattr(options, "failure", "") or settings.failure,
        target=getattr(options, "target", "") or settings.target,
    )
    return changed, named


def asking_desk(
    options: argparse.Namespace, recorded_config: str = "", should_stop: Callable[[], bool] | None = None
) -> Desk:
    """Return a desk whose password is at hand: for the commands that ask the world.

    Raises:
        DeskError: the configuration cannot be used, or there is no password.
    """
    settings, config = make_settings(options, recorded_config)
    return desk_of(settings, config, fetched(settings), should_stop)


def make_desk(options: argparse.Namespace, recorded_config: str = "") -> Desk:
    """Return the desk that the options and the configuration describe.

    Raises:
        DeskError: the configuration cannot be used.
    """
    settings, config = make_settings(options, recorded_config)
    return desk_of(settings, config)


def desk_of(
    settings: Settings,
    config: Path | None,
    password: Callable[[], str] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Desk:
    """Return a desk on these settings."""
    from app.desk import Desk  # 0.6 s of rooms that the app loads behind its first screen
    from app.facts.sql_passwords import SqlPasswords

    return Desk(
        settings,
        password=password or password_source(settings, os.environ, _prompt()),
        sql_password=SqlPasswords(settings, os.environ),
        config=config,
        should_stop=should_stop or (lambda: False),
    )


def fetched(settings: Settings) -> Callable[[], str]:
    """Return the source of the password, asked once while the terminal is still a plain one and no deadline runs.

    Raises:
        DeskError: an account is configured, and there is no password for it.
    """
    password = password_source(settings, os.environ, _prompt())
    if settings.credentials.username and not settings.credentials.password_command:
        try:
            password()
        except PasswordMissing as error:
            raise DeskError(str(error)) from None
    return password


def _prompt() -> Callable[[str], str] | None:
    """Only a person at a terminal can be asked for a password."""
    return getpass.getpass if sys.stdin is not None and sys.stdin.isatty() else None


def complain(error: object) -> int:
    """Say on stderr why it cannot be done."""
    print(f"relync: {error}", file=sys.stderr)
    return ExitCode.USAGE


def open_app(options: argparse.Namespace) -> int:
    """Open the app."""
    try:
        return run_app(*make_settings(options))
    except DeskError as error:
        return complain(error)


def run_app(
    settings: Settings, config: Path | None, *, lab: LabControl | None = None, resume: str | None = None
) -> int:
    """Show the app on this terminal until it is left."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return complain(
            "the app needs a terminal, and this is none; use recover --plain for the same in lines, or preflight --json"
        )
    if _console_too_old():
        return complain(
            "this Windows console knows no VT (it needs Windows 10 1511 or Server 2016); use recover --plain"
        )
    password = fetched(settings)
    from app.tui import RelyncApp  # the widgets cost 0.3 s that no headless command should pay

    sys.setswitchinterval(_SWITCH_SECONDS)
    desk = _Once(lambda: desk_of(settings, config, password))
    try:
        return RelyncApp(desk, lab=lab, resume=resume).run() or ExitCode.OK
    finally:
        desk.close()


class _Once:
    """Makes the desk when it is first asked for, from whichever thread."""

    def __init__(self, make: Callable[[], Desk]) -> None:
        self._make = make
        self._desk: Desk | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Desk:
        with self._lock:
            if self._desk is None:
                self._desk = self._make()
            return self._desk

    def close(self) -> None:
        if self._desk is not None:
            self._desk.close()


def _console_too_old() -> bool:
    return sys.platform == "win32" and sys.getwindowsversion().build < 10586  # 1511, the first with VT


def _chosen(desk: Desk, backup: BackupSet) -> Plan:
    """Make the plan that was asked for; what was not said is looked up by asking the servers how they are."""
    failure, target = desk.settings.failure, desk.settings.target
    if not (failure and target):
        likely = [
            one
            for one in desk.failures(backup)
            if one.likely and (not target or one.target == target.lower()) and (not failure or desk.same(failure, one))
        ]
        if len(likely) != 1:
            names = "; ".join(f"--for {one.procedure} --target {one.target}" for one in likely) or "none looks failed"
            raise DeskError(f"say what failed: give --for FAILURE and --target FQDN (by what the servers say: {names})")
        failure, target = likely[0].procedure, likely[0].target
        print(f"relync: {likely[0].title}: {likely[0].why}", file=sys.stderr)
    return desk.plan(backup, failure, target)


def preflight(options: argparse.Namespace) -> int:
    """Judge every gate of the plan and change nothing."""
    desk = asking_desk(options)
    try:
        backup = desk.backup()
        found = desk.preflight(backup, _chosen(desk, backup))
    finally:
        desk.close()
    from app.reports.preflight_report import preflight_json, preflight_text

    if options.json:
        print(json.dumps(preflight_json(found.plan, found.findings)))
    else:
        print(preflight_text(found.plan, found.findings), end="")
    return found.exit_status


def plan(options: argparse.Namespace) -> int:
    """Print the procedure as it would run here."""
    desk = make_desk(options)
    try:
        backup = desk.backup()
        print(desk.paper(backup, _chosen(desk, backup), options.format).rstrip())
    finally:
        desk.close()
    return ExitCode.OK


def recover(options: argparse.Namespace) -> int:
    """Recover, in lines or on screens; ``--resume`` takes an interrupted run up again."""
    recorded = _recorded_config(options) if options.resume is not None else ""
    if not options.plain and sys.stdin.isatty() and sys.stdout.isatty():
        return run_app(*make_settings(options, recorded), resume=options.resume)
    from app.interrupts import Interrupts

    with Interrupts(_write) as interrupts:
        desk = asking_desk(options, recorded, interrupts.should_stop)
        try:
            code = _in_lines(desk, options, interrupts.reading(_read))
        finally:
            desk.close()
    return ExitCode.INTERRUPTED if interrupts.stopping else code


def _recorded_config(options: argparse.Namespace) -> str:
    if options.config or os.environ.get("RELYNC_CONFIG"):
        return ""
    return make_desk(options).recorded(options.resume).config


def _in_lines(desk: Desk, options: argparse.Namespace, read: Callable[[], str]) -> int:
    from app.line_mode import PlainFace, exit_status

    if options.resume is not None:
        steps = desk.recorded(options.resume).steps
    else:
        backup = desk.backup()
        chosen = _chosen(desk, backup)
        steps = chosen.planned()
    _refuse_unknown_steps(options.yes_to, [one.id for one in steps])
    face = PlainFace(write=_write, read=read, steps=steps, yes_to=options.yes_to)
    if options.resume is not None:
        engine = desk.resume(options.resume, face.emit, face.ask)
    else:
        engine = desk.begin(backup, chosen, face.emit, face.ask)
    return exit_status(engine(), gave_up=face.gave_up)


def _refuse_unknown_steps(asked: Sequence[str], known: Sequence[str]) -> None:
    from app.line_mode import ALL_STEPS

    wrong = [one for one in asked if one not in (*known, ALL_STEPS)]
    if wrong:
        raise DeskError(
            f"--yes-to {wrong[0]}: there is no such step; expected one of {', '.join(known)}, or {ALL_STEPS}; "
            "correct it, or leave it out to be asked"
        )


def _write(line: str) -> None:
    print(line, flush=True)


def _read() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\r\n")


def report(options: argparse.Namespace) -> int:
    """Print the evidence of a run."""
    print(make_desk(options).report(options.run, options.format).rstrip())
    return ExitCode.OK


def runs(options: argparse.Namespace) -> int:
    """List the recorded runs."""
    found = make_desk(options).runs()
    if options.json:
        rows = [
            {
                "run": one.run,
                "procedure": one.procedure,
                "target": one.target,
                "started": one.started,
                "last": one.last,
                "outcome": one.outcome.value if one.outcome else None,
                "resumable": one.resumable,
                "next_step": one.step or None,
                "steps": one.steps,
                "done": one.over,
                "problem": one.problem or None,
            }
            for one in found
        ]
        print(json.dumps({"schema": 1, "runs": rows}))
        return ExitCode.OK
    for one in found:
        standing = one.problem or (one.outcome.value if one.outcome else "interrupted")
        print(f"{one.run}  {one.title} - {one.target}  {one.over} of {one.steps} steps  {standing}")
    if not found:
        print("relync: no run is recorded on this console", file=sys.stderr)
    return ExitCode.OK


Command = Callable[[argparse.Namespace], int]


def _polite(command: Command) -> Command:
    def run(options: argparse.Namespace) -> int:
        try:
            return command(options)
        except DeskError as error:
            return complain(error)

    return run


COMMANDS: Mapping[str, Command] = {one.__name__: _polite(one) for one in (preflight, plan, recover, report, runs)}
