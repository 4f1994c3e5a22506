"""Which certificates the procedure assigns: by the same rule as the checks, and only where something better is missing."""

from __future__ import annotations

from app.facts.fact import Readings
from app.facts.host import CERTIFICATES, CertificateStore, StoredCertificate
from app.facts.lync import ASSIGNED_CERTIFICATES, AssignedCertificate, AssignedCertificates
from tests.checks.certificate_recipes import der
from tests.procedures.kit import TARGET, plan, reading, scope

USAGES = ("Default", "WebServicesInternal", "WebServicesExternal")


def stored(name: str) -> StoredCertificate:
    return StoredCertificate(
        thumbprint=name.upper(),
        der=der(name),
        friendly_name=name,
        has_private_key=True,
        provider="Microsoft RSA SChannel Cryptographic Provider",
        exportable=True,
        chain_problems=(),
        chain=(),
    )


def facts(*names: str, assigned: dict[str, str] | None = None) -> Readings:
    store = CertificateStore(personal=tuple(stored(one) for one in names), root_count=10, root_not_self_signed=())
    rows = tuple(AssignedCertificate(use=use, thumbprint=name) for use, name in (assigned or {}).items())
    return reading(
        (CERTIFICATES.about(TARGET), store),
        (ASSIGNED_CERTIFICATES.about(TARGET), AssignedCertificates(certificates=rows)),
    )


def lines(on: Readings) -> list[str]:
    computing = plan().step("se.5c").plan
    assert computing is not None
    found = computing(scope(), on)
    assert isinstance(found, tuple), found
    return [one.command.line() for one in found]


def test_one_certificate_for_all_usages_is_assigned_in_one_call_and_then_the_computer_is_activated() -> None:
    assert lines(facts("expired", "other-server", "good")) == [
        "Set-CsCertificate -Type Default,WebServicesInternal,WebServicesExternal -Thumbprint GOOD",
        "Enable-CsComputer",
    ]


def test_an_assignment_that_serves_is_left_alone() -> None:
    assert lines(facts("good", assigned=dict.fromkeys(USAGES, "good"))) == ["Enable-CsComputer"]


def test_only_the_usage_that_lacks_one_is_assigned() -> None:
    given = {"Default": "good", "WebServicesInternal": "expired"}
    assert lines(facts("good", "expired", assigned=given))[0] == (
        "Set-CsCertificate -Type WebServicesInternal,WebServicesExternal -Thumbprint GOOD"
    )


def test_activating_the_computer_is_run_again_when_its_end_is_unknown() -> None:
    """No proof check sees whether it took effect, so a doubt about it is settled by offering it again."""
    computing = plan().step("se.5c").plan
    assert computing is not None
    found = computing(scope(), facts("good"))
    assert isinstance(found, tuple)
    assert [one.proof_shows for one in found] == [True, False]
