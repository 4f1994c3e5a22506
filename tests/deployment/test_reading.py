"""Topology documents are read whatever wrote them, in whatever they are wrapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.deployment.reading import NotATopology, read_topology, read_topology_file
from app.deployment.topology import Dependency, Edition, SimpleUrl
from app.lab.contoso import contoso_topology
from app.lab.documents import config_zip, published_xml
from tests.deployment.documents import DESIGN, ENTERPRISE, SIMPLE_URLS, anchored, item_set, zipped

PLAIN = read_topology(ENTERPRISE.encode(), "enterprise.xml")


@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="utf-16"?>\r\n'])
@pytest.mark.parametrize("before", ["", "\r\n  \r\n"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_encoding_says_the_same(codec: str, before: str, declaration: str) -> None:
    assert read_topology((before + declaration + ENTERPRISE).encode(codec), "t.xml") == PLAIN


def test_ascii_with_question_marks_for_what_it_could_not_write_is_read() -> None:
    topology = read_topology(ENTERPRISE.encode("ascii", "replace"), "t.xml")
    assert topology.sites[0].name == "Z?rich"


def test_a_single_byte_encoding_is_read_as_declared() -> None:
    data = ('<?xml version="1.0" encoding="windows-1252"?>' + ENTERPRISE).encode("cp1252")
    assert read_topology(data, "t.xml").sites[0].name == "Zürich"


def test_an_enterprise_pool_is_told_with_everything_it_depends_on() -> None:
    pool = PLAIN.pools()[0]
    assert (pool.fqdn, pool.edition, pool.hosts_active_cms) == ("pool01.contoso.com", Edition.ENTERPRISE, True)
    assert [one.fqdn for one in pool.machines] == ["FE01.contoso.com", "FE02.contoso.com", "FE03.contoso.com"]
    assert PLAIN.sip_domains == ("contoso.com", "fabrikam.com")
    assert [(one.id, one.name) for one in PLAIN.sites] == [("1", "Zürich"), ("2", "Branch")]
    assert PLAIN.file_store_paths() == (r"\\contoso.com\dfs\Lync$",)
    store = PLAIN.cms_store()
    assert store is not None and (store.server, store.instance) == ("sql01.contoso.com", "LYNC")
    assert [one.instance for one in PLAIN.stores() if one.role == "MonitoringStore"] == [""]


def test_addresses_are_those_that_the_document_names() -> None:
    edge = next(one for one in PLAIN.pools() if "EdgeServer" in one.roles)
    assert [one.addresses for one in edge.machines] == [("10.0.1.10", "192.0.2.10"), ("10.0.1.11", "192.0.2.11")]
    assert edge.machines[0].interfaces[1].public_address == "203.0.113.10"
    assert PLAIN.pools()[0].machines[0].addresses == ()


def test_typed_children_are_kept_by_name() -> None:
    web = PLAIN.service("1-WebServices-1")
    assert web is not None
    assert web.details == {
        "InternalSettings.Host": "Web-Int.contoso.com",
        "ExternalSettings.Host": "web-ext.contoso.com",
        "WebComponents": "Meet,Lwa",
    }
    conference = PLAIN.service("1-ConfServices-1")
    assert conference is not None and conference.details == {"MCUs": "IMConf,AVConf"}


def test_a_dependency_of_another_usage_is_kept_verbatim_and_said() -> None:
    registrar = PLAIN.service("1-Registrar-1")
    assert registrar is not None
    assert Dependency(usage="BackupRegistrar", service="1-Registrar-9") in registrar.depends_on
    assert any("1-Registrar-9" in note for note in PLAIN.notes)


@pytest.mark.parametrize("namespace", ["", "urn:schema:Microsoft.Rtc.Management.ScopeFramework.2008"])
@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_configuration_archive_gives_topology_and_simple_urls(namespace: str, escaped: bool, codec: str) -> None:
    part = item_set(ENTERPRISE, SIMPLE_URLS, namespace=namespace, escaped=escaped)
    topology = read_topology(zipped({"docs/DocItemSet.xml": part.encode(codec)}), "Config.zip")
    assert replace(topology, simple_urls=(), notes=()) == replace(PLAIN, notes=())
    assert topology.simple_urls == (SimpleUrl(component="Meet", domain="contoso.com", url="https://meet.contoso.com"),)
    assert not any("simple URLs" in note for note in topology.notes)


def test_topology_and_simple_urls_may_lie_in_different_parts() -> None:
    data = zipped({"a.bin": b"\x00\x01", "b.xml": anchored(ENTERPRISE), "c.xml": SIMPLE_URLS})
    assert len(read_topology(data, "Config.zip").simple_urls) == 1


def test_a_bare_item_of_the_store_is_read() -> None:
    assert read_topology(anchored(ENTERPRISE).encode(), "item.xml").signature == PLAIN.signature


def test_two_different_topologies_in_one_archive_are_said_and_not_merged() -> None:
    other = ENTERPRISE.replace("11111111-2222", "99999999-2222").replace("pool01", "pool02")
    topology = read_topology(zipped({"DocItemSet.xml": item_set(ENTERPRISE, other)}), "Config.zip")
    assert topology.pools()[0].fqdn == "pool01.contoso.com"
    assert any("2 different topology documents" in note for note in topology.notes)


def test_a_design_is_read_and_said_to_be_one() -> None:
    topology = read_topology(DESIGN.encode("utf-8-sig"), "design.tbxml")
    assert topology.published is False
    assert "never published" in topology.notes[0]
    pool = topology.pools()[0]
    assert (pool.fqdn, pool.edition) == ("se09.contoso.com", Edition.STANDARD)
    assert [one.fqdn for one in pool.machines] == ["se09.contoso.com"]
    assert [one.url for one in topology.simple_urls] == [
        "https://lync.contoso.com/contoso.com/Meet",
        "https://lync.contoso.com/Dialin",
    ]
    assert any("Central Management" in note for note in topology.notes)


def test_a_design_of_a_published_deployment_keeps_the_published_service_ids() -> None:
    topology = read_topology(DESIGN.replace('IsPublished="false"', 'IsPublished="true"').encode(), "d.tbxml")
    assert topology.published is True
    assert topology.service("1-FileStore-7") is not None
    users = next(one for one in topology.services if one.role == "UserServices")
    assert [one.service for one in users.depends_on][1] == "1-FileStore-7"


@pytest.mark.parametrize(("version", "name"), [("9", "ServiceVersion 9"), ("5", "2010"), ("8", "2019")])
def test_versions_are_told_and_an_unknown_one_is_no_failure(version: str, name: str) -> None:
    topology = read_topology(ENTERPRISE.replace('ServiceVersion="6"', f'ServiceVersion="{version}"').encode(), "t")
    assert name in topology.product.name
    assert any("newer than this program knows" in note for note in topology.notes) == (version == "9")


def test_a_migration_is_said() -> None:
    mixed = ENTERPRISE.replace('ServiceVersion="6"', 'ServiceVersion="5"', 1)
    topology = read_topology(mixed.encode(), "t.xml")
    assert topology.product.name == "Lync Server 2013"
    assert any("migration" in note for note in topology.notes)


def test_what_nobody_knows_is_passed_over() -> None:
    strange = ENTERPRISE.replace(
        "<Sites>", '<Unheard xmlns="urn:new" of="it"><Cluster/></Unheard><Sites><!-- c --><?p i?>'
    )
    strange = strange.replace('Port="5071"', 'Port="many"').replace('ServiceVersion="6"', 'ServiceVersion="six"', 1)
    topology = read_topology(strange.encode(), "t.xml")
    assert topology.clusters == PLAIN.clusters
    assert any("no version" in note for note in topology.notes)


def test_a_file_is_read_by_content_and_not_by_name(tmp_path: Path) -> None:
    contoso = contoso_topology()
    archive, document = tmp_path / "topology.xml", tmp_path / "Config.zip"
    archive.write_bytes(config_zip(contoso))
    document.write_bytes(published_xml(contoso))
    assert read_topology_file(archive) == contoso
    assert read_topology_file(document).services == contoso.services


@pytest.mark.parametrize("name", ["missing.xml", "."])
def test_a_path_that_is_no_readable_file_is_refused_with_the_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotATopology, match="cannot be read"):
        read_topology_file(tmp_path / name)
