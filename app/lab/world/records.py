"""The DNS records that the deployment needs (preconditions 1)."""

from __future__ import annotations

from app.deployment.topology import Topology
from app.lab.world.network import Zones

EXTRA_HOSTS = {"dc01": 10, "bk01": 13}


def zones(topology: Topology, prefix: str, domain: str) -> Zones:
    """Return the zones with every record of a healthy deployment."""
    found = Zones(names=tuple(dict.fromkeys((domain, *topology.sip_domains))))
    for name, number in EXTRA_HOSTS.items():
        found.put(f"{name}.{domain}", "A", f"{prefix}.{number}")
    members = sorted(machine.fqdn.lower() for pool in topology.pools() for machine in pool.machines)
    for index, fqdn in enumerate(members):
        found.put(fqdn, "A", f"{prefix}.{11 + index if index < 2 else 12 + index}")
    _clients(topology, found)
    for service in topology.services:
        external = service.details.get("ExternalSettings.Host")
        cluster = topology.cluster(service.cluster)
        if external and cluster is not None:
            found.put(external, "A", *found.addresses(cluster.fqdn))
    for zone in found.names:
        found.put(zone, "SOA", f"dc01.{domain}. hostmaster.{domain}. 2026112101 900 600 86400 3600")
        found.put(zone, "NS", f"dc01.{domain}.")
    return found


def _clients(topology: Topology, found: Zones) -> None:
    """Put what clients look for: they find the server that is about to be recovered, as they did before (D-10 to D-14)."""
    registrars = [pool.fqdn for pool in topology.pools() if "Registrar" in pool.roles]
    first, survivor = registrars[0], registrars[-1]
    for domain in topology.sip_domains:
        found.put(f"_sipinternaltls._tcp.{domain}", "SRV", f"0 0 5061 {first}.")
        found.put(f"lyncdiscoverinternal.{domain}", "CNAME", f"{first}.")
        found.put(f"lyncdiscover.{domain}", "A", *found.addresses(survivor))
        found.put(f"sip.{domain}", "A", *found.addresses(first))
        found.put(f"ucupdates-r2.{domain}", "A", *found.addresses(first))
    for url in topology.simple_urls:
        host = url.url.partition("//")[2].partition("/")[0]
        found.put(host, "A", *found.addresses(survivor))
