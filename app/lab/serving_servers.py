"""Every server of a lab, opened and closed together."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeVar

from app.lab import addresses
from app.lab.addresses import Endpoints
from app.lab.authority import KeyKind
from app.lab.dhcp_server import DhcpServer
from app.lab.directory_server import DirectoryServer
from app.lab.dns_server import DnsServer
from app.lab.hosting import SimulatedHost
from app.lab.ports import Behaviour, Certificate, Server
from app.lab.shell import HostShell
from app.lab.sql_server import SqlServer
from app.lab.tls_server import TlsServer
from app.lab.winrm_server import WinRmServer
from app.lab.world.directory_view import DirectoryView
from app.lab.world.machines import Host
from app.lab.world.network_views import DhcpView, NameView, TlsView
from app.lab.world.sql_view import SqlView
from app.lab.world.world import World

_SETTLING_SECONDS = 1.0
"""How long a listener may take to follow the world."""
_LOOK = 0.01
S = TypeVar("S", bound=Server)


class Servers:
    """The servers of one world."""

    def __init__(self, world: World, endpoints: Endpoints) -> None:
        """Take the world and where its hosts listen; nothing is bound yet."""
        self.world = world
        self.endpoints = endpoints
        self._open = ExitStack()
        self._settling: list[Callable[[], object]] = []
        self._closed = threading.Event()
        self._winrm: dict[str, WinRmServer] = {}

    def open(self) -> None:
        """Bind everything.

        Raises:
            OSError: a port is taken; what was bound is released by ``close``.
        """
        for host in self.world.hosts.values():
            material = self.world.authority.issue(host.name, (host.name, host.address), key=KeyKind.EC)
            self._winrm[host.name] = self._add(
                WinRmServer(_shell(self.world, host), host.address, addresses.WINRM_PORT, material)
            )
            if host.is_controller:
                self._controller(material)
        for host in self.world.lync_hosts():
            self._lync_host(host.name)

    def _controller(self, material: Certificate) -> None:
        address = self.endpoints.controller
        directory = DirectoryView(self.world)
        self._add(DnsServer(NameView(self.world), address, addresses.DNS_PORT))
        self._add(DirectoryServer(directory, address, addresses.LDAPS_PORT, material))
        self._add(DirectoryServer(directory, address, addresses.LDAP_PORT, None))
        self._add(DhcpServer(DhcpView(self.world), address, addresses.DHCP_PORT))

    def _lync_host(self, name: str) -> None:
        host = self.world.hosts[name]
        material = self.world.authority.issue(name, (name, host.address), key=KeyKind.EC)
        for instance, port in addresses.SQL_PORTS.items():
            view = SqlView(self.world, host, instance)
            self._add(SqlServer(view, host.address, port, material, clock=self.world.clock))
        for port, bound in addresses.TLS_PORTS.items():
            self._add(TlsServer(TlsView(self.world, host, port), host.address, bound))

    def _add(self, server: S) -> S:
        self._open.callback(server.close)
        settle = getattr(server, "settle", None)
        if callable(settle):
            self._settling.append(settle)
        return server

    def settle(self) -> None:
        """Make the servers look at the world at once, so that what was just changed holds for the next client."""
        for settle in self._settling:
            settle()
        ends = time.monotonic() + _SETTLING_SECONDS
        for name, server in self._winrm.items():
            wanted = self.world.hosts[name].winrm is not Behaviour.REFUSE
            while _listens(server.address) is not wanted and time.monotonic() < ends:
                self._closed.wait(_LOOK)

    def started(self) -> dict[str, int]:
        """Return how many commands each host's WinRM endpoint has started."""
        return {name: len(server.started) for name, server in self._winrm.items()}

    def winrm_url(self, name: str) -> str:
        """Return the WinRM address of a host."""
        return self._winrm[name].url

    def close(self) -> None:
        """Release everything."""
        self._closed.set()
        self._open.close()


def _listens(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, timeout=_SETTLING_SECONDS):
            return True
    except OSError:
        return False


def _shell(world: World, host: Host) -> HostShell:
    simulated = SimulatedHost(world, host)
    return HostShell(
        simulated,
        accounts=simulated.accounts,
        may_open_shell=simulated.may_open_shell,
        behaviour=simulated.behaviour,
        start_seconds=simulated.start_seconds,
        clock=world.clock,
    )
