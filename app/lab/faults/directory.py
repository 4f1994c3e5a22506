"""Active Directory: the computer account, the pointer to the store, schema and groups."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from app.lab.faults.fault import Fault, setting
from app.lab.ports import Behaviour
from app.lab.world.directory import Computer, Directory, Pointer
from app.lab.world.world import World

_SCHEMA = setting(lambda world: world.directory, "schema_upper", 1100)
_NO_POINTER = setting(lambda world: world.directory, "pointer", None)
_WRONG_POINTER = setting(lambda world: world.directory, "pointer", Pointer(back_end="se01.contoso.com\\rtc"))
_SILENT = setting(lambda world: world.directory, "behaviour", Behaviour.SILENT)
_REFUSING = setting(lambda world: world.directory, "behaviour", Behaviour.REFUSE)
_KEPT = "computers"
_GROUP = "RTCUniversalServerAdmins"


def _keep(world: World) -> Directory:
    world.keep(_KEPT, [replace(one) for one in world.directory.computers])
    return world.directory


def _give_back(world: World) -> None:
    world.restore(_KEPT, lambda value: setattr(world.directory, "computers", value))


def _own(world: World) -> Computer:
    return world.directory.computers_of(world.target)[0]


def _there(world: World) -> bool:
    return bool(world.directory.computers_of(world.target))


def _delete(world: World) -> None:
    directory = _keep(world)
    directory.computers = [one for one in directory.computers if one.fqdn != world.target]


def _disable(world: World) -> None:
    _keep(world)
    _own(world).enabled = False


def _duplicate(world: World) -> None:
    directory = _keep(world)
    twin = replace(_own(world), name=f"{_own(world).name}-OLD", rid=1900, created=world.now - timedelta(days=2))
    directory.computers.append(twin)


def _recreate(world: World) -> None:
    _keep(world)
    own = _own(world)
    own.rid, own.created, own.groups = 1901, world.now - timedelta(hours=3), ("Domain Computers",)


def _remove_group(world: World) -> None:
    world.directory.groups.remove("RTCComponentUniversalServices")


def _add_group(world: World) -> None:
    if "RTCComponentUniversalServices" not in world.directory.groups:
        index = world.directory.groups.index("RTCHSUniversalServices") + 1
        world.directory.groups.insert(index, "RTCComponentUniversalServices")


_Fault = partial(Fault, area="Active Directory")
_Account = partial(_Fault, mends=_give_back, possible=_there)
FAULTS = (
    _Account(
        id="account-missing", title="the computer account was deleted", check="directory.computer-account",
        status="FAIL", mending="Restore the computer account from the AD recycle bin", breaks=_delete,
    ),
    _Account(
        id="account-disabled", title="the computer account is disabled", check="directory.computer-account",
        status="FAIL", mending="Enable the computer account", breaks=_disable,
    ),
    _Account(
        id="account-duplicate", title="two computer accounts have the server's name", check="directory.computer-account",
        status="FAIL", mending="Delete the second computer account", breaks=_duplicate,
    ),
    _Account(
        id="account-recreated", title="the computer account was deleted and made anew: another SID, no groups",
        check="directory.computer-account", status="FAIL",
        mending="Restore the old computer account with its SID and groups", breaks=_recreate,
    ),
    _Fault(
        id="schema-old", title="a domain controller still has the Lync 2010 schema", check="directory.schema",
        status="FAIL", mending="Wait for schema replication", breaks=_SCHEMA[0], mends=_SCHEMA[1],
    ),
    _Fault(
        id="group-missing", title="a group of Lync Server was deleted", check="directory.groups", status="FAIL",
        mending="Restore the group RTCComponentUniversalServices", breaks=_remove_group, mends=_add_group,
    ),
    _Fault(
        id="pointer-missing", title="Active Directory does not say where the Central Management store is",
        check="cms.pointer", status="FAIL", mending="Set the pointer (Set-CsConfigurationStoreLocation)",
        breaks=_NO_POINTER[0], mends=_NO_POINTER[1], also=("cms.master-alive", "cms.lists-target"),
    ),
    _Fault(
        id="pointer-wrong", title="Active Directory points to a Central Management store that is gone",
        check="cms.pointer", status="FAIL", mending="Set the pointer (Set-CsConfigurationStoreLocation)",
        breaks=_WRONG_POINTER[0], mends=_WRONG_POINTER[1], also=("cms.master-alive", "cms.lists-target"),
    ),
    _Fault(
        id="directory-silent", title="the domain controller accepts LDAP and says nothing", check="cms.pointer",
        status="UNKNOWN", mending="Restart Active Directory on the domain controller", breaks=_SILENT[0],
        mends=_SILENT[1], also=("directory.computer-account", "directory.schema", "directory.groups", "host.clock"),
    ),
    _Fault(
        id="directory-down", title="the domain controller refuses LDAP", check="directory.computer-account",
        status="UNKNOWN", mending="Start Active Directory on the domain controller", breaks=_REFUSING[0],
        mends=_REFUSING[1], also=("cms.pointer", "directory.schema", "directory.groups", "host.clock", "host.reaches-dependencies"),
    ),
)  # fmt: skip
