"""What a topology implies for one server: names, certificates, services, databases, shares and phone options."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.deployment.reading import read_topology
from app.deployment.requirements import (
    ExpectedRecord,
    InstanceKind,
    Match,
    RecordUse,
    certificate_needs,
    expected_databases,
    expected_file_stores,
    expected_records,
    expected_services,
    phone_options,
)
from app.deployment.topology import Pool, SimpleUrl, Topology
from app.lab.contoso import contoso_topology
from tests.deployment.documents import ENTERPRISE

STANDARD = contoso_topology()
LARGE = replace(
    read_topology(ENTERPRISE.encode(), "enterprise.xml"),
    simple_urls=(
        SimpleUrl(component="Meet", domain="contoso.com", url="https://lync.contoso.com/contoso.com/Meet"),
        SimpleUrl(component="Meet", domain="fabrikam.com", url="https://lync.contoso.com/fabrikam.com/Meet"),
        SimpleUrl(component="Dialin", domain="*", url="https://Dialin.contoso.com:443/x"),
        SimpleUrl(component="Cscp", domain="*", url="https://admin.contoso.com"),
        SimpleUrl(component="Meet", domain="broken.com", url="https://[broken"),
    ),
)


def pool(topology: Topology, fqdn: str) -> Pool:
    return next(one for one in topology.pools() if one.fqdn == fqdn)


def records(topology: Topology, fqdn: str, use: RecordUse) -> list[ExpectedRecord]:
    own = pool(topology, fqdn)
    return [one for one in expected_records(topology, own, own.machines[0]) if one.use is use]


def names(topology: Topology, fqdn: str, use: RecordUse) -> list[str]:
    return [one.name for one in records(topology, fqdn, use)]


def test_a_standard_edition_server_is_its_own_pool() -> None:
    (server,) = records(STANDARD, "se01.contoso.com", RecordUse.SERVER)
    (own,) = records(STANDARD, "se01.contoso.com", RecordUse.POOL)
    assert (server.name, server.rule, server.match) == ("se01.contoso.com", "D-02", Match.EXACTLY)
    assert (own.name, own.rule, own.hosts) == ("se01.contoso.com", "D-07", ("se01.contoso.com",))


def test_sign_in_may_lead_to_any_user_pool_of_the_topology() -> None:
    (record,) = records(STANDARD, "se01.contoso.com", RecordUse.SIGN_IN)
    assert (record.name, record.type, record.port) == ("_sipinternaltls._tcp.contoso.com", "SRV", 5061)
    assert record.hosts == ("se01.contoso.com", "se02.contoso.com")


def test_simple_urls_may_answer_with_any_living_front_end() -> None:
    found = records(STANDARD, "se01.contoso.com", RecordUse.SIMPLE_URL)
    assert {one.name for one in found} == {"meet.contoso.com", "dialin.contoso.com", "admin.contoso.com"}
    assert all(one.match is Match.WITHIN and "se02.contoso.com" in one.hosts for one in found)


def test_hosts_of_simple_urls_are_parsed_and_never_guessed() -> None:
    assert names(LARGE, "pool01.contoso.com", RecordUse.SIMPLE_URL) == [
        "lync.contoso.com",
        "dialin.contoso.com",
        "admin.contoso.com",
    ]


def test_there_is_one_discovery_and_one_sign_in_record_for_each_sip_domain() -> None:
    assert names(LARGE, "pool01.contoso.com", RecordUse.DISCOVER) == [
        "lyncdiscoverinternal.contoso.com",
        "lyncdiscoverinternal.fabrikam.com",
    ]
    assert names(LARGE, "pool01.contoso.com", RecordUse.SIGN_IN)[1] == "_sipinternaltls._tcp.fabrikam.com"
    assert names(LARGE, "pool01.contoso.com", RecordUse.SIP_NAME) == ["sip.contoso.com", "sip.fabrikam.com"]


def test_a_balanced_pool_answers_with_its_members_where_web_has_a_name_of_its_own() -> None:
    (own,) = records(LARGE, "pool01.contoso.com", RecordUse.POOL)
    assert (own.rule, own.match) == ("D-03", Match.EXACTLY)
    assert own.hosts == ("fe01.contoso.com", "fe02.contoso.com", "fe03.contoso.com")
    assert names(LARGE, "pool01.contoso.com", RecordUse.WEB_INTERNAL) == ["web-int.contoso.com"]
    assert names(LARGE, "pool01.contoso.com", RecordUse.WEB_EXTERNAL) == ["web-ext.contoso.com"]


def test_a_pool_behind_one_balancer_may_answer_with_an_address_of_its_own() -> None:
    shared = read_topology(ENTERPRISE.replace('<InternalSettings Host="Web-Int.contoso.com"/>', "").encode(), "t")
    (own,) = records(shared, "pool01.contoso.com", RecordUse.POOL)
    assert (own.rule, own.match) == ("D-06", Match.SOME)


def test_partners_are_the_store_what_the_pool_depends_on_and_every_other_server() -> None:
    assert names(STANDARD, "se01.contoso.com", RecordUse.PARTNER) == ["se02.contoso.com"]
    partners = names(LARGE, "pool01.contoso.com", RecordUse.PARTNER)
    assert {"sql01.contoso.com", "sql02.contoso.com", "contoso.com", "edgepool.contoso.com", "wac01"} <= set(partners)
    assert {"fe02.contoso.com", "fe03.contoso.com", "dir01.contoso.com", "med01.contoso.com"} <= set(partners)
    assert "fe01.contoso.com" not in partners
    assert "10.0.9.9" not in partners


def test_an_edge_pool_needs_no_sign_in_and_no_web_records_inside() -> None:
    edge = pool(LARGE, "edgepool.contoso.com")
    uses = {one.use for one in expected_records(LARGE, edge, edge.machines[0])}
    assert uses == {RecordUse.SERVER, RecordUse.POOL, RecordUse.PARTNER}


def test_the_addresses_that_the_topology_names_are_part_of_the_expectation() -> None:
    assert records(LARGE, "edgepool.contoso.com", RecordUse.SERVER)[0].addresses == ("10.0.1.10", "192.0.2.10")


def test_the_certificates_of_a_standard_edition_server() -> None:
    own = pool(STANDARD, "se01.contoso.com")
    default, internal, external = certificate_needs(STANDARD, own, own.machines[0])
    assert (default.use, default.subjects, default.names) == ("Default", (own.fqdn,), (own.fqdn,))
    assert default.advised == ("sip.contoso.com",)
    assert set(internal.names) == {
        "se01.contoso.com",
        "meet.contoso.com",
        "dialin.contoso.com",
        "admin.contoso.com",
        "lyncdiscoverinternal.contoso.com",
    }
    assert "se01.contoso.com" not in internal.wildcard_may_cover
    assert set(external.names) == {"web-ext-se01.contoso.com", "meet.contoso.com", "dialin.contoso.com"}
    assert external.advised == ("lyncdiscover.contoso.com",)


def test_the_certificates_of_an_enterprise_front_end_carry_pool_and_server() -> None:
    own = pool(LARGE, "pool01.contoso.com")
    default, internal, external = certificate_needs(LARGE, own, own.machines[1])
    assert default.subjects == ("pool01.contoso.com",)
    assert default.names == ("pool01.contoso.com", "fe02.contoso.com", "sip.contoso.com", "sip.fabrikam.com")
    assert {"pool01.contoso.com", "fe02.contoso.com", "web-int.contoso.com"} <= set(internal.names)
    assert external.subjects == ("pool01.contoso.com", "fe02.contoso.com")
    assert "admin.contoso.com" not in external.names


def test_the_certificates_of_an_edge_pool_carry_its_published_names() -> None:
    own = pool(LARGE, "edgepool.contoso.com")
    by_use = {one.use: one for one in certificate_needs(LARGE, own, own.machines[0])}
    assert set(by_use) == {"Internal", "AccessEdgeExternal", "DataEdgeExternal"}
    assert by_use["AccessEdgeExternal"].subjects == ("sip.contoso.com",)
    assert set(by_use["AccessEdgeExternal"].names) == {"sip.contoso.com", "webcon.contoso.com", "sip.fabrikam.com"}


def services(topology: Topology, fqdn: str) -> set[str]:
    return {one.name for one in expected_services(topology, pool(topology, fqdn))}


def test_services_follow_from_roles_and_applications() -> None:
    here, there = services(STANDARD, "se01.contoso.com"), services(STANDARD, "se02.contoso.com")
    assert {"RTCSRV", "REPLICA", "RTCRGS", "RTCMEDSRV", "W3SVC", "MSSQL$RTC", "FabricHostSvc", "RTCDATAMCU"} <= here
    assert there - here == {"MASTER", "FTA"}
    assert not here & {"LYNCBACKUP", "RTCHA"}


def test_a_unit_that_the_pool_does_not_run_is_not_expected() -> None:
    found = services(LARGE, "pool01.contoso.com")
    assert {"RTCIMMCU", "RTCAVMCU", "RTCRGS", "RTCCPS", "RTCATS"} <= found
    assert not found & {"RTCDATAMCU", "RTCASMCU", "RTCCAS", "RTCCAA", "MSSQL$RTC", "RTCMEDSRV"}


def test_an_edge_and_a_mediation_server_run_their_own_few_services() -> None:
    common = {"REPLICA", "RTCCLSAGT", "MSSQL$RTCLOCAL"}
    assert services(LARGE, "edgepool.contoso.com") == common | {"RTCSRV", "RTCDATAPROXY", "RTCMRAUTH", "RTCMEDIARELAY"}
    assert services(LARGE, "medpool.contoso.com") == common | {"RTCMEDSRV"}


def test_the_backup_service_is_expected_only_where_the_topology_has_it() -> None:
    paired = read_topology(
        ENTERPRISE.replace('RoleName="ManagementServices"', 'RoleName="BackupService"').encode(), "t"
    )
    assert "LYNCBACKUP" in services(paired, "edgepool.contoso.com")


def test_the_health_agent_is_expected_since_skype_for_business() -> None:
    newer = read_topology(ENTERPRISE.replace('ServiceVersion="6"', 'ServiceVersion="7"').encode(), "t")
    assert "RTCHA" in services(newer, "pool01.contoso.com")


def test_databases_of_a_standard_edition_server_lie_on_its_three_instances() -> None:
    found = {one.name: one for one in expected_databases(STANDARD, pool(STANDARD, "se01.contoso.com"))}
    assert set(found) == {f"se01.contoso.com\\{one}" for one in ("rtc", "rtclocal", "lynclocal")}
    assert set(found["se01.contoso.com\\rtc"].databases) == {
        "rtcxds",
        "rtcshared",
        "rtcab",
        "rgsconfig",
        "rgsdyn",
        "cpsdyn",
    }
    assert found["se01.contoso.com\\rtclocal"].databases == ("xds", "rtc", "rtcdyn")


def test_the_store_of_the_deployment_is_expected_where_it_is() -> None:
    (store, *_) = expected_databases(STANDARD, pool(STANDARD, "se02.contoso.com"))
    assert {"xds", "lis"} <= set(store.databases)


def test_databases_of_an_enterprise_pool_lie_on_its_back_end_and_each_front_end() -> None:
    found = expected_databases(LARGE, pool(LARGE, "pool01.contoso.com"))
    stores = {one.name: set(one.databases) for one in found if one.kind is InstanceKind.STORE}
    assert stores["sql01.contoso.com\\lync"] >= {"rtcxds", "xds", "lis", "rgsconfig"}
    assert stores["sql02.contoso.com"] == {"LcsCDR", "QoEMetrics"}
    local = [one.server for one in found if one.kind is InstanceKind.REPLICA]
    assert local == ["fe01.contoso.com", "fe02.contoso.com", "fe03.contoso.com"]


def test_an_edge_server_carries_only_the_replica() -> None:
    found = expected_databases(LARGE, pool(LARGE, "edgepool.contoso.com"))
    assert {(one.kind, one.databases) for one in found} == {(InstanceKind.REPLICA, ("xds",))}


def test_file_stores_are_named_with_the_folders_of_the_pool() -> None:
    (store,) = expected_file_stores(STANDARD, pool(STANDARD, "se01.contoso.com"))
    assert store.unc == r"\\se01.contoso.com\LyncShare"
    assert set(store.folders) == {"1-WebServices-1", "1-ApplicationServer-1"}
    (shared,) = expected_file_stores(LARGE, pool(LARGE, "dirpool.contoso.com"))
    assert (shared.unc, shared.folders) == (r"\\contoso.com\dfs\Lync$", ("1-WebServices-2",))


def test_phones_are_sent_to_the_director_first_and_to_the_web_name() -> None:
    options = phone_options(LARGE, pool(LARGE, "pool01.contoso.com"))
    assert options is not None
    assert options.sip_servers == ("dirpool.contoso.com", "pool01.contoso.com")
    assert options.web_servers == ("dirpool.contoso.com", "web-int.contoso.com")


@pytest.mark.parametrize("fqdn", ["edgepool.contoso.com", "medpool.contoso.com"])
def test_no_phone_signs_in_at_an_edge_or_mediation_pool(fqdn: str) -> None:
    assert phone_options(LARGE, pool(LARGE, fqdn)) is None
