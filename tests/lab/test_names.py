"""What a host knows and does not know by name, and who may run what."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from app.lab.cmdlets.registry import CMDLETS, call_cmdlet
from app.lab.ports import Refused
from app.lab.scenarios import TARGET
from app.lab.world.world import World
from app.remote.command import cmdlet
from tests.lab.hands import Hands

PROVIDER_PARAMETERS = {"Path", "LiteralPath", "Recurse", "Force", "Filter", "Raw", "PathType", "Name", "Destination"}
"""Dynamic in the reference of the cmdlets that work on drives."""
REFERENCE = Path(__file__).parents[2].parent / "shared" / "reference" / "cmdlets.json"


@pytest.mark.parametrize("name", sorted(CMDLETS))
def test_every_cmdlet_of_the_lab_and_its_parameters_are_real(name: str) -> None:
    if not REFERENCE.is_file():
        pytest.skip("the cmdlet reference (../shared/reference/cmdlets.json) is not here")
    real = json.loads(REFERENCE.read_text(encoding="utf-8"))
    own = CMDLETS[name]
    assert own.name in real
    known = set(real[own.name]["parameters"]) | (PROVIDER_PARAMETERS if not own.module else set())
    assert set(own.parameters) <= known or not real[own.name]["parameters"]


@pytest.mark.parametrize("name", ["Restore-CsEverything", "Get-CsPoolFabricState", "Start-CsPool"])
def test_an_unknown_cmdlet_is_refused_loudly(recovered: World, hands: Hands, name: str) -> None:
    result = hands.run(cmdlet(name))
    assert not result.ok
    assert "is not recognized as the name of a cmdlet" in result.errors[0]
    assert "CommandNotFoundException" in result.errors[0]


def test_an_unknown_parameter_is_refused_loudly(recovered: World, hands: Hands) -> None:
    result = hands.run(cmdlet("Import-CsUserData", PoolFqdn=TARGET, FileName="C:\\x.zip", Overwrite=True))
    assert not result.ok
    assert "A parameter cannot be found that matches parameter name 'Overwrite'" in result.errors[0]


def test_a_prefix_of_a_parameter_is_enough_where_it_fits_one_alone(recovered: World, hands: Hands) -> None:
    assert hands.run(cmdlet("Get-CsWindowsService", Comp=TARGET)).ok
    ambiguous = hands.run(cmdlet("Get-CsService", C=True))
    assert "ambiguous" in ambiguous.errors[0]


def test_a_missing_mandatory_parameter_is_refused(recovered: World, hands: Hands) -> None:
    result = hands.run(cmdlet("Export-CsConfiguration"))
    assert "missing mandatory parameters: FileName" in result.errors[0]


def test_what_if_changes_nothing(recovered: World, hands: Hands) -> None:
    assert hands.run(cmdlet("Stop-CsWindowsService", WhatIf=True)).ok
    assert recovered.hosts[TARGET].running("RTCSRV")


@pytest.mark.parametrize("name", ["Import-CsUserData", "Enable-CsComputer", "Export-CsConfiguration"])
def test_changing_cmdlets_need_the_server_admins(recovered: World, hands: Hands, name: str) -> None:
    recovered.directory.accounts["lyncadmin"].groups = {"Domain Users", "CSAdministrator"}
    result = hands.run(
        cmdlet(
            name,
            **({} if name == "Enable-CsComputer" else {"FileName": "C:\\x.zip"}),
            **({"PoolFqdn": TARGET} if name == "Import-CsUserData" else {}),
        )
    )
    assert not result.ok
    assert "RTCUniversalServerAdmins" in result.errors[0]


@pytest.mark.parametrize("name", ["Stop-CsWindowsService", "Enable-CsComputer"])
def test_local_cmdlets_need_local_administrators(recovered: World, hands: Hands, name: str) -> None:
    recovered.hosts[TARGET].administrators.discard("lyncadmin")
    result = hands.run(cmdlet(name))
    assert not result.ok
    assert "local administrator" in result.errors[0]


def test_a_host_without_the_product_knows_no_lync_cmdlet(world: World, on: Callable[[str], Hands]) -> None:
    assert "not recognized" in on("bk01.contoso.com").run(cmdlet("Get-CsPool")).errors[0]


def test_an_unknown_account_gets_nothing(world: World) -> None:
    with pytest.raises(Refused, match="not known"):
        call_cmdlet(world, world.hosts[TARGET], "CONTOSO\\nobody", "Get-Date", {})


@pytest.mark.parametrize(
    ("path", "said"),
    [("C:\\..\\Windows\\x", "not supported"), ("E:\\x", "does not exist"), ("\\\\se09\\Share\\x", "does not exist")],
)
def test_paths_that_cannot_be_are_refused(hands: Hands, path: str, said: str) -> None:
    result = hands.run(cmdlet("New-Item", ItemType="Directory", Path=path))
    assert not result.ok
    assert said in result.errors[0]


def test_paths_are_found_without_case(hands: Hands) -> None:
    hands.all_right([cmdlet("New-Item", ItemType="Directory", Path="C:\\Temp\\Reports")])
    state = hands.ask("host/paths.ps1", paths=["c:\\TEMP\\reports"], hashed=False)["paths"][0]
    assert state["exists"]
    assert state["is_folder"]
