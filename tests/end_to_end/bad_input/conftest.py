"""One lab for everything that nobody should give it, and a console with nothing on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.end_to_end.kit import Ran, ServedLab, relync, served

Console = Callable[..., Ran]


@pytest.fixture(scope="package")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLab]:
    """A lab that tests leave as they found it."""
    with served(tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def console(lab: ServedLab, tmp_path: Path) -> Console:
    """Run the program with the lab's configuration, and runs kept below ``tmp_path/runs``."""

    def run(*words: str | Path, config: Path | None = None, seconds: float = 60.0, **environment: str) -> Ran:
        common = ("--config", config or lab.config, "--state", tmp_path / "runs")
        return relync(*common, *words, home=tmp_path, seconds=seconds, **environment)

    return run
