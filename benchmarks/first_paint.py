"""From spawn to the first painted screen, beside the smallest Textual app. Promise: under 0.7 s on an idle machine."""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.terminal import Terminal  # noqa: E402

SMALLEST = "from textual.app import App\nfrom textual.widgets import Static\nclass A(App):\n    def compose(self): yield Static('Relync')\nA().run()"


def once(line: list[str], text: bytes) -> float:
    """Return the seconds to the first paint of one start."""
    with tempfile.TemporaryDirectory() as state:
        terminal = Terminal(line, {"PYTHONPATH": str(ROOT), "RELYNC_CONFIG": "", "XDG_STATE_HOME": state})
        try:
            return terminal.until(text, 20)
        finally:
            terminal.close()


def main() -> int:
    """Measure both in turn and print."""
    app, small = [], []
    for _ in range(7):
        app.append(once([sys.executable, "-m", "app.cli"], b"What has failed?"))
        small.append(once([sys.executable, "-c", SMALLEST], b"Relync"))
    mine, least = statistics.median(app), statistics.median(small)
    print(f"smallest Textual app   {least:5.2f} s   1.00")
    print(f"relync, home screen    {mine:5.2f} s   {mine / least:4.2f}   (best {min(app):.2f}, worst {max(app):.2f})")
    print("holds" if mine < 0.7 else "does NOT hold", "(under 0.7 s on an idle machine)")
    return 0 if mine < 0.7 else 1


if __name__ == "__main__":
    sys.exit(main())
