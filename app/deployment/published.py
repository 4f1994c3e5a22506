"""A published topology document (formats sheet 1.3): what the Central Management store holds and every server replicates."""

from __future__ import annotations

from lxml import etree

from app.deployment.safe_xml import child, children, local_name, namespace
from app.deployment.service_parts import details_of, domains_of, is_true, machine_of, ports_of, whole_number
from app.deployment.topology import (
    Cluster,
    Dependency,
    Service,
    Site,
    SqlInstance,
    Topology,
    products_in,
)

NAMESPACE = "urn:schema:Microsoft.Rtc.Management.Deploy.Topology.2008"


def is_published(element: etree._Element) -> bool:
    """Return whether an element is the root of a published document."""
    return local_name(element) == "Topology" and namespace(element) == NAMESPACE


def published_topology(root: etree._Element) -> Topology:
    """Return what a published document says; elements nobody knows are passed over."""
    services = tuple(_service(one) for one in _group(root, "Services", "Service"))
    domains, default = domains_of(root)
    return Topology(
        product=products_in(services),
        published=True,
        signature=root.get("Signature", "").lower(),
        sip_domains=domains,
        default_sip_domain=default,
        sites=_sites(root),
        clusters=tuple(_cluster(one) for one in _group(root, "Clusters", "Cluster")),
        sql_instances=tuple(_instance(one) for one in _group(root, "SqlInstances", "SqlInstance")),
        services=services,
    )


def _group(root: etree._Element, group: str, item: str) -> list[etree._Element]:
    parent = child(root, group)
    return [] if parent is None else list(children(parent, item))


def _sites(root: etree._Element) -> tuple[Site, ...]:
    """Central, remote and backward-compatible sites all carry SiteId and Name."""
    parent = child(root, "Sites")
    found = []
    for one in () if parent is None else parent:
        name = child(one, "Name")
        if one.get("SiteId"):
            found.append(Site(id=one.get("SiteId", ""), name=(name.text or "").strip() if name is not None else ""))
    return tuple(found)


def _cluster(element: etree._Element) -> Cluster:
    identity = child(element, "ClusterId")
    fqdn = element.get("Fqdn", "")
    return Cluster(
        id=_cluster_key(identity),
        site=identity.get("SiteId", "") if identity is not None else "",
        fqdn=fqdn,
        machines=tuple(machine_of(one, fqdn) for one in children(element, "Machine")),
        runs_product=is_true(element.get("RequiresSetup")),
    )


def _instance(element: etree._Element) -> SqlInstance:
    identity = child(element, "SqlInstanceId")
    if identity is None:
        return SqlInstance(cluster="", name="")
    return SqlInstance(cluster=_cluster_key(child(identity, "ClusterId")), name=identity.get("Name", ""))


def _service(element: etree._Element) -> Service:
    identity = child(element, "ServiceId")
    cluster, instance = _installed_on(child(element, "InstalledOn"))
    return Service(
        id=_service_key(identity),
        role=identity.get("RoleName", "") if identity is not None else "",
        version=whole_number(element.get("ServiceVersion")),
        cluster=cluster,
        sql_instance=instance,
        depends_on=_dependencies(child(element, "DependsOn")),
        ports=ports_of(element),
        details=details_of(element),
    )


def _installed_on(element: etree._Element | None) -> tuple[str, str | None]:
    if element is None:
        return "", None
    sql = child(element, "SqlInstanceId")
    if sql is not None:
        return _cluster_key(child(sql, "ClusterId")), sql.get("Name", "")
    return _cluster_key(child(element, "ClusterId")), None


def _dependencies(element: etree._Element | None) -> tuple[Dependency, ...]:
    return tuple(
        Dependency(usage=one.get("Usage", ""), service=_service_key(child(one, "ServiceId")))
        for one in (() if element is None else children(element, "Dependency"))
    )


def _cluster_key(element: etree._Element | None) -> str:
    return "" if element is None else f"{element.get('SiteId', '')}:{element.get('Number', '')}"


def _service_key(element: etree._Element | None) -> str:
    if element is None:
        return ""
    return f"{element.get('SiteId', '')}-{element.get('RoleName', '')}-{element.get('Instance', '')}"
