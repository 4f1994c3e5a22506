"""Everything that differs from one console to the next: where things are reached, as whom, how trust is proven.

Read from TOML (``--config FILE`` or RELYNC_CONFIG) by ``settings_file.py``. A key nobody knows is an error. No secret is
ever in it: passwords come from a prompt, the environment variable RELYNC_PASSWORD, or a command that prints them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Auth(StrEnum):
    """How WinRM sessions are authenticated."""

    KERBEROS = "kerberos"
    NTLM = "ntlm"
    BASIC = "basic"
    CREDSSP = "credssp"


class Encrypt(StrEnum):
    """ODBC's Encrypt keyword."""

    YES = "yes"
    NO = "no"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSettings:
    """Who the program is."""

    username: str = ""
    """``DOMAIN\\\\user`` or ``user@domain``."""
    auth: Auth = Auth.NTLM
    password_command: tuple[str, ...] = ()
    """A program and its arguments that print the password, such as a vault's command line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSettings:
    """How one host is reached, where that is not "by its name"."""

    address: str = ""
    """Address to connect to; the name is still what its certificate must prove."""
    winrm_port: int = 5986


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlSettings:
    """How one instance is reached, where that is not "by its name, as the Windows user who runs this"."""

    address: str = ""
    port: int = 0
    """0: ask SQL Browser for a named instance, 1433 for the default one."""
    username: str = ""
    """Empty: Windows authentication."""
    password_command: tuple[str, ...] = ()
    encrypt: Encrypt = Encrypt.OPTIONAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySettings:
    """How Active Directory is reached."""

    url: str = ""
    """``ldaps://dc01.contoso.com``; empty: not configured, directory facts are unknown."""
    username: str = ""
    """Empty: the one of ``credentials``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpSettings:
    """Where DHCP is asked."""

    servers: tuple[str, ...] = ()
    """FQDNs of the Windows DHCP servers, asked by cmdlet."""
    inform: str = ""
    """``address`` or ``address:port`` to send DHCPINFORM to; empty: the client's own view is not asked."""
    client_port: int = 68


@dataclass(frozen=True, slots=True, kw_only=True)
class UncMount:
    """A share that this console has mounted: everything below ``unc`` is found below ``path``."""

    unc: str
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreSettings:
    """What neither the topology nor a baseline says about the machine to be rebuilt."""

    media: str = "D:\\"
    """Folder of the product's installation media on the target."""
    file_store_path: str = ""
    """Local folder behind the file share; empty: ``C:\\<ShareName>``."""
    working_folder: str = "C:\\RelyncRestore"
    """Local folder on the target for files that are restored from."""
    backup_unc: str = ""
    """The backup folder as the target reaches it; empty: the folder given as ``backup``, where that is a UNC path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSettings:
    """Thresholds, in the unit of their name."""

    backup_age_hours: float = 24.0
    """Microsoft: back up every 24 hours (procedures §20)."""
    certificate_days: float = 30.0
    """A certificate that ends within this time is a warning."""
    probe_seconds: float = 0.0
    """Upper bound for every single probe; 0: each fact's own."""
    settle_seconds: float = 0.0
    """Upper bound for how long a proof is looked for again while services start or a replica catches up; 0: each step's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One console's settings."""

    backup: Path | None = None
    state: Path | None = None
    """Folder for recorded runs; None: the user's state folder."""
    failure: str = ""
    target: str = ""
    management_host: str = ""
    """A surviving server with the Lync Server Management Shell; empty: a server of the active Central Management pool."""
    credentials: CredentialSettings = field(default_factory=CredentialSettings)
    ca_file: Path | None = None
    """Trusted roots (PEM) for WinRM, LDAP and SQL; None: the system's."""
    resolvers: tuple[str, ...] = ()
    """``address`` or ``address:port`` of every internal resolver to ask; empty: the system's."""
    hosts: Mapping[str, HostSettings] = field(default_factory=dict)
    """By FQDN, lower case."""
    forwards: Mapping[str, str] = field(default_factory=dict)
    """``fqdn:port`` to ``address:port``: a port reached through a tunnel."""
    sql: Mapping[str, SqlSettings] = field(default_factory=dict)
    """By ``server\\instance``, lower case."""
    directory: DirectorySettings = field(default_factory=DirectorySettings)
    dhcp: DhcpSettings = field(default_factory=DhcpSettings)
    mounts: tuple[UncMount, ...] = ()
    restore: RestoreSettings = field(default_factory=RestoreSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)

    def endpoint(self, host: str, port: int) -> tuple[str, int]:
        """Return the address and port to connect to for a port of a host."""
        forwarded = self.forwards.get(f"{host.lower()}:{port}")
        if forwarded:
            address, _, number = forwarded.rpartition(":")
            return address, int(number)
        known = self.hosts.get(host.lower())
        return (known.address if known and known.address else host), port

    def mounted(self, unc: str) -> Path | None:
        """Return the local path of a UNC path that lies below a mount, or None."""
        wanted = unc.lower().rstrip("\\")
        for mount in self.mounts:
            root = mount.unc.lower().rstrip("\\")
            if wanted == root or wanted.startswith(root + "\\"):
                return mount.path.joinpath(*[part for part in unc[len(root) :].split("\\") if part])
        return None
