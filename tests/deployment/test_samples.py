"""Real documents, where the machine has them: read or refused as their nature is."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.deployment.reading import NotATopology, read_topology_file
from app.deployment.topology import Edition

_SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
pytestmark = pytest.mark.skipif(not _SAMPLES.is_dir(), reason="the real samples are not on this machine")


def _one(pattern: str) -> Path:
    found = sorted(_SAMPLES.glob(pattern))
    if not found:
        pytest.skip(f"no sample {pattern}")
    return found[0]


def test_a_real_published_document_is_read() -> None:
    topology = read_topology_file(_one("topology/*DefaultTopology*.xml"))
    assert (topology.published, topology.product.name) == (True, "Skype for Business Server 2015")
    pool = topology.pools()[0]
    assert (pool.fqdn, pool.edition, pool.hosts_active_cms) == ("skypefe.contoso.com", Edition.STANDARD, True)
    assert topology.uses_application(pool, "urn:application:RGS")
    assert topology.file_store_paths() == (r"\\skypefe.contoso.com\LyncShare",)


def test_a_real_design_is_read_and_said_to_be_one() -> None:
    topology = read_topology_file(_one("topology/*.tbxml"))
    assert topology.published is False
    pool = topology.pools()[0]
    assert (pool.fqdn, pool.edition, len(pool.machines)) == ("frontendpool.contoso.com", Edition.ENTERPRISE, 4)
    assert {(one.server, one.instance) for one in topology.stores()} == {("xsql1.contoso.com", "")}
    assert {one.component for one in topology.simple_urls} == {"Meet", "Dialin"}


def test_a_real_template_is_refused_as_one() -> None:
    with pytest.raises(NotATopology, match="PowerShell template"):
        read_topology_file(_one("topology/*template*.xml"))


def test_every_real_deployment_log_is_refused_as_one() -> None:
    logs = sorted((_SAMPLES / "deploy-logs").rglob("*.xml"))
    if not logs:
        pytest.skip("no deployment logs")
    for path in logs:
        with pytest.raises(NotATopology, match="CsMgmtLog"):
            read_topology_file(path)
