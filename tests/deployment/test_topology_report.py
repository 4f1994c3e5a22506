"""``relync topology`` says the same to programs and to people."""

from __future__ import annotations

import json

from app.deployment.reading import read_topology
from app.lab.contoso import contoso_topology
from app.reports.topology_json import topology_report, topology_text
from tests.deployment.documents import DESIGN, ENTERPRISE


def test_the_report_has_every_key_of_the_contract() -> None:
    report = json.loads(json.dumps(topology_report(contoso_topology())))
    assert set(report) == {
        "schema",
        "product",
        "published",
        "sip_domains",
        "default_sip_domain",
        "sites",
        "pools",
        "sql_instances",
        "file_stores",
        "simple_urls",
        "notes",
    }
    assert report["sites"] == [{"id": "1", "name": "Redmond"}]
    assert report["file_stores"][0] == {"unc": "\\\\se01.contoso.com\\LyncShare"}
    assert report["simple_urls"][1] == {"component": "Meet", "domain": "contoso.com", "url": "https://meet.contoso.com"}


def test_pools_are_reported_with_lower_case_names() -> None:
    pools = topology_report(read_topology(ENTERPRISE.encode(), "t"))["pools"]
    assert [one["fqdn"] for one in pools] == [
        "pool01.contoso.com",
        "dirpool.contoso.com",
        "edgepool.contoso.com",
        "medpool.contoso.com",
    ]
    assert pools[0]["machines"][0] == {"fqdn": "fe01.contoso.com", "addresses": []}
    assert (pools[0]["edition"], pools[0]["site"], pools[0]["hosts_active_cms"]) == ("enterprise", "1", True)
    assert pools[2]["edition"] is None
    assert pools[2]["machines"][1]["addresses"] == ["10.0.1.11", "192.0.2.11"]


def test_sql_instances_are_reported_with_the_stores_on_them() -> None:
    instances = topology_report(read_topology(ENTERPRISE.encode(), "t"))["sql_instances"]
    assert instances == [
        {
            "server": "sql01.contoso.com",
            "instance": "LYNC",
            "stores": ["UserStore", "ApplicationStore", "CentralMgmtStore"],
        },
        {"server": "sql02.contoso.com", "instance": "", "stores": ["MonitoringStore"]},
    ]


def test_the_text_says_loudly_that_a_design_is_no_evidence() -> None:
    text = topology_text(read_topology(DESIGN.encode(), "t"))
    assert text.startswith("Lync Server 2013, UNPUBLISHED DESIGN")
    assert topology_report(read_topology(DESIGN.encode(), "t"))["published"] is False


def test_the_text_never_carries_what_a_terminal_obeys() -> None:
    hostile = ENTERPRISE.replace("Zürich", "&#x9b;2J&#10;pool fake")
    text = topology_text(read_topology(hostile.encode(), "t"))
    assert all(one.isprintable() for one in text.splitlines())
    assert "?2J?pool fake" in text
