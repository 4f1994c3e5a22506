"""Which script is answered by which function, and how an answer becomes the JSON that the script would print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import msgspec

from app.lab.cmdlets.call import Call
from app.lab.cmdlets.registry import account_of
from app.lab.fragments import dhcp_view, invoking, machine, management_shell, places
from app.lab.ports import Refused
from app.lab.world.machines import Host
from app.lab.world.world import World
from app.remote.scripts import script_text

ANSWERS: Mapping[str, Callable[[Call], object]] = {
    "command/invoke.ps1": invoking.invoke,
    "dhcp_server/view.ps1": dhcp_view.view,
    "host/certificates.ps1": machine.certificates,
    "host/identity.ps1": machine.identity,
    "host/operator.ps1": machine.operator,
    "host/paths.ps1": places.paths,
    "host/pending_reboot.ps1": machine.pending_reboot,
    "host/reachability.ps1": places.reachability,
    "host/residue.ps1": machine.residue,
    "host/second_hop.ps1": places.second_hop,
    "host/services.ps1": machine.services,
    "host/shares.ps1": places.shares,
    "lync/assigned_certificates.ps1": management_shell.assigned_certificates,
    "lync/computer_test.ps1": management_shell.computer_test,
    "lync/databases.ps1": management_shell.databases,
    "lync/replication.ps1": management_shell.replication,
    "lync/response_groups.ps1": management_shell.response_groups,
    "lync/services.ps1": management_shell.services,
    "lync/store_location.ps1": management_shell.store_location,
    "lync/topology.ps1": management_shell.topology,
    "lync/user_data.ps1": management_shell.user_data,
}
"""By path below ``app/facts/scripts``."""


def answer(world: World, host: Host, account: str, script: str, text: str, arguments: Mapping[str, object]) -> object:
    """Return what a script of the product prints on a host, as JSON-able data.

    Raises:
        Refused: the script fails here, or it is not the product's own.
    """
    function = ANSWERS.get(script)
    if function is None or text.replace("\r\n", "\n") != _own(script):
        raise Refused(f"the lab does not know this script: {script}")
    with world.locked():
        given = {name.lower(): value for name, value in arguments.items()}
        call = Call(world=world, host=host, account=account_of(world, account), name=script, parameters=given)
        return msgspec.to_builtins(function(call))


@lru_cache(maxsize=64)
def _own(script: str) -> str | None:
    try:
        return script_text(script)
    except FileNotFoundError:
        return None
