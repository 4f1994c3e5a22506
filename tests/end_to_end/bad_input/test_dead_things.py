"""What does not answer, answers nonsense, or does not let the operator in: UNKNOWN with a sentence, and in time."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.bad_input.conftest import Console
from tests.end_to_end.bad_input.refusing import contents
from tests.end_to_end.kit import ServedLab, relync, served

_PROBE = 3.0
_GRACE = 2.0
"""How much later than its deadline a preflight may end."""
_WHO = r"se01\.contoso\.com \(127\.66\.\d+\.11:5986\)"
_DNS = r"DNS server 127\.66\.\d+\.10:10053"

FAULTS = {
    "winrm-refused": (3, "host.fqdn", rf"{_WHO} refuses the connection"),
    "winrm-silent": (3, "host.fqdn", rf"{_WHO} accepted the connection but .* within 3 s"),
    "winrm-drip": (3, "host.fqdn", rf"{_WHO} accepted the connection but .* within 3 s"),
    "winrm-broken": (3, "host.fqdn", r"se01\.contoso\.com .*500"),
    "winrm-wrong-password": (3, "host.fqdn", r"se01\.contoso\.com refused the sign-in of CONTOSO\\lyncadmin"),
    "dns-silent": (1, "dns.sign-in-service", rf"{_DNS} did not answer the question for \S+ SRV within 3 s"),
    "dns-servfail": (1, "dns.sign-in-service", rf"{_DNS} answered SERVFAIL to the question for \S+ SRV"),
    "dns-refused": (1, "dns.sign-in-service", rf"{_DNS} (answered REFUSED|refused)"),
    "directory-silent": (3, "cms.pointer", r"dc01\.contoso\.com:636 did not answer within 3 s"),
    "directory-down": (1, "cms.pointer", r"dc01\.contoso\.com:636 .*refuse"),
}
"""Fault to exit code, a check that cannot tell, and its sentence. Where DNS is dead, or LDAP
refuses, the target rightly says that it does not reach them: that is a FAIL."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedLab]:
    with served(tmp_path_factory.mktemp("dead")) as running:
        yield running


@pytest.fixture(scope="module")
def hurried(lab: ServedLab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration with a deadline of three seconds for every probe."""
    config = tmp_path_factory.mktemp("hurried") / "relync.toml"
    config.write_text(f"{lab.config.read_text(encoding='utf-8')}\n[limits]\nprobe_seconds = {_PROBE}\n")
    return config


@pytest.fixture(scope="module")
def healthy(lab: ServedLab, hurried: Path) -> float:
    """Seconds that a preflight takes here while everything answers."""
    ran = relync("--config", hurried, "preflight", "--json", home=hurried.parent)
    assert ran.code == 0, ran.said
    return ran.seconds


@pytest.mark.parametrize("fault", FAULTS)
def test_a_dead_thing_is_unknown_with_a_sentence_and_holds_nobody_up(
    lab: ServedLab, console: Console, hurried: Path, healthy: float, fault: str
) -> None:
    code, check, said = FAULTS[fault]
    lab.control.inject(fault)
    try:
        ran = console("preflight", "--json", config=hurried)
    finally:
        lab.control.mend(fault)
    assert ran.code == code, ran.said
    assert ran.err == ""
    finding = next(one for one in ran.data()["findings"] if one["check"] == check)
    assert finding["status"] == "UNKNOWN"
    assert re.search(said, finding["found"]), finding["found"]
    assert finding["remedy"]
    assert ran.seconds < healthy + _PROBE + _GRACE, ran.said


def test_one_byte_a_second_does_not_stretch_the_deadline_that_is_built_in(
    lab: ServedLab, console: Console, healthy: float
) -> None:
    lab.control.inject("winrm-drip")
    try:
        ran = console("preflight", "--json")
    finally:
        lab.control.mend("winrm-drip")
    assert ran.code == 3, ran.said
    within = max(float(found) for found in re.findall(r"within (\d+) s", ran.out))
    assert ran.seconds < within + healthy + _GRACE


def test_a_recovery_that_cannot_look_holds_its_step_and_gives_up_when_nobody_answers(
    lab: ServedLab, console: Console, tmp_path: Path
) -> None:
    lab.control.inject("winrm-refused")
    try:
        ran = console("recover", "--plain", "--yes-to", "all")
    finally:
        lab.control.mend("winrm-refused")
    assert ran.code == 4, ran.said
    assert re.search(rf"UNKNOWN host\.fqdn .*found {_WHO} refuses the connection", ran.out), ran.said
    assert "the run can be resumed with: relync recover --resume" in ran.out
    assert lab.control.effects() == ()
    (standing,) = console("runs", "--json").data()["runs"]
    assert (standing["outcome"], standing["resumable"], standing["next_step"]) == ("stopped", True, "se.1")


def _printing(lab: ServedLab, folder: Path, program: str) -> Path:
    """Return the lab's configuration with another program that prints the operator's password."""
    kept = [line for line in lab.config.read_text(encoding="utf-8").splitlines() if '"operator"]' not in line]
    place = kept.index("[credentials]") + 1
    kept.insert(place, f'password_command = ["{sys.executable}", "-c", "{program}"]')
    config = folder / "relync.toml"
    config.write_text("\n".join(kept), encoding="utf-8")
    return config


def test_a_wrong_password_is_told_apart_from_a_dead_host_and_shown_nowhere(
    lab: ServedLab, console: Console, tmp_path: Path
) -> None:
    config = _printing(lab, tmp_path, "print('canary'[::-1] + '-w0rd')")
    for ran in (
        console("preflight", "--json", config=config),
        console("preflight", "--json", RELYNC_PASSWORD="yranac-w0rd"),
    ):
        assert ran.code == 3, ran.said
        host = next(one for one in ran.data()["findings"] if one["check"] == "host.fqdn")
        assert (
            "refused the sign-in of CONTOSO\\lyncadmin by ntlm: the user name or the password is wrong" in host["found"]
        )
        assert "yranac" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("pass", r"password_command .* printed nothing"),
        ("raise SystemExit(3)", r"password_command .* exit code 3"),
    ],
)
def test_a_password_program_that_gives_none_makes_hosts_unknown(
    lab: ServedLab, console: Console, tmp_path: Path, program: str, said: str
) -> None:
    ran = console("preflight", "--json", config=_printing(lab, tmp_path, program))
    assert ran.code == 3, ran.said
    host = next(one for one in ran.data()["findings"] if one["check"] == "host.fqdn")
    assert host["status"] == "UNKNOWN"
    assert re.search(said, host["found"]), host["found"]
    assert list(contents(tmp_path)) == ["relync.toml"]
