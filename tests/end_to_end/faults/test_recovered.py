"""A recovery that nothing disturbs, and its server afterwards: damaged, and with each source of facts cut off."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from app.lab.ports import Behaviour
from app.lab.world.world import World
from app.recovery.events import GateJudged, Outcome, ProofJudged
from checks.catalogue import CATALOGUE
from checks.finding import Status
from tests.end_to_end.faults.bench import HURRIED, Bench, Subject, bench, changed, statuses
from tests.end_to_end.faults.damages import DAMAGES, Damage
from tests.end_to_end.faults.expectation import FAIL, SKIPPED, UNKNOWN
from tests.end_to_end.faults.expected import TABLE
from tests.end_to_end.faults.walking import Walk

QUIET = (Status.PASS, Status.NOT_APPLICABLE)
NOT_ANY_MORE = {"host.clean", "services.stopped"}
"""What a server that is recovered no longer is."""
NEVER_FAILS = {
    "dns.pool-address": "the name of a Standard Edition pool is its server's, and dns.server-address fails first",
    "dns.web-services": "warns at most: the name is for mobile clients inside",
    "attested.rollback-image": "is unknown until it is given; the engine writes no attestation without a name",
    "data.persistent-chat-restored": "this deployment has no Persistent Chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """A lab after a whole recovery."""

    bench: Bench
    walk: Walk
    failing: Mapping[str, frozenset[str]]
    """Checks that say FAIL before each step, of all there are."""


@pytest.fixture(scope="module")
def recovered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recovered]:
    with bench(tmp_path_factory.mktemp("recovered")) as found:
        walk, failing = Walk(found), {}
        while not walk.over:
            judged = found.everything()
            failing[walk.question.step] = frozenset(
                check for (check, _), one in judged.items() if one.status is Status.FAIL
            )
            walk.go()
        yield Recovered(bench=found, walk=walk, failing=failing)


@pytest.fixture(scope="module")
def sound(recovered: Recovered) -> dict[Subject, Status]:
    return statuses(recovered.bench.everything().values())


@pytest.fixture(scope="module")
def hurried(recovered: Recovered) -> Iterator[Bench]:
    with recovered.bench.console(seconds=HURRIED) as console:
        console.everything()  # drivers are loaded and sessions open: from here on a deadline means silence
        yield console


def test_every_gate_and_every_proof_of_an_undisturbed_recovery_passes(recovered: Recovered) -> None:
    gates = [one for one in recovered.walk.events if isinstance(one, GateJudged)]
    proofs = {one.step: one for one in recovered.walk.events if isinstance(one, ProofJudged)}
    assert [one for one in gates if not one.open] == []
    assert {one.step for one in gates} == proofs.keys() == set(recovered.walk.steps)
    told = [one.findings for one in gates] + [one.findings for one in proofs.values()]
    assert [one for findings in told for one in findings if one.status not in QUIET] == []


def test_the_deployment_is_the_one_before_the_failure(recovered: Recovered, sound: dict[Subject, Status]) -> None:
    state = recovered.walk.state
    assert state is not None
    assert state.outcome is Outcome.DONE
    assert recovered.bench.control.differences() == ()
    assert {check for (check, _), status in sound.items() if status not in QUIET} == NOT_ANY_MORE


def test_every_check_fails_for_some_fault_damage_or_stage(recovered: Recovered) -> None:
    by_fault = {check for case in TABLE for check, status in case.found.items() if status == FAIL}
    by_damage = {check for one in DAMAGES for check, status in _told(one).items() if status == FAIL}
    by_stage = {check for checks in recovered.failing.values() for check in checks}
    never = {one.id for one in CATALOGUE} - by_fault - by_damage - by_stage
    assert never == NEVER_FAILS.keys()


def _told(damage: Damage) -> dict[str, str]:
    return {damage.check: damage.status, **damage.also}


@pytest.mark.parametrize("damage", [pytest.param(one, id=one.what.replace(" ", "-")) for one in DAMAGES])
def test_a_damage_is_found_and_nothing_beside_it(
    damage: Damage, recovered: Recovered, sound: dict[Subject, Status]
) -> None:
    world = recovered.bench.lab.world
    with world.locked():
        undo = damage.do(world)
    try:
        found = recovered.bench.everything()
    finally:
        with world.locked():
            undo()
    assert changed(sound, statuses(found.values())) == _told(damage)
    said = [one for one in found.values() if one.check == damage.check and one.status.value == damage.status]
    assert any(re.search(damage.wrong, one.found) for one in said), [one.found for one in said]
    assert all(one.expected and one.basis and one.remedy for one in said)
    assert statuses(recovered.bench.everything().values()) == sound, "mended, and not as before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A source of facts that falls silent."""

    source: str
    owners: Callable[[World], list[object]]
    unknown: str
    """Checks that cannot tell any more."""
    skipped: str = ""
    """Checks whose prerequisite cannot be told."""
    fails: str = ""
    """Checks that see the silence from another place, and rightly call it broken."""
    attribute: str = "behaviour"

    @property
    def told(self) -> dict[str, str]:
        """What changes."""
        unknown, skipped, fails = self.unknown.split(), self.skipped.split(), self.fails.split()
        return {**dict.fromkeys(unknown, UNKNOWN), **dict.fromkeys(skipped, SKIPPED), **dict.fromkeys(fails, FAIL)}


