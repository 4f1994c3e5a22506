"""Which server has failed, told from what every server says of itself."""

from __future__ import annotations

from typing import Any

from app.facts.fact import Known, Reading, Readings, Request, Unknown
from app.facts.host import IDENTITY, RESIDUE, SERVICES, HostIdentity, Residue, Services, WindowsService
from app.lab.contoso import contoso_topology
from app.procedures.triage import Suggestion, triage, triage_requests
from tests.procedures.kit import NOW

SE01, SE02 = "se01.contoso.com", "se02.contoso.com"


def identity(fqdn: str) -> HostIdentity:
    return HostIdentity(
        hostname=fqdn.partition(".")[0],
        primary_dns_suffix="contoso.com",
        domain="contoso.com",
        part_of_domain=True,
        secure_channel=True,
        adapters=(),
        os_caption="Windows Server 2012 R2",
        os_build="9600",
        installation_type="Server",
        powershell="4.0",
        clock=NOW,
        last_boot=NOW,
    )


def residue(*, installed: bool) -> Residue:
    programs = ("Microsoft Lync Server 2013, Front End Server",) if installed else ()
    empty: Any = dict.fromkeys(("registry_keys", "sql_instances", "folders", "shares", "local_groups", "web_sites"), ())
    return Residue(programs=programs, **empty)


def services(status: str) -> Services:
    names = ("RTCSRV", "REPLICA") if status else ()
    return Services(services=tuple(WindowsService(name=one, status=status, start_mode="Auto") for one in names))


def answering(fqdn: str, *, installed: bool, status: str) -> dict[Request[Any], Reading]:
    values = {IDENTITY: identity(fqdn), RESIDUE: residue(installed=installed), SERVICES: services(status)}
    return {fact.about(fqdn): Known(value=value, at=NOW) for fact, value in values.items()}


def silent(fqdn: str) -> dict[Request[Any], Reading]:
    return {fact.about(fqdn): Unknown(reason="no answer in 20 s", at=NOW) for fact in (IDENTITY, RESIDUE, SERVICES)}


def told(*answers: dict[Request[Any], Reading]) -> tuple[Suggestion, ...]:
    merged = {request: reading for one in answers for request, reading in one.items()}
    return triage(contoso_topology(), Readings(merged))


HEALTHY_SE02 = answering(SE02, installed=True, status="Running")


def test_every_server_is_asked_three_questions() -> None:
    asked = triage_requests(contoso_topology())
    assert {one.subject for one in asked} == {SE01, SE02}
    assert len(asked) == len(set(asked)) == 6


def test_a_clean_machine_in_the_servers_place_is_the_likely_failure() -> None:
    first, second = told(answering(SE01, installed=False, status=""), HEALTHY_SE02)
    assert (first.target, first.likely, first.procedure) == (SE01, True, "standard-edition-server")
    assert "clean machine" in first.reason
    assert (second.target, second.likely) == (SE02, False)


def test_a_server_that_does_not_answer_is_likely_and_the_reason_is_told() -> None:
    first, _ = told(silent(SE01), HEALTHY_SE02)
    assert (first.target, first.likely) == (SE01, True)
    assert "no answer in 20 s" in first.reason


def test_where_nobody_answers_no_server_is_called_lost() -> None:
    assert [one.likely for one in told(silent(SE01), silent(SE02))] == [False, False]


def test_stopped_services_are_to_be_started_before_anything_is_rebuilt() -> None:
    first, _ = told(answering(SE01, installed=True, status="Stopped"), HEALTHY_SE02)
    assert (first.target, first.likely) == (SE01, False)
    assert "try to start it" in first.reason


def test_a_whole_deployment_has_no_likely_failure() -> None:
    found = told(answering(SE01, installed=True, status="Running"), HEALTHY_SE02)
    assert not any(one.likely for one in found)


def test_a_server_that_another_procedure_treats_says_so_and_is_not_offered_as_likely() -> None:
    first, *_ = told(answering(SE01, installed=True, status="Running"), silent(SE02))
    assert first.target == SE02
    assert not first.likely
    assert "Hh202172" in first.reason
