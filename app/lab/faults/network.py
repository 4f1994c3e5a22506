"""DNS and DHCP."""

from __future__ import annotations

from functools import partial

from app.lab.faults.fault import Fault, records, setting
from app.lab.ports import Behaviour
from app.lab.world.network import option_43, option_120
from app.lab.world.world import World

_TARGET = "se01.contoso.com"
_PARTNER = "se02.contoso.com"
_SRV = "_sipinternaltls._tcp.contoso.com"


def _nothing(_world: World) -> tuple[str, ...]:
    return ()


def _stale(world: World) -> tuple[str, ...]:
    return (f"{world.network.prefix}.99",)


def _extra(world: World) -> tuple[str, ...]:
    return (world.hosts[_TARGET].address, f"{world.network.prefix}.99")


_OWN_STALE = records(_TARGET, "A", _stale)
_OWN_MISSING = records(_TARGET, "A", _nothing)
_OWN_EXTRA = records(_TARGET, "A", _extra)
_PARTNER_STALE = records(_PARTNER, "A", _stale)
_SRV_MISSING = records(_SRV, "SRV", _nothing)
_SRV_PORT = records(_SRV, "SRV", lambda _world: (f"0 0 5060 {_TARGET}.",))
_SRV_DOMAIN = records(_SRV, "SRV", lambda _world: ("0 0 5061 se01.fabrikam.com.",))
_DISCOVER = records("lyncdiscoverinternal.contoso.com", "CNAME", _nothing)
_MEET = records("meet.contoso.com", "A", _nothing)
_DIALIN = records("dialin.contoso.com", "A", _stale)
_SIP = records("sip.contoso.com", "A", _nothing)
_SILENT = setting(lambda world: world.network.zones, "behaviour", Behaviour.SILENT)
_FAILING = setting(lambda world: world.network.zones, "behaviour", Behaviour.BROKEN)
_REFUSING = setting(lambda world: world.network.zones, "behaviour", Behaviour.REFUSE)
_OTHER_POOL = setting(lambda world: world.network.dhcp, "option_120", option_120("lync.fabrikam.com"))
_OTHER_WEB = setting(lambda world: world.network.dhcp, "option_43", option_43("lync.fabrikam.com"))


def _truncate(world: World) -> None:
    """Cut the last sub-option, as a router that keeps 180 hexadecimal digits does (H-06)."""
    dhcp = world.network.dhcp
    world.keep("option 43", dict(dhcp.option_43))
    dhcp.option_43 = {number: value[:20] if number == 5 else value for number, value in dhcp.option_43.items()}


def _whole(world: World) -> None:
    world.restore("option 43", lambda value: setattr(world.network.dhcp, "option_43", value))


