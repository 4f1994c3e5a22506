"""Host names that the topology gives to web services: internal, external, simple URLs (D-05, D-07, D-13)."""

from __future__ import annotations

from urllib.parse import urlsplit

from app.deployment.topology import Pool, SimpleUrl, Topology


def internal_web_name(topology: Topology, pool: Pool) -> str:
    """Return the internal web services FQDN: the override where there is one, else the pool's own name (D-05, D-07)."""
    return _setting(topology, pool, "InternalSettings.Host") or pool.fqdn


def external_web_name(topology: Topology, pool: Pool) -> str:
    """Return the external web services FQDN, empty where the pool has none."""
    return _setting(topology, pool, "ExternalSettings.Host")


def simple_url_host(url: SimpleUrl) -> str:
    """Return the host of a simple URL, lower case; never guessed from the domain (D-13). Empty where it cannot be read."""
    try:
        return (urlsplit(url.url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def simple_url_hosts(topology: Topology, *, external: bool) -> tuple[str, ...]:
    """Return the hosts of all simple URLs; the admin URL (``Cscp``) is for the internal side only."""
    urls = [one for one in topology.simple_urls if not (external and one.component.lower() == "cscp")]
    return tuple(dict.fromkeys(host for host in map(simple_url_host, urls) if host))


def serves_web(topology: Topology, pool: Pool) -> bool:
    """Return whether the pool runs web services."""
    return any(one.role == "WebServices" for one in topology.on_cluster(pool.cluster))


def is_director(topology: Topology, pool: Pool) -> bool:
    """Return whether the pool's Registrar is a Director (formats sheet 1.3)."""
    services = topology.on_cluster(pool.cluster)
    return any(one.role == "Registrar" and one.details.get("IsDirector", "").lower() == "true" for one in services)


def _setting(topology: Topology, pool: Pool, name: str) -> str:
    for service in topology.on_cluster(pool.cluster):
        if service.role == "WebServices" and service.details.get(name):
            return service.details[name].lower()
    return ""
