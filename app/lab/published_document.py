"""A topology written as a published document (formats sheet 1.3), as ``(Get-CsTopology -AsXml)`` hands it out."""

from __future__ import annotations

from typing import cast

from lxml import etree

from app.deployment.published import NAMESPACE
from app.deployment.topology import Cluster, Edition, Machine, Port, Service, SqlInstance, Topology

_ROLES = "urn:schema:Microsoft.Rtc.Management.Deploy.ServiceRoles.2008"
_WEB = "urn:schema:Microsoft.Rtc.Management.Deploy.WebServices.2011"
_TYPE = "Microsoft.Rtc.Management.Deploy.Internal.ServiceRoles."
_TYPED_CHILD = {
    "Registrar": "RegistrarService",
    "WebServices": "WebService",
    "ConfServices": "ConfService",
    "ApplicationServer": "ApplicationServerService",
    "CentralMgmt": "CentralMgmtService",
    "FileStore": "FileStoreService",
    "WacService": "WacService",
    "PstnGateway": "PstnGatewayService",
}
_LISTS = {"MCUs": (_ROLES, "MCU"), "WebComponents": (_WEB, "Component")}
_ROLE_VERSION_2 = frozenset({"UserServices", "Registrar", "EdgeServer"})


def published_element(topology: Topology) -> etree._Element:
    """Return the root of a published document; simple URLs are not part of one."""
    root = etree.Element(_name("Topology"), Signature=topology.signature, nsmap=default_namespace(NAMESPACE))
    _domains(root, topology)
    sites = etree.SubElement(root, _name("Sites"))
    for site in topology.sites:
        element = etree.SubElement(sites, _name("CentralSite"), SiteId=site.id)
        etree.SubElement(element, _name("Name")).text = site.name
        etree.SubElement(element, _name("Location"))
    standard = {one.cluster for one in topology.pools() if one.edition is Edition.STANDARD}
    clusters = etree.SubElement(root, _name("Clusters"))
    for cluster in topology.clusters:
        _cluster(clusters, cluster, standard=cluster.id in standard)
    instances = etree.SubElement(root, _name("SqlInstances"))
    for instance in topology.sql_instances:
        _instance_id(etree.SubElement(instances, _name("SqlInstance")), instance)
    services = etree.SubElement(root, _name("Services"))
    for service in topology.services:
        _service(services, service)
    return root


def published_xml(topology: Topology) -> bytes:
    """Return a published document as UTF-8 without declaration; ``read_topology`` reads it back as the same topology."""
    root = published_element(topology)
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8")


def default_namespace(namespace: str) -> dict[str, str]:
    """Return the namespace map of an element whose namespace is the default one; the stubs know no key None."""
    return cast("dict[str, str]", {None: namespace})


def _name(local: str, namespace: str = NAMESPACE) -> str:
    return f"{{{namespace}}}{local}"


def _domains(root: etree._Element, topology: Topology) -> None:
    group = etree.SubElement(
        root, _name("InternalDomains"), AllowAllDomains="false", DefaultDomain=topology.default_sip_domain
    )
    for domain in topology.sip_domains:
        etree.SubElement(group, _name("InternalDomain"), Name=domain, Authoritative="false", AllowSubDomains="false")


def _cluster(parent: etree._Element, cluster: Cluster, *, standard: bool) -> None:
    flag = "true" if cluster.runs_product else "false"
    element = etree.SubElement(
        parent, _name("Cluster"), RequiresReplication=flag, RequiresSetup=flag, Fqdn=cluster.fqdn
    )
    _cluster_id(element, cluster.id)
    for ordinal, machine in enumerate(cluster.machines, start=1):
        _machine(element, machine, ordinal, standard=standard)


def _machine(parent: etree._Element, machine: Machine, ordinal: int, *, standard: bool) -> None:
    element = etree.SubElement(parent, _name("Machine"), OrdinalInCluster=str(ordinal), Fqdn=machine.fqdn)
    element.set("FaultDomain", machine.fqdn if standard else f"FaultDomain{ordinal}")
    element.set("UpgradeDomain", machine.fqdn if standard else f"UpgradeDomain{ordinal}")
    for one in machine.interfaces:
        interface = etree.SubElement(
            element,
            _name("NetInterface"),
            InterfaceSide=one.side,
            InterfaceNumber=str(one.number),
            IPAddress=one.address,
        )
        if one.public_address:
            interface.set("ConfiguredIPAddress", one.public_address)


def _cluster_id(parent: etree._Element, cluster: str) -> None:
    site, _, number = cluster.partition(":")
    etree.SubElement(parent, _name("ClusterId"), SiteId=site, Number=number)


def _instance_id(parent: etree._Element, instance: SqlInstance) -> None:
    _cluster_id(etree.SubElement(parent, _name("SqlInstanceId"), Name=instance.name), instance.cluster)


def _service_id(parent: etree._Element, service: str) -> None:
    site, _, rest = service.partition("-")
    role, _, number = rest.rpartition("-")
    etree.SubElement(parent, _name("ServiceId"), SiteId=site, RoleName=role, Instance=number)


def _service(parent: etree._Element, service: Service) -> None:
    element = etree.SubElement(parent, _name("Service"), RoleVersion="2" if service.role in _ROLE_VERSION_2 else "1")
    if service.version is not None:
        element.set("ServiceVersion", str(service.version))
    if service.role in _TYPED_CHILD:
        element.set("Type", _TYPE + _TYPED_CHILD[service.role])
    _service_id(element, service.id)
    depends = etree.SubElement(element, _name("DependsOn"))
    for one in service.depends_on:
        _service_id(etree.SubElement(depends, _name("Dependency"), Usage=one.usage), one.service)
    installed = etree.SubElement(element, _name("InstalledOn"))
    if service.sql_instance is None:
        _cluster_id(installed, service.cluster)
    else:
        _instance_id(installed, SqlInstance(cluster=service.cluster, name=service.sql_instance))
    ports = etree.SubElement(element, _name("Ports", _ROLES), nsmap=default_namespace(_ROLES))
    for port in service.ports:
        _port(ports, port)
    if service.details or service.role in _TYPED_CHILD:
        _typed_child(element, service)


def _port(parent: etree._Element, port: Port) -> None:
    element = etree.SubElement(
        parent,
        _name("Port", _ROLES),
        Owner=port.owner,
        Usage=port.usage,
        InterfaceSide=port.side,
        InterfaceNumber="1",
        Port=str(port.port),
        Protocol=port.protocol,
        UrlPath="/",
        AuthorizesRequests="false",
    )
    if port.configured_port is not None:
        element.set("ConfiguredPort", str(port.configured_port))
    if port.configured_fqdn:
        element.set("ConfiguredFqdn", port.configured_fqdn)


def _typed_child(parent: etree._Element, service: Service) -> None:
    """Write details back as what they were: attributes, attributes of children, lists of named children."""
    name = _TYPED_CHILD.get(service.role, f"{service.role}Service")
    element = etree.SubElement(parent, _name(name, _ROLES), nsmap=default_namespace(_ROLES))
    for key, value in service.details.items():
        part, dot, attribute = key.partition(".")
        if key in _LISTS:
            namespace, item = _LISTS[key]
            group = etree.SubElement(element, _name(key, namespace))
            for one in value.split(","):
                etree.SubElement(group, _name(item, namespace), ComponentName=one)
        elif dot:
            existing = element.find(_name(part, _ROLES))
            (existing if existing is not None else etree.SubElement(element, _name(part, _ROLES))).set(attribute, value)
        else:
            element.set(key, value)