_NO_MASTER = "backup.same-deployment cms.lists-target cms.master-alive"
CUTS = (
    Cut(
        source="WinRM",
        owners=lambda world: list(world.hosts.values()),
        attribute="winrm",
        unknown="""
            backup.same-deployment certificates.assigned certificates.candidate certificates.oauth certificates.root-store
            cms.lists-target cms.master-alive data.response-groups-restored data.user-data-restored dhcp.phone-option-120
            dhcp.phone-option-43 dhcp.reservation dns.server-address file_store.path files.response-groups-copied
            files.user-data-copied host.addressing host.clean host.clock host.domain host.firewall-service host.fqdn
            host.media host.no-pending-reboot host.os host.reaches-dependencies install.components install.local-store
            operator.groups operator.local-admin operator.second-hop services.running services.stopped sql.instance-names
            sql.local-instance
        """,
        skipped="""
            certificates.expiry certificates.key-provider certificates.signature dns.pool-address file_store.content
            file_store.folders file_store.share-rights ports.sip-tls replication.up-to-date sql.database-versions
            sql.databases
        """,
    ),
    Cut(
        source="DNS",
        owners=lambda world: [world.network.zones],
        unknown="""
            dns.lyncdiscover-internal dns.partner-servers dns.server-address dns.sign-in-service dns.simple-urls
            dns.sip-name dns.web-services
        """,
        skipped="dns.pool-address",
        fails="host.reaches-dependencies",  # the machine says so itself: it cannot resolve the names it needs
    ),
    Cut(
        source="LDAP",
        owners=lambda world: [world.directory],
        unknown="""
            cms.pointer data.response-groups-restored data.user-data-restored directory.computer-account directory.groups
            directory.schema host.clock replication.up-to-date
        """,
        skipped=_NO_MASTER,
    ),
    Cut(
        source="SQL",
        owners=lambda world: [one for host in world.hosts.values() for one in host.sql.values()],
        unknown="cms.database data.response-groups-restored data.user-data-restored replication.up-to-date",
        skipped=_NO_MASTER,
    ),
    Cut(
        source="DHCP",
        owners=lambda world: [world.network.dhcp],
        unknown="dhcp.phone-option-120 dhcp.phone-option-43",
    ),
)


def _fall(cut: Cut, bench: Bench, behaviour: Behaviour) -> None:
    world = bench.lab.world
    with world.locked():
        for owner in cut.owners(world):
            setattr(owner, cut.attribute, behaviour)
    bench.lab.servers.settle()


@pytest.mark.parametrize("cut", [pytest.param(one, id=one.source) for one in CUTS])
def test_a_source_that_falls_silent_leaves_what_depends_on_it_unknown(
    cut: Cut, hurried: Bench, sound: dict[Subject, Status]
) -> None:
    _fall(cut, hurried, Behaviour.SILENT)
    try:
        found = statuses(hurried.everything().values())
    finally:
        _fall(cut, hurried, Behaviour.NORMAL)
    assert changed(sound, found) == cut.told
    assert statuses(hurried.everything().values()) == sound, "it speaks again, and not as before"


def test_after_all_of_it_the_deployment_is_still_the_one_before_the_failure(recovered: Recovered) -> None:
    assert recovered.bench.control.broken() == ()
    assert recovered.bench.control.differences() == ()
