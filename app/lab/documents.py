"""What the lab's Export-Cs cmdlets write: archives of the documented shape (formats sheet 2 and 3).

The inner names of the Response Group and location archives are documented nowhere; the lab's are its own, and only the
lab reads them back.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence

from lxml import etree

from app.deployment.published import NAMESPACE
from app.deployment.service_parts import SIMPLE_URL_NAMESPACE
from app.deployment.topology import SimpleUrl, Topology
from app.lab.packages import opc_package
from app.lab.published_document import default_namespace, published_element, published_xml

__all__ = ["config_zip", "lis_zip", "published_xml", "rgs_zip", "user_data_zip"]

_SCOPE_FRAMEWORK = "urn:schema:Microsoft.Rtc.Management.ScopeFramework.2008"
_RESPONSE_GROUPS = "urn:schema:Microsoft.Rtc.Management.Rgs.2008"
_LOCATIONS = "urn:schema:Microsoft.Rtc.Management.Lis.2008"
_EVERY_HOST = "00000000-0000-0000-0000-000000000000"
_USER = "urn:lcd:"
_CONFERENCE_DIRECTORY = "urn:confdir:"
"""Prefix of the lab's conference directory items; the real one is unknown (formats sheet 2.2)."""
_OTHER_CONTACTS = "fg=="


def config_zip(topology: Topology) -> bytes:
    """Return an Export-CsConfiguration archive: the topology and the simple URLs as items of the management store."""
    root = etree.Element("DocItemSet")
    _store_item(root, NAMESPACE, "Topology", published_element(topology), topology.signature)
    if topology.simple_urls:
        urls = _simple_urls(topology.simple_urls)
        _store_item(root, SIMPLE_URL_NAMESPACE, "SimpleUrlConfiguration", urls, topology.signature)
    return opc_package({"DocItemSet.xml": _document(root)})


def user_data_zip(
    sip_addresses: Sequence[str],
    conference_directories: Sequence[int] = (),
    contacts: Mapping[str, Sequence[str]] | None = None,
) -> bytes:
    """Return an Export-CsUserData archive.

    Args:
        sip_addresses: of the users, without ``sip:``.
        conference_directories: numbers of the conference directories homed on the pool.
        contacts: addresses in a user's contact list, by the user's address.
    """
    root = etree.Element("DocItemSet")
    for address in sip_addresses:
        item = etree.SubElement(root, "DocItem", Name=f"{_USER}{address}")
        _homed_resource(etree.SubElement(item, "Data"), (contacts or {}).get(address, ()))
    for number in conference_directories:
        item = etree.SubElement(root, "DocItem", Name=f"{_CONFERENCE_DIRECTORY}{number}")
        etree.SubElement(etree.SubElement(item, "Data"), "ConferenceDirectory", Id=str(number))
    return opc_package({"DocItemSet.xml": _document(root)})


def rgs_zip(pool: str, workflows: Sequence[str] = (), queues: Sequence[str] = (), groups: Sequence[str] = ()) -> bytes:
    """Return an Export-CsRgsConfiguration archive of a pool: names of its workflows, queues and agent groups."""
    root = etree.Element(f"{{{_RESPONSE_GROUPS}}}RgsConfiguration", nsmap=default_namespace(_RESPONSE_GROUPS))
    root.set("Source", f"service:ApplicationServer:{pool}")
    for kind, names in (("Workflow", workflows), ("Queue", queues), ("AgentGroup", groups)):
        for name in names:
            element = etree.SubElement(root, f"{{{_RESPONSE_GROUPS}}}{kind}")
            element.set("Name", name)
            element.set("OwnerPool", pool)
    return opc_package({"RgsConfiguration.xml": _document(root)})


def lis_zip(locations: Sequence[str] = ("Redmond",)) -> bytes:
    """Return an Export-CsLisConfiguration archive with one civic address for every city named."""
    root = etree.Element(f"{{{_LOCATIONS}}}LisConfiguration", nsmap=default_namespace(_LOCATIONS))
    for city in locations:
        etree.SubElement(root, f"{{{_LOCATIONS}}}CivicAddress").set("City", city)
    return opc_package({"LisConfiguration.xml": _document(root)})


def _document(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


def _store_item(root: etree._Element, schema: str, element: str, payload: etree._Element, signature: str) -> None:
    """Add one document of the management store: a DocItem whose data is an AnchoredXml (formats sheet 2.1)."""
    item = etree.SubElement(root, "DocItem", Name=f"[{{{schema}}}{element},Host{{{_EVERY_HOST}}},Global]")
    anchored = etree.SubElement(
        etree.SubElement(item, "Data"), _scoped("AnchoredXml"), nsmap=default_namespace(_SCOPE_FRAMEWORK)
    )
    anchored.set("SchemaWriteVersion", "2")
    key = etree.SubElement(anchored, _scoped("Key"), ScopeClass="Global")
    etree.SubElement(key, _scoped("SchemaId"), Namespace=schema, ElementName=element)
    etree.SubElement(key, _scoped("AuthorityId"), Class="Host", InstanceId=_EVERY_HOST)
    entry = etree.SubElement(etree.SubElement(anchored, _scoped("Dictionary"), Count="1"), _scoped("Item"))
    etree.SubElement(entry, _scoped("Key"))
    etree.SubElement(entry, _scoped("Value"), Signature=signature).append(payload)


def _scoped(name: str) -> str:
    return f"{{{_SCOPE_FRAMEWORK}}}{name}"


def _simple_urls(urls: Sequence[SimpleUrl]) -> etree._Element:
    root = etree.Element(
        f"{{{SIMPLE_URL_NAMESPACE}}}SimpleUrlConfiguration", nsmap=default_namespace(SIMPLE_URL_NAMESPACE)
    )
    root.set("UseBackendDatabase", "false")
    for one in urls:
        element = etree.SubElement(
            root, f"{{{SIMPLE_URL_NAMESPACE}}}SimpleUrl", Component=one.component, Domain=one.domain, ActiveUrl=one.url
        )
        etree.SubElement(element, f"{{{SIMPLE_URL_NAMESPACE}}}SimpleUrlEntry", Url=one.url)
    return root


def _homed_resource(data: etree._Element, contacts: Sequence[str]) -> None:
    resource = etree.SubElement(data, "HomedResource")
    groups = etree.SubElement(resource, "ContactGroups")
    etree.SubElement(groups, "ContactGroup", Number="1", DisplayName=_OTHER_CONTACTS, ExternalUri="")
    listed = etree.SubElement(resource, "Contacts")
    for address in contacts:
        name = b64encode(address.partition("@")[0].encode()).decode()
        etree.SubElement(listed, "Contact", Buddy=address, DisplayName=name, Groups="1")
    etree.SubElement(resource, "Containers")
