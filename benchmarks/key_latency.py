"""From a key to the painted answer, at rest and while full check waves run. Promise: p95 under 50 ms during a wave."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from app.lab.control import ControlClient  # noqa: E402
from benchmarks.terminal import Terminal  # noqa: E402

START_SECONDS = 1.0
"""A PowerShell start in the lab: the next wave begins as soon as the last one must be ending, so every key falls into one."""
DOWN, UP = b"\x1b[B", b"\x1b[A"


def latencies(terminal: Terminal, seconds: float, *, again: bool) -> list[float]:
    """Move the highlight for a while; ``again`` starts a new wave as soon as the last one is over."""
    found = []
    end, number, wave = time.perf_counter() + seconds, 0, 0.0
    while time.perf_counter() < end:
        if again and time.perf_counter() - wave > START_SECONDS:
            wave = time.perf_counter()
            terminal.press(b"p")
        took = terminal.press(DOWN if number % 8 < 4 else UP)
        number += 1
        if took is not None:
            found.append(took * 1000)
    return found


def main() -> int:
    """Measure and print."""
    env = {"PYTHONPATH": str(ROOT)}
    lab = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "lab", "serve"],
        stdout=subprocess.PIPE,
        text=True,
        env={**__import__("os").environ, **env},
    )
    assert lab.stdout is not None
    described = json.loads(lab.stdout.readline())
    config = described["config"]
    ControlClient(described["control"]).start_seconds(START_SECONDS)
    state = tempfile.mkdtemp()
    terminal = Terminal([sys.executable, "-m", "app.cli", "--config", config, "--state", state], env)
    try:
        terminal.until(b"likely", 30)
        terminal.press(b"\r")
        terminal.until(b"pass ", 30)
        terminal.quiet(1.0, 20)
        rest = latencies(terminal, 6, again=False)
        busy = latencies(terminal, 12, again=True)
    finally:
        terminal.close()
        lab.terminate()
        lab.wait()
    for name, values in (("at rest", rest), ("during waves", busy)):
        ordered = sorted(values)
        print(
            f"{name:<14} {len(ordered):4} keys   p50 {statistics.median(ordered):5.1f} ms   p95 {ordered[int(len(ordered) * 0.95)]:5.1f} ms"
        )
    p95 = sorted(busy)[int(len(busy) * 0.95)]
    print(f"ratio of p95: {p95 / sorted(rest)[int(len(rest) * 0.95)]:.2f}")
    print("holds" if p95 < 50 else "does NOT hold", "(p95 under 50 ms while a full check wave runs)")
    return 0 if p95 < 50 else 1


if __name__ == "__main__":
    sys.exit(main())
