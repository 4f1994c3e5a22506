"""Every fault breaks something and is mended without a trace; the panel offers exactly what applies."""

from __future__ import annotations

import pytest

from app.lab import panel
from app.lab.backing_up import backup_folder
from app.lab.faults.catalogue import FAULTS, fault, inject, mend
from app.lab.faults.fault import Fault
from app.lab.ports import Behaviour
from app.lab.scenarios import SCENARIOS, Scenario, obstacles, scenario
from app.lab.world.files import contents
from app.lab.world.snapshot import differences, snapshot
from app.lab.world.world import World
from checks.catalogue import CATALOGUE
from checks.finding import Gate


def state(world: World) -> dict[str, str]:
    """Return everything a fault can touch, the backup with its times included."""
    folder = backup_folder(world)
    files = {f"backup: {name}": digest for name, digest in contents(folder).items()}
    times = {f"time: {one}": str(int(one.stat().st_mtime)) for one in folder.rglob("*") if one.is_file()}
    media = {"media": str(world.hosts[world.target].disks.exists("D:\\Setup\\amd64\\Setup\\ocscore.msi"))}
    return {**snapshot(world), **files, **times, **media}


AT_ONCE = [one for one in FAULTS if one.id != "oauth-missing"]
"""Nothing of the OAuth certificate is on the clean machine yet: it has a test of its own."""


@pytest.mark.parametrize("fault", AT_ONCE, ids=[one.id for one in AT_ONCE])
def test_a_fault_breaks_something_and_its_mend_leaves_no_trace(world: World, fault: Fault) -> None:
    healthy = state(world)
    inject(world, fault.id)
    assert state(world) != healthy
    assert world.broken == {fault.id}
    mend(world, fault.id)
    assert state(world) == healthy
    assert world.broken == set()


def test_a_withheld_oauth_certificate_comes_with_its_mend(recovered: World) -> None:
    healthy = state(recovered)
    inject(recovered, "oauth-missing")
    thumbprint = recovered.lync.store.oauth.thumbprint
    assert recovered.hosts[recovered.target].stores.held(thumbprint) is None
    mend(recovered, "oauth-missing")
    assert state(recovered) == healthy


