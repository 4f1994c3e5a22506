"""Windows services: the product's cmdlets, which act on one computer (S-03), and the plain ones."""

from __future__ import annotations

import fnmatch

from app.lab.cmdlets.call import Call, Cmdlet, lync
from app.lab.ports import Refused
from app.lab.world import running
from app.lab.world.machines import Host


def _machine(call: Call) -> Host:
    name = call.text("ComputerName")
    if not name:
        return call.host
    host = call.world.host(name)
    if host is None:
        raise Refused(f"Cannot open Service Control Manager on computer '{name}'.", "ServiceNotFound")
    if host is not call.host:
        call.require_hop(host.name)
        if call.account.name not in host.administrators:
            raise Refused(
                f"Cannot open Service Control Manager on computer '{name}': access is denied.", "AccessDenied"
            )
    return host


def _chosen(call: Call, host: Host) -> tuple[str, ...]:
    present = running.product_services(host)
    wanted = [one.upper() for one in call.texts("Name")]
    for name in wanted:
        if name not in present:
            raise Refused(f"Cannot find service '{name}' on computer '{host.fqdn}'.", "ServiceNotFound")
    return tuple(name for name in present if not wanted or name in wanted)


def _get(call: Call) -> None:
    host = _machine(call)
    for name in _chosen(call, host):
        call.say(Status=host.services[name].status, Name=name, ActivityLevel="")


def _start(call: Call) -> None:
    host = _machine(call)
    chosen = _chosen(call, host)
    # Prerequisites are started along: Windows Fabric before the Front-End service.
    order = sorted(chosen, key=lambda name: name not in ("REPLICA", "MASTER", "FTA", "FABRICHOSTSVC"))
    if "RTCSRV" in chosen and "FABRICHOSTSVC" not in chosen and "FABRICHOSTSVC" in host.services:
        order.insert(0, "FABRICHOSTSVC")
    for name in order:
        why = running.start(call.world, host, name)
        if why:
            call.warn(f"Service {name} on computer {host.fqdn} did not start: {why}.")


def _stop(call: Call) -> None:
    host = _machine(call)
    for name in reversed(_chosen(call, host)):
        if name == "W3SVC" and call.flag("LeaveWebServerRunning"):
            continue
        if name == "RTCCLSAGT" and call.flag("LeaveClsAgentRunning"):
            continue
        running.stop(call.world, host, name)


def _plain(call: Call, host: Host) -> tuple[str, ...]:
    found: list[str] = []
    for pattern in call.texts("Name") or ("*",):
        matching = [name for name in host.services if fnmatch.fnmatch(name.lower(), pattern.lower())]
        if not matching and "*" not in pattern:
            raise Refused(f"Cannot find any service with service name '{pattern}'.", "NoServiceFoundForGivenName")
        found += matching
    return tuple(sorted(dict.fromkeys(found), key=str.lower))


def _get_service(call: Call) -> None:
    host = _machine(call)
    for name in _plain(call, host):
        call.say(Status=host.services[name].status, Name=name, DisplayName=name)


def _start_service(call: Call) -> None:
    for name in _plain(call, call.host):
        why = running.start(call.world, call.host, name)
        if why:
            raise Refused(f"Failed to start service '{name}': {why}.", "StartServiceFailed")


def _stop_service(call: Call) -> None:
    for name in _plain(call, call.host):
        running.stop(call.world, call.host, name)


CMDLETS = (
    lync("Get-CsWindowsService", _get, "ComputerName", "Name", "ExcludeActivityLevel", "Report"),
    lync(
        "Start-CsWindowsService", _start, "ComputerName", "Name", "NoWait", "Force", "InputObject", "Report",
        changes=True, administrator=True,
    ),
    lync(
        "Stop-CsWindowsService", _stop, "ComputerName", "Name", "NoWait", "Force", "Graceful", "InputObject", "Report",
        "LeaveClsAgentRunning", "LeaveWebServerRunning", changes=True, administrator=True,
    ),
    Cmdlet(name="Get-Service", run=_get_service, parameters=("Name", "ComputerName", "DisplayName", "Include", "Exclude")),
    Cmdlet(
        name="Start-Service", run=_start_service, parameters=("Name", "PassThru"), mandatory=(("Name",),),
        changes=True, administrator=True,
    ),
    Cmdlet(
        name="Stop-Service", run=_stop_service, parameters=("Name", "Force", "NoWait", "PassThru"),
        mandatory=(("Name",),), changes=True, administrator=True,
    ),
)  # fmt: skip
