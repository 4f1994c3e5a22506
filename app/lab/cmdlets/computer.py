"""Activation of one computer, and what it says of itself (local only: W-03)."""

from __future__ import annotations

from app.lab.cmdlets import stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world import installing, roles
from app.lab.world.directory import COMPUTER_GROUPS


def _enable(call: Call) -> None:
    host, world = call.host, call.world
    topology = stores.local_store(call).topology
    pool = topology.pool_of(host.fqdn)
    if pool is None:
        call.warn(f"No roles of the topology are defined for computer {host.fqdn}: nothing was activated.")
        return
    if not host.running("MpsSvc"):
        raise Refused(
            "Windows Firewall service (MpsSvc) is not running: firewall exceptions cannot be created.", "Firewall"
        )
    missing = sorted(set(pool.roles) - host.product.components - {"FileStore"})
    if missing:
        raise Refused(f"Roles are not installed on this computer: {', '.join(missing)}.", "RolesNotInstalled")
    account = world.directory.computers_of(host.fqdn)
    if not account or not set(COMPUTER_GROUPS) <= set(account[0].groups):
        call.warn(f"The computer account of {host.fqdn} was not found in the groups of Lync Server.")
    installing.activate(host, topology, pool)


def errors_of(call: Call) -> list[str]:
    """Return what Test-CsComputer finds wrong: activation, services, firewall, groups."""
    host = call.host
    found = []
    if not host.product.activated:
        found.append(f"Computer {host.fqdn} is not activated.")
    if not host.running("MpsSvc"):
        found.append("Service MpsSvc is not running; firewall exceptions are missing.")
    accounts = call.world.directory.computers_of(host.fqdn)
    for group in COMPUTER_GROUPS:
        if not any(group in one.groups for one in accounts):
            found.append(f"Computer account is not a member of {group}.")
    return found


def _test(call: Call) -> None:
    for error in errors_of(call):
        call.fail(error)


def _version(call: Call) -> None:
    call.say(Version=f"Microsoft Lync Server 2013 ({roles.BUILD}): Volume license key installed.")


CMDLETS = (
    lync(
        "Enable-CsComputer", _enable, "Force", "GlobalCatalog", "GlobalSettingsDomainController", "Report",
        changes=True, administrator=True,
    ),
    lync("Test-CsComputer", _test, "Report", administrator=True),
    lync("Get-CsServerVersion", _version),
)  # fmt: skip
