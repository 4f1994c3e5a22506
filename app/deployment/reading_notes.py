"""What a reader of a topology should know about it that is no reason to refuse it."""

from __future__ import annotations

from collections.abc import Iterator

from app.deployment.product import product_of
from app.deployment.topology import Topology

_NEWEST_KNOWN = 8
"""ServiceVersion of Skype for Business Server 2019 (formats sheet 1.4)."""


def notes_on(topology: Topology) -> tuple[str, ...]:
    """Return sentences about versions, gaps and loose ends of a topology."""
    return (*_versions(topology), *_gaps(topology), *_loose_ends(topology))


def _versions(topology: Topology) -> Iterator[str]:
    versions = sorted({one.version for one in topology.services if one.version is not None})
    newer = [str(one) for one in versions if one > _NEWEST_KNOWN]
    if newer:
        yield f"ServiceVersion {', '.join(newer)} is newer than this program knows; it was read like the newest known"
    if any(one.version is None for one in topology.services):
        yield "some services name no version that can be read"
    if len(versions) > 1:
        names = ", ".join(dict.fromkeys(product_of(one).name for one in versions))
        yield f"services of several product versions stand side by side ({names}): a migration is under way"


def _gaps(topology: Topology) -> Iterator[str]:
    if topology.published and not topology.simple_urls:
        yield "simple URLs are kept in another document, which is not in this file"
    if not any(one.role == "CentralMgmt" for one in topology.services):
        yield "no Central Management service is named: where the store lives must come from elsewhere"
    if not topology.sip_domains:
        yield "no SIP domain is named"


def _loose_ends(topology: Topology) -> Iterator[str]:
    clusters = {one.id for one in topology.clusters}
    services = {one.id for one in topology.services}
    for one in topology.services:
        if one.cluster not in clusters:
            yield f"service {one.id} is installed on a cluster that the document does not define"
        for dependency in one.depends_on:
            if dependency.service not in services:
                yield f"service {one.id} depends on {dependency.service}, which the document does not define"
            elif dependency.usage != "Default":
                yield (
                    f"service {one.id} depends on {dependency.service} with usage '{dependency.usage}': "
                    "probably pool pairing or a mirror; confirm it on a living server"
                )
