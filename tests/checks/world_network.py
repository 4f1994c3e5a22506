"""What a right world answers about names: the directory, DNS and DHCP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.deployment.phone_options import encode_option_43, encode_option_120
from app.deployment.requirements import internal_web_name
from app.facts.dhcp import DhcpReply
from app.facts.dhcp_server import DhcpScope, DhcpServerView, OptionValue, VendorClass
from app.facts.directory import ComputerAccount, ComputerAccounts, DirectoryState, StorePointer, StorePointers
from app.facts.dns import DnsAnswer, ServiceRecord
from app.facts.fact import Request
from checks.check import Scope
from tests.checks.scopes import NOW

ADDRESSES = {
    "dc01.contoso.com": "192.0.2.10",
    "se01.contoso.com": "192.0.2.11",
    "se02.contoso.com": "192.0.2.12",
    "bk01.contoso.com": "192.0.2.13",
    "fe01.contoso.com": "192.0.2.21",
    "fe02.contoso.com": "192.0.2.22",
    "sql01.contoso.com": "192.0.2.23",
    "fs01.contoso.com": "192.0.2.24",
    "web-int.contoso.com": "192.0.2.25",
    "web-ext-se01.contoso.com": "192.0.2.26",
}


def computer_accounts(request: Request[Any], _scope: Scope, _world: object) -> ComputerAccounts:
    """Return the account from before the failure."""
    account = ComputerAccount(
        dn=f"CN={request.subject.partition('.')[0].upper()},OU=Lync,DC=contoso,DC=com",
        sid="S-1-5-21-1-2-3-1106",
        created=datetime(2014, 3, 1, tzinfo=UTC),
        enabled=True,
        groups=("Domain Computers", "RTCHSUniversalServices", "RTCComponentUniversalServices"),
        service_principal_names=(),
    )
    return ComputerAccounts(accounts=(account,))


def directory_state(_request: Request[Any], _scope: Scope, _world: object) -> DirectoryState:
    """Return schema, groups and clock."""
    groups = (
        "RTCUniversalServerAdmins RTCUniversalUserAdmins RTCUniversalReadOnlyAdmins RTCUniversalGlobalWriteGroup"
        " RTCUniversalGlobalReadOnlyGroup RTCUniversalUserReadOnlyGroup RTCUniversalServerReadOnlyGroup"
        " RTCHSUniversalServices RTCComponentUniversalServices RTCProxyUniversalServices RTCUniversalConfigReplicator"
        " CSAdministrator"
    )
    return DirectoryState(schema_upper=1150, schema_lower=3, groups=tuple(groups.split()), clock=NOW)


def store_pointers(_request: Request[Any], _scope: Scope, _world: object) -> StorePointers:
    """Return the pointer to the Central Management store."""
    dn = "CN={1},CN=Topology Settings,CN=RTC Service,CN=Services,CN=Configuration,DC=contoso,DC=com"
    return StorePointers(pointers=(StorePointer(dn=dn, back_end="se02.contoso.com\\rtc", mirror=""),))


def dns_answer(request: Request[Any], scope: Scope, _world: object) -> DnsAnswer:
    """Return what the internal DNS server answers."""
    name = request.subject
    if request.argument("type") == "SRV":
        domain = name.partition("._tcp.")[2]
        target = scope.pool.fqdn if scope.pool.fqdn.endswith(f".{domain}") else f"sip.{domain}"
        record = ServiceRecord(priority=0, weight=0, port=5061, target=target)
        return DnsAnswer(rcode="NOERROR", aliases=(), addresses=(), services=(record,), authoritative=True)
    aliases = (scope.pool.fqdn,) if name.startswith("lyncdiscoverinternal.") else ()
    addresses = _addresses(aliases[0] if aliases else name, scope)
    return DnsAnswer(
        rcode="NOERROR" if addresses else "NXDOMAIN",
        aliases=aliases,
        addresses=addresses,
        services=(),
        authoritative=True,
    )


def _addresses(name: str, scope: Scope) -> tuple[str, ...]:
    if name == scope.pool.fqdn or name.startswith("sip."):
        return tuple(ADDRESSES[one.fqdn] for one in scope.pool.machines)
    if name.partition(".")[0] in ("meet", "dialin", "admin"):
        return (ADDRESSES["se02.contoso.com"],)
    return (ADDRESSES[name],) if name in ADDRESSES else ()


def dhcp_view(_request: Request[Any], scope: Scope, _world: object) -> DhcpServerView:
    """Return what the DHCP server is set to."""
    sip = _option(120, "", encode_option_120(scope.pool.fqdn))
    texts = ("MS-UC-Client", "https", _web(scope), "443", "/CertProv/CertProvisioningService.svc")
    web = [_option(code, "MSUCClient", text.encode()) for code, text in enumerate(texts, 1)]
    return DhcpServerView(
        vendor_classes=(VendorClass(name="MSUCClient", data="MS-UC-Client"),),
        options=(sip, *web),
        scopes=(DhcpScope(scope_id="192.0.2.0", mask="255.255.255.0", options=(), reservations=()),),
    )


def _option(code: int, vendor_class: str, data: bytes) -> OptionValue:
    return OptionValue(option=code, vendor_class=vendor_class, values=tuple(f"0x{one:02X}" for one in data))


def _web(scope: Scope) -> str:
    return internal_web_name(scope.topology, scope.pool)


def dhcp_reply(_request: Request[Any], scope: Scope, _world: object) -> DhcpReply:
    """Return what phones are told."""
    return DhcpReply(
        server="192.0.2.10",
        option_120=encode_option_120(scope.pool.fqdn),
        option_43=encode_option_43(_web(scope)),
    )
