"""A simulated host as the command line drives it: scripts of the product, cmdlets, programs."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from app.lab.cmdlets.registry import call_cmdlet, call_program
from app.lab.fragments.answering import answer
from app.lab.ports import Behaviour, Process
from app.lab.world.machines import Host
from app.lab.world.world import World

_CHANGING = "command/invoke.ps1"


class SimulatedHost:
    """One host of the world, for a shell."""

    def __init__(self, world: World, host: Host) -> None:
        """Take a host of a world."""
        self.world = world
        self.host = host

    @property
    def fqdn(self) -> str:
        """The name under which the deployment knows it, which its endpoint's certificate proves."""
        return self.host.name

    def behaviour(self) -> Behaviour:
        """Return how the endpoint treats a client."""
        return self.host.winrm

    def accounts(self) -> Mapping[str, str]:
        """Return ``DOMAIN\\\\user`` to password."""
        with self.world.locked():
            directory = self.world.directory
            suffix = " (changed)" if self.host.rejects_password else ""
            return {
                f"{directory.netbios}\\{one.name}": one.password + suffix
                for one in directory.accounts.values()
                if one.enabled
            }

    def may_open_shell(self, account: str) -> bool:
        """Return whether an account is let in: local administrators, and whom the host lists beside them."""
        with self.world.locked():
            found = self.world.directory.account(account)
            return found is not None and found.name in self.host.administrators | self.host.remote_users

    def start_seconds(self) -> float:
        """Return how long a PowerShell start takes here."""
        return self.host.start_seconds

    def fragment(self, account: str, script: str, text: str, arguments: Mapping[str, object]) -> object:
        """Run one script of the product and return its result as JSON-able data."""
        if script == _CHANGING and self.world.pace > 0:
            # Waited for outside the lock: a slow command on one host holds nobody else up.
            threading.Event().wait(self.world.pace)
        return answer(self.world, self.host, account, script, text, arguments)

    def cmdlet(self, account: str, name: str, parameters: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        """Run one cmdlet and return its output objects."""
        return call_cmdlet(self.world, self.host, account, name, parameters).objects

    def program(self, account: str, path: str, arguments: Sequence[str]) -> Process:
        """Run one executable."""
        outcome = call_program(self.world, self.host, account, path, arguments)
        printed = "".join(f"{line}\r\n" for line in outcome.output)
        return Process(exit_code=outcome.exit_code or 0, stdout=printed.encode())
