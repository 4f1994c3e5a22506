"""Scripts below ``host``: who the machine is, who asks, what is left over, what runs."""

from __future__ import annotations

from datetime import timedelta

from app.facts.host import (
    CertificateStore,
    HostIdentity,
    Operator,
    PendingReboot,
    Residue,
    Services,
    WindowsService,
)
from app.lab.cmdlets.call import Call
from app.lab.world import roles, running

_ORDINARY_GROUPS = ("Everyone", "BUILTIN\\Users", "NT AUTHORITY\\NETWORK", "NT AUTHORITY\\Authenticated Users")
_DATA_FOLDER = "C:\\CsData"


def identity(call: Call) -> HostIdentity:
    """Answer host/identity.ps1."""
    host = call.host
    return HostIdentity(
        hostname=host.hostname,
        primary_dns_suffix=host.suffix,
        domain=host.domain,
        part_of_domain=host.part_of_domain,
        secure_channel=host.secure_channel if host.part_of_domain else None,
        adapters=tuple(host.adapters),
        hosts_file=tuple(host.hosts_file),
        os_caption=host.os_caption,
        os_build=host.os_build,
        installation_type=host.installation_type,
        powershell=host.powershell,
        clock=call.world.now + timedelta(seconds=host.skew),
        last_boot=host.last_boot,
    )


def operator(call: Call) -> Operator:
    """Answer host/operator.ps1."""
    netbios = call.world.directory.netbios
    groups = [f"{netbios}\\{one}" for one in sorted(call.groups)]
    local = ["BUILTIN\\Administrators"] if call.is_administrator else ["BUILTIN\\Remote Management Users"]
    return Operator(
        account=f"{netbios}\\{call.account.name}",
        elevated=call.is_administrator,
        groups=tuple(sorted([*_ORDINARY_GROUPS, *local, *groups])),
    )


def residue(call: Call) -> Residue:
    """Answer host/residue.ps1."""
    host = call.host
    product, left = host.product, host.leftovers
    folders = (roles.PROGRAM_FILES, roles.COMMON_FILES, roles.REPLICA_ROOT, _DATA_FOLDER)
    return Residue(
        registry_keys=tuple(([roles.REGISTRY_KEY] if product.core else []) + left.registry_keys),
        programs=running.residue_programs(host),
        sql_instances=tuple(host.sql),
        folders=tuple([one for one in folders if host.disks.exists(one)] + left.folders),
        shares=(roles.REPLICA_SHARE,) if host.disks.share(roles.REPLICA_SHARE) else (),
        local_groups=(*(roles.LOCAL_GROUPS if product.local_management else ()), *left.local_groups),
        web_sites=(*(roles.WEB_SITES if "WebServices" in product.components else ()), *left.web_sites),
    )


def pending_reboot(call: Call) -> PendingReboot:
    """Answer host/pending_reboot.ps1."""
    return PendingReboot(reasons=tuple(call.host.pending_reboot), noisy=tuple(call.host.noisy_reboot))


def certificates(call: Call) -> CertificateStore:
    """Answer host/certificates.ps1."""
    stores, now = call.host.stores, call.world.now
    return CertificateStore(
        personal=tuple(stores.described(one, now) for one in stores.personal),
        root_count=len(stores.root),
        root_not_self_signed=stores.misplaced_roots(),
    )


def services(call: Call) -> Services:
    """Answer host/services.ps1."""
    states = sorted(call.host.services.items(), key=lambda one: one[0].lower())
    return Services(
        services=tuple(
            WindowsService(name=name, status=state.status, start_mode=state.start_mode) for name, state in states
        )
    )
