"""An operator who runs commands on a simulated host, as the product's script would."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from app.lab.backing_up import FILE_STORE, RESPONSE_GROUPS, USER_DATA
from app.lab.hosting import SimulatedHost
from app.lab.world.building import MEDIA
from app.lab.world.roles import BOOTSTRAPPER
from app.remote.command import Command, cmdlet, program
from app.remote.result import CommandResult
from app.remote.scripts import script_text

ACCOUNT = "CONTOSO\\lyncadmin"
WORK = "C:\\RelyncRestore"
TARGET = "se01.contoso.com"


class Hands:
    """Runs commands on one host."""

    def __init__(self, host: SimulatedHost) -> None:
        self.host = host

    def run(self, command: Command) -> CommandResult:
        """Run one command and return how it ended."""
        answer = self.ask("command/invoke.ps1", **command.payload())
        return msgspec.convert(answer, CommandResult)

    def ask(self, script: str, **arguments: object) -> Any:
        """Return what a script of the product prints."""
        return self.host.fragment(ACCOUNT, script, script_text(script), arguments)

    def all_right(self, commands: Iterable[Command]) -> None:
        """Run commands that have to succeed."""
        for command in commands:
            result = self.run(command)
            assert result.ok, f"{command.line()}: {result}"

    def recover(self, *, until: str = "") -> None:
        """Do the procedure up to (and without) the step of that name."""
        for name, commands in self.steps().items():
            if name == until:
                return
            self.all_right(commands)

    def steps(self) -> dict[str, tuple[Command, ...]]:
        """Return the procedure's commands by step (Hh202190 with the wizard's command lines)."""
        backup = f"{self.host.world.backup_unc}\\{TARGET}"
        thumbprint = self.host.host.stores.personal[0].thumbprint
        uses = ("Default", "WebServicesInternal", "WebServicesExternal")
        return {
            "3": (
                program(
                    "robocopy.exe",
                    f"{backup}\\{FILE_STORE}",
                    "C:\\LyncShare",
                    "/E",
                    "/XF",
                    "Meeting.Active",
                    success_codes=tuple(range(8)),
                ),
                cmdlet("New-SmbShare", Name="LyncShare", Path="C:\\LyncShare", FullAccess="BUILTIN\\Administrators"),
            ),
            "5a": (
                program(
                    "msiexec.exe", "/i", f"{MEDIA}\\Setup\\ocscore.msi", "/qn", "/norestart", success_codes=(0, 3010)
                ),
                program(BOOTSTRAPPER, "/BootstrapLocalMgmt", f"/SourceDirectory:{MEDIA}"),
                cmdlet("New-Item", ItemType="Directory", Force=True, Path=WORK),
                cmdlet("Export-CsConfiguration", FileName=f"{WORK}\\CmsConfig.zip"),
                cmdlet("Import-CsConfiguration", FileName=f"{WORK}\\CmsConfig.zip", LocalStore=True),
                cmdlet("Enable-CsReplica"),
                cmdlet("Start-CsWindowsService", Name="REPLICA"),
            ),
            "5b": (program(BOOTSTRAPPER, f"/SourceDirectory:{MEDIA}"),),
            "5c": (
                cmdlet("Set-CsCertificate", Type=uses, Thumbprint=thumbprint),
                cmdlet("Enable-CsComputer"),
            ),
            "5d": (cmdlet("Start-CsWindowsService"),),
            "6a": (cmdlet("Copy-Item", Path=f"{backup}\\{USER_DATA}", Destination=f"{WORK}\\{USER_DATA}"),),
            "6b": (cmdlet("Stop-CsWindowsService"),),
            "6c": (cmdlet("Import-CsUserData", PoolFqdn=TARGET, FileName=f"{WORK}\\{USER_DATA}"),),
            "6d": (cmdlet("Start-CsWindowsService"),),
            "7": (
                cmdlet("Copy-Item", Path=f"{backup}\\{RESPONSE_GROUPS}", Destination=f"{WORK}\\{RESPONSE_GROUPS}"),
                cmdlet(
                    "Import-CsRgsConfiguration",
                    Destination=f"service:ApplicationServer:{TARGET}",
                    OverwriteOwner=True,
                    FileName=f"{WORK}\\{RESPONSE_GROUPS}",
                ),
            ),
        }
