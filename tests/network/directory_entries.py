"""A small Active Directory for the tests."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

BASE = "DC=contoso,DC=com"
CONFIGURATION = f"CN=Configuration,{BASE}"
SCHEMA = f"CN=Schema,{CONFIGURATION}"
SERVICES = f"CN=RTC Service,CN=Services,{CONFIGURATION}"
SYSTEM = f"CN=RTC Service,CN=Microsoft,CN=System,{BASE}"
SID = "S-1-5-21-1004336348-1177238915-682003330-1105"

Listed = tuple[str, Mapping[str, Sequence[bytes]]]


def binary_sid(text: str) -> bytes:
    parts = [int(one) for one in text.split("-")[1:]]
    return (
        bytes([parts[0], len(parts) - 2]) + parts[1].to_bytes(6, "big") + struct.pack(f"<{len(parts) - 2}I", *parts[2:])
    )


def listed(dn: str, *classes: str, **attributes: object) -> Listed:
    own: dict[str, Sequence[bytes]] = {"objectClass": [one.encode() for one in ("top", *classes)]}
    for name, value in attributes.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        own[name.replace("_", "-")] = [one if isinstance(one, bytes) else str(one).encode() for one in values]
    return dn, own


def computer(name: str, control: int = 0x1000, **more: object) -> Listed:
    return listed(
        f"CN={name},OU=Lync\\, Servers,{BASE}",
        "person",
        "user",
        "computer",
        cn=name,
        dNSHostName=f"{name}.contoso.com",
        objectSid=binary_sid(SID),
        whenCreated="20200102030405.0Z",
        userAccountControl=control,
        objectCategory=f"CN=Computer,{SCHEMA}",
        memberOf=[
            f"CN=RTCHSUniversalServices,CN=Users,{BASE}",
            f"CN=Web\\2C \\C3\\89t\\c3\\a9\\, \\\\x,CN=Users,{BASE}",
        ],
        servicePrincipalName=[f"HOST/{name}.contoso.com"],
        **more,
    )


def pointer(place: str, back_end: str, mirror: str = "") -> list[Listed]:
    attributes: dict[str, object] = {"msRTCSIP_BackEndServer": back_end}
    if mirror:
        attributes["msRTCSIP_MirrorBackEndServer"] = mirror
    settings = f"CN=Topology Settings,{place}"
    return [
        listed(place, "container", cn="RTC Service"),
        listed(settings, "msRTCSIP-GlobalTopologySettings", cn="Topology Settings"),
        listed(f"CN={{1}},{settings}", "msRTCSIP-GlobalTopologySetting", cn="{1}", **attributes),
    ]


def group(name: str, **more: object) -> Listed:
    return listed(f"CN={name},CN=Users,{BASE}", "group", cn=name, groupType=-2147483640, **more)


def forest() -> list[Listed]:
    return [
        listed(BASE, "domainDNS", dc="contoso"),
        listed(f"CN=Users,{BASE}", "container", cn="Users"),
        listed(f"OU=Lync\\, Servers,{BASE}", "organizationalUnit", ou="Lync, Servers"),
        listed(CONFIGURATION, "configuration", cn="Configuration"),
        listed(SCHEMA, "dMD", cn="Schema"),
        listed(
            f"CN=ms-RTC-SIP-SchemaVersion,{SCHEMA}",
            "attributeSchema",
            cn="ms-RTC-SIP-SchemaVersion",
            rangeUpper=1150,
            rangeLower=3,
        ),
        *pointer(SERVICES, "se02.contoso.com\\rtc"),
        computer("se01"),
        computer("se02"),
        computer("old", 0x1002),
        group("RTCHSUniversalServices", member=[f"CN=se01,OU=Lync\\, Servers,{BASE}"]),
        group("RTCUniversalServerAdmins", memberOf=[f"CN=RTCUniversalGlobalWriteGroup,CN=Users,{BASE}"]),
        group("RTCUniversalGlobalWriteGroup"),
        group("CSAdministrator"),
        group("Printers"),
    ]
