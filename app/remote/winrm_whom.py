"""Whom a WinRM session talks to: the words of every sentence about it."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings import Auth, Settings

DEFAULT_PORT = 5986


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """One host's WinRM service, as one account."""

    host: str
    """FQDN: what the certificate must prove."""
    winrm_port: int
    """The port the host itself listens on."""
    address: str
    port: int
    account: str
    auth: Auth

    @property
    def url(self) -> str:
        """Where requests are sent."""
        address = f"[{self.address}]" if ":" in self.address else self.address
        return f"https://{address}:{self.port}/wsman"

    @property
    def place(self) -> str:
        """``se01.contoso.com (10.0.0.11:5986)``."""
        if self.address.lower() == self.host.lower():
            return f"{self.host}:{self.port}"
        return f"{self.host} ({self.address}:{self.port})"


def whom(fqdn: str, settings: Settings) -> Whom:
    """Return where and as whom a host is reached by these settings."""
    known = settings.hosts.get(fqdn.lower())
    winrm_port = known.winrm_port if known else DEFAULT_PORT
    address, port = settings.endpoint(fqdn, winrm_port)
    return Whom(
        host=fqdn,
        winrm_port=winrm_port,
        address=address,
        port=port,
        account=settings.credentials.username,
        auth=settings.credentials.auth,
    )
