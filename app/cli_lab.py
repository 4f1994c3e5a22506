"""``relync lab``: the embedded lab, with the app on it, without it, or played to its end."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from types import FrameType

from app.cli_lab_process import lab_settings, started
from app.cli_recovery import complain, desk_of, run_app
from app.desk_shapes import DeskError
from app.exit_codes import ExitCode
from app.lab.control import ControlClient

INTERACTIVE_SEED = 1
"""Whoever opens the app on the lab wants something to solve; ``serve`` and ``run`` start without obstacles."""
LINGER_SECONDS = 3600.0
"""How long a lab outlives the app that started it, so that a killed recovery can be resumed."""


def lab(options: argparse.Namespace) -> int:
    """Dispatch ``relync lab …``."""
    try:
        match options.what:
            case "list":
                return list_scenarios(options)
            case "serve":
                return serve(options)
            case "run":
                from app.cli_lab_run import play

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
    process, described = started(scenario, seed, options.fault)
    keep = False
    try:
        settings, config = lab_settings(described, options.state)
        code = run_app(settings, config, lab=ControlClient(str(described["control"])))
        desk = desk_of(settings, config)
        keep = any(desk.recorded(one.run).config == str(config) for one in desk.runs() if one.resumable)
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
