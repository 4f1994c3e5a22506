"""The deployment of the lab: contoso.com with two Standard Edition servers, se01 and se02; se02 hosts the CMS.

Ports and dependencies are those of a Standard Edition server with every collocated role (formats sheet 1.5 and 1.6).
"""

from __future__ import annotations

from collections.abc import Iterable

from app.deployment.product import LYNC_2013
from app.deployment.topology import (
    Cluster,
    Dependency,
    Machine,
    NetInterface,
    Port,
    Service,
    SimpleUrl,
    Site,
    SqlInstance,
    Topology,
)

SIGNATURE = "6f1c2a90-3b57-4d2e-9a41-5c0e8d7b2f13"
"""Fixed: equal signatures mean the same published document (formats sheet 7)."""
_DOMAIN = "contoso.com"
_SITE = "1"
_INSTANCE = "rtc"
_WEB_COMPONENTS = (
    "ABFiles,ABHandler,AutodiscoverService,CAHandler,CAHandlerAnon,CollabContent,Cscp,DLExpansion,DataCollabWeb,"
    "DeviceUpdateDownload,DeviceUpdateStore,Dialin,LIService,Lwa,McxService,Meet,OnlineAuth,PowerShell,Reach,"
    "RgsAgentService,StoreWeb,UcwaService,WebScheduler,WebTicket"
)

_PORTS: dict[str, tuple[tuple[str, str, str, int, str, int | None], ...]] = {
    "UserServices": (
        ("urn:component:McuFactory", "WebServer", "Primary", 444, "Mtls", None),
        ("urn:component:PresenceFocus", "UserPinManagement", "Primary", 443, "Https", None),
        ("urn:component:McuFactory", "WcfServer", "Primary", 9001, "Tcp", None),
    ),
    "Registrar": (
        ("urn:component:Registrar", "SipServer", "Primary", 5061, "Mtls", None),
        ("urn:component:Registrar", "WebServer", "Primary", 444, "Mtls", None),
        ("urn:component:WinFab", "WinFabFederation", "Primary", 5090, "Tcp", None),
        ("urn:component:WinFab", "WinFabLeaseAgent", "Primary", 5091, "Tcp", None),
        ("urn:component:WinFab", "WinFabClientConnection", "Primary", 5092, "Tcp", None),
        ("urn:component:WinFab", "WinFabIPC", "Primary", 5093, "Tcp", None),
        ("urn:component:WinFab", "WinFabReplication", "Primary", 5094, "Tcp", None),
        ("urn:component:QoE", "SipServer", "Primary", 5061, "Mtls", None),
        ("urn:component:Lyss", "WcfMtls", "Primary", 5077, "Mtls", None),
    ),
    "WebServices": (
        ("urn:component:OCSWebSite", "WebSite", "External", 8080, "Http", 80),
        ("urn:component:OCSWebSite", "WebSite", "External", 4443, "Https", 443),
        ("urn:component:OCSWebSite", "WebSite", "Primary", 80, "Http", None),
        ("urn:component:OCSWebSite", "WebSite", "Primary", 443, "Https", None),
        ("urn:component:Reach", "PsomServer", "Primary", 8060, "Mtls", None),
        ("urn:component:Reach", "PsomServer", "External", 8061, "Mtls", None),
        ("urn:component:McxService", "SipServer", "Primary", 5086, "Mtls", None),
        ("urn:component:McxServiceExternal", "SipServer", "Primary", 5087, "Mtls", None),
    ),
    "ConfServices": (
        ("urn:component:IMConf", "SipServer", "Primary", 5062, "Mtls", None),
        ("urn:component:IMConf", "WebServer", "Primary", 444, "Mtls", None),
        ("urn:component:DataConf", "PsomClient", "Primary", 8057, "Tls", None),
        ("urn:component:AVConf", "SipServer", "Primary", 5063, "Mtls", None),
        ("urn:component:AppSharingConf", "SipServer", "Primary", 5065, "Mtls", None),
    ),
    "MediationServer": (
        ("urn:component:Mediation", "SipServer", "Primary", 5070, "Mtls", None),
        ("urn:component:Mediation", "SipClient", "Pstn", 5067, "Tls", None),
    ),
    "ApplicationServer": (
        ("urn:application:testbot", "SipServer", "Primary", 5076, "Mtls", None),
        ("urn:application:Cps", "SipServer", "Primary", 5075, "Mtls", None),
        ("urn:application:RGS", "SipServer", "Primary", 5071, "Mtls", None),
        ("urn:application:RGS", "WcfMtls", "Primary", 8404, "Mtls", None),
        ("urn:application:Cas", "SipServer", "Primary", 5073, "Mtls", None),
        ("urn:application:Caa", "SipServer", "Primary", 5072, "Mtls", None),
    ),
}
_DEPENDENCIES = {
    "UserServices": ("UserStore", "FileStore", "ConfServices"),
    "Registrar": ("UserServices", "WebServices"),
    "WebServices": ("FileStore", "UserServices"),
    "ConfServices": ("FileStore", "WebServices", "UserServices"),
    "MediationServer": ("Registrar",),
    "ApplicationServer": ("Registrar", "FileStore", "ApplicationStore"),
    "CentralMgmt": ("CentralMgmtStore", "FileStore"),
}
_ON_SQL = frozenset({"UserStore", "ApplicationStore", "CentralMgmtStore"})
_STANDARD_ROLES = (
    "UserServices",
    "Registrar",
    "UserStore",
    "FileStore",
    "WebServices",
    "ConfServices",
    "MediationServer",
    "ApplicationServer",
    "ApplicationStore",
)
_CMS_ROLES = ("CentralMgmt", "CentralMgmtStore")


