"""What published documents and designs write alike: machines, ports, the typed child of a service, simple URLs."""

from __future__ import annotations

from lxml import etree

from app.deployment.safe_xml import child, children, local_name
from app.deployment.topology import Machine, NetInterface, Port, SimpleUrl

SIMPLE_URL_NAMESPACE = "urn:schema:Microsoft.Rtc.Management.Settings.SimpleUrl.2008"
_COMMON_PARTS = frozenset({"ServiceId", "DependsOn", "InstalledOn", "Ports"})


def machine_of(element: etree._Element, cluster_fqdn: str) -> Machine:
    """Return a ``Machine``; one without a name of its own is the cluster's only computer (formats sheet 1.7)."""
    return Machine(
        fqdn=element.get("Fqdn") or cluster_fqdn,
        interfaces=tuple(
            NetInterface(
                side=one.get("InterfaceSide", ""),
                number=whole_number(one.get("InterfaceNumber")) or 1,
                address=one.get("IPAddress", ""),
                public_address=one.get("ConfiguredIPAddress", ""),
            )
            for one in children(element, "NetInterface")
        ),
    )


def ports_of(service: etree._Element) -> tuple[Port, ...]:
    """Return the ports of a ``Service``; one without a number is left out."""
    group = child(service, "Ports")
    found = []
    for one in () if group is None else children(group, "Port"):
        number = whole_number(one.get("Port"))
        if number is None:
            continue
        port = Port(
            owner=one.get("Owner", ""),
            usage=one.get("Usage", ""),
            side=one.get("InterfaceSide", ""),
            port=number,
            protocol=one.get("Protocol", ""),
            configured_port=whole_number(one.get("ConfiguredPort")),
            configured_fqdn=one.get("ConfiguredFqdn", ""),
        )
        found.append(port)
    return tuple(found)


def details_of(service: etree._Element) -> dict[str, str]:
    """Return the typed child as names and values.

    Its own attributes by name, those of its children as ``Child.Attribute`` (``ExternalSettings.Host``), and a list of
    named grandchildren as one value, comma-separated (``MCUs``, ``WebComponents``).
    """
    typed = next((one for one in service if local_name(one) not in _COMMON_PARTS), None)
    if typed is None:
        return {}
    details = {local(name): value for name, value in _attributes(typed).items()}
    for part in typed:
        for name, value in _attributes(part).items():
            details.setdefault(f"{local_name(part)}.{name}", value)
        listed = [one.get("ComponentName") or one.get("Name") or "" for one in part]
        if any(listed):
            details.setdefault(local_name(part), ",".join(one for one in listed if one))
    return details


def simple_urls_of(configuration: etree._Element) -> tuple[SimpleUrl, ...]:
    """Return the simple URLs of a ``SimpleUrlConfiguration``; the active one of several entries."""
    found = []
    for one in children(configuration, "SimpleUrl"):
        entry = child(one, "SimpleUrlEntry")
        url = one.get("ActiveUrl") or (entry.get("Url", "") if entry is not None else "")
        if url:
            found.append(SimpleUrl(component=one.get("Component", ""), domain=one.get("Domain", "*"), url=url))
    return tuple(found)


def domains_of(topology: etree._Element) -> tuple[tuple[str, ...], str]:
    """Return the SIP domains and the default one, lower case."""
    group = child(topology, "InternalDomains")
    if group is None:
        return (), ""
    names = [one.get("Name", "").lower() for one in children(group, "InternalDomain")]
    return tuple(dict.fromkeys(one for one in names if one)), group.get("DefaultDomain", "").lower()


def whole_number(text: str | None) -> int | None:
    """Return a number written in ASCII digits, or None."""
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else None


def is_true(text: str | None) -> bool:
    """Return whether an XML boolean is true."""
    return (text or "").strip().lower() in ("true", "1")


def _attributes(element: etree._Element) -> dict[str, str]:
    return {local(str(name)): str(value) for name, value in element.attrib.items()}


def local(name: str) -> str:
    """Return an attribute's name without namespace."""
    return name.rpartition("}")[2]
