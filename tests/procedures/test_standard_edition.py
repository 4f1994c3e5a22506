"""The Standard Edition procedure: Microsoft's steps in their order, their gates, and the commands it would run."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from app.deployment.topology import Topology
from app.facts.fact import NotKnown, Readings
from app.facts.file_store import STORE, StoreView
from app.facts.host import (
    CERTIFICATES,
    PATHS,
    SERVICES,
    SHARES,
    CertificateStore,
    Grant,
    Paths,
    PathState,
    Services,
    Share,
    Shares,
    WindowsService,
)
from app.facts.lync import (
    ASSIGNED_CERTIFICATES,
    LYNC_SERVICES,
    AssignedCertificates,
    LyncService,
    LyncServices,
)
from app.lab.contoso import contoso_topology
from app.procedures.catalogue import PROCEDURES, find_procedure
from app.procedures.standard_edition import STANDARD_EDITION_SERVER
from app.recovery.plan import CannotPlan, make_plan
from app.recovery.scoping import scope_source
from app.recovery.step import Action, AlreadyDone, Danger, Impossible, Kind, Planned, Step
from app.remote.command import CommandKind
from app.settings import RestoreSettings, Settings
from checks.catalogue import by_id
from checks.check import Scope
from checks.expected import services_of
from tests.procedures.kit import (
    NOW,
    SHARE,
    TARGET,
    backup,
    plan,
    reading,
    scope,
    with_persistent_chat,
    without_response_groups,
)

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
WORK = "C:\\RelyncRestore"


def step(step_id: str, of: Scope | None = None) -> Step:
    return plan(of).step(step_id)


def planned(step_id: str, on: Readings | None = None, of: Scope | None = None) -> Planned:
    computing = step(step_id, of).plan
    assert computing is not None
    return computing(of or scope(), on or Readings())


def lines(step_id: str, on: Readings | None = None, of: Scope | None = None) -> list[str]:
    found = planned(step_id, on, of)
    assert isinstance(found, tuple), found
    return [one.command.line() for one in found]


def test_the_steps_are_those_of_the_page_in_its_order() -> None:
    assert [one.id for one in plan().steps] == [
        "se.1", "se.2", "se.3", "se.4", "se.5a", "se.5b", "se.5c", "se.5d", "se.6a", "se.6b", "se.6c", "se.6d", "se.7",
    ]  # fmt: skip


def test_the_phases_have_their_titles() -> None:
    assert [one.title for one in plan().phases] == [
        "Rebuild the machine", "File store", "Topology", "Install Lync Server", "User data", "Applications",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("topology", "last"),
    [
        (without_response_groups(), ["se.6d"]),
        (with_persistent_chat(), ["se.7", "se.8"]),
    ],
    ids=["no Response Group", "with Persistent Chat"],
)
def test_applications_are_restored_only_where_the_topology_has_them(topology: Topology, last: list[str]) -> None:
    ids = [one.id for one in plan(scope(topology)).steps]
    assert ids[ids.index("se.6d") :][-len(last) :] == last
    assert ("se.7" in ids) is ("se.7" in last)
    assert ("se.8" in ids) is ("se.8" in last)


@pytest.mark.parametrize("topology", [None, without_response_groups(), with_persistent_chat()])
def test_the_last_step_looks_at_what_clients_need(topology: Topology | None) -> None:
    *others, last = plan(scope(topology)).steps
    assert {"dhcp.phone-option-120", "dns.sign-in-service"} <= set(last.after)
    assert all("dhcp.phone-option-120" not in one.after for one in others)


@pytest.mark.parametrize("one", plan(scope(with_persistent_chat())).steps, ids=lambda one: one.id)
class TestEveryStep:
    """What holds for each step."""

    def test_says_everything_a_person_needs(self, one: Step) -> None:
        empty = [
            field.name
            for field in fields(one)
            if field.name in ("title", "intent", "who", "where", "source", "by_hand", "number", "after", "before")
            and not getattr(one, field.name)
        ]
        assert empty == []

    def test_names_its_page_and_step(self, one: Step) -> None:
        assert re.match(rf"Hh202190 step {one.number[0]}\b", one.source)

    def test_says_how_it_is_undone_or_why_not(self, one: Step) -> None:
        assert bool(one.undo) != bool(one.no_undo_because)

    def test_is_destructive_only_where_there_is_no_way_back(self, one: Step) -> None:
        assert (one.danger is Danger.DESTRUCTIVE) == bool(one.no_undo_because)

    def test_names_only_checks_that_exist(self, one: Step) -> None:
        for check_id in (*one.before, *one.after):
            assert by_id(check_id).id == check_id

    def test_names_no_check_twice(self, one: Step) -> None:
        assert len(set(one.before)) == len(one.before)
        assert len(set(one.after)) == len(one.after)

    def test_has_commands_exactly_where_it_is_not_by_hand(self, one: Step) -> None:
        assert (one.plan is None) == (one.kind is Kind.BY_HAND)

    def test_is_proven_by_something_that_blocks(self, one: Step) -> None:
        blocking = [check_id for check_id in one.after if by_id(check_id).gate.value == "blocking"]
        assert blocking or one.id == "se.8"


def test_import_of_user_data_waits_for_stopped_services_and_is_the_destructive_step() -> None:
    one = step("se.6c")
    assert one.danger is Danger.DESTRUCTIVE
    assert "services.stopped" in one.before
    assert step("se.6b").after == ("services.stopped",)


def test_only_the_first_step_attests_the_image_and_later_ones_need_it() -> None:
    assert [one.attests for one in plan().steps if one.attests] == ["rollback-image"]
    assert all("attested.rollback-image" in step(one).before for one in ("se.3", "se.5a"))


# Commands


def test_the_file_store_is_copied_without_permissions_and_shared_under_its_name() -> None:
    assert lines("se.3") == [
        rf"robocopy.exe {SHARE}\filestore C:\LyncShare /E /R:2 /W:2 /XF Meeting.Active /COPY:DT",
        "New-SmbShare -Name LyncShare -Path C:\\LyncShare -FullAccess BUILTIN\\Administrators",
    ]


def test_robocopy_codes_below_eight_are_success() -> None:
    found = planned("se.3")
    assert isinstance(found, tuple)
    assert found[0].command.success_codes == (0, 1, 2, 3, 4, 5, 6, 7)


def test_another_local_folder_can_be_configured() -> None:
    settings = Settings(restore=RestoreSettings(backup_unc=SHARE, file_store_path="E:\\Stores\\Lync"))
    assert "E:\\Stores\\Lync" in lines("se.3", of=scope(settings=settings))[0]


def store_readings(*, shared: bool, files: int) -> Readings:
    full = Grant(account="BUILTIN\\Administrators", right="Full", allow=True)
    share = Share(
        name="LyncShare",
        path="C:\\LyncShare",
        share_grants=(full,),
        folder_grants=(),
        folders=("1-WebServices-1",) if files else (),
    )
    view = StoreView(exists=shared, folders=share.folders, files=files, size=files * 1000, writable=True)
    return reading(
        (SHARES.about(TARGET), Shares(shares=(share,) if shared else ())),
        (STORE.about(rf"\\{TARGET}\LyncShare"), view),
    )


def test_a_share_that_is_there_is_not_made_again() -> None:
    assert [line.split()[0] for line in lines("se.3", store_readings(shared=True, files=2))] == ["robocopy.exe"]


def test_a_whole_file_store_is_already_done() -> None:
    assert isinstance(planned("se.3", store_readings(shared=True, files=5)), AlreadyDone)


def test_the_local_store_is_installed_as_the_wizard_does_it() -> None:
    assert lines("se.5a") == [
        r"msiexec.exe /i D:\Setup\amd64\Setup\ocscore.msi /qn /norestart",
        r"& 'C:\Program Files\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe' /BootstrapLocalMgmt "
        r"/SourceDirectory:D:\Setup\amd64",
        rf"New-Item -ItemType Directory -Force -Path {WORK}",
        rf"Export-CsConfiguration -FileName {WORK}\CmsConfig.zip",
        rf"Import-CsConfiguration -FileName {WORK}\CmsConfig.zip -LocalStore",
        "Enable-CsReplica",
        "Start-CsWindowsService -Name REPLICA",
    ]


def test_components_are_installed_by_the_bootstrapper_without_a_switch() -> None:
    assert lines("se.5b") == [
        r"& 'C:\Program Files\Microsoft Lync Server 2013\Deployment\Bootstrapper.exe' /SourceDirectory:D:\Setup\amd64"
    ]


def test_user_data_is_copied_into_a_working_folder_and_imported_from_there() -> None:
    assert lines("se.6a") == [
        rf"New-Item -ItemType Directory -Force -Path {WORK}",
        rf"Copy-Item -Path {SHARE}\se01\ExportedUserData.zip -Destination {WORK}\ExportedUserData.zip",
    ]
    assert lines("se.6b") == ["Stop-CsWindowsService"]
    assert lines("se.6c") == [rf"Import-CsUserData -PoolFqdn {TARGET} -FileName {WORK}\ExportedUserData.zip"]
    assert lines("se.6d") == ["Start-CsWindowsService"]


def test_response_groups_are_imported_with_overwriting_the_owner() -> None:
    assert lines("se.7") == [
        rf"Copy-Item -Path {SHARE}\se01\RgsConfiguration.zip -Destination {WORK}\RgsConfiguration.zip",
        f"Import-CsRgsConfiguration -Destination service:ApplicationServer:{TARGET} -OverwriteOwner "
        rf"-FileName {WORK}\RgsConfiguration.zip",
    ]


def test_persistent_chat_is_imported_into_the_instance_that_holds_it() -> None:
    of = scope(with_persistent_chat())
    assert lines("se.8", of=of)[-1] == (
        rf"Import-CsPersistentChatData -DBInstance {TARGET}\rtc -FileName {WORK}\PersistentChat.zip"
    )


def test_a_copy_with_the_right_hash_is_already_done() -> None:
    asked = PATHS.about(TARGET, paths=(rf"{WORK}\ExportedUserData.zip",), hashed=True)

    def there(sha256: str) -> Readings:
        state = PathState(path=asked.argument("paths")[0], exists=True, is_folder=False, size=1000, sha256=sha256)
        return reading((asked, Paths(paths=(state,))))

    assert isinstance(planned("se.6a", there("ab" * 32)), AlreadyDone)
    assert len(lines("se.6a", there("00" * 32))) == 2


@pytest.mark.parametrize(("status", "starts", "stops"), [("Running", False, True), ("Stopped", True, False)])
def test_services_are_started_only_where_they_rest_and_stopped_only_where_they_run(
    status: str, starts: bool, stops: bool
) -> None:
    names = services_of(scope())
    windows = Services(services=tuple(WindowsService(name=one, status=status, start_mode="Auto") for one in names))
    product = LyncServices(services=tuple(LyncService(name=one, status=status) for one in names if "SQL" not in one))
    on = reading((SERVICES.about(TARGET), windows), (LYNC_SERVICES.about(TARGET), product))
    assert isinstance(planned("se.5d", on), AlreadyDone) is not starts
    assert isinstance(planned("se.6b", on), AlreadyDone) is not stops


def test_certificates_that_nobody_could_look_at_leave_nothing_to_run() -> None:
    with pytest.raises(NotKnown):
        planned("se.5c")


def test_a_machine_without_a_fitting_certificate_says_which_usage_lacks_one() -> None:
    empty = CertificateStore(personal=(), root_count=10, root_not_self_signed=())
    on = reading(
        (CERTIFICATES.about(TARGET), empty),
        (ASSIGNED_CERTIFICATES.about(TARGET), AssignedCertificates(certificates=())),
    )
    found = planned("se.5c", on)
    assert isinstance(found, Impossible)
    assert "Default" in found.why


def test_a_backup_that_the_target_cannot_reach_says_which_setting_is_missing() -> None:
    with pytest.raises(NotKnown, match=r"restore\.backup_unc"):
        planned("se.6a", of=scope(settings=Settings()))


def test_a_backup_folder_that_is_a_unc_path_needs_no_setting() -> None:
    known = scope()
    unc = replace(known.backup, root=Path(r"\\bk01\LyncBackup"), pieces=())
    found = lines("se.6a", of=replace(known, settings=Settings(), backup=unc))
    assert found[1].startswith(r"Copy-Item -Path \\bk01\LyncBackup\ExportedUserData.zip")


# Whole plans


def all_actions() -> list[Action]:
    of = scope(with_persistent_chat())
    found: list[Action] = []
    for one in plan(of).steps:
        if one.plan is not None and one.id != "se.5c":
            computed = one.plan(of, Readings())
            assert isinstance(computed, tuple)
            found += computed
    return found


def test_every_command_runs_on_the_target_within_a_stated_time() -> None:
    assert {one.host for one in all_actions()} == {TARGET}
    assert all(60 <= one.seconds <= 4 * 3600 for one in all_actions())


def test_every_cmdlet_and_parameter_exists_in_microsofts_reference() -> None:
    reference = SHARED / "reference" / "cmdlets.json"
    if not reference.is_file():
        pytest.skip("shared/reference/cmdlets.json is not here")
    known: dict[str, Any] = json.loads(reference.read_text(encoding="utf-8"))
    emitted = [one.command for one in all_actions() if one.command.kind is CommandKind.CMDLET]
    wanted = {(one.name, parameter.name) for one in emitted for parameter in one.parameters}
    wanted |= {("Set-CsCertificate", "Type"), ("Set-CsCertificate", "Thumbprint")}
    assert {one.name for one in emitted} <= set(known)
    missing = [
        f"{name} -{parameter}"
        for name, parameter in sorted(wanted)
        # A few core cmdlets are listed without their parameters.
        if known[name]["parameters"] and parameter not in known[name]["parameters"]
    ]
    assert missing == []


def test_the_digest_is_stable_and_follows_the_target_not_the_clock_or_the_media() -> None:
    first = plan()
    moved = Settings(restore=RestoreSettings(media="E:\\", backup_unc=r"\\other\share"))
    assert plan(scope(now=NOW.replace(year=2027))).digest == first.digest
    assert plan(scope(settings=moved)).digest == first.digest
    assert plan(scope(settings=Settings())).digest == first.digest, "naming the share later is not another plan"
    assert plan(scope(without_response_groups())).digest != first.digest


def test_a_missing_piece_of_the_backup_does_not_make_it_another_plan() -> None:
    known = scope()
    poorer = replace(known, backup=replace(known.backup, pieces=known.backup.pieces[:1]))
    assert plan(poorer).digest == plan(known).digest


# What it refuses


def source_for(target: str, topology: Topology) -> Scope:
    return scope_source(backup(topology), target, Settings(), lambda: NOW)({})


def test_a_server_that_the_topology_does_not_know_is_refused_with_those_it_knows() -> None:
    with pytest.raises(
        CannotPlan, match=r"se09\.contoso\.com is not a server .* se01\.contoso\.com, se02\.contoso\.com"
    ):
        source_for("se09.contoso.com", contoso_topology())


def test_the_server_that_hosts_the_central_management_store_is_sent_to_its_own_page() -> None:
    with pytest.raises(CannotPlan, match=r"active Central Management store.*Hh202172"):
        make_plan(STANDARD_EDITION_SERVER, source_for("se02.contoso.com", contoso_topology()))


def test_a_member_of_an_enterprise_pool_is_sent_to_its_own_page() -> None:
    topology = contoso_topology()
    cluster = replace(topology.clusters[0], fqdn="pool01.contoso.com")
    enterprise = replace(topology, clusters=(cluster, topology.clusters[1]))
    with pytest.raises(CannotPlan, match=r"Enterprise pool pool01\.contoso\.com.*Hh202191"):
        make_plan(STANDARD_EDITION_SERVER, source_for(TARGET, enterprise))


def test_a_server_without_user_services_is_refused() -> None:
    topology = contoso_topology()
    services = tuple(one for one in topology.services if one.cluster != "1:1" or one.role == "MediationServer")
    with pytest.raises(CannotPlan, match="MediationServer and no user services"):
        make_plan(STANDARD_EDITION_SERVER, source_for(TARGET, replace(topology, services=services)))


@pytest.mark.parametrize(
    "name",
    [
        "standard-edition-server",
        "se-server-lost",
        "standard-edition-server-lost",
        "standard-edition",
        " Standard-Edition ",
    ],
)
def test_the_procedure_is_found_under_all_its_names(name: str) -> None:
    assert find_procedure(name) is STANDARD_EDITION_SERVER


@pytest.mark.parametrize(
    ("name", "said"), [("", "no failure was named"), ("standart-edition", "did you mean standard-edition")]
)
def test_an_unknown_name_is_refused_with_what_there_is(name: str, said: str) -> None:
    with pytest.raises(CannotPlan, match=said):
        find_procedure(name)


def test_procedure_ids_and_aliases_are_unique() -> None:
    names = [name for one in PROCEDURES for name in (one.id, *one.aliases)]
    assert len(set(names)) == len(names)