_ALL_NAMES = (
    "dns.server-address",
    "dns.pool-address",
    "dns.sign-in-service",
    "dns.lyncdiscover-internal",
    "dns.simple-urls",
    "dns.web-services",
    "dns.sip-name",
    "dns.partner-servers",
    "host.reaches-dependencies",
)
_Dns = partial(Fault, area="DNS")
_Dhcp = partial(Fault, area="DHCP")
FAULTS = (
    _Dns(
        id="dns-server-stale", title="the server's A record has an old address", check="dns.server-address",
        status="FAIL", mending="Correct the A record of se01", breaks=_OWN_STALE[0], mends=_OWN_STALE[1],
    ),
    _Dns(
        id="dns-server-missing", title="the server has no A record", check="dns.server-address", status="FAIL",
        mending="Create the A record of se01", breaks=_OWN_MISSING[0], mends=_OWN_MISSING[1],
    ),
    _Dns(
        id="dns-server-extra", title="the server has a second A record of a machine that is gone",
        check="dns.server-address", status="FAIL", mending="Delete the second A record of se01", breaks=_OWN_EXTRA[0],
        mends=_OWN_EXTRA[1],
    ),
    _Dns(
        id="dns-partner-stale", title="the other server's A record has an old address", check="dns.partner-servers",
        status="FAIL", mending="Correct the A record of se02", breaks=_PARTNER_STALE[0], mends=_PARTNER_STALE[1],
        also=("host.reaches-dependencies",),
    ),
    _Dns(
        id="dns-srv-missing", title="the SRV record for sign-in is missing", check="dns.sign-in-service", status="FAIL",
        mending="Create the SRV record _sipinternaltls._tcp", breaks=_SRV_MISSING[0], mends=_SRV_MISSING[1],
    ),
    _Dns(
        id="dns-srv-port", title="the SRV record for sign-in has port 5060", check="dns.sign-in-service", status="FAIL",
        mending="Correct the port of the SRV record", breaks=_SRV_PORT[0], mends=_SRV_PORT[1],
    ),
    _Dns(
        id="dns-srv-domain", title="the SRV record for sign-in points into another domain", check="dns.sign-in-service",
        status="FAIL", mending="Correct the target of the SRV record", breaks=_SRV_DOMAIN[0], mends=_SRV_DOMAIN[1],
    ),
    _Dns(
        id="dns-lyncdiscover-missing", title="lyncdiscoverinternal has no record", check="dns.lyncdiscover-internal",
        status="FAIL", mending="Create the record lyncdiscoverinternal", breaks=_DISCOVER[0], mends=_DISCOVER[1],
    ),
    _Dns(
        id="dns-meet-missing", title="the host of the simple URL for meetings has no record", check="dns.simple-urls",
        status="FAIL", mending="Create the A record of meet", breaks=_MEET[0], mends=_MEET[1],
    ),
    _Dns(
        id="dns-dialin-stale", title="the host of the simple URL for dial-in has an old address",
        check="dns.simple-urls", status="FAIL", mending="Correct the A record of dialin", breaks=_DIALIN[0],
        mends=_DIALIN[1],
    ),
    _Dns(
        id="dns-sip-missing", title="sip.contoso.com has no record", check="dns.sip-name", status="FAIL",
        mending="Create the A record of sip", breaks=_SIP[0], mends=_SIP[1],
    ),
    _Dns(
        id="dns-silent", title="the DNS server says nothing", check="dns.server-address", status="UNKNOWN",
        mending="Restart the DNS server", breaks=_SILENT[0], mends=_SILENT[1], also=_ALL_NAMES[1:],
    ),
    _Dns(
        id="dns-servfail", title="the DNS server answers with SERVFAIL", check="dns.server-address", status="UNKNOWN",
        mending="Load the zone on the DNS server again", breaks=_FAILING[0], mends=_FAILING[1], also=_ALL_NAMES[1:],
    ),
    _Dns(
        id="dns-refused", title="the DNS server refuses to answer", check="dns.server-address", status="UNKNOWN",
        mending="Allow queries on the DNS server again", breaks=_REFUSING[0], mends=_REFUSING[1], also=_ALL_NAMES[1:],
    ),
    _Dhcp(
        id="dhcp-option-120-wrong", later=True, title="DHCP option 120 names a server of another company",
        check="dhcp.phone-option-120", status="FAIL", mending="Set option 120 with DHCPUtil", breaks=_OTHER_POOL[0],
        mends=_OTHER_POOL[1],
    ),
    _Dhcp(
        id="dhcp-option-43-wrong", later=True, title="DHCP option 43 names a web server of another company",
        check="dhcp.phone-option-43", status="FAIL", mending="Set option 43 with DHCPUtil", breaks=_OTHER_WEB[0],
        mends=_OTHER_WEB[1],
    ),
    _Dhcp(
        id="dhcp-option-43-truncated", later=True, title="DHCP option 43 is cut short", check="dhcp.phone-option-43", status="FAIL",
        mending="Set option 43 in full", breaks=_truncate, mends=_whole,
    ),
)  # fmt: skip
