"""Every script of the product has an answer, and the answer fits the shape of its fact."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec
import pytest

from app.facts import dhcp_server, host, lync
from app.facts.fact import Fact
from app.lab.fragments.answering import ANSWERS
from app.lab.ports import Refused
from app.lab.scenarios import TARGET
from app.lab.world.world import World
from app.remote.scripts import script_text
from tests.lab.hands import ACCOUNT, Hands

FACTS = [one for module in (host, lync, dhcp_server) for one in vars(module).values() if isinstance(one, Fact)]
ARGUMENTS = {
    "pool": TARGET,
    "paths": ["C:\\LyncShare", "C:\\nothing.zip"],
    "hashed": True,
    "targets": ["se02.contoso.com:1433", "se02.contoso.com:9"],
    "path": "\\\\bk01.contoso.com\\LyncBackup",
    "local": True,
}


@pytest.mark.parametrize("fact", FACTS, ids=[one.script for one in FACTS])
def test_the_answer_of_a_script_fits_its_fact(recovered: World, on: Callable[[str], Hands], fact: Fact[object]) -> None:
    where = "dc01.contoso.com" if fact.script.startswith("dhcp_server") else TARGET
    printed = msgspec.json.encode(on(where).ask(fact.script, **ARGUMENTS))
    value = msgspec.json.decode(printed, type=fact.shape, strict=True)
    assert dataclasses.is_dataclass(value)


def test_no_script_is_answered_that_no_fact_asks() -> None:
    assert set(ANSWERS) == {one.script for one in FACTS} | {"command/invoke.ps1"}


def test_a_script_with_another_text_is_refused(hands: Hands) -> None:
    text = script_text("host/identity.ps1") + "\nRemove-Item C:\\ -Recurse"
    with pytest.raises(Refused, match="does not know this script"):
        hands.host.fragment(ACCOUNT, "host/identity.ps1", text, {})


@pytest.mark.parametrize("script", [one for one in sorted(ANSWERS) if one.startswith("lync/")])
def test_a_host_without_the_management_shell_answers_with_an_error(hands: Hands, script: str) -> None:
    with pytest.raises(Refused, match="Lync Server Management Shell is not installed on this host"):
        hands.ask(script, **ARGUMENTS)


def test_a_clean_machine_has_no_residue(hands: Hands) -> None:
    assert not any(hands.ask("host/residue.ps1").values())


def test_an_installed_machine_is_full_of_residue(recovered: World, hands: Hands) -> None:
    assert all(hands.ask("host/residue.ps1").values())


def test_reachability_tells_open_from_refused_from_unknown(hands: Hands) -> None:
    targets = ["se02.contoso.com:5061", "se02.contoso.com:9", "se09.contoso.com:445", "se02.contoso.com:445"]
    found = hands.ask("host/reachability.ps1", targets=targets)["targets"]
    assert [(one["open"], one["error"]) for one in found] == [
        (True, ""),
        (False, "ConnectionRefused"),
        (False, "HostNotFound"),
        (True, ""),
    ]


def test_a_cut_path_between_hosts_shows_as_a_timeout(world: World, hands: Hands) -> None:
    world.network.blocked.add((TARGET, "se02.contoso.com", 445))
    found = hands.ask("host/reachability.ps1", targets=["se02.contoso.com:445"])["targets"][0]
    assert (found["open"], found["error"]) == (False, "TimedOut")