def test_there_are_enough_ways_to_break_it() -> None:
    assert len(FAULTS) >= 36
    assert len({one.id for one in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=[one.id for one in FAULTS])
def test_a_fault_injected_twice_is_broken_once(world: World, fault: Fault) -> None:
    healthy = state(world)
    for _ in range(2):
        inject(world, fault.id)
    for _ in range(2):
        mend(world, fault.id)
    assert {key: value for key, value in state(world).items() if "delivered" not in value} == {
        key: value for key, value in healthy.items() if "delivered" not in value
    }


def test_two_faults_of_one_thing_leave_it_right_when_both_are_mended(world: World) -> None:
    healthy = state(world)
    for name in ("winrm-silent", "winrm-refused"):
        inject(world, name)
    for name in ("winrm-silent", "winrm-refused"):
        mend(world, name)
    assert world.hosts[world.target].winrm is Behaviour.NORMAL
    assert state(world) == healthy


def test_an_unknown_fault_names_those_that_are_known(world: World) -> None:
    with pytest.raises(LookupError, match="dns-server-stale"):
        inject(world, "gremlins")


def test_the_panel_offers_a_mend_only_for_what_is_broken(world: World) -> None:
    def offered() -> set[str]:
        return {one.id for one in panel.states(world) if one.applies and not one.breaks}

    before = offered()
    panel.do(world, "break:target-pending-reboot")
    assert offered() - before == {"mend:target-pending-reboot", "restart-target"}
    assert "restarted" in panel.do(world, "restart-target")
    assert offered() == before


def test_every_action_of_the_panel_says_what_it_is(world: World) -> None:
    found = panel.states(world)
    assert len({one.id for one in found}) == len(found)
    assert all(one.title and one.area and one.explanation for one in found)


def test_the_rollback_image_can_be_taken_once(world: World) -> None:
    assert "take-rollback-image" in {one.id for one in panel.states(world) if one.applies}
    assert world.target in panel.do(world, "take-rollback-image")
    assert "take-rollback-image" not in {one.id for one in panel.states(world) if one.applies}


def test_an_unknown_action_is_refused(world: World) -> None:
    with pytest.raises(LookupError, match="no action"):
        panel.do(world, "make:coffee")


@pytest.mark.parametrize("chosen", SCENARIOS, ids=[one.id for one in SCENARIOS])
def test_seed_zero_puts_nothing_in_the_way(chosen: Scenario) -> None:
    assert obstacles(chosen, 0) == ()


@pytest.mark.parametrize("seed", range(1, 40))
def test_any_other_seed_puts_two_known_obstacles_in_the_way(seed: int) -> None:
    chosen = scenario("se-server-lost")
    found = obstacles(chosen, seed)
    assert len(set(found)) == 2
    assert set(found) <= {one.id for one in FAULTS}
    assert found == obstacles(chosen, seed)


def test_every_obstacle_of_every_scenario_is_a_fault() -> None:
    known = {one.id for one in FAULTS}
    for one in SCENARIOS:
        for kind in one.obstacles:
            assert set(kind) <= known


def test_every_obstacle_holds_a_step_so_that_a_recovery_cannot_end_around_it() -> None:
    blocking = {one.id for one in CATALOGUE if one.gate is Gate.BLOCKING}
    for one in SCENARIOS:
        for name in (name for kind in one.obstacles for name in kind):
            assert fault(name).check in blocking, name
            assert fault(name).status != "WARN"


def test_an_unknown_scenario_names_those_that_are_known() -> None:
    with pytest.raises(LookupError, match="se-server-lost, healthy"):
        scenario("meteor")


def test_a_recovery_done_by_hand_through_the_panel_ends_as_it_was(world: World) -> None:
    done = []
    while due := [one.id for one in panel.states(world) if one.applies and one.id.startswith(panel.HAND)]:
        assert len(due) == 1, "one step is due at a time"
        said = panel.do(world, due[0])
        assert "Done by hand" in said, said
        done.append(due[0].removeprefix(panel.HAND))
    assert done == [
        "file-store", "local-store", "components", "certificates", "start", "user-data", "start", "response-groups",
    ]  # fmt: skip
    assert differences(world.before, snapshot(world)) == ()


def test_by_hand_nothing_succeeds_that_is_refused_to_the_program(world: World) -> None:
    inject(world, "operator-no-second-hop")
    assert "was refused" in panel.do(world, "hand:file-store")
    assert world.effects[-1].ok is False


@pytest.mark.parametrize("other", ["cms-sql-stopped", "cms-sql-login", "cms-database-suspect", "pointer-missing"])
def test_no_master_and_no_store_are_right_again_in_whatever_order_they_are_mended(world: World, other: str) -> None:
    healthy = state(world)
    for order in (("cms-master-blank", other), (other, "cms-master-blank")):
        for name in ("cms-master-blank", other):
            inject(world, name)
        mend(world, order[0])
        assert world.hosts["se02.contoso.com"].services["MASTER"].running is (order[0] == "cms-master-blank")
        mend(world, order[1])
        assert state(world) == healthy


@pytest.mark.parametrize("fault", ["target-residue-registry", "target-residue-instance", "target-residue-share"])
def test_what_would_be_residue_belongs_there_once_setup_has_run(recovered: World, fault: str) -> None:
    healthy = state(recovered)
    with pytest.raises(ValueError, match="as the lab is now it cannot be"):
        inject(recovered, fault)
    assert state(recovered) == healthy
    assert not any(one.id == f"break:{fault}" and one.applies for one in panel.states(recovered))


def test_an_account_that_is_gone_cannot_be_disabled(world: World) -> None:
    inject(world, "account-missing")
    with pytest.raises(ValueError, match="cannot be that the computer account is disabled"):
        inject(world, "account-disabled")


def test_the_backup_is_broken_in_one_way_at_a_time(world: World) -> None:
    inject(world, "backup-user-data-missing")
    with pytest.raises(ValueError, match="cannot be that the user data archive is cut short"):
        inject(world, "backup-user-data-truncated")
    mend(world, "backup-user-data-missing")
    inject(world, "backup-user-data-truncated")


def test_replication_catches_up_once_the_last_obstacle_is_gone(recovered: World) -> None:
    healthy = state(recovered)
    for name in ("pointer-missing", "cms-master-blank", "oauth-missing"):
        inject(recovered, name)
    for name in ("oauth-missing", "cms-master-blank", "pointer-missing"):
        mend(recovered, name)
    assert state(recovered) == healthy
