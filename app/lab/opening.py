"""Finding a free /24 of loopback and opening a world's servers on it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.lab import addresses
from app.lab.addresses import Endpoints
from app.lab.control import ControlServer
from app.lab.faults.catalogue import inject
from app.lab.ports import Clock
from app.lab.scenarios import Scenario, obstacles, start_world
from app.lab.serving_servers import Servers
from app.lab.world.world import World

_NETWORKS = 256


class LabError(Exception):
    """The lab cannot be started; ``str()`` says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which lab is wanted."""

    scenario: Scenario
    seed: int
    faults: Sequence[str]
    clock: Clock
    extra_hosts: int

    def world(self, root: Path, prefix: str) -> World:
        """Return the world, with everything broken in it that was asked for."""
        world = start_world(
            self.scenario,
            seed=self.seed,
            folder=root,
            clock=self.clock,
            prefix=prefix,
            extra_hosts=self.extra_hosts,
        )
        for fault in (*obstacles(self.scenario, self.seed), *self.faults):
            inject(world, fault)
        return world


def opened(order: Order, root: Path) -> tuple[Servers, ControlServer]:
    """Return the open servers of a world below ``root``, and its control, which does not answer yet.

    Raises:
        LabError: no loopback network is free, or this machine has none.
    """
    for number in range(_NETWORKS):
        found = _on(order, root, Endpoints(prefix=f"{addresses.NETWORK}.{number}"))
        if found is not None:
            return found
    raise LabError(
        f"no loopback network {addresses.NETWORK}.0.0/24 to {addresses.NETWORK}.255.0/24 is free: end another lab first"
    )


def _on(order: Order, root: Path, endpoints: Endpoints) -> tuple[Servers, ControlServer] | None:
    """Open on one network; None where somebody else is there. The control's port decides between two labs."""
    with ExitStack() as undo:
        try:
            control = ControlServer(endpoints.control, addresses.CONTROL_PORT)
            undo.callback(control.close)
            servers = Servers(order.world(root, endpoints.prefix), endpoints)
            undo.callback(servers.close)
            servers.open()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise LabError(_no_loopback(endpoints.control, error)) from None
            undo.close()
            _empty(root)
            return None
        undo.pop_all()
        return servers, control


def _empty(root: Path) -> None:
    for one in root.iterdir():
        if one.is_dir():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)


def _no_loopback(address: str, error: OSError) -> str:
    return (
        f"the lab needs an address of its own for every host and cannot use {address}: {error.strerror or error}. "
        "On macOS, add the addresses first, such as: sudo ifconfig lo0 alias 127.66.0.1 (and 127.66.0.10 to 127.66.0.13)"
    )
