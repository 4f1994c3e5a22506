"""One lab for the faults of a module; a second console with short deadlines sits at the same lab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.end_to_end.faults.bench import Bench, bench


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("room")) as found:
        yield found
