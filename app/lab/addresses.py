"""Where the lab's servers listen: one /24 of loopback a lab, the same last octets and ports in each."""

from __future__ import annotations

from dataclasses import dataclass

from app.lab.world.running import SQL_PORTS

__all__ = [
    "CONTROL_PORT",
    "DHCP_CLIENT_PORT",
    "DHCP_PORT",
    "DNS_PORT",
    "LDAPS_PORT",
    "LDAP_PORT",
    "NETWORK",
    "SQL_PORTS",
    "TLS_PORTS",
    "WINRM_PORT",
    "Endpoints",
]

NETWORK = "127.66"
CONTROL_PORT = 10080
DNS_PORT = 10053
DHCP_PORT = 10067
DHCP_CLIENT_PORT = 10068
LDAP_PORT = 10389
LDAPS_PORT = 10636
WINRM_PORT = 5986
TLS_PORTS = {5061: 5061, 443: 10443, 444: 10444, 4443: 4443}
"""Port of the deployment to the port that the lab binds: those below 1024 need rights that nobody should need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The addresses of one lab."""

    prefix: str
    """First three octets."""

    @property
    def control(self) -> str:
        """Where the lab's control listens."""
        return f"{self.prefix}.1"

    @property
    def controller(self) -> str:
        """The domain controller: LDAP, DNS, DHCP."""
        return f"{self.prefix}.10"
