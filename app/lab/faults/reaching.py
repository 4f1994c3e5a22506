"""Who works on the machine, and how it is reached."""

from __future__ import annotations

from functools import partial

from app.lab.faults.fault import Fault, setting, survivor, target
from app.lab.ports import Behaviour
from app.lab.world.world import OPERATOR, World

_SILENT = setting(target, "winrm", Behaviour.SILENT)
_DRIPPING = setting(target, "winrm", Behaviour.DRIP)
_REFUSING = setting(target, "winrm", Behaviour.REFUSE)
_BROKEN = setting(target, "winrm", Behaviour.BROKEN)
_PASSWORD = setting(target, "rejects_password", True)
_NO_HOP = setting(target, "delegation", False)
_SURVIVOR_DOWN = setting(survivor, "winrm", Behaviour.REFUSE)
_GROUP = "RTCUniversalServerAdmins"


def _leave_group(world: World) -> None:
    world.directory.accounts[OPERATOR].groups.discard(_GROUP)


def _join_group(world: World) -> None:
    world.directory.accounts[OPERATOR].groups.add(_GROUP)


def _plain_user(world: World) -> None:
    target(world).administrators.discard(OPERATOR)
    target(world).remote_users.add(OPERATOR)


def _stranger(world: World) -> None:
    target(world).administrators.discard(OPERATOR)


def _administrator(world: World) -> None:
    target(world).remote_users.discard(OPERATOR)
    target(world).administrators.add(OPERATOR)


_TARGET_FACTS = (
    "host.domain",
    "host.addressing",
    "host.os",
    "host.clock",
    "host.clean",
    "host.no-pending-reboot",
    "host.firewall-service",
    "host.reaches-dependencies",
    "host.media",
    "certificates.candidate",
    "certificates.root-store",
    "dhcp.reservation",
    "dns.server-address",
    "operator.groups",
    "operator.local-admin",
    "operator.second-hop",
)
_Reach = partial(Fault, area="Reaching the hosts", check="host.fqdn", status="UNKNOWN", also=_TARGET_FACTS)
_Operator = partial(Fault, area="The operator", status="FAIL")
FAULTS = (
    _Operator(
        id="operator-not-in-group", title="the operator is not in RTCUniversalServerAdmins", check="operator.groups",
        mending="Add the operator to RTCUniversalServerAdmins and log on again", breaks=_leave_group, mends=_join_group,
        also=("cms.master-alive", "cms.lists-target", "backup.same-deployment"),
    ),
    _Operator(
        id="operator-not-local-admin", title="the operator is no local administrator of the machine",
        check="operator.local-admin", mending="Add the operator to the local Administrators", breaks=_plain_user,
        mends=_administrator,
    ),
    _Operator(
        id="operator-no-second-hop", title="the operator's identity does not go on to a second machine",
        check="operator.second-hop", mending="Allow delegation (CredSSP, or constrained delegation)", breaks=_NO_HOP[0],
        mends=_NO_HOP[1],
    ),
    _Reach(
        id="winrm-silent", title="the machine accepts WinRM and says nothing",
        mending="Restart Windows Remote Management on the machine", breaks=_SILENT[0], mends=_SILENT[1],
    ),
    _Reach(
        id="winrm-drip", title="the machine answers one byte a second",
        mending="Repair the network of the machine", breaks=_DRIPPING[0], mends=_DRIPPING[1],
    ),
    _Reach(
        id="winrm-refused", title="the machine refuses WinRM connections",
        mending="Start Windows Remote Management on the machine", breaks=_REFUSING[0], mends=_REFUSING[1],
    ),
    _Reach(
        id="winrm-broken", title="Windows Remote Management of the machine fails",
        mending="Repair Windows Remote Management (winrm quickconfig)", breaks=_BROKEN[0], mends=_BROKEN[1],
    ),
    _Reach(
        id="winrm-wrong-password", title="the machine does not take the operator's password",
        mending="Let the machine reach a domain controller again", breaks=_PASSWORD[0], mends=_PASSWORD[1],
    ),
    _Reach(
        id="winrm-not-allowed", title="the operator may not open a session on the machine",
        mending="Add the operator to the local Administrators", breaks=_stranger, mends=_administrator,
    ),
    Fault(
        id="management-host-refused", title="the surviving server refuses WinRM connections",
        area="Reaching the hosts", check="cms.master-alive", status="UNKNOWN",
        mending="Start Windows Remote Management on the surviving server", breaks=_SURVIVOR_DOWN[0],
        mends=_SURVIVOR_DOWN[1], also=("cms.lists-target", "backup.same-deployment"),
    ),
)  # fmt: skip
