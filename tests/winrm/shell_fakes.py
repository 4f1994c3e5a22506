"""A ShellHost that knows a few cmdlets, programs and fragments."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from app.lab.ports import Console, Process, Refused
from app.lab.shell import HostShell
from app.remote.scripts import script_text

ACCOUNT = "CONTOSO\\lyncadmin"
SERVICES = (
    {"Name": "RTCSRV", "Status": "Running", "DisplayName": "Lync Server Front-End"},
    {"Name": "REPLICA", "Status": "Stopped", "DisplayName": "Lync Server Replica Replicator Agent"},
    {"Name": "W3SVC", "Status": "Running", "DisplayName": "World Wide Web Publishing Service"},
)
FACTS: dict[str, object] = {
    "host/identity.ps1": {
        "hostname": "se01",
        "primary_dns_suffix": "contoso.com",
        "powershell": "4.0",
        "adapters": [
            {
                "name": "Ethernet",
                "mac": "00:15:5D:01:02:03",
                "dhcp_enabled": False,
                "addresses": ["192.0.2.11"],
                "gateways": ["192.0.2.1"],
                "dns_servers": ["192.0.2.10"],
            }
        ],
    },
    "host/operator.ps1": {
        "account": "CONTOSO\\lyncadmin",
        "elevated": True,
        "groups": ["BUILTIN\\Administrators", "CONTOSO\\RTCUniversalServerAdmins"],
    },
    "host/services.ps1": {
        "services": [{"name": one["Name"], "status": one["Status"], "start_mode": "Auto"} for one in SERVICES]
    },
}
TEN_PROPERTIES = {f"Property{number}": number for number in range(10)}


class FakeShellHost:
    """What a host can do, in a few lines."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Mapping[str, object]]] = []
        self.programs: list[tuple[str, tuple[str, ...]]] = []

    @property
    def fqdn(self) -> str:
        return "se01.contoso.com"

    def fragment(self, account: str, script: str, text: str, arguments: Mapping[str, object]) -> object:
        if script not in FACTS or text != script_text(script):
            raise Refused(f"{script} is not a script of the product")
        return FACTS[script]

    def cmdlet(self, account: str, name: str, parameters: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        self.calls.append((name, parameters))
        match name.lower():
            case "get-service":
                wanted = str(parameters.get("Name", "*")).lower().rstrip("*")
                return [one for one in SERVICES if one["Name"].lower().startswith(wanted)]
            case "get-csuser":
                return [{"SipAddress": "sip:\u00e9va@contoso.com", "Enabled": True, **TEN_PROPERTIES}]
            case "get-day":
                return [
                    {
                        "When": datetime(2026, 11, 21, 18, 30, tzinfo=UTC),
                        "Days": ["Sat", "Sun"],
                        "Deep": {"a": {"b": {"c": 1}}},
                    }
                ]
            case "test-path":
                return [{"Value": parameters.get("Path") == "C:\\"}]
            case "import-csuserdata":
                raise Refused("The pool's services are running.", "ServicesRunning")
        raise Refused(f"no {name}", "CommandNotFoundException")

    def program(self, account: str, path: str, arguments: Sequence[str]) -> Process:
        self.programs.append((path, tuple(arguments)))
        if path.lower().endswith("robocopy.exe"):
            return Process(exit_code=3, stdout="kopiert: \u00fcber\r\n".encode())
        raise Refused(f"no {path}", "CommandNotFoundException")


def shell(host: FakeShellHost | None = None) -> HostShell:
    """Return a command line on a fake host at a fixed time."""
    return HostShell(
        host or FakeShellHost(),
        accounts=lambda: {"CONTOSO\\lyncadmin": "secret"},
        may_open_shell=lambda account: True,
        clock=lambda: 1795285800.0,
    )


def powershell(script: str, host: FakeShellHost | None = None, *, codepage: int = 65001) -> Process:
    """Run a script as an encoded command, as WinRM clients do."""
    encoded = base64.b64encode(script.encode("utf-16-le")).decode()
    return shell(host).run(ACCOUNT, "powershell", ["-encodedcommand", encoded], b"", Console(codepage=codepage))


def prompt(line: str, host: FakeShellHost | None = None, stdin: bytes = b"", **console: Any) -> Process:
    """Run a line through cmd.exe."""
    return shell(host).run(ACCOUNT, line, [], stdin, Console(codepage=65001, **console))
