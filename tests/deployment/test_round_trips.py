"""What is written as a document is read back as the same topology, for any topology."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.deployment.reading import read_topology
from app.deployment.requirements import (
    certificate_needs,
    expected_databases,
    expected_file_stores,
    expected_records,
    expected_services,
    phone_options,
)
from app.deployment.topology import Topology
from app.lab.contoso import contoso_topology
from app.lab.documents import config_zip, published_xml
from app.reports.topology_json import topology_report, topology_text
from tests.deployment.strategies import topologies

_SLOW_TO_DRAW = [HealthCheck.too_slow]


@settings(max_examples=60, deadline=None, suppress_health_check=_SLOW_TO_DRAW)
@given(topology=topologies())
def test_a_configuration_archive_is_read_back_equal(topology: Topology) -> None:
    assert replace(read_topology(config_zip(topology), "Config.zip"), notes=()) == topology


@settings(max_examples=60, deadline=None, suppress_health_check=_SLOW_TO_DRAW)
@given(topology=topologies(), codec=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]))
def test_a_published_document_is_read_back_equal_in_every_encoding(topology: Topology, codec: str) -> None:
    read = read_topology(published_xml(topology).decode().encode(codec), "t.xml")
    assert replace(read, notes=(), simple_urls=topology.simple_urls) == topology


@settings(max_examples=60, deadline=None, suppress_health_check=_SLOW_TO_DRAW)
@given(topology=topologies())
def test_requirements_and_reports_can_be_had_of_any_topology(topology: Topology) -> None:
    assert topology_report(topology)["schema"] == 1
    assert topology.signature in topology_text(topology)
    for pool in topology.pools():
        assert expected_services(topology, pool)
        assert expected_databases(topology, pool)
        expected_file_stores(topology, pool)
        phone_options(topology, pool)
        for machine in pool.machines:
            records = expected_records(topology, pool, machine)
            assert len({(one.use, one.type, one.name) for one in records}) == len(records)
            assert all(one.use for one in certificate_needs(topology, pool, machine))


def test_the_lab_deployment_is_read_back_without_a_note() -> None:
    assert read_topology(config_zip(contoso_topology()), "Config.zip") == contoso_topology()


@pytest.mark.parametrize("attempt", range(2))
def test_the_same_content_gives_the_same_bytes(attempt: int) -> None:
    assert config_zip(contoso_topology()) == config_zip(contoso_topology())
