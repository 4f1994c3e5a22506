"""A running lab: every server of the simulated deployment on a /24 of loopback, and the settings that point a program at it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from app.lab import addresses, backing_up
from app.lab.control import ControlServer
from app.lab.lab_settings import lab_settings
from app.lab.opening import LabError, Order, opened
from app.lab.ports import Clock
from app.lab.scenarios import Scenario, scenario
from app.lab.serving_servers import Servers
from app.lab.steering import Steering
from app.lab.world.world import OPERATOR, SQL_LOGIN, World
from app.settings import Auth, Settings
from app.settings_file import dump_settings

__all__ = ["Lab", "LabError"]


class Lab:
    """One lab, serving from ``start`` until ``close``; a context manager."""

    def __init__(self, chosen: Scenario, servers: Servers, control: ControlServer, owned: Path | None) -> None:
        """Take what ``start`` has made."""
        self.scenario = chosen
        world = servers.world
        self.world: World = world
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
        extra_hosts: int = 0,
    ) -> Self:
        """Start a lab on the first free /24 of loopback.

        Args:
            wanted: id of a scenario.
            seed: 0 for no obstacles; any other number puts two in the way.
            folder: an empty folder for everything of the lab; None: a temporary one that ``close`` removes.
            faults: ids of further faults to begin with.
            clock: the world's time, in seconds since the epoch.
            extra_hosts: plain member servers ``srv01`` … beside the deployment, for trying many hosts at once.

        Raises:
            LookupError: no such scenario or fault.
            LabError: no loopback network is free.
        """
        order = Order(scenario=scenario(wanted), seed=seed, faults=faults, clock=clock, extra_hosts=extra_hosts)
        owned = None if folder is not None else Path(tempfile.mkdtemp(prefix="relync-lab-"))
        root = owned if folder is None else folder
        assert root is not None
        try:
            servers, control = opened(order, root.resolve())
        except BaseException:
            if owned is not None:
                shutil.rmtree(owned, ignore_errors=True)
            raise
        return cls(order.scenario, servers, control, owned)

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
