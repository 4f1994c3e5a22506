"""Rules that a case file cannot show: choosing a certificate, comparing clocks, names that are shared with the steps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.deployment.requirements import CertificateNeed
from app.facts.directory import STATE
from app.facts.fact import Known, NotKnown, Readings
from app.facts.host import IDENTITY, PENDING_REBOOT, CertificateStore, PendingReboot, StoredCertificate
from checks.certificate_fit import best_candidate
from checks.certificate_reading import read
from checks.clocks import apart
from checks.expected import needs_of
from checks.hardware import same_mac
from checks.host_readiness import dependencies
from checks.operator import second_hop_path
from checks.pieces import restored_path
from checks.words import counted, listed, span
from tests.checks.certificate_recipes import RECIPES, der, thumbprint
from tests.checks.scopes import NOW, standard_scope
from tests.checks.worlds import World, answer, stored

SCOPE = standard_scope()
HOST, DIRECTORY = IDENTITY.about("se01.contoso.com"), STATE.about("contoso.com")


def _need(use: str) -> CertificateNeed:
    return next(one for one in needs_of(SCOPE) if one.use == use)


def _best(use: str, *held: StoredCertificate) -> str:
    store = CertificateStore(personal=held, root_count=1, root_not_self_signed=())
    found = best_candidate(_need(use), store, NOW)
    return found.friendly_name if found else ""


def test_the_certificate_that_lasts_longest_is_chosen() -> None:
    assert _best("Default", stored("ends-soon"), stored("good"), stored("ends-tonight")) == "good"


def test_a_certificate_with_a_concern_is_chosen_only_without_a_better_one() -> None:
    assert _best("Default", stored("server-only"), stored("good")) == "good"
    assert _best("Default", stored("server-only")) == "server-only"


def test_a_key_in_a_legacy_provider_is_preferred() -> None:
    cng = replace(stored("good"), friendly_name="cng", provider="Microsoft Software Key Storage Provider")
    assert _best("Default", cng, stored("ends-soon")) == "ends-soon"


@pytest.mark.parametrize("name", ["expired", "future", "client-only", "other-server", "wildcard-alone"])
def test_what_cannot_serve_is_never_chosen(name: str) -> None:
    assert _best("Default", stored(name)) == ""


def test_a_usage_is_served_by_a_certificate_that_lacks_the_names_of_another() -> None:
    assert _best("Default", stored("no-meet")) == "no-meet"
    assert _best("WebServicesInternal", stored("no-meet")) == ""


@pytest.mark.parametrize("name", RECIPES)
def test_a_certificate_is_read_as_it_was_made(name: str) -> None:
    leaf, recipe = read(der(name)), RECIPES[name]
    assert (leaf.subject, leaf.names, leaf.key_bits) == (recipe.subject, recipe.names, recipe.bits)
    assert (leaf.begins, leaf.ends, leaf.thumbprint) == (recipe.begins, recipe.ends, thumbprint(name))


def test_bytes_that_are_no_certificate_are_an_error() -> None:
    with pytest.raises(ValueError, match=r".+"):
        read(b"\0\0")


@pytest.mark.parametrize(
    ("host", "directory", "expected"),
    [(0, 0, 0.0), (90, 0, 90.0), (-400, 0, -400.0), (600, 600, 0.0), (0, -20, 20.0)],
)
def test_clocks_are_compared_with_each_other(host: int, directory: int, expected: float) -> None:
    assert apart(_clocks(host, directory), HOST, DIRECTORY) == expected


def test_an_answer_that_waited_in_its_batch_does_not_count_as_slow_clock() -> None:
    slow = PENDING_REBOOT.about("se01.contoso.com")
    waited = Readings({slow: Known(value=PendingReboot(reasons=(), noisy=()), at=NOW, seconds=380.0)})
    assert apart(_clocks(-370, 0).merged(waited), HOST, DIRECTORY) == 0.0


def test_another_hosts_slow_answer_excuses_nothing() -> None:
    other = PENDING_REBOOT.about("se02.contoso.com")
    waited = Readings({other: Known(value=PendingReboot(reasons=(), noisy=()), at=NOW, seconds=380.0)})
    assert apart(_clocks(-370, 0).merged(waited), HOST, DIRECTORY) == -370.0


def test_clocks_that_were_not_read_are_not_known() -> None:
    with pytest.raises(NotKnown):
        apart(Readings(), HOST, DIRECTORY)


def _clocks(host: int, directory: int) -> Readings:
    """Return readings with clocks that many seconds off, answered at once."""
    machine = answer(HOST, SCOPE, World.REBUILT).value
    state = answer(DIRECTORY, SCOPE, World.REBUILT).value
    return Readings(
        {
            HOST: Known(value=replace(machine, clock=NOW + timedelta(seconds=host)), at=NOW),
            DIRECTORY: Known(value=replace(state, clock=NOW + timedelta(seconds=directory)), at=NOW),
        }
    )


def test_dependencies_are_those_of_the_topology_and_never_the_target_itself() -> None:
    assert dependencies(SCOPE) == ("dc01.contoso.com:88", "dc01.contoso.com:389", "se02.contoso.com:445")


def test_dependencies_of_a_member_are_its_file_server_too() -> None:
    member = standard_scope({"topology": "enterprise", "target": "fe01.contoso.com"})
    assert "fs01.contoso.com:445" in dependencies(member)


def test_without_a_directory_server_the_domain_itself_is_asked_for() -> None:
    plain = standard_scope({"settings": {"directory": {"url": ""}}})
    assert dependencies(plain)[0] == "contoso.com:88"


@pytest.mark.parametrize(
    ("unc", "expected"),
    [
        ("\\\\bk01.contoso.com\\Backup", "\\\\bk01.contoso.com\\Backup"),
        ("\\\\SE01.contoso.com\\Backup", "\\\\se02.contoso.com\\LyncShare"),
        ("", "\\\\se02.contoso.com\\LyncShare"),
    ],
)
def test_the_second_hop_goes_to_another_machine(unc: str, expected: str) -> None:
    assert second_hop_path(standard_scope({"settings": {"restore": {"backup_unc": unc}}})) == expected


def test_copies_lie_in_the_working_folder() -> None:
    scope = standard_scope({"settings": {"restore": {"working_folder": "E:\\Work\\"}}})
    assert restored_path(scope, "a.zip") == "E:\\Work\\a.zip"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("00-15-5d-02-00-0b", "00:15:5D:02:00:0B", True),
        ("00155d02000b", "00:15:5D:02:00:0B", True),
        ("00-15-5d-02-00-0c", "00:15:5D:02:00:0B", False),
        ("", "", False),
    ],
)
def test_hardware_addresses_are_compared_without_punctuation(one: str, other: str, equal: bool) -> None:
    assert same_mac(one, other) is equal


@pytest.mark.parametrize(
    ("names", "said"), [((), "nothing"), (("a",), "a"), (("a", "b"), "a and b"), (("a", "b", "c"), "a, b and c")]
)
def test_lists_are_said_as_people_do(names: tuple[str, ...], said: str) -> None:
    assert listed(names) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (90, "90 seconds"),
        (150, "2 minutes"),
        (86400, "24 hours"),
        (200000, "2 days"),
    ],
)
def test_spans_are_said_in_the_largest_unit_that_fits(seconds: int, said: str) -> None:
    assert span(timedelta(seconds=seconds)) == said


def test_counts_know_their_plural() -> None:
    assert (counted(1, "file"), counted(2, "file"), counted(0, "entry", "entries")) == (
        "1 file",
        "2 files",
        "0 entries",
    )
