"""Scripts below ``host`` that look at paths, shares and other machines."""

from __future__ import annotations

import hashlib

from app.facts.host import Paths, PathState, Reach, Reachability, SecondHop, Share, Shares
from app.lab.cmdlets.call import Call
from app.lab.ports import Behaviour, Refused
from app.lab.world import running


def shares(call: Call) -> Shares:
    """Answer host/shares.ps1."""
    disks = call.host.disks
    found = []
    for point in disks.shares:
        folder = disks.share_folder(point.name)
        folders = sorted(one.name for one in folder.iterdir() if one.is_dir())
        found.append(
            Share(
                name=point.name,
                path=point.path,
                share_grants=point.share_grants,
                folder_grants=point.folder_grants,
                folders=tuple(folders),
            )
        )
    return Shares(shares=tuple(found))


def paths(call: Call) -> Paths:
    """Answer host/paths.ps1."""
    hashed = call.flag("hashed")
    given = call.parameters.get("paths", ())
    wanted = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple) else []
    return Paths(paths=tuple(_state(call, str(one), hashed=hashed) for one in wanted))


def _state(call: Call, path: str, *, hashed: bool) -> PathState:
    try:
        if path.startswith("\\\\"):
            call.require_hop(path)
        real = call.world.real(call.host, path)
    except Refused as refused:
        if refused.error_id == "UnauthorizedAccess":
            raise
        return PathState(path=path, exists=False, is_folder=False, size=0, sha256="")
    is_file = real.is_file()
    return PathState(
        path=path,
        exists=real.exists(),
        is_folder=real.is_dir(),
        size=real.stat().st_size if is_file else 0,
        sha256=hashlib.sha256(real.read_bytes()).hexdigest() if is_file and hashed else "",
    )


def reachability(call: Call) -> Reachability:
    """Answer host/reachability.ps1: name resolution as this host does it, then whether something listens there."""
    given = call.parameters.get("targets", ())
    wanted = [given] if isinstance(given, str) else list(given) if isinstance(given, list | tuple) else []
    return Reachability(targets=tuple(_reach(call, str(one)) for one in wanted))


def _reach(call: Call, target: str) -> Reach:
    name, _, number = target.rpartition(":")
    error = _obstacle(call, name.lower(), int(number))
    return Reach(host=name, port=int(number), open=not error, error=error)


def _obstacle(call: Call, name: str, port: int) -> str:
    world = call.world
    address = _resolved(call, name)
    if not address:
        return "HostNotFound"
    other = world.host(address)
    if other is None:
        return "TimedOut"
    blocked = {(call.host.name, other.name, port), (call.host.name, other.name, 0)} & world.network.blocked
    if blocked or _silent(call, other.name, port):
        return "TimedOut"
    return "" if running.listens(other, port) else "ConnectionRefused"


def _silent(call: Call, name: str, port: int) -> bool:
    other = call.world.hosts[name]
    return other.is_controller and port in (389, 636, 3268) and call.world.directory.behaviour is Behaviour.REFUSE


def _resolved(call: Call, name: str) -> str:
    for entry in call.host.hosts_file:
        if name in [one.lower() for one in entry.names]:
            return entry.address
    if name.replace(".", "").isdigit():
        return name
    zones = call.world.network.zones
    found = zones.addresses(name) if zones.behaviour is Behaviour.NORMAL else ()
    return found[0] if found else ""


def second_hop(call: Call) -> SecondHop:
    """Answer host/second_hop.ps1."""
    path = call.text("path")
    identity = ""
    error = ""
    try:
        call.require_hop(path)
        if not call.world.real(call.host, path).is_dir():
            error = f"ItemNotFoundException: Cannot find path '{path}' because it does not exist."
        identity = f"{call.world.directory.netbios}\\{call.account.name}"
    except Refused as refused:
        name = "UnauthorizedAccessException" if refused.error_id == "UnauthorizedAccess" else "ItemNotFoundException"
        error = f"{name}: {refused}"
        if refused.error_id != "UnauthorizedAccess":
            identity = f"{call.world.directory.netbios}\\{call.account.name}"
    return SecondHop(path=path, reached=not error, identity=identity, error=error)
