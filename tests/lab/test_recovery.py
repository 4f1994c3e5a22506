"""The world at its largest: a recovery done rightly ends where the deployment was, one done wrongly does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.lab.scenarios import TARGET
from app.lab.world.running import listens, master
from app.lab.world.snapshot import differences, snapshot
from app.lab.world.world import World
from app.remote.command import Command, cmdlet, program
from tests.lab.hands import WORK, Hands

MSIEXEC = program("msiexec.exe", "/i", "D:\\Setup\\amd64\\Setup\\ocscore.msi", "/qn")
BOOTSTRAPPER = "C:\\Program Files\\Microsoft Lync Server 2013\\Deployment\\Bootstrapper.exe"
SOURCE = "/SourceDirectory:D:\\Setup\\amd64"


def test_a_recovery_done_rightly_ends_with_the_deployment_as_it_was(recovered: World) -> None:
    assert differences(recovered.before, snapshot(recovered)) == ()


def test_a_lost_server_shows_as_differences_in_every_part_of_it(world: World) -> None:
    found = "\n".join(differences(world.before, snapshot(world)))
    for part in (
        "service RTCSRV",
        "sql RTC",
        "share LyncShare",
        "certificate Default",
        "user ",
        "workflows",
        "replica",
    ):
        assert part in found


def test_losing_the_server_leaves_the_survivor_alone(world: World) -> None:
    assert master(world) == "se02.contoso.com"
    assert not [one for one in differences(world.before, snapshot(world)) if one.startswith("host se02")]


def test_every_command_of_a_recovery_is_in_the_log_once_in_its_order(world: World, hands: Hands) -> None:
    hands.recover()
    expected = [command.line() for commands in hands.steps().values() for command in commands]
    assert [effect.line for effect in world.effects] == expected
    assert all(effect.ok and effect.host == TARGET for effect in world.effects)


def test_looking_is_no_effect(recovered: World, hands: Hands) -> None:
    before = len(recovered.effects)
    hands.ask("lync/user_data.ps1", pool=TARGET)
    hands.run(cmdlet("Get-CsWindowsService"))
    assert len(recovered.effects) == before


@pytest.mark.parametrize("seed", [1, 7])
def test_the_same_seed_gives_the_same_people_and_secrets(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    from app.lab.scenarios import scenario, start_world

    def start() -> World:
        return start_world(
            scenario("healthy"), seed=seed, folder=tmp_path_factory.mktemp("lab"), clock=lambda: 1_795_000_000.0
        )

    first, second = start(), start()
    assert first.lync.pools == second.lync.pools
    assert first.directory.accounts == second.directory.accounts
    assert first.directory.domain_sid == second.directory.domain_sid


@pytest.mark.parametrize(
    ("until", "command", "said"),
    [
        ("5a", program(BOOTSTRAPPER, "/BootstrapLocalMgmt", SOURCE), "not recognized"),
        ("5a", cmdlet("Export-CsConfiguration", FileName="C:\\x.zip"), "not recognized"),
        ("5a", cmdlet("Get-CsTopology", LocalStore=True), "not recognized"),
        ("5b", cmdlet("Enable-CsComputer"), "Roles are not installed"),
        ("5b", cmdlet("Start-CsWindowsService", Name="RTCSRV"), "Cannot find service"),
        ("6a", cmdlet("Import-CsUserData", PoolFqdn=TARGET, FileName=f"{WORK}\\ExportedUserData.zip"), "Could not find"),
        ("5b", cmdlet("Import-CsUserData", PoolFqdn=TARGET, FileName=f"{WORK}\\CmsConfig.zip"), "Cannot connect to SQL"),
        ("6d", cmdlet("Import-CsRgsConfiguration", Destination=f"service:ApplicationServer:{TARGET}", FileName="C:\\x"), "not running"),
        ("6a", cmdlet("Import-CsUserData", PoolFqdn="se09.contoso.com", FileName="C:\\x.zip"), "Cannot find user pool"),
        ("6a", cmdlet("Import-CsConfiguration", FileName="D:\\Setup\\amd64\\Setup.exe", LocalStore=True), "not a configuration"),
        ("5c", cmdlet("Set-CsCertificate", Type="Default", Thumbprint="00" * 20), "Cannot find the certificate"),
    ],
)  # fmt: skip
def test_a_step_out_of_order_is_refused(hands: Hands, until: str, command: Command, said: str) -> None:
    hands.recover(until=until)
    result = hands.run(command)
    assert not result.ok
    assert said in " ".join(result.errors)


def test_components_need_the_local_store_first(hands: Hands) -> None:
    hands.recover(until="5a")
    hands.all_right([MSIEXEC, program(BOOTSTRAPPER, "/BootstrapLocalMgmt", SOURCE)])
    result = hands.run(program(BOOTSTRAPPER, SOURCE))
    assert (result.ok, result.exit_code) == (False, 1)
    assert "local configuration store" in result.output[0]


def test_without_a_dns_suffix_setup_finds_no_roles_and_says_all_is_well(world: World, hands: Hands) -> None:
    hands.recover(until="5b")
    world.hosts[TARGET].suffix = ""
    result = hands.run(program(BOOTSTRAPPER, SOURCE))
    assert (result.ok, result.exit_code) == (True, 0)
    assert "No roles" in result.output[0]
    assert "RTC" not in world.hosts[TARGET].sql


def test_components_need_the_file_share(world: World, hands: Hands) -> None:
    hands.recover(until="5b")
    hands.all_right([cmdlet("Remove-SmbShare", Name="LyncShare", Force=True)])
    result = hands.run(program(BOOTSTRAPPER, SOURCE))
    assert result.exit_code == 1
    assert "\\\\se01.contoso.com\\LyncShare" in result.output[0]


def test_user_data_imported_under_a_running_front_end_is_lost(world: World, hands: Hands) -> None:
    hands.recover(until="6b")
    (command,) = hands.steps()["6c"]
    assert hands.run(command).ok, "the real one reports no error either"
    assert hands.ask("lync/user_data.ps1", pool=TARGET)["users"] == 0
    assert any("user " in one for one in differences(world.before, snapshot(world)))


def test_user_data_imported_with_services_stopped_is_there_after_the_start(recovered: World, hands: Hands) -> None:
    count = hands.ask("lync/user_data.ps1", pool=TARGET)
    assert (count["users"], count["other_items"]) == (13, 1)


def test_response_groups_need_overwrite_owner_where_their_contacts_exist(hands: Hands) -> None:
    hands.recover(until="7")
    copy, right = hands.steps()["7"]
    hands.all_right([copy])
    wrong = cmdlet(
        "Import-CsRgsConfiguration",
        Destination=f"service:ApplicationServer:{TARGET}",
        FileName=f"{WORK}\\RgsConfiguration.zip",
    )
    result = hands.run(wrong)
    assert not result.ok
    assert "-OverwriteOwner" in result.errors[0]
    hands.all_right([right])


def test_services_without_certificates_do_not_start_and_the_cmdlet_only_warns(hands: Hands) -> None:
    hands.recover(until="5c")
    result = hands.run(cmdlet("Start-CsWindowsService"))
    assert result.ok
    assert any("RTCSRV" in one and "did not start" in one for one in result.warnings)
    assert not listens(hands.host.host, 5061)


def test_a_misplaced_root_keeps_the_front_end_in_starting(world: World, hands: Hands) -> None:
    hands.recover(until="5d")
    host = world.hosts[TARGET]
    host.stores.root.append(world.authority.issuing_pem)
    hands.run(cmdlet("Start-CsWindowsService"))
    assert host.services["RTCSRV"].status == "StartPending"


def test_the_replica_brings_the_oauth_certificate(world: World, hands: Hands) -> None:
    hands.recover(until="5b")
    oauth = world.lync.store.oauth.thumbprint
    held = world.hosts[TARGET].stores.held(oauth)
    assert held is not None
    assert held.has_key
    assert world.hosts[TARGET].product.assigned["OAuthTokenIssuer"] == oauth


def test_cleaning_a_database_destroys_what_it_held(recovered: World, on: Callable[[str], Hands]) -> None:
    result = on("se02.contoso.com").run(
        cmdlet("Install-CsDatabase", ConfiguredDatabases=True, SqlServerFqdn=TARGET, SqlInstanceName="rtc", Clean=True)
    )
    assert result.ok
    assert recovered.lync.pools[TARGET].users == {}
    assert recovered.lync.pools["se02.contoso.com"].users != {}


def test_copying_over_a_share_needs_the_second_hop(world: World, hands: Hands) -> None:
    hands.recover(until="6a")
    world.hosts[TARGET].delegation = False
    (command,) = hands.steps()["6a"]
    result = hands.run(command)
    assert not result.ok
    assert "ANONYMOUS LOGON" in result.errors[0]


def test_a_second_run_of_robocopy_copies_nothing(hands: Hands) -> None:
    copy, _ = hands.steps()["3"]
    assert hands.run(copy).exit_code == 1
    assert hands.run(copy).exit_code == 0
