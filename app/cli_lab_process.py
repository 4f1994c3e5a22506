"""A lab in a process of its own, and the settings that point this one at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.desk_shapes import DeskError
from app.settings import Settings
from app.settings_file import SettingsError, load_settings

START_SECONDS = 60.0


def started(scenario: str, seed: int, faults: Sequence[str]) -> tuple[subprocess.Popen[str], Mapping[str, Any]]:
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


def lab_settings(described: Mapping[str, Any], state: Path | None) -> tuple[Settings, Path]:
    """Return a running lab's own configuration, and where it lies."""
    config = Path(str(described["config"]))
    try:
        settings = load_settings(config, {})
    except SettingsError as error:
        raise DeskError(str(error)) from None
    return replace(settings, state=state or settings.state), config
