"""A running lab: every server of the simulated deployment on a /24 of loopback, and the settings that point a program at it."""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from app.lab import addresses, backing_up
from app.lab.addresses import Endpoints
from app.lab.control import ControlServer
from app.lab.faults.catalogue import inject
from app.lab.lab_settings import lab_settings
from app.lab.ports import Clock
from app.lab.scenarios import Scenario, obstacles, scenario, start_world
from app.lab.serving_servers import Servers
from app.lab.steering import Steering
from app.lab.world.world import OPERATOR, SQL_LOGIN, World
from app.settings import Auth, Settings
from app.settings_file import dump_settings


class LabError(Exception):
    """The lab cannot be started; ``str()`` says what to do."""


class Lab:
    """One lab, serving from ``start`` until ``close``; a context manager."""

    def __init__(
        self, chosen: Scenario, world: World, servers: Servers, control: ControlServer, owned: Path | None
    ) -> None:
        """Take what ``start`` has made."""
        self.scenario = chosen
        self.world = world
        self.servers = servers
        self._control = control
        self._owned = owned
        self.config = world.folder / "relync.toml"
        self.ca = world.folder / "ca.pem"
        self.backup = backing_up.backup_folder(world)
        self._write()
        steering = Steering(world, described=self.described, started=servers.started, settle=servers.settle)
        control.serve(steering.routes())

    @classmethod
    def start(
        cls,
        wanted: str,
        *,
        seed: int = 0,
        folder: Path | None = None,
        faults: Sequence[str] = (),
        clock: Clock = time.time,
    ) -> Self:
        """Start a lab on the first free /24 of loopback.

        Args:
            wanted: id of a scenario.
            seed: 0 for no obstacles; any other number puts two in the way.
            folder: an empty folder for everything of the lab; None: a temporary one that ``close`` removes.
            faults: ids of further faults to begin with.
            clock: the world's time, in seconds since the epoch.

        Raises:
            LookupError: no such scenario or fault.
            LabError: no loopback network is free.
        """
        chosen = scenario(wanted)
        owned = None if folder is not None else Path(tempfile.mkdtemp(prefix="relync-lab-"))
        root = folder if folder is not None else owned
        assert root is not None
        try:
            return cls._started(chosen, seed, root.resolve(), faults, clock, owned)
        except BaseException:
            if owned is not None:
                shutil.rmtree(owned, ignore_errors=True)
            raise

    @classmethod
    def _started(
        cls, chosen: Scenario, seed: int, root: Path, faults: Sequence[str], clock: Clock, owned: Path | None
    ) -> Self:
        for number in range(256):
            endpoints = Endpoints(prefix=f"{addresses.NETWORK}.{number}")
            with ExitStack() as undo:
                try:
                    control = ControlServer(endpoints.control, addresses.CONTROL_PORT)
                except OSError as error:
                    if error.errno == errno.EADDRINUSE:
                        continue
                    raise LabError(_no_loopback(endpoints.control, error)) from None
                undo.callback(control.close)
                world = start_world(chosen, seed=seed, folder=root, clock=clock, prefix=endpoints.prefix)
                for fault in (*obstacles(chosen, seed), *faults):
                    inject(world, fault)
                servers = Servers(world, endpoints)
                undo.callback(servers.close)
                try:
                    servers.open()
                except OSError as error:
                    if error.errno != errno.EADDRINUSE:
                        raise LabError(_no_loopback(endpoints.control, error)) from None
                    _empty(root)
                    continue
                undo.pop_all()
                return cls(chosen, world, servers, control, owned)
        raise LabError("no loopback network 127.66.0.0/24 to 127.66.255.0/24 is free: end another lab first")

    @property
    def control(self) -> str:
        """The control URL."""
        return self._control.url

    @property
    def settings(self) -> Settings:
        """The settings that point a program at this lab."""
        return lab_settings(
            self.world,
            self.servers.endpoints,
            control=self._control.url,
            ca_file=self.ca,
            backup=self.backup,
            failure=self.scenario.failure,
        )

    def described(self) -> dict[str, object]:
        """Return what ``lab serve`` prints as one line of JSON."""
        with self.world.locked():
            return self._described()

    def _described(self) -> dict[str, object]:
        endpoints = self.servers.endpoints
        account = self.world.directory.accounts[OPERATOR]
        return {
            "schema": 1,
            "scenario": self.scenario.id,
            "seed": self.world.seed,
            "config": str(self.config),
            "backup": str(self.backup),
            "ca": str(self.ca),
            "credentials": {
                "username": f"{self.world.directory.netbios}\\{account.name}",
                "password": account.password,
                "auth": Auth.NTLM.value,
            },
            "dns": {"address": endpoints.controller, "port": addresses.DNS_PORT},
            "hosts": [
                {"fqdn": host.name, "address": host.address, "winrm": self.servers.winrm_url(host.name)}
                for host in self.world.hosts.values()
            ],
            "sql": [
                {
                    "server": host.name,
                    "instance": state.name.lower(),
                    "address": host.address,
                    "port": addresses.SQL_PORTS[state.name],
                    "username": SQL_LOGIN,
                    "password": self.world.sql_password,
                }
                for host in self.world.hosts.values()
                for state in host.sql.values()
                if state.name in addresses.SQL_PORTS
            ],
            "ldap": {"url": f"ldaps://{endpoints.controller}:{addresses.LDAPS_PORT}"},
            "control": self._control.url,
        }

    def _write(self) -> None:
        self.ca.write_bytes(self.world.authority.root_pem)
        self.config.touch(mode=0o600)
        self.config.write_text(dump_settings(self.settings), encoding="utf-8")

    def close(self) -> None:
        """Stop every server and remove what the lab has made for itself."""
        self._control.close()
        self.servers.close()
        if self._owned is not None:
            shutil.rmtree(self._owned, ignore_errors=True)

    def __enter__(self) -> Self:
        """Return the running lab."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the lab."""
        self.close()


def _empty(root: Path) -> None:
    for one in root.iterdir():
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
        else:
            with suppress(OSError):
                one.unlink()


def _no_loopback(address: str, error: OSError) -> str:
    return (
        f"the lab needs an address of its own for every host and cannot use {address}: {error.strerror or error}. "
        "On macOS, add the addresses first, such as: sudo ifconfig lo0 alias 127.66.0.1 (and 127.66.0.10 to 127.66.0.13)"
    )
