"""The rebuilt machine itself: name, domain, address, system, clock, residue, media."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from app.facts.host import HostsEntry
from app.lab.faults.fault import Fault, setting, target
from app.lab.world import installing, roles
from app.lab.world.building import MEDIA, adapter, put_media
from app.lab.world.files import SharePoint
from app.lab.world.machines import STOPPED
from app.lab.world.network import ReservedAddress
from app.lab.world.world import World

_NAME = setting(target, "hostname", "WIN-7Q2F4KD81")
_SUFFIX = setting(target, "suffix", "")
_DOMAIN = setting(target, "domain", "branch.contoso.com")
_CHANNEL = setting(target, "secure_channel", False)
_CORE = setting(target, "installation_type", "Server Core")
_CLOCK = setting(target, "skew", 420.0)


def _number(world: World) -> int:
    return int(target(world).address.rpartition(".")[2])


def _dynamic(world: World) -> None:
    host = target(world)
    host.adapters = [replace(one, dhcp_enabled=True) for one in host.adapters]


def _static(world: World) -> None:
    host = target(world)
    host.adapters = [replace(one, dhcp_enabled=False) for one in host.adapters]
    _unreserve(world)


def _unreserve(world: World) -> None:
    dhcp = world.network.dhcp
    dhcp.reservations = [one for one in dhcp.reservations if one.address != target(world).address]


def _reserved_for_old_hardware(world: World) -> None:
    old = adapter(world.network.prefix, _number(world), generation=1).mac
    host = target(world)
    world.network.dhcp.reservations.append(ReservedAddress(address=host.address, mac=old, name=host.name))
    _dynamic(world)


def _reserved(world: World) -> None:
    host = target(world)
    mac = host.adapters[0].mac
    world.network.dhcp.reservations.append(ReservedAddress(address=host.address, mac=mac, name=host.name))
    _dynamic(world)


def _newer_system(world: World) -> None:
    host = target(world)
    world.keep("system", (host.os_caption, host.os_build))
    host.os_caption, host.os_build = "Microsoft Windows Server 2016 Standard", "14393"


def _right_system(world: World) -> None:
    host = target(world)
    host.os_caption, host.os_build = world.kept.pop("system", (host.os_caption, host.os_build))


def _wrong_address(world: World) -> None:
    host = target(world)
    other = f"{world.network.prefix}.77"
    host.adapters = [replace(one, addresses=(other,)) for one in host.adapters]


def _right_address(world: World) -> None:
    host = target(world)
    host.adapters = [replace(one, addresses=(host.address,)) for one in host.adapters]


def _pending(world: World) -> None:
    target(world).pending_reboot.append(
        "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Component Based Servicing\\RebootPending"
    )


def _restarted(world: World) -> None:
    host = target(world)
    host.pending_reboot.clear()
    host.last_boot = world.now


def _firewall(world: World, status: str) -> None:
    target(world).services["MpsSvc"].status = status


def _bare(world: World) -> bool:
    """Residue is what lies on a machine before setup; afterwards the same things are the product itself."""
    product = target(world).product
    return not (product.core or product.local_management or product.components)


def _left_key(world: World) -> None:
    target(world).leftovers.registry_keys.append(roles.REGISTRY_KEY)


def _remove_key(world: World) -> None:
    target(world).leftovers.registry_keys.clear()


def _left_instance(world: World) -> None:
    installing.install_instance(target(world), "RTC")


def _remove_instance(world: World) -> None:
    host = target(world)
    if not host.product.components:
        host.sql.pop("RTC", None)
        host.services.pop("MSSQL$RTC", None)
        host.services.pop("SQLAgent$RTC", None)
        if not host.sql:
            host.services.pop("SQLBrowser", None)


def _left_share(world: World) -> None:
    path = f"{roles.REPLICA_ROOT}\\{roles.REPLICA_SHARE}"
    target(world).disks.add_share(SharePoint(name=roles.REPLICA_SHARE, path=path, share_grants=()))


def _remove_share(world: World) -> None:
    host = target(world)
    if not host.product.local_management:
        host.disks.remove_share(roles.REPLICA_SHARE)
        installing.remove_folder(host, roles.REPLICA_ROOT)


def _take_media(world: World) -> None:
    installing.remove_folder(target(world), MEDIA.partition("\\")[0] + "\\Setup")


def _give_media(world: World) -> None:
    put_media(target(world))


def _block_store(world: World) -> None:
    for name in world.hosts:
        if name != world.target and not world.hosts[name].is_controller:
            world.network.blocked |= {(world.target, name, port) for port in (0, 445, 1433)}


def _unblock(world: World) -> None:
    world.network.blocked = {one for one in world.network.blocked if one[0] != world.target}


def _hosts_entry(world: World) -> None:
    partner = next(host.name for host in world.lync_hosts() if host.name != world.target)
    target(world).hosts_file.append(HostsEntry(address=f"{world.network.prefix}.99", names=(partner,)))


def _no_hosts_entry(world: World) -> None:
    target(world).hosts_file.clear()


_Fault = partial(Fault, area="The rebuilt machine")
_Residue = partial(_Fault, possible=_bare)
FAULTS = (
    _Fault(
        id="target-renamed", title="the machine has the name that setup gave it", check="host.fqdn", status="FAIL",
        mending="Rename the machine to the name of the lost server and restart it", breaks=_NAME[0], mends=_NAME[1],
    ),
    _Fault(
        id="target-suffix-missing", title="the machine has no primary DNS suffix", check="host.fqdn", status="FAIL",
        mending="Set the primary DNS suffix and restart the machine", breaks=_SUFFIX[0], mends=_SUFFIX[1],
    ),
    _Fault(
        id="target-wrong-domain", title="the machine was joined to another domain", check="host.domain", status="FAIL",
        mending="Join the machine to the domain of the lost server", breaks=_DOMAIN[0], mends=_DOMAIN[1],
    ),
    _Fault(
        id="target-secure-channel", title="the trust between machine and domain is broken", check="host.domain",
        status="FAIL", mending="Repair the secure channel (Test-ComputerSecureChannel -Repair)", breaks=_CHANNEL[0],
        mends=_CHANNEL[1],
    ),
    _Fault(
        id="target-on-dhcp", title="the network adapter takes its address from DHCP", check="host.addressing",
        status="FAIL", mending="Give the machine its address statically", breaks=_dynamic, mends=_static,
        also=("dhcp.reservation",),
    ),
    _Fault(
        id="target-on-dhcp-reserved", title="the network adapter takes its address from a DHCP reservation",
        check="host.addressing", status="WARN", mending="Give the machine its address statically, without DHCP",
        breaks=_reserved, mends=_static, also=("dhcp.reservation",),
    ),
    _Fault(
        id="dhcp-reservation-old-mac", title="the DHCP reservation waits for the old network card",
        check="dhcp.reservation", status="FAIL", mending="Set the reservation to the new MAC address, or a static address",
        breaks=_reserved_for_old_hardware, mends=_static, also=("host.addressing",),
    ),
    _Fault(
        id="target-wrong-address", title="the machine has another address than its DNS record", check="dns.server-address",
        status="FAIL", mending="Give the machine the address of the lost server", breaks=_wrong_address,
        mends=_right_address, also=("dns.pool-address",),
    ),
    _Fault(
        id="target-unsupported-system", title="the machine runs Windows Server 2016", check="host.os", status="FAIL",
        mending="Install Windows Server 2012 R2", breaks=_newer_system, mends=_right_system,
    ),
    _Fault(
        id="target-server-core", title="the machine was installed as Server Core", check="host.os", status="FAIL",
        mending="Install Windows Server with the graphical shell", breaks=_CORE[0], mends=_CORE[1],
    ),
    _Fault(
        id="target-clock-skew", title="the clock is seven minutes ahead", check="host.clock", status="FAIL",
        mending="Set the clock right (w32tm /resync)", breaks=_CLOCK[0], mends=_CLOCK[1],
    ),
    _Residue(
        id="target-residue-registry", title="registry keys of an earlier installation are there", check="host.clean",
        status="FAIL", mending="Rebuild the machine from a clean image", breaks=_left_key, mends=_remove_key,
    ),
    _Residue(
        id="target-residue-instance", title="a SQL Server instance RTC of an earlier installation is there",
        check="host.clean", status="FAIL", mending="Uninstall the SQL Server instance RTC", breaks=_left_instance,
        mends=_remove_instance,
    ),
    _Residue(
        id="target-residue-share", title="the share xds-replica of an earlier installation is there",
        check="host.clean", status="FAIL", mending="Remove the share xds-replica and its folder", breaks=_left_share,
        mends=_remove_share,
    ),
    _Fault(
        id="target-pending-reboot", title="the machine waits for a restart", check="host.no-pending-reboot",
        status="FAIL", mending="Restart the machine", breaks=_pending, mends=_restarted,
    ),
    _Fault(
        id="target-firewall-stopped", title="the Windows Firewall service is stopped", check="host.firewall-service",
        status="FAIL", mending="Start the Windows Firewall service (MpsSvc)", breaks=partial(_firewall, status=STOPPED),
        mends=partial(_firewall, status="Running"),
    ),
    _Fault(
        id="target-media-missing", title="the installation media is not in drive D", check="host.media", status="FAIL",
        mending="Insert the installation media", breaks=_take_media, mends=_give_media,
    ),
    _Fault(
        id="target-cut-off", title="a firewall keeps the machine away from the other servers",
        check="host.reaches-dependencies", status="FAIL", mending="Open the firewall between the machine and the servers",
        breaks=_block_store, mends=_unblock,
    ),
    _Fault(
        id="target-hosts-file", title="the HOSTS file has an old address of the other server",
        check="host.reaches-dependencies", status="FAIL", mending="Remove the entry from the HOSTS file", breaks=_hosts_entry,
        mends=_no_hosts_entry, also=("dns.partner-servers",),
    ),
)  # fmt: skip
