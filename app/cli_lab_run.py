"""``relync lab run``: a whole recovery played to its end, and the deployment compared with the one before the failure."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.cli_lab_process import lab_settings, started
from app.cli_recovery import desk_of
from app.desk import Desk
from app.desk_shapes import DeskError
from app.exit_codes import ExitCode
from app.lab.control import ControlClient
from app.lab.scenarios import scenario as find
from app.recovery.events import AnyEvent, Outcome, Progress
from app.reports.event_lines import event_line
from app.scripted_operator import ScriptedOperator


def play(options: argparse.Namespace) -> int:
    """Play a recovery to its end by the operator who does every by-hand action rightly, and compare the deployment."""
    if not find(options.scenario).failure:
        raise DeskError(f"nothing is lost in scenario {options.scenario}: there is no recovery to run")
    began = time.monotonic()
    process, described = started(options.scenario, options.seed or 0, options.fault)
    try:
        desk = desk_of(*lab_settings(described, options.state or Path(str(described["config"])).parent / "runs"))
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
    if state.outcome is Outcome.DONE:
        _mend(control)  # what only warned held no step, and a careful operator puts it right all the same
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
