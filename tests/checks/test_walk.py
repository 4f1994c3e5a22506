"""The lab is recovered by hand, step by step: each step's proof does not hold before it and holds after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.backup.opening import open_backup
from app.facts.gather import Gatherer
from app.lab.control import ControlClient
from app.lab.hosting import SimulatedHost
from app.lab.serving import Lab
from app.remote.connections import Connections
from checks.catalogue import by_id
from checks.check import Scope
from checks.finding import Finding, Status
from checks.running import judged, needed
from tests.lab.hands import TARGET, Hands

PROOFS = {
    "3": ("file_store.path", "file_store.folders", "file_store.share-rights", "file_store.content"),
    "5a": ("sql.local-instance", "install.local-store"),
    "5b": ("install.components", "sql.instance-names", "sql.databases", "sql.database-versions"),
    "5c": ("certificates.assigned",),
    "5d": ("services.running", "replication.up-to-date", "ports.sip-tls"),
    "6a": ("files.user-data-copied",),
    "6b": ("services.stopped",),
    "6c": ("data.user-data-restored",),
    "6d": ("services.running", "replication.up-to-date", "ports.sip-tls"),
    "7": ("files.response-groups-copied", "data.response-groups-restored"),
}
"""By the numbers of Hh202190, with the wizard's steps as letters."""
_HOLDS = (Status.PASS, Status.WARN)


def _now() -> datetime:
    return datetime.now(UTC)


class Looker:
    """Judges checks over what the lab's servers answer."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        control = ControlClient(lab.control)
        self._connections = Connections(lab.settings, lambda: control.secret("operator"))
        self._gatherer = Gatherer(
            lab.settings,
            self._connections,
            lambda: control.secret("operator"),
            _now,
            sql=lambda _: control.secret("sql"),
        )

    def look(self, ids: tuple[str, ...]) -> tuple[Finding, ...]:
        """Return the findings of these checks now."""
        backup = open_backup(self.lab.backup, now=_now())
        topology = backup.topology
        assert topology is not None
        pool = topology.pool_of(TARGET)
        assert pool is not None
        scope = Scope(
            topology=topology, target=TARGET, pool=pool, backup=backup, settings=self.lab.settings, now=_now()
        )
        selected = tuple(by_id(one) for one in ids)
        return judged(selected, scope, self._gatherer.gather(needed(selected, scope)))

    def close(self) -> None:
        """Give the sessions back."""
        self._connections.close()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with Lab.start("se-server-lost", folder=tmp_path) as running:
        yield running


@pytest.fixture
def looker(lab: Lab) -> Iterator[Looker]:
    found = Looker(lab)
    yield found
    found.close()


def test_every_step_turns_its_own_proof(lab: Lab, looker: Looker) -> None:
    hands = Hands(SimulatedHost(lab.world, lab.world.hosts[TARGET]))
    for step, commands in hands.steps().items():
        before = looker.look(PROOFS[step])
        assert any(one.status not in _HOLDS for one in before), f"{step} was proven before it was done"
        hands.all_right(commands)
        lab.servers.settle()
        wrong = [
            f"{one.check} {one.status}: {one.found}" for one in looker.look(PROOFS[step]) if one.status not in _HOLDS
        ]
        assert wrong == [], f"after {step}"


def test_a_service_left_running_is_found_before_the_import(lab: Lab, looker: Looker) -> None:
    hands = Hands(SimulatedHost(lab.world, lab.world.hosts[TARGET]))
    hands.recover(until="6b")
    (found,) = looker.look(("services.stopped",))
    assert found.status is Status.FAIL
    assert "RTCSRV is Running" in found.found
