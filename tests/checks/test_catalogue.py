"""The catalogue is complete, consistent, and documented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import checks
from checks.catalogue import CATALOGUE, FAMILIES, by_id
from checks.check import Check
from checks.finding import Gate
from tests.checks.cmdlets import REFERENCE, unknown_cmdlets

ROOT = Path(__file__).parents[2]
_PAGE = re.compile(r"^((Hh|Gg|JJ|Dn)\d{6}\b|KB\d+)")
_SHEET = re.compile(r"^([RDHCPSQAOFWM]-\d\d|preconditions [\d.]+|procedures [\d.]+|formats [\d.]+)$")


def test_ids_are_unique() -> None:
    assert len({one.id for one in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda one: one.__name__)
def test_the_family_is_the_module(family: object) -> None:
    name = family.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    assert {one.id.partition(".")[0] for one in family.CHECKS} == {name}  # type: ignore[attr-defined]


def test_every_module_that_ends_in_checks_is_listed() -> None:
    folder = Path(checks.__file__).parent
    ending_in_checks = {
        one.stem for one in folder.glob("*.py") if re.search(r"^CHECKS\b", one.read_text("utf-8"), re.M)
    }
    assert ending_in_checks == {one.__name__.rpartition(".")[2] for one in FAMILIES}


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_a_title_is_a_claim(check: Check) -> None:
    assert check.title[0].islower() or check.title.startswith(("DHCP", "Active"))
    assert not check.title.startswith(("ensure", "check", "verify"))
    assert not check.title.endswith(".")


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_a_check_says_why_what_to_do_and_where_that_comes_from(check: Check) -> None:
    assert check.why.endswith(".")
    assert check.remedy.endswith(".")
    assert check.sources
    for source in check.sources:
        assert _SHEET.match(source) or _PAGE.match(source), source


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_a_prerequisite_exists_and_stands_before(check: Check) -> None:
    order = [one.id for one in CATALOGUE]
    for one in check.after:
        assert by_id(one).id == one
        assert order.index(one) < order.index(check.id)


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_a_prerequisite_of_what_holds_a_gate_holds_it_too(check: Check) -> None:
    if check.gate is Gate.BLOCKING:
        assert all(by_id(one).gate is Gate.BLOCKING for one in check.after)


def test_an_unknown_id_names_the_nearest() -> None:
    with pytest.raises(KeyError, match=r"host\.fqdn"):
        by_id("host.fqdns")


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_the_documentation_has_the_check(check: Check) -> None:
    row = next((one for one in _documented() if one.startswith(f"| `{check.id}` ")), None)
    assert row is not None, "docs/checks.md lacks it"
    assert row == f"| `{check.id}` | {check.title} | {check.gate.value} | {', '.join(check.sources)} |"


def test_the_documentation_has_no_check_that_is_gone() -> None:
    documented = {re.match(r"\| `([^`]+)`", one).group(1) for one in _documented()}  # type: ignore[union-attr]
    assert documented == {one.id for one in CATALOGUE}


@pytest.mark.parametrize("check", CATALOGUE, ids=lambda one: one.id)
def test_cmdlets_of_a_remedy_exist_with_their_parameters(check: Check) -> None:
    if not REFERENCE.exists():
        pytest.skip("the cmdlet reference is not beside this project")
    assert unknown_cmdlets(check.remedy) == []


@pytest.mark.parametrize("text", ["Run Start-CsPool now.", "Run Stop-CsWindowsService -Everything now."])
def test_a_cmdlet_that_does_not_exist_would_be_noticed(text: str) -> None:
    if not REFERENCE.exists():
        pytest.skip("the cmdlet reference is not beside this project")
    assert unknown_cmdlets(text.replace("CsPool", "CsPools")) != []


def _documented() -> list[str]:
    return [one for one in (ROOT / "docs" / "checks.md").read_text("utf-8").splitlines() if one.startswith("| `")]
