"""How a cmdlet reaches the Central Management store: by the pointer in AD, with the caller's own identity, over SQL."""

from __future__ import annotations

from app.deployment.topology import Topology
from app.lab.cmdlets.call import Call
from app.lab.ports import Behaviour, Refused
from app.lab.world.machines import LocalStore
from app.lab.world.sql import SqlState


def central_store(call: Call) -> Topology:
    """Return the published topology.

    Raises:
        Refused: there is no pointer, or the store does not answer, or the caller's identity does not get there.
    """
    directory = call.world.directory
    if directory.behaviour is not Behaviour.NORMAL:
        raise Refused("Active Directory cannot be contacted: the LDAP server is unavailable.", "ActiveDirectoryError")
    if directory.pointer is None or not directory.pointer.back_end:
        raise Refused(
            "The Central Management Store location is not defined in Active Directory: "
            "run Set-CsConfigurationStoreLocation.",
            "ManagementStoreNotFound",
        )
    back_end = directory.pointer.back_end
    call.require_hop(back_end)
    database(call, back_end, "xds")
    return call.world.lync.store.topology


def database(call: Call, back_end: str, name: str) -> SqlState:
    """Return a usable instance that has a database.

    Raises:
        Refused: as SQL Server or the way to it refuses.
    """
    server, _, instance = back_end.partition("\\")
    host = call.world.host(server)
    state = host.sql_usable(instance) if host is not None else None
    if host is None or state is None or state.behaviour is not Behaviour.NORMAL or _blocked(call, host.name):
        raise Refused(
            f"Cannot connect to SQL Server instance {back_end}: A network-related or instance-specific error occurred "
            "while establishing a connection to SQL Server.",
            "SqlConnectionError",
        )
    if state.refuses_logins:
        raise Refused(
            f"Login failed for user '{call.world.directory.netbios}\\{call.account.name}'.", "SqlConnectionError"
        )
    if not state.online(name):
        raise Refused(f'Cannot open database "{name}" requested by the login. The login failed.', "SqlConnectionError")
    return state


def _blocked(call: Call, target: str) -> bool:
    return any((call.host.name, target, port) in call.world.network.blocked for port in (0, 1433))


def local_store(call: Call) -> LocalStore:
    """Return the local replica.

    Raises:
        Refused: there is none on this computer.
    """
    store = call.host.product.local_store
    if store is None or call.host.sql_usable("RTCLOCAL") is None:
        raise Refused(
            "Cannot open the local configuration store on this computer: instance RTCLOCAL or its database xds is not "
            "there.",
            "LocalStoreNotFound",
        )
    return store
