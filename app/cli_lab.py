"""``relync lab``: the embedded lab, with the app on it, without it, or played to its end."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from app.cli_recovery import complain, run_app
from app.desk import Desk, DeskError
from app.exit_codes import ExitCode
from app.lab.control import ControlClient
from app.passwords import password_source
from app.recovery.events import AnyEvent, Outcome, Progress
from app.reports.event_lines import event_line
from app.scripted_operator import ScriptedOperator
from app.settings_file import SettingsError, load_settings

INTERACTIVE_SEED = 1
"""Whoever opens the app on the lab wants something to solve; ``serve`` and ``run`` start without obstacles."""
LINGER_SECONDS = 3600.0
"""How long a lab outlives the app that started it, so that a killed recovery can be resumed."""
START_SECONDS = 60.0


def lab(options: argparse.Namespace) -> int:
    """Dispatch ``relync lab …``."""
    try:
        match options.what:
            case "list":
                return list_scenarios(options)
            case "serve":
                return serve(options)
            case "run":
                return play(options)
            case "prepare":
                from app.lab.preparing import prepare

                return prepare(sys.stderr)
            case scenario:
                return open_lab(scenario, options)
    except (DeskError, LookupError) as error:
        return complain(error.args[0] if error.args else error)


def list_scenarios(options: argparse.Namespace) -> int:
    """List the scenarios, and the faults that can be injected."""
    from app.lab.faults.catalogue import FAULTS
    from app.lab.scenarios import SCENARIOS

    if options.json:
        scenarios = [
            {"id": one.id, "title": one.title, "about": one.about, "failure": one.failure} for one in SCENARIOS
        ]
        faults = [{"id": one.id, "title": one.title} for one in FAULTS]
        print(json.dumps({"schema": 1, "scenarios": scenarios, "faults": faults}))
        return ExitCode.OK
    for one in SCENARIOS:
        print(f"{one.id:<16} {one.title}. {one.about}")
    print("\nwhat --fault can break:")
    for fault in FAULTS:
        print(f"  {fault.id:<34} {fault.title}")
    return ExitCode.OK


def serve(options: argparse.Namespace) -> int:
    """Serve a lab, print where everything is as one line of JSON, and wait to be ended."""
    from app.lab.serving import Lab, LabError

    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    try:
        with Lab.start(options.scenario, seed=options.seed or 0, faults=options.fault) as running:
            print(json.dumps(running.described()), flush=True)
            _wait(ended, options.while_process)
    except LabError as error:
        return complain(error)
    return ExitCode.OK


def _wait(ended: threading.Event, process: int) -> None:
    """Until a signal comes, or long enough after the process is gone that this lab was started for."""
    if not process:
        ended.wait()
        return
    while not ended.wait(5.0):
        if not _alive(process):
            ended.wait(LINGER_SECONDS)
            return


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return True


def open_lab(scenario: str, options: argparse.Namespace) -> int:
    """Start a lab in a process of its own and open the app on it."""
    from app.lab.scenarios import scenario as find

    find(scenario)
    seed = INTERACTIVE_SEED if options.seed is None else options.seed
    process, described = _started(scenario, seed, options.fault)
    keep = False
    try:
        desk = _desk(described, options.state)
        code = run_app(desk)
        keep = any(one.resumable for one in desk.runs() if desk.recorded(one.run).config == str(desk.config))
    finally:
        if keep:
            print(
                "relync: the lab goes on for an hour, so that the run can be resumed: relync recover --resume "
                f"(end it with: kill {process.pid})",
                file=sys.stderr,
            )
        else:
            process.terminate()
            process.wait()
    return code


def _started(scenario: str, seed: int, faults: list[str]) -> tuple[subprocess.Popen[str], Mapping[str, Any]]:
    """Start ``lab serve`` and read its line; a process of its own, so that it outlives a killed app."""
    line = [sys.executable, "-m", "app.cli", "lab", "serve", scenario, "--seed", str(seed)]
    line += ["--while-process", str(os.getpid()), *(word for one in faults for word in ("--fault", one))]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
        line, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, start_new_session=True, text=True
    )
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    assert process.stdout is not None
    said = process.stdout.readline()
    timer.cancel()
    if not said:
        process.wait()
        raise DeskError(f"the lab did not start within {START_SECONDS:.0f} s (exit code {process.returncode})")
    return process, json.loads(said)


def _desk(described: Mapping[str, Any], state: Path | None) -> Desk:
    """Return a desk on a running lab: its own configuration, and its panel."""
    config = Path(str(described["config"]))
    try:
        settings = load_settings(config, {})
    except SettingsError as error:
        raise DeskError(str(error)) from None
    settings = replace(settings, state=state or settings.state)
    password = password_source(settings, {}, None)
    return Desk(settings, password=password, config=config, lab=ControlClient(str(described["control"])))


def play(options: argparse.Namespace) -> int:
    """Play a recovery to its end by the operator who does every by-hand action rightly, and compare the deployment."""
    from app.lab.scenarios import scenario as find

    if not find(options.scenario).failure:
        raise DeskError(f"nothing is lost in scenario {options.scenario}: there is no recovery to run")
    began = time.monotonic()
    process, described = _started(options.scenario, options.seed or 0, options.fault)
    try:
        desk = _desk(described, options.state)
        try:
            outcome = _played(desk, ControlClient(str(described["control"])), quiet=options.json)
        finally:
            desk.close()
    finally:
        process.terminate()
        process.wait()
    return _told(options, outcome, time.monotonic() - began)


def _played(desk: Desk, control: ControlClient, *, quiet: bool) -> dict[str, Any]:
    backup = desk.backup()
    plan = desk.plan(backup, desk.settings.failure, desk.settings.target)
    operator = ScriptedOperator(by_hand=lambda step: _by_hand(control, step), mend=lambda _: _mend(control))

    def emit(event: AnyEvent) -> None:
        operator.emit(event)
        if not quiet and not isinstance(event, Progress):
            print(f"{event.at}  {event_line(event)}", flush=True)

    state = desk.begin(backup, plan, emit, operator.ask)()
    return {
        "run": state.opened.run if state.opened else "",
        "outcome": state.outcome.value if state.outcome else "interrupted",
        "why": state.why,
        "steps": [{"id": one.id, "status": one.status.value} for one in state.steps],
        "differences": list(control.differences()),
    }


def _by_hand(control: ControlClient, step: str) -> str:
    """Do what the panel offers beside mends: the image, a restart."""
    done = [control.do(one.id) for one in control.actions() if one.applies and not one.breaks and ":" not in one.id]
    return " ".join(done) or f"step {step} was done by hand in the lab"


def _mend(control: ControlClient) -> bool:
    """Mend everything that is broken; False where nothing was."""
    broken = control.broken()
    for one in broken:
        control.mend(one)
    return bool(broken)


def _told(options: argparse.Namespace, outcome: Mapping[str, Any], seconds: float) -> int:
    differences = outcome["differences"]
    shown = differences if outcome["outcome"] == Outcome.DONE.value else differences[:5]
    good = outcome["outcome"] == Outcome.DONE.value and not differences
    if options.json:
        head = {"schema": 1, "scenario": options.scenario, "seed": options.seed or 0}
        print(json.dumps({**head, **outcome, "recovered": good, "seconds": round(seconds, 1)}))
    else:
        print(f"outcome: {outcome['outcome']} {outcome['why']}".rstrip())
        for one in shown:
            print(f"not as before: {one}")
        verdict = "equals the one before the failure" if not differences else "is not the one before the failure"
        print(f"the deployment {verdict}; {seconds:.0f} s")
    return ExitCode.OK if good else ExitCode.FAILED
