"""The batches that have been run in a real PowerShell with stand-ins; see ``capture.py``."""

from __future__ import annotations

from app.remote.command import cmdlet, program
from app.remote.execution import SCRIPT
from app.remote.session import Fragment

_FOLDER = "C:\\relync-standins\\folder"


def _command(name: str, command: object) -> Fragment:
    return Fragment(id=name, script=SCRIPT, arguments=command.payload())  # type: ignore[attr-defined]


HOST = (
    Fragment(id="identity", script="host/identity.ps1"),
    Fragment(id="operator", script="host/operator.ps1"),
    Fragment(id="residue", script="host/residue.ps1"),
    Fragment(id="pending_reboot", script="host/pending_reboot.ps1"),
    Fragment(id="services", script="host/services.ps1"),
    Fragment(id="shares", script="host/shares.ps1"),
    Fragment(id="certificates", script="host/certificates.ps1"),
    Fragment(
        id="paths",
        script="host/paths.ps1",
        arguments={
            "paths": [f"{_FOLDER}\\file.txt", _FOLDER, f"{_FOLDER}\\none.txt", "C:\\no\\where", "Q:\\media"],
            "hashed": True,
        },
    ),
    Fragment(id="one_path", script="host/paths.ps1", arguments={"paths": [f"{_FOLDER}\\file.txt"], "hashed": False}),
    Fragment(id="reachability", script="host/reachability.ps1", arguments={"targets": ["127.0.0.1:1", "127.0.0.1:2"]}),
    Fragment(id="second_hop", script="host/second_hop.ps1", arguments={"path": _FOLDER}),
    Fragment(id="no_hop", script="host/second_hop.ps1", arguments={"path": "C:\\no\\where"}),
)
LYNC = (
    Fragment(id="store_location", script="lync/store_location.ps1"),
    Fragment(id="replication", script="lync/replication.ps1"),
    Fragment(id="topology", script="lync/topology.ps1", arguments={"local": False}),
    Fragment(id="local_topology", script="lync/topology.ps1", arguments={"local": True}),
    Fragment(id="assigned_certificates", script="lync/assigned_certificates.ps1"),
    Fragment(id="services", script="lync/services.ps1"),
    Fragment(id="databases", script="lync/databases.ps1"),
    Fragment(id="user_data", script="lync/user_data.ps1", arguments={"pool": "se01.contoso.com"}),
    Fragment(id="no_user_data", script="lync/user_data.ps1", arguments={"pool": "nowhere.contoso.com"}),
    Fragment(id="response_groups", script="lync/response_groups.ps1", arguments={"pool": "se01.contoso.com"}),
    Fragment(id="computer_test", script="lync/computer_test.ps1"),
)
COMMANDS = (
    _command("set", cmdlet("Set-CsCertificate", Type=("Default", "WebServicesInternal"), Thumbprint="AA 'x' $(exit)")),
    _command("error", cmdlet("Enable-CsReplica")),
    _command("thrown", cmdlet("Enable-CsComputer")),
    _command("unknown", cmdlet("Start-CsPool")),
    _command("no_parameter", cmdlet("Set-CsCertificate", Nonsense="x")),
    _command("no_name", cmdlet("Get-Date; exit")),
    _command("folder", cmdlet("New-Item", ItemType="Directory", Force=True, Path="C:\\relync-standins\\made [1] é")),
    _command("silent", cmdlet("Remove-Item", LiteralPath="C:\\relync-standins\\made [1] é")),
    _command("program", program("C:\\windows\\system32\\cmd.exe", "/c", "echo", "two words", "&&", "exit", "3")),
    _command("accepted", program("cmd.exe", "/c", "exit", "3", success_codes=(0, 3))),
    _command("complaint", program("cmd.exe", "/c", "dir", "C:\\no\\where")),
    _command("spoken", program("cmd.exe", "/c", "echo", "to", "stderr", "1>&2")),
    _command("no_program", program("C:\\no\\where.exe")),
    _command("quote", program("cmd.exe", "/c", 'echo "x"')),
)
WITHOUT = (
    Fragment(id="lync", script="lync/services.ps1"),
    _command("command", cmdlet("Enable-CsReplica")),
    _command("windows", cmdlet("Get-Date")),
)
DHCP = (Fragment(id="view", script="dhcp_server/view.ps1"),)

BATCHES: dict[str, tuple[tuple[str, ...], tuple[Fragment, ...]]] = {
    "host": (("windows.ps1",), HOST),
    "lync": (("windows.ps1",), LYNC),
    "commands": (("windows.ps1",), COMMANDS),
    "without_product": ((), WITHOUT),
    "dhcp": (("dhcp.ps1",), DHCP),
}
