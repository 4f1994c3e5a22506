"""Every case file is judged; every check owns cases; breaking one thing raises no false alarm elsewhere."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from checks.catalogue import CATALOGUE
from checks.check import Check
from checks.finding import Status
from checks.running import judged
from tests.checks.cases import Case, load, paths, world_readings
from tests.checks.cmdlets import unknown_cmdlets
from tests.checks.scopes import standard_scope
from tests.checks.worlds import World

_NOT_YET = {
    "certificates.assigned",
    "certificates.oauth",
    "install.local-store",
    "install.components",
    "sql.local-instance",
    "sql.instance-names",
    "sql.databases",
    "sql.database-versions",
    "services.running",
    "services.stopped",
    "replication.up-to-date",
    "ports.sip-tls",
    "files.user-data-copied",
    "files.response-groups-copied",
    "data.user-data-restored",
    "data.response-groups-restored",
    "data.persistent-chat-restored",
}
"""Proofs of steps that have not been done while the machine is only rebuilt."""
_NOT_ANY_MORE = {"host.clean", "services.stopped"}
"""What a recovered server no longer is."""
_OF_WORLD = {
    World.REBUILT: tuple(one for one in CATALOGUE if one.id not in _NOT_YET),
    World.RECOVERED: tuple(one for one in CATALOGUE if one.id not in _NOT_ANY_MORE),
}


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", paths(), ids=_name)
def test_a_case_is_judged_as_it_says(path: Path) -> None:
    case = load(path)
    findings = case.findings()
    assert case.about
    assert case.expect
    for expected in case.expect:
        fitting = [one for one in findings if expected.subject in one.subject]
        assert fitting, f"no finding about {expected.subject!r}: {[one.subject for one in findings]}"
        for finding in fitting:
            assert finding.status.value == expected.status, f"{finding.subject}: {finding.found}"
            assert expected.found_contains in finding.found
            assert expected.remedy_contains in finding.remedy
            assert finding.expected
            assert finding.basis


@pytest.mark.parametrize("path", paths(), ids=_name)
def test_the_file_name_says_the_worst_status(path: Path) -> None:
    case = load(path)
    worst = {one.status.value for one in case.findings()} - {"PASS"}
    assert worst == ({case.status} - {"PASS"})


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_every_check_owns_a_case_for_pass_fail_and_unknown(check: Check) -> None:
    owned = defaultdict(set)
    for path in paths():
        owned[path.parent.name].add(path.stem.partition("-")[0])
    assert {"pass", "fail", "unknown"} <= owned[check.id]


@pytest.mark.parametrize("world", list(World))
@pytest.mark.parametrize(
    ("topology", "target"),
    [
        ("contoso", "se01.contoso.com"),
        ("two-domains", "se01.contoso.com"),
        ("persistent-chat", "se01.contoso.com"),
        ("no-response-groups", "se01.contoso.com"),
        ("enterprise", "fe01.contoso.com"),
    ],
)
def test_nothing_is_wrong_where_everything_is_right(topology: str, target: str, world: World) -> None:
    scope = standard_scope({"topology": topology, "target": target})
    findings = judged(_OF_WORLD[world], scope, world_readings(scope, world, {}))
    wrong = [f"{one.check} {one.subject} {one.status}: {one.found}" for one in findings if _alarms(one.status)]
    assert wrong == []


@pytest.mark.parametrize("path", [one for one in paths() if one.stem.startswith("fail-")], ids=_name)
def test_what_is_broken_fails_its_own_check_and_no_other(path: Path) -> None:
    case = load(path)
    findings = judged(_OF_WORLD[case.world], case.scope, case.readings)
    failing = {one.check for one in findings if one.status is Status.FAIL} - {case.check.id}
    assert failing == set(case.also)


@pytest.mark.parametrize("path", [one for one in paths() if one.stem.startswith("unknown-")], ids=_name)
def test_what_cannot_be_seen_fails_nothing(path: Path) -> None:
    case = load(path)
    findings = judged(_OF_WORLD[case.world], case.scope, case.readings)
    assert {one.check for one in findings if one.status is Status.FAIL} == set(case.also)


def test_a_case_that_asks_what_the_check_does_not_need_is_refused() -> None:
    case: Case = load(next(one for one in paths() if one.parent.name == "host.fqdn"))
    with pytest.raises(AssertionError, match="does not ask"):
        world_readings(case.scope, case.world, {"sql.instance(x)": {"unknown": "x"}}, tuple(case.readings))


def _alarms(status: Status) -> bool:
    return status in (Status.FAIL, Status.WARN, Status.UNKNOWN, Status.SKIPPED)


@pytest.mark.parametrize("path", paths(), ids=_name)
def test_what_is_not_right_says_what_to_do(path: Path) -> None:
    for finding in load(path).findings():
        assert bool(finding.remedy) is (finding.status in (Status.WARN, Status.FAIL, Status.UNKNOWN))
        assert unknown_cmdlets(finding.remedy) == []
