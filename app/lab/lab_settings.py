"""The settings that point the real program at a lab: addresses, ports, trust and credentials, nothing else differs."""

from __future__ import annotations

import sys
from pathlib import Path

from app.lab import addresses
from app.lab.addresses import Endpoints
from app.lab.backing_up import SHARE, file_server
from app.lab.world.building import CONTROLLER
from app.lab.world.world import OPERATOR, SQL_LOGIN, World
from app.settings import (
    Auth,
    CredentialSettings,
    DhcpSettings,
    DirectorySettings,
    HostSettings,
    RestoreSettings,
    Settings,
    SqlSettings,
    UncMount,
)


def lab_settings(
    world: World, endpoints: Endpoints, *, control: str, ca_file: Path, backup: Path, failure: str
) -> Settings:
    """Return the settings of a lab's console."""
    controller = f"{CONTROLLER}.{world.directory.domain}"
    return Settings(
        backup=backup,
        failure=failure,
        target=world.target if failure else "",
        credentials=CredentialSettings(
            username=f"{world.directory.netbios}\\{OPERATOR}",
            auth=Auth.NTLM,
            password_command=_password_command(control, "operator"),
        ),
        ca_file=ca_file,
        resolvers=(f"{endpoints.controller}:{addresses.DNS_PORT}",),
        hosts={
            host.name: HostSettings(address=host.address, winrm_port=addresses.WINRM_PORT)
            for host in world.hosts.values()
        },
        forwards=_forwards(world, controller, endpoints),
        sql=_instances(world, control),
        directory=DirectorySettings(url=f"ldaps://{controller}"),
        dhcp=DhcpSettings(
            servers=(controller,),
            inform=f"{endpoints.controller}:{addresses.DHCP_PORT}",
            client_port=addresses.DHCP_CLIENT_PORT,
        ),
        mounts=_mounts(world),
        restore=RestoreSettings(backup_unc=world.backup_unc),
    )


def _password_command(control: str, name: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "app.lab.credential", control, name)


def _forwards(world: World, controller: str, endpoints: Endpoints) -> dict[str, str]:
    forwards = {f"{controller}:636": f"{endpoints.controller}:{addresses.LDAPS_PORT}"}
    for host in world.lync_hosts():
        for port, bound in addresses.TLS_PORTS.items():
            if port != bound:
                forwards[f"{host.name}:{port}"] = f"{host.address}:{bound}"
    return forwards


def _instances(world: World, control: str) -> dict[str, SqlSettings]:
    return {
        f"{host.name}\\{name.lower()}": SqlSettings(
            address=host.address,
            port=port,
            username=SQL_LOGIN,
            password_command=_password_command(control, "sql"),
        )
        for host in world.lync_hosts()
        for name, port in addresses.SQL_PORTS.items()
    }


def _mounts(world: World) -> tuple[UncMount, ...]:
    server = file_server(world)
    found = [UncMount(unc=f"\\\\{server.name}\\{SHARE}", path=server.disks.share_folder(SHARE))]
    for path in world.topology.file_store_paths():
        name, _, share = path.strip("\\").partition("\\")
        host = world.hosts.get(name)
        if host is not None:
            found.append(UncMount(unc=path, path=host.disks.share_folder(share)))
    return tuple(found)