def contoso_topology() -> Topology:
    """Return the published topology of the lab's deployment, simple URLs included; the same one at every call."""
    return Topology(
        product=LYNC_2013,
        published=True,
        signature=SIGNATURE,
        sip_domains=(_DOMAIN,),
        default_sip_domain=_DOMAIN,
        sites=(Site(id=_SITE, name="Redmond"),),
        clusters=(_server(1), _server(2)),
        sql_instances=(
            SqlInstance(cluster=f"{_SITE}:1", name=_INSTANCE),
            SqlInstance(cluster=f"{_SITE}:2", name=_INSTANCE),
        ),
        services=(*_services(1, _STANDARD_ROLES), *_services(2, (*_STANDARD_ROLES, *_CMS_ROLES))),
        simple_urls=(
            SimpleUrl(component="Dialin", domain="*", url="https://dialin.contoso.com"),
            SimpleUrl(component="Meet", domain=_DOMAIN, url="https://meet.contoso.com"),
            SimpleUrl(component="Cscp", domain="*", url="https://admin.contoso.com"),
        ),
    )


def _server(number: int) -> Cluster:
    fqdn = f"se{number:02}.{_DOMAIN}"
    interfaces = tuple(NetInterface(side=side, number=1, address="0.0.0.0") for side in ("Primary", "External", "Pstn"))  # noqa: S104 - the document's word for "all configured addresses"
    machine = Machine(fqdn=fqdn, interfaces=interfaces)
    return Cluster(id=f"{_SITE}:{number}", site=_SITE, fqdn=fqdn, machines=(machine,), runs_product=True)


def _services(number: int, roles: Iterable[str]) -> Iterable[Service]:
    for role in roles:
        # One Central Management service in the deployment, hence instance 1 of its role; the others count with the server.
        instance = 1 if role in _CMS_ROLES else number
        yield Service(
            id=f"{_SITE}-{role}-{instance}",
            role=role,
            version=LYNC_2013.service_version,
            cluster=f"{_SITE}:{number}",
            sql_instance=_INSTANCE if role in _ON_SQL else None,
            depends_on=tuple(
                Dependency(usage="Default", service=f"{_SITE}-{one}-{1 if one in _CMS_ROLES else number}")
                for one in _DEPENDENCIES.get(role, ())
            ),
            ports=_ports(role),
            details=_details(role, number),
        )


def _ports(role: str) -> tuple[Port, ...]:
    return tuple(
        Port(owner=owner, usage=usage, side=side, port=port, protocol=protocol, configured_port=configured)
        for owner, usage, side, port, protocol, configured in _PORTS.get(role, ())
    )


def _details(role: str, number: int) -> dict[str, str]:
    known = {
        "Registrar": {"IsDirector": "false"},
        "FileStore": {"ShareName": "LyncShare"},
        "WebServices": {
            "ExternalSettings.Host": f"web-ext-se{number:02}.{_DOMAIN}",
            "WebComponents": _WEB_COMPONENTS,
        },
        "ConfServices": {"MCUs": "IMConf,DataConf,AppSharingConf,AVConf"},
        "CentralMgmt": {"IsActive": "true"},
    }
    return known.get(role, {})
