"""Deployments that the cases are judged for: contoso.com as the lab has it, and variations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from app.deployment.topology import Cluster, Machine, Service, SqlInstance, Topology
from app.lab.contoso import contoso_topology

OTHER_SIGNATURE = "00000000-1111-2222-3333-444444444444"


def without_target() -> Topology:
    """As if an administrator had removed the lost server after the failure and published."""
    whole = contoso_topology()
    lost = whole.clusters[0].id
    return replace(
        whole,
        signature=OTHER_SIGNATURE,
        clusters=whole.clusters[1:],
        services=tuple(one for one in whole.services if one.cluster != lost),
        sql_instances=tuple(one for one in whole.sql_instances if one.cluster != lost),
    )


def without_mediation() -> Topology:
    """A role was taken from the lost server."""
    whole = contoso_topology()
    lost = whole.clusters[0].id
    kept = tuple(one for one in whole.services if (one.cluster, one.role) != (lost, "MediationServer"))
    return replace(whole, signature=OTHER_SIGNATURE, services=kept)


def renamed_partner() -> Topology:
    """Another server of the deployment was replaced by one of another name."""
    whole = contoso_topology()
    other = whole.clusters[1]
    name = "se03.contoso.com"
    cluster = replace(other, fqdn=name, machines=(replace(other.machines[0], fqdn=name),))
    return replace(whole, signature=OTHER_SIGNATURE, clusters=(whole.clusters[0], cluster))


def foreign() -> Topology:
    """Another company's deployment."""
    whole = contoso_topology()
    clusters = tuple(_renamed(one, "fabrikam.com") for one in whole.clusters)
    return replace(
        whole,
        signature=OTHER_SIGNATURE,
        sip_domains=("fabrikam.com",),
        default_sip_domain="fabrikam.com",
        clusters=clusters,
        simple_urls=(),
    )


def without_cms() -> Topology:
    """No Central Management service and no store of one: as much as an old design says."""
    whole = contoso_topology()
    kept = tuple(one for one in whole.services if not one.role.startswith("CentralMgmt"))
    return replace(whole, services=kept)


def two_domains() -> Topology:
    """A second SIP domain, in which the pool does not lie (D-11)."""
    return replace(contoso_topology(), sip_domains=("contoso.com", "fabrikam.com"))


def persistent_chat() -> Topology:
    """Persistent Chat's database is collocated on the lost server."""
    whole = contoso_topology()
    store = Service(
        id="1-PersistentChatStore-1", role="PersistentChatStore", version=6, cluster="1:1", sql_instance="rtc"
    )
    return replace(whole, services=(*whole.services, store))


def enterprise() -> Topology:
    """The lost server is a member of an Enterprise pool with DNS load balancing; SQL and file store are elsewhere."""
    whole = contoso_topology()
    pool = Cluster(
        id="1:1",
        site="1",
        fqdn="pool01.contoso.com",
        machines=(Machine(fqdn="fe01.contoso.com"), Machine(fqdn="fe02.contoso.com")),
        runs_product=True,
    )
    return replace(
        whole,
        signature=OTHER_SIGNATURE,
        clusters=(pool, whole.clusters[1], _server("1:3", "sql01.contoso.com"), _server("1:4", "fs01.contoso.com")),
        sql_instances=(SqlInstance(cluster="1:3", name=""), SqlInstance(cluster="1:2", name="rtc")),
        services=tuple(_moved(one) for one in whole.services),
    )


def _server(cluster: str, fqdn: str) -> Cluster:
    return Cluster(id=cluster, site="1", fqdn=fqdn, machines=(Machine(fqdn=fqdn),), runs_product=False)


def _moved(service: Service) -> Service:
    if service.cluster != "1:1":
        return service
    if service.sql_instance is not None:
        return replace(service, cluster="1:3", sql_instance="")
    if service.role == "FileStore":
        return replace(service, cluster="1:4")
    if service.role == "WebServices":
        details = {**service.details, "InternalSettings.Host": "web-int.contoso.com"}
        return replace(service, details=details)
    return service


def _renamed(cluster: Cluster, domain: str) -> Cluster:
    machines = tuple(replace(one, fqdn=f"{one.fqdn.partition('.')[0]}.{domain}") for one in cluster.machines)
    return replace(cluster, fqdn=f"{cluster.fqdn.partition('.')[0]}.{domain}", machines=machines)


TOPOLOGIES: Mapping[str, Callable[[], Topology]] = {
    "contoso": contoso_topology,
    "republished": lambda: replace(contoso_topology(), signature=OTHER_SIGNATURE),
    "without-target": without_target,
    "without-mediation": without_mediation,
    "renamed-partner": renamed_partner,
    "foreign": foreign,
    "without-cms": without_cms,
    "two-domains": two_domains,
    "persistent-chat": persistent_chat,
    "enterprise": enterprise,
    "no-product-version": lambda: replace(
        contoso_topology(), product=replace(contoso_topology().product, service_version=None)
    ),
    "alone": lambda: _alone(),
    "mediation-only": lambda: _only("MediationServer"),
    "no-response-groups": lambda: _without_application("RGS"),
}
"""By the name that a case uses."""


def _only(role: str) -> Topology:
    """The lost server is a stand-alone server of one role."""
    whole = contoso_topology()
    kept = tuple(one for one in whole.services if one.cluster != "1:1" or one.role == role)
    return replace(whole, services=kept)


def _alone() -> Topology:
    """The lost server is the only one."""
    whole = contoso_topology()
    return replace(
        whole,
        clusters=whole.clusters[:1],
        services=tuple(one for one in whole.services if one.cluster == "1:1"),
        sql_instances=tuple(one for one in whole.sql_instances if one.cluster == "1:1"),
    )


def _without_application(name: str) -> Topology:
    whole = contoso_topology()
    return replace(
        whole,
        services=tuple(
            replace(one, ports=tuple(port for port in one.ports if not port.owner.endswith(f":{name}")))
            for one in whole.services
        ),
    )
