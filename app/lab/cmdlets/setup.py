"""Setup programs of the product: msiexec with OcsCore.msi, and the bootstrapper (preconditions 9, W-01)."""

from __future__ import annotations

from app.lab.cmdlets.call import SERVER_ADMINS, Call
from app.lab.world import installing, roles

RESTART_PENDING = 3010
_FATAL = 1603


def msiexec(call: Call) -> None:
    """Install a package; only OcsCore.msi has an effect."""
    words = [word.lower() for word in call.arguments]
    package = next((call.arguments[words.index(word) + 1] for word in ("/i", "/package") if word in words), "")
    if not package or not call.host.disks.exists(package):
        _end(call, 1619, f"This installation package could not be opened: {package}.")
    elif not call.is_administrator:
        _end(call, 1925, "You do not have sufficient privileges to complete this installation for all users.")
    elif package.lower().endswith("\\ocscore.msi"):
        installing.install_core(call.host)
        _end(call, 0, "Installation completed successfully.")
    else:
        _end(call, _FATAL, f"The lab does not know the package {package}.")


def bootstrapper(call: Call) -> None:
    """Run Bootstrapper.exe: with /BootstrapLocalMgmt the local store, without a switch the roles of this machine."""
    switches = [word for word in call.arguments if word.startswith("/")]
    source = next((word.partition(":")[2] for word in switches if word.lower().startswith("/sourcedirectory:")), "")
    known = ("/sourcedirectory:", "/bootstraplocalmgmt", "/setup")
    strange = [word for word in switches if not word.lower().startswith(known)]
    if strange:
        _end(call, 1, f"The command line option {strange[0]} is not known.")
        return
    why = _held_back(call, source)
    if why:
        _end(call, 1, why)
    elif "/bootstraplocalmgmt" in [word.lower() for word in switches]:
        installing.install_local_management(call.world, call.host)
        _end(call, 0, "Installed SQL Server Express instance RTCLOCAL.", "Installed the Replica Replicator Agent.")
    else:
        _components(call)


def _held_back(call: Call, source: str) -> str:
    host = call.host
    if not call.is_administrator:
        return "Bootstrapper has to be run by a local administrator."
    if SERVER_ADMINS not in call.groups:
        return f"The user is not a member of {SERVER_ADMINS}."
    if host.pending_reboot:
        return "Prerequisite not satisfied: the computer has to be restarted before setup can go on."
    if source and not host.disks.exists(f"{source}\\SQLEXPR_x64.exe"):
        return f"Cannot find the installation source {source}\\SQLEXPR_x64.exe."
    if not source and not host.product.local_management:
        return "Cannot find the installation source; use /SourceDirectory."
    return ""


def _components(call: Call) -> None:
    host, world = call.host, call.world
    store = host.product.local_store
    if store is None or host.sql_usable("RTCLOCAL") is None:
        _end(call, 1, "The local configuration store is not there: run step 1 of the Deployment Wizard first.")
        return
    pool = store.topology.pool_of(host.fqdn)
    if pool is None:
        # The classic one: a missing primary DNS suffix, and setup believes that it has nothing to do.
        _end(call, 0, f"No roles are defined in the topology for computer {host.fqdn}.", "Nothing to install.")
        return
    for path in store.topology.file_stores_used_by(pool):
        server, _, share = path.strip("\\").partition("\\")
        owner = world.host(server)
        if owner is None or owner.disks.share(share) is None:
            _end(call, 1, f"The file store {path} cannot be reached.")
            return
    installing.install_components(world, host, store.topology, pool)
    _end(call, 0, *(f"Installed {name}." for name in roles.programs(host.product.components)))


def _end(call: Call, code: int, *lines: str) -> None:
    call.outcome.exit_code = code
    call.outcome.output += lines
