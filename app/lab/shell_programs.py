"""Small Windows programs that every host has, answered from the facts of the simulated one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from app.lab.ports import Process, Refused, ShellHost
from app.remote.scripts import script_text

_WELL_KNOWN = {
    "everyone": "S-1-1-0",
    "builtin\\administrators": "S-1-5-32-544",
    "builtin\\users": "S-1-5-32-545",
    "nt authority\\network": "S-1-5-2",
    "nt authority\\authenticated users": "S-1-5-11",
}
_SERVICE_STATES = {
    "stopped": "1  STOPPED",
    "startpending": "2  START_PENDING",
    "stoppending": "3  STOP_PENDING",
    "running": "4  RUNNING",
    "paused": "7  PAUSED",
}
_NO_SERVICE = 1060


class Programs:
    """Runs programs for one account on one host."""

    def __init__(self, host: ShellHost, account: str) -> None:
        self._host = host
        self._account = account

    def run(self, path: str, arguments: Sequence[str]) -> Process:
        """Run a program. Output is UTF-8.

        Raises:
            Refused: there is no such program on the host, or it refuses.
        """
        name = path.replace("/", "\\").rpartition("\\")[2].lower().removesuffix(".exe")
        match name, [argument.lower() for argument in arguments]:
            case "hostname", []:
                return printed(self._host.fqdn.partition(".")[0])
            case "whoami", []:
                return printed(self._account.lower())
            case "whoami", ["/groups"]:
                return self._groups()
            case "ipconfig", [] | ["/all"]:
                return self._addresses(everything=bool(arguments))
            case "sc", ["query" | "queryex", service]:
                return self._service(service)
        return self._host.program(self._account, path, tuple(arguments))

    def fact(self, script: str) -> Mapping[str, object]:
        """Return what one of the product's own scripts without arguments says on this host.

        Raises:
            Refused: it fails there.
        """
        value = self._host.fragment(self._account, script, script_text(script), {})
        if not isinstance(value, Mapping):
            raise Refused(f"{script} said nothing that can be read")
        return value

    def _groups(self) -> Process:
        names = _texts(self.fact("host/operator.ps1").get("groups"))
        width = max([len("Group Name"), *map(len, names)])
        lines = ["", "GROUP INFORMATION", "-----------------", ""]
        lines += [f"{'Group Name':<{width}} {'Type':<16} {'SID':<12} Attributes"]
        lines += [f"{'=' * width} {'=' * 16} {'=' * 12} {'=' * 50}"]
        for name in names:
            sid = _WELL_KNOWN.get(name.lower(), "")
            kind = "Alias" if name.lower().startswith("builtin\\") else "Well-known group" if sid else "Group"
            lines += [f"{name:<{width}} {kind:<16} {sid:<12} Mandatory group, Enabled by default, Enabled group"]
        return printed(*lines)

    def _addresses(self, *, everything: bool) -> Process:
        identity = self.fact("host/identity.ps1")
        lines = ["", "Windows IP Configuration", ""]
        if everything:
            lines += [
                _dotted("Host Name", str(identity.get("hostname", ""))),
                _dotted("Primary Dns Suffix", str(identity.get("primary_dns_suffix", ""))),
            ]
        for adapter in _mappings(identity.get("adapters")):
            lines += ["", f"Ethernet adapter {adapter.get('name', '')}:", ""]
            if everything:
                lines += [
                    _dotted("Physical Address", str(adapter.get("mac", "")).replace(":", "-")),
                    _dotted("DHCP Enabled", "Yes" if adapter.get("dhcp_enabled") else "No"),
                ]
            lines += [_dotted("IPv4 Address", address) for address in _texts(adapter.get("addresses"))]
            lines += [_dotted("Default Gateway", address) for address in _texts(adapter.get("gateways"))]
            if everything:
                lines += [_dotted("DNS Servers", address) for address in _texts(adapter.get("dns_servers"))]
        return printed(*lines)

    def _service(self, name: str) -> Process:
        for service in _mappings(self.fact("host/services.ps1").get("services")):
            if str(service.get("name", "")).lower() == name:
                state = _SERVICE_STATES.get(str(service.get("status", "")).lower(), "0  UNKNOWN")
                return printed(
                    "",
                    f"SERVICE_NAME: {service.get('name')}",
                    "        TYPE               : 10  WIN32_OWN_PROCESS",
                    f"        STATE              : {state}",
                    "        WIN32_EXIT_CODE    : 0  (0x0)",
                )
        failed = f"[SC] EnumQueryServicesStatus:OpenService FAILED {_NO_SERVICE}:"
        return printed(
            failed, "", "The specified service does not exist as an installed service.", "", code=_NO_SERVICE
        )


def printed(*lines: str, code: int = 0) -> Process:
    """Return the end of a program that printed these lines."""
    return Process(exit_code=code, stdout="".join(f"{line}\r\n" for line in lines).encode())


def complained(*lines: str, code: int = 1) -> Process:
    """Return the end of a program that printed these lines to standard error."""
    return Process(exit_code=code, stderr="".join(f"{line}\r\n" for line in lines).encode())


def _dotted(name: str, value: str) -> str:
    dots = ". " * 17
    return f"   {name}{dots[len(name) :]}: {value}"


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else []


def _mappings(value: object) -> list[Mapping[str, object]]:
    found = value if isinstance(value, Sequence) and not isinstance(value, str) else []
    return [one for one in found if isinstance(one, Mapping)]


Run = Callable[[str, Sequence[str]], Process]
"""Runs a program by path and arguments; Refused where there is none."""
