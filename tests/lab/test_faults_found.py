"""Each fault of a served lab is found by the real program, over the wire: the right finding, and nothing else speaks up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.desk import Desk, DeskError
from app.lab.control import ControlClient
from app.lab.faults.catalogue import FAULTS
from app.lab.faults.fault import Fault
from app.lab.serving import Lab
from app.settings import LimitSettings
from checks.finding import Finding, Status

QUIET = (Status.PASS, Status.SKIPPED, Status.NOT_APPLICABLE)
FOUND_NOW = [one for one in FAULTS if one.check and not one.later]
FOUND_LATER = [one for one in FAULTS if one.later]
REFUSED = [one for one in FAULTS if not one.check]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with Lab.start("se-server-lost", folder=tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def desk(lab: Lab) -> Iterator[Desk]:
    """A console of its own: no kept session survives a fault."""
    settings = replace(lab.settings, limits=LimitSettings(probe_seconds=3.0))
    control = ControlClient(lab.control)
    desk = Desk(settings, password=lambda: control.secret("operator"), sql_password=lambda _: control.secret("sql"))
    yield desk
    desk.close()


@pytest.fixture
def broken(lab: Lab, request: pytest.FixtureRequest) -> Iterator[Fault]:
    fault: Fault = request.param
    control = ControlClient(lab.control)
    control.inject(fault.id)
    yield fault
    control.mend(fault.id)


def findings(desk: Desk) -> list[Finding]:
    """Return what a preflight finds that is not as it should be."""
    backup = desk.backup()
    plan = desk.plan(backup, desk.settings.failure, desk.settings.target)
    found = [one.finding for one in desk.preflight(backup, plan).findings]
    return [one for one in found if one.status not in QUIET]


def test_without_a_fault_nothing_is_found(desk: Desk) -> None:
    assert findings(desk) == []


@pytest.mark.parametrize("broken", FOUND_NOW, indirect=True, ids=[one.id for one in FOUND_NOW])
def test_a_fault_gives_its_finding_and_no_false_alarm(broken: Fault, desk: Desk) -> None:
    found = findings(desk)
    assert (broken.check, broken.status) in {(one.check, one.status.value) for one in found}
    assert {one.check for one in found} - {broken.check, *broken.also} == set()
    assert all(one.remedy for one in found)


@pytest.mark.parametrize("broken", FOUND_LATER, indirect=True, ids=[one.id for one in FOUND_LATER])
def test_what_only_a_later_proof_can_tell_alarms_nobody_now(broken: Fault, desk: Desk) -> None:
    assert findings(desk) == []


@pytest.mark.parametrize("broken", REFUSED, indirect=True, ids=[one.id for one in REFUSED])
def test_a_backup_that_cannot_be_used_is_refused_with_a_sentence(broken: Fault, desk: Desk) -> None:
    with pytest.raises(DeskError, match="expected"):
        findings(desk)


def test_after_all_of_it_the_lab_is_as_it_was(lab: Lab, desk: Desk) -> None:
    assert ControlClient(lab.control).broken() == ()
    assert Path(lab.config).is_file()
    assert findings(desk) == []
