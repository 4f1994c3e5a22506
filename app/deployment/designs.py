"""A Topology Builder file (.tbxml, formats sheet 1.7): the same vocabulary, joined by GUIDs; often never published."""

from __future__ import annotations

from lxml import etree

from app.deployment.safe_xml import child, children, local_name
from app.deployment.service_parts import (
    SIMPLE_URL_NAMESPACE,
    details_of,
    domains_of,
    is_true,
    machine_of,
    ports_of,
    simple_urls_of,
    whole_number,
)
from app.deployment.topology import Cluster, Dependency, Service, Site, SqlInstance, Topology, products_in

_DESIGN = (
    "this is a Topology Builder design that was never published: it says what was planned, not what ran; "
    "it proves nothing about the deployment"
)
_SAVED = "this is a Topology Builder file: a copy of the published topology that may have been edited since"


def is_design(element: etree._Element) -> bool:
    """Return whether an element is the root of a Topology Builder file."""
    return local_name(element) == "TopologyBuilder"


def designed_topology(root: etree._Element) -> Topology | None:
    """Return what a Topology Builder file says, or None where it holds no topology."""
    body = next((one for one in root.iter("{*}PartialTopology")), None)
    if body is None:
        return None
    published = is_true(body.get("IsPublished"))
    services = _services(body)
    domains, default = domains_of(body)
    return Topology(
        product=products_in(services),
        published=published,
        signature=body.get("Signature", "").lower(),
        sip_domains=domains,
        default_sip_domain=default,
        sites=tuple(_site(one) for one in _sites(body)),
        clusters=tuple(_cluster(one, site) for site in _sites(body) for one in _clusters(site)),
        sql_instances=_instances(body),
        services=services,
        simple_urls=tuple(
            url for one in body.iter(f"{{{SIMPLE_URL_NAMESPACE}}}SimpleUrlConfiguration") for url in simple_urls_of(one)
        ),
        notes=(_SAVED if published else _DESIGN,),
    )


def _sites(body: etree._Element) -> list[etree._Element]:
    return list(body.iter("{*}CentralSite", "{*}RemoteSite", "{*}BackCompatSite"))


def _site(element: etree._Element) -> Site:
    name = child(element, "Name")
    return Site(id=_site_id(element), name=(name.text or "").strip() if name is not None else "")


def _site_id(element: etree._Element) -> str:
    return element.get("OriginalSiteId") or element.get("SiteId") or element.get("UniqueId") or ""


def _clusters(site: etree._Element) -> list[etree._Element]:
    group = child(site, "Clusters")
    return [] if group is None else list(children(group, "Cluster"))


def _cluster(element: etree._Element, site: etree._Element) -> Cluster:
    fqdn = element.get("Fqdn", "")
    group = child(element, "Machines")
    return Cluster(
        id=element.get("UniqueId", ""),
        site=_site_id(site),
        fqdn=fqdn,
        machines=tuple(machine_of(one, fqdn) for one in (() if group is None else children(group, "Machine"))),
        runs_product=is_true(element.get("RequiresSetup")),
    )


def _instance_elements(body: etree._Element) -> list[tuple[str, etree._Element]]:
    found = []
    for site in _sites(body):
        for cluster in _clusters(site):
            group = child(cluster, "SqlInstances")
            for one in () if group is None else children(group, "SqlInstance"):
                found.append((cluster.get("UniqueId", ""), one))
    return found


def _instances(body: etree._Element) -> tuple[SqlInstance, ...]:
    return tuple(SqlInstance(cluster=cluster, name=one.get("Name", "")) for cluster, one in _instance_elements(body))


def _services(body: etree._Element) -> tuple[Service, ...]:
    group = child(body, "Services")
    elements = [] if group is None else list(children(group, "Service"))
    ids = {one.get("UniqueId", ""): _service_id(one) for one in elements}
    instances = {one.get("UniqueId", ""): (cluster, one.get("Name", "")) for cluster, one in _instance_elements(body)}
    return tuple(_service(one, ids, instances) for one in elements)


def _service(element: etree._Element, ids: dict[str, str], instances: dict[str, tuple[str, str]]) -> Service:
    place = element.get("InstalledOn", "")
    cluster, instance = instances.get(place, (place, None))
    group = child(element, "DependsOn")
    return Service(
        id=_service_id(element),
        role=element.get("RoleName", ""),
        version=whole_number(element.get("ServiceVersion")),
        cluster=cluster,
        sql_instance=instance,
        depends_on=tuple(
            Dependency(
                usage=one.get("Usage", ""),
                service=ids.get(one.get("ServiceUniqueId", ""), one.get("ServiceUniqueId", "")),
            )
            for one in (() if group is None else children(group, "Dependency"))
        ),
        ports=ports_of(element),
        details=details_of(element),
    )


def _service_id(element: etree._Element) -> str:
    """Return the published id where the file knows it, the GUID of the design otherwise."""
    site, instance = element.get("OriginalSiteId"), element.get("OriginalInstance")
    if site and instance:
        return f"{site}-{element.get('RoleName', '')}-{instance}"
    return element.get("UniqueId", "")
