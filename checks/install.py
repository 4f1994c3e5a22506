"""What setup leaves behind: the local configuration store and the components."""

from __future__ import annotations

from app.facts.fact import Readings, Request
from app.facts.host import SERVICES, Services
from app.facts.lync import TOPOLOGY, TopologyDocument
from checks.asking import about_target, known, management
from checks.check import Check, Question, Scope
from checks.expected import services_of
from checks.finding import Verdict, failed, passed, warned
from checks.live_topology import topology_in
from checks.words import counted, listed


def _local_store(scope: Scope) -> tuple[Question, ...]:
    local, live = TOPOLOGY.about(scope.target, local=True), management(scope, TOPOLOGY, local=False)
    return about_target(
        scope,
        local,
        expected=f"the local replica holds the published topology, {scope.target} in it",
        also=(live,) if live else (),
        judge=lambda readings: _judge_store(readings, local, known(readings, live), scope),
    )


def _judge_store(
    readings: Readings, local: Request[TopologyDocument], live: TopologyDocument | None, scope: Scope
) -> Verdict:
    document = readings[local]
    if not document.xml.strip():
        return failed("the local configuration store holds no topology")
    found = topology_in(document, f"the local store of {scope.target}")
    if found.pool_of(scope.target) is None:
        return failed(f"the local topology has no computer {scope.target}")
    current = topology_in(live, scope.management_host) if live and live.xml.strip() else scope.topology
    if found.signature != current.signature:
        return warned(
            f"the local topology (signature {found.signature}) is not the published one ({current.signature})",
            f"Run Invoke-CsManagementStoreReplication -ReplicaFqdn {scope.target} once the replica service runs.",
        )
    return passed(f"the local topology is the published one (signature {found.signature})")


def _components(scope: Scope) -> tuple[Question, ...]:
    expected = services_of(scope)
    request = SERVICES.about(scope.target)
    return about_target(
        scope,
        request,
        expected=f"the services {listed(expected)} are installed",
        judge=lambda readings: _judge_components(readings[request], expected),
    )


def _judge_components(services: Services, expected: tuple[str, ...]) -> Verdict:
    missing = [name for name in expected if services.status(name) is None]
    if missing:
        return failed(f"not installed: {listed(missing)}")
    return passed(f"all {counted(len(expected), 'service')} are installed")


CHECKS = (
    Check(
        id="install.local-store",
        title="the local configuration store holds the published topology",
        why="Setup of the components reads from it which roles this machine has.",
        remedy=(
            "Run the first step of setup again: Bootstrapper.exe /BootstrapLocalMgmt, then Import-CsConfiguration"
            " -LocalStore with a fresh Export-CsConfiguration, then Enable-CsReplica."
        ),
        sources=("preconditions 9", "Gg412874", "Hh202190 step 5"),
        ask=_local_store,
    ),
    Check(
        id="install.components",
        title="the components of the server's roles are installed",
        why="Setup ends without an error where it finds no role for the machine, having installed nothing.",
        remedy=(
            "Run Bootstrapper.exe /SourceDirectory:<media>\\Setup\\amd64 again and read its log. Nothing installed at all"
            " means that the machine's name or the local topology does not match."
        ),
        sources=("S-01", "W-02", "Gg398239", "Hh202190 step 5"),
        ask=_components,
    ),
)
