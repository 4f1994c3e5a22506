"""Response Group configuration (procedures 11; W-04), and the location database."""

from __future__ import annotations

import re
from dataclasses import replace

from app.lab.cmdlets import archives, stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused
from app.lab.world.lync import PoolData, ResponseGroupState

_SERVICE = re.compile(r"^(?:service:)?ApplicationServer:(?P<pool>[^/]+)$", re.IGNORECASE)


def _application_service(call: Call, parameter: str) -> PoolData:
    matched = _SERVICE.match(call.text(parameter))
    pool = matched["pool"].lower() if matched else ""
    topology = stores.central_store(call)
    found = next((one for one in topology.pools() if one.fqdn == pool and "ApplicationServer" in one.roles), None)
    if found is None:
        raise Refused(f"Service {call.text(parameter)} was not found in the topology.", "ServiceNotFound")
    hosts = [call.world.hosts[one.fqdn.lower()] for one in found.machines]
    if not any(host.running("RTCRGS") for host in hosts):
        raise Refused(f"The Response Group service of {pool} is not running.", "ServiceNotRunning")
    call.require_hop(pool)
    stores.database(call, f"{pool}\\rtc", "rgsconfig")
    return call.world.data_of(pool)


def _pool(call: Call, parameter: str) -> str:
    return call.text(parameter).rpartition(":")[2].lower()


def _export(call: Call) -> None:
    data = _application_service(call, "Source")
    archives.write(call, call.text("FileName"), archives.response_groups(_pool(call, "Source"), data.response_groups))
    if call.flag("RemoveExportedConfiguration"):
        data.response_groups = ResponseGroupState()


def _import(call: Call) -> None:
    data = _application_service(call, "Destination")
    imported = archives.read_response_groups(call, call.text("FileName"))
    contacts = call.world.directory.application_contacts
    pool = _pool(call, "Destination")
    present = set(data.response_groups.workflows)
    known = [one for one in imported.workflows if one in contacts and one not in present]
    if known and not call.flag("OverwriteOwner"):
        raise Refused(
            f"The contact object of workflow {known[0]} already exists in Active Directory and belongs to "
            f"{contacts[known[0]]}: use -OverwriteOwner.",
            "ContactObjectExists",
        )
    clash = present & set(imported.workflows)
    if clash and not (call.flag("ReplaceExistingRgsSettings") or call.flag("OverwriteOwner")):
        raise Refused(f"A workflow named {min(clash)} exists already in {pool}.", "NameConflict")
    data.response_groups = replace(
        imported,
        workflows=tuple(dict.fromkeys((*imported.workflows, *sorted(present - set(imported.workflows))))),
    )
    contacts.update(dict.fromkeys(imported.workflows, pool))


def _listed(call: Call, names: tuple[str, ...]) -> None:
    for name in names:
        if not call.given("Name") or name == call.text("Name"):
            call.say(Identity=f"{call.text('Identity')}/{name}", Name=name)


def _workflows(call: Call) -> None:
    _listed(call, _read(call).workflows)


def _queues(call: Call) -> None:
    _listed(call, _read(call).queues)


def _agent_groups(call: Call) -> None:
    _listed(call, _read(call).agent_groups)


def _read(call: Call) -> ResponseGroupState:
    return _application_service(call, "Identity").response_groups


def _export_locations(call: Call) -> None:
    stores.central_store(call)
    archives.write(call, call.text("FileName"), archives.locations(call.world.lync.store.locations))


_LISTING = ("Identity", "Name", "Owner", "ShowAll")
CMDLETS = (
    lync(
        "Export-CsRgsConfiguration", _export, "Source", "FileName", "Owner", "RemoveExportedConfiguration", "Force",
        mandatory=(("Source",), ("FileName",)), changes=True,
    ),
    lync(
        "Import-CsRgsConfiguration", _import, "Destination", "FileName", "OverwriteOwner", "ReplaceExistingRgsSettings",
        "ResolveNameConflicts", "Force", mandatory=(("Destination",), ("FileName",)), changes=True,
    ),
    lync("Get-CsRgsWorkflow", _workflows, *_LISTING),
    lync("Get-CsRgsQueue", _queues, *_LISTING),
    lync("Get-CsRgsAgentGroup", _agent_groups, *_LISTING),
    lync("Export-CsLisConfiguration", _export_locations, "FileName", mandatory=(("FileName",),), changes=True),
)  # fmt: skip
