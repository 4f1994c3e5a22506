"""What a real PowerShell printed for these scripts, with stand-ins for Windows and Lync, becomes what the facts promise."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import pytest

from app.facts import dhcp_server, host, lync
from app.remote.answers import Transcript
from app.remote.result import CommandResult
from app.remote.session import Answer
from tests.scripts.batches import BATCHES

OUTPUTS = Path(__file__).parent / "outputs"
T = TypeVar("T")


def answers(batch: str, chunk: int = 1 << 20) -> dict[str, Answer]:
    """Return the answers of a captured batch, fed in chunks as a network would."""
    printed = (OUTPUTS / f"{batch}.jsonl").read_bytes()
    transcript = Transcript(one.id for one in BATCHES[batch][1])
    for start in range(0, len(printed), chunk):
        transcript.feed(printed[start : start + chunk])
    assert transcript.complete
    return dict(transcript.answers("missing"))


def read(batch: str, name: str, shape: type[T]) -> T:
    answer = answers(batch)[name]
    assert answer.value is not None, answer.error
    return msgspec.json.decode(answer.value, type=shape)


@pytest.mark.parametrize("batch", BATCHES)
def test_every_fragment_was_answered_on_one_line_of_ascii(batch: str) -> None:
    assert (OUTPUTS / f"{batch}.jsonl").read_bytes().isascii()
    assert all(one.answered for one in answers(batch).values())


@pytest.mark.parametrize("chunk", [1, 7, 4096])
def test_where_the_network_cuts_does_not_matter(chunk: int) -> None:
    assert answers("host", chunk) == answers("host")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("identity", host.HostIdentity),
        ("operator", host.Operator),
        ("residue", host.Residue),
        ("pending_reboot", host.PendingReboot),
        ("services", host.Services),
        ("shares", host.Shares),
        ("certificates", host.CertificateStore),
        ("paths", host.Paths),
        ("one_path", host.Paths),
        ("reachability", host.Reachability),
        ("second_hop", host.SecondHop),
        ("no_hop", host.SecondHop),
    ],
)
def test_a_fact_about_a_host_fits_its_shape(name: str, shape: type[Any]) -> None:
    assert isinstance(read("host", name, shape), shape)


def test_identity_is_read_in_full() -> None:
    found = read("host", "identity", host.HostIdentity)
    assert found.fqdn == "se01.contoso.com"
    assert found.addresses == ("10.0.0.11", "fe80::1", "192.168.0.9")
    assert found.adapters[0].name == "Netzwerkkarte Z\u00fcrich"
    assert found.adapters[1].gateways == ()
    assert found.last_boot == datetime(2026, 11, 22, 7, 30, 0, 500000, tzinfo=UTC)
    assert found.clock.tzinfo is not None
    assert found.hosts_file[1] == host.HostsEntry(address="10.0.0.12", names=("se02.contoso.com", "se02"))


def test_well_known_accounts_keep_their_english_names() -> None:
    found = read("host", "shares", host.Shares)
    lync_share, gone = found.shares
    assert lync_share.share_grants == (
        host.Grant(account="BUILTIN\\Administrators", right="Full", allow=True),
        host.Grant(account="CONTOSO\\RTCHSUniversalServices", right="Change", allow=True),
        host.Grant(account="S-1-5-21-9-9-9-9", right="Read", allow=False),
    )
    assert lync_share.folders == ("sub",)
    assert gone.folder_grants == ()
    assert "BUILTIN\\Administrators" in read("host", "operator", host.Operator).groups


def test_residue_is_found_where_it_lies() -> None:
    found = read("host", "residue", host.Residue)
    assert found.sql_instances == ("RTCLOCAL",)
    assert found.programs == ("Microsoft Lync Server 2013, Core Components",)
    assert found.web_sites == ("Lync Server Internal Web Site",)
    assert found.registry_keys == ("HKLM\\SOFTWARE\\Microsoft\\Real-Time Communications",)


def test_a_pending_reboot_is_told_from_noise() -> None:
    found = read("host", "pending_reboot", host.PendingReboot)
    assert len(found.reasons) == 2
    assert "will be SE01" in found.reasons[1]
    assert len(found.noisy) == 1


def test_certificates_come_whole_with_their_chain() -> None:
    found = read("host", "certificates", host.CertificateStore)
    leaf = next(one for one in found.personal if len(one.chain) == 2)
    assert leaf.chain[1].signature_algorithm == "1.2.840.113549.1.1.11"
    assert leaf.chain_problems == ("RevocationStatusUnknown",)
    assert leaf.der[:1] == b"0"
    assert set(found.root_not_self_signed) == {"CN=se01.contoso.com"}


def test_paths_are_told_apart_and_hashed() -> None:
    file, folder, none, nowhere, no_drive = read("host", "paths", host.Paths).paths
    assert file.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (folder.exists, folder.is_folder) == (True, True)
    assert not (none.exists or nowhere.exists or no_drive.exists)
    assert read("host", "one_path", host.Paths).paths[0].sha256 == ""


def test_a_refused_connection_is_named_in_no_language() -> None:
    assert read("host", "reachability", host.Reachability).targets[1] == host.Reach(
        host="127.0.0.1", port=2, open=False, error="ConnectionRefused"
    )


def test_a_second_hop_that_fails_says_how() -> None:
    assert read("host", "second_hop", host.SecondHop).reached
    assert read("host", "no_hop", host.SecondHop).error.startswith("ItemNotFoundException: ")


def test_lync_facts_fit_their_shapes() -> None:
    assert read("lync", "store_location", lync.StoreLocation).back_end == "se02.contoso.com\\rtc"
    replication = read("lync", "replication", lync.ReplicationStatus)
    assert replication.master == "se02.contoso.com"
    assert replication.replicas[0].last_status_report == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert replication.replicas[1].last_status_report is None
    assert len(read("lync", "topology", lync.TopologyDocument).xml) > 7000
    assert "Z\u00fcrich \u201cS\u00fcd\u201d" in read("lync", "local_topology", lync.TopologyDocument).xml
    assert read("lync", "assigned_certificates", lync.AssignedCertificates).thumbprint("OAuthTokenIssuer") == "CC"
    assert read("lync", "services", lync.LyncServices).services[0].status == "Running"
    assert read("lync", "databases", lync.LyncDatabases).databases[0].installed_version == ""
    assert read("lync", "response_groups", lync.ResponseGroups) == lync.ResponseGroups(
        workflows=2, queues=1, agent_groups=0
    )
    assert read("lync", "computer_test", lync.ComputerTest) == lync.ComputerTest(
        errors=("Group is missing",), warnings=("No patterns found",)
    )


def test_user_data_is_counted_and_nothing_is_left_behind() -> None:
    assert read("lync", "user_data", lync.UserDataCount) == lync.UserDataCount(users=2, other_items=1)
    failed = answers("lync")["no_user_data"]
    assert failed.value is None
    assert failed.error == 'Cannot find "Registrar" service.'
    assert (OUTPUTS / "lync.jsonl").read_text().rstrip().endswith("left behind: 0")


def test_the_dhcp_servers_view_fits_its_shape() -> None:
    found = read("dhcp", "view", dhcp_server.DhcpServerView)
    assert found.vendor_classes[0] == dhcp_server.VendorClass(name="MSUCClient", data="MS-UC-Client")
    assert [(one.option, one.vendor_class) for one in found.options] == [(120, ""), (6, ""), (1, "MSUCClient")]
    assert found.scopes[0].reservations[0].client_id == "00-15-5d-01-02-03"


def test_a_host_without_the_product_says_so() -> None:
    found = answers("without_product")
    for name in ("lync", "command"):
        assert found[name].error == "the Lync Server Management Shell is not installed on this host"
    assert found["windows"].value is not None


def ended(name: str) -> CommandResult:
    return read("commands", name, CommandResult)


def test_a_cmdlet_gets_its_parameters_as_data() -> None:
    result = ended("set")
    assert result.ok
    assert result.output[-1].endswith("AA 'x' $(exit)")
    assert result.warnings == ("The certificate ends soon.",)
    assert result.exit_code is None


def test_an_error_that_ends_nothing_fails_the_command_all_the_same() -> None:
    result = ended("error")
    assert not result.ok
    assert result.output == ("went on all the same",)
    assert result.errors == ("Cannot reach the store. [StoreNotReachable,Enable-CsReplica]",)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("thrown", "Service RTCSRV was not found."),
        ("unknown", "CommandNotFoundException"),
        ("no_parameter", "NamedParameterNotFound"),
        ("no_name", "not the name of a cmdlet"),
        ("no_program", "CommandNotFoundException"),
        ("quote", "cannot pass the argument"),
    ],
)
def test_what_cannot_be_run_is_a_failed_command(name: str, words: str) -> None:
    result = ended(name)
    assert not result.ok
    assert words in result.errors[0]


def test_a_path_with_wildcards_in_it_is_one_path() -> None:
    assert ended("folder").ok
    assert ended("silent").ok
    assert ended("silent").output == ()


@pytest.mark.parametrize(
    ("name", "code", "good"), [("program", 3, False), ("accepted", 3, True), ("complaint", 1, False)]
)
def test_a_program_is_judged_by_its_exit_code(name: str, code: int, good: bool) -> None:
    result = ended(name)
    assert result.exit_code == code
    assert result.ok is good
    assert result.errors == ()


def test_a_word_with_a_blank_stays_one_word() -> None:
    assert ended("program").output == ('"two words"',)


def test_what_a_program_says_on_the_error_stream_is_output() -> None:
    assert ended("spoken").ok
    assert ended("spoken").output == ("to stderr",)
