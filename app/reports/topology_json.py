"""What a topology says, for programs (``relync topology FILE --json``, schema 1) and for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.deployment.topology import Pool, Topology

SCHEMA = 1


def topology_report(topology: Topology) -> dict[str, Any]:
    """Return the JSON contract of ``relync topology``: names of computers lower case, ``site`` is the site's id."""
    return {
        "schema": SCHEMA,
        "product": topology.product.name,
        "published": topology.published,
        "sip_domains": list(topology.sip_domains),
        "default_sip_domain": topology.default_sip_domain,
        "sites": [{"id": one.id, "name": one.name} for one in topology.sites],
        "pools": [_pool(one) for one in topology.pools()],
        "sql_instances": _sql_instances(topology),
        "file_stores": [{"unc": one} for one in topology.file_store_paths()],
        "simple_urls": [
            {"component": one.component, "domain": one.domain, "url": one.url} for one in topology.simple_urls
        ],
        "notes": list(topology.notes),
    }


def topology_text(topology: Topology) -> str:
    """Return the same for people, one fact a line; what a terminal could take for a command is shown as ``?``."""
    return "\n".join(_printable(one) for one in _lines(topology)) + "\n"


def _printable(line: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in line)


def _pool(pool: Pool) -> dict[str, Any]:
    return {
        "fqdn": pool.fqdn,
        "site": pool.site,
        "edition": None if pool.edition is None else pool.edition.value,
        "roles": list(pool.roles),
        "machines": [{"fqdn": one.fqdn.lower(), "addresses": list(one.addresses)} for one in pool.machines],
        "hosts_active_cms": pool.hosts_active_cms,
    }


def _sql_instances(topology: Topology) -> list[dict[str, Any]]:
    """Every instance of the document; one without a store is listed too, since it was planned for something."""
    stores: dict[tuple[str, str], list[str]] = {}
    names: dict[tuple[str, str], str] = {}
    for instance in topology.sql_instances:
        cluster = topology.cluster(instance.cluster)
        if cluster is not None:
            key = (cluster.fqdn.lower(), instance.name.lower())
            stores.setdefault(key, [])
            names.setdefault(key, instance.name)
    for store in topology.stores():
        key = (store.server, store.instance.lower())
        stores.setdefault(key, []).append(store.role)
        names.setdefault(key, store.instance)
    return [{"server": key[0], "instance": names[key], "stores": roles} for key, roles in stores.items()]


def _lines(topology: Topology) -> Iterator[str]:
    state = "published topology" if topology.published else "UNPUBLISHED DESIGN, no evidence of what ran"
    yield f"{topology.product.name}, {state}"
    yield f"signature       {topology.signature or '(none)'}"
    domains = [f"{one} (default)" if one == topology.default_sip_domain else one for one in topology.sip_domains]
    yield f"SIP domains     {', '.join(domains) or '(none)'}"
    for site in topology.sites:
        yield f"site {site.id}          {site.name}"
    for pool in topology.pools():
        yield from _pool_lines(pool)
    for one in _sql_instances(topology):
        name = "\\".join(part for part in (one["server"], one["instance"]) if part)
        yield f"SQL instance    {name}: {', '.join(one['stores']) or '(no store)'}"
    for unc in topology.file_store_paths():
        yield f"file store      {unc}"
    for url in topology.simple_urls:
        yield f"simple URL      {url.component} ({url.domain}): {url.url}"
    for note in topology.notes:
        yield f"note            {note}"


def _pool_lines(pool: Pool) -> Iterator[str]:
    edition = f", {pool.edition.value} edition" if pool.edition else ""
    store = ", hosts the active Central Management store" if pool.hosts_active_cms else ""
    yield f"pool            {pool.fqdn} (site {pool.site}{edition}{store})"
    yield f"  roles         {', '.join(pool.roles) or '(none)'}"
    for machine in pool.machines:
        addresses = ", ".join(machine.addresses)
        yield f"  machine       {machine.fqdn.lower()}{f' ({addresses})' if addresses else ''}"
