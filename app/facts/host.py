"""Facts about one Windows host, answered by fragments below ``scripts/host``.

Every name set is lower or upper case as the host printed it; judges compare without case. Times are UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.facts.fact import Fact, Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One IP-enabled network adapter (Win32_NetworkAdapterConfiguration)."""

    name: str
    mac: str
    """As Windows prints it: ``00:15:5D:01:02:03``."""
    dhcp_enabled: bool
    addresses: tuple[str, ...]
    gateways: tuple[str, ...] = ()
    dns_servers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HostsEntry:
    """One line of ``drivers\\etc\\hosts``."""

    address: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HostIdentity:
    """Who the machine says it is (R-03, D-01, D-02, H-01, O-10)."""

    hostname: str
    """``Tcpip\\Parameters\\Hostname``."""
    primary_dns_suffix: str
    """``Tcpip\\Parameters\\NV Domain``; empty on a workgroup machine without one."""
    domain: str
    """Win32_ComputerSystem.Domain: the AD domain, or the workgroup's name."""
    part_of_domain: bool
    secure_channel: bool | None
    """Test-ComputerSecureChannel; None where the machine is in a workgroup or it could not be tried."""
    adapters: tuple[Adapter, ...]
    hosts_file: tuple[HostsEntry, ...] = ()
    os_caption: str
    os_build: str
    installation_type: str
    """``Server``, ``Server Core``, ``Client``."""
    powershell: str
    clock: datetime
    """The host's clock when the fragment ran, UTC."""
    last_boot: datetime

    @property
    def fqdn(self) -> str:
        """The computer name with its primary DNS suffix, lower case."""
        return f"{self.hostname}.{self.primary_dns_suffix}".rstrip(".").lower()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses bound on the machine."""
        return tuple(address for adapter in self.adapters for address in adapter.addresses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """Who the session runs as (A-07): transitive token groups, not memberOf."""

    account: str
    """``CONTOSO\\\\lyncadmin``."""
    elevated: bool
    """True where the token holds local Administrators, enabled."""
    groups: tuple[str, ...]
    """Names of all groups of the token, ``DOMAIN\\\\name`` or ``BUILTIN\\\\name``; a SID where it has no name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Residue:
    """What is left of an earlier installation (preconditions sheet 4.3). Empty everywhere on a clean machine."""

    registry_keys: tuple[str, ...]
    programs: tuple[str, ...]
    """Display names below the Uninstall key that are Lync or Skype for Business Server."""
    sql_instances: tuple[str, ...]
    """Every SQL instance of the machine, upper case as the registry has it."""
    folders: tuple[str, ...]
    shares: tuple[str, ...]
    """``xds-replica`` where it exists."""
    local_groups: tuple[str, ...]
    """Local groups named ``RTC Local …``."""
    web_sites: tuple[str, ...]
    """IIS sites named ``Lync Server …`` or ``Skype for Business Server …``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingReboot:
    """O-09."""

    reasons: tuple[str, ...]
    """Registry keys that demand a reboot."""
    noisy: tuple[str, ...]
    """Signs that antivirus and printers leave too (PendingFileRenameOperations)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainElement:
    """One certificate of a chain as Windows built it."""

    subject: str
    signature_algorithm: str
    """OID, such as 1.2.840.113549.1.1.11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCertificate:
    """One certificate of ``Cert:\\LocalMachine\\My`` (C-16)."""

    thumbprint: str
    der: bytes
    """The certificate itself; names, EKU and dates are read from it, so no locale can bend them."""
    friendly_name: str
    has_private_key: bool
    provider: str
    """Key provider name; empty where there is no private key or it cannot be told."""
    exportable: bool | None
    chain_problems: tuple[str, ...]
    """X509ChainStatusFlags that the machine reports, empty where the chain holds (``RevocationStatusUnknown`` may stand alone)."""
    chain: tuple[ChainElement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateStore:
    """The machine's certificate stores (C-07, C-08, C-16)."""

    personal: tuple[StoredCertificate, ...]
    root_count: int
    root_not_self_signed: tuple[str, ...]
    """Subjects of certificates in Trusted Root whose issuer is another (C-07)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsService:
    """One service as the service control manager has it."""

    name: str
    status: str
    """``Running``, ``Stopped``, ``StartPending`` …: the enum's name, never localised text."""
    start_mode: str
    """``Auto``, ``Manual``, ``Disabled``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """All services that the product or a step depends on; a service that is not listed is not installed."""

    services: tuple[WindowsService, ...]

    def status(self, name: str) -> str | None:
        """Return the status of a service, or None where it is not installed."""
        return next((one.status for one in self.services if one.name.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One entry of a share's or a folder's access list."""

    account: str
    """``BUILTIN\\\\Administrators``, or a SID that no longer resolves."""
    right: str
    """``Full``, ``Change``, ``Read`` for a share; ``FullControl``, ``Modify``, ``ReadAndExecute`` … for NTFS."""
    allow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One SMB share of the machine."""

    name: str
    path: str
    share_grants: tuple[Grant, ...]
    folder_grants: tuple[Grant, ...]
    folders: tuple[str, ...]
    """Names of the top folders below the share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """All non-administrative shares of the machine."""

    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathState:
    """One file or folder on the machine."""

    path: str
    exists: bool
    is_folder: bool
    size: int
    sha256: str
    """Lower-case hex, of a file that exists and whose hash was asked for; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """The asked paths, in the asked order."""

    paths: tuple[PathState, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Whether a TCP connection could be opened from the host (P-02: dependencies are tested from the host that needs them)."""

    host: str
    port: int
    open: bool
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachability:
    """The asked dependencies, in the asked order."""

    targets: tuple[Reach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondHop:
    """Whether the session's identity goes on to a second machine (M-02)."""

    path: str
    reached: bool
    identity: str
    """Account as the directory of the second hop sees it; empty where nothing answered."""
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerVersion:
    """``Get-CsServerVersion`` read from the registry, not the cmdlet; empty where the product is not installed."""

    product: str


IDENTITY = Fact(name="host.identity", via=Via.POWERSHELL, shape=HostIdentity, script="host/identity.ps1")
OPERATOR = Fact(name="host.operator", via=Via.POWERSHELL, shape=Operator, script="host/operator.ps1")
RESIDUE = Fact(name="host.residue", via=Via.POWERSHELL, shape=Residue, script="host/residue.ps1")
PENDING_REBOOT = Fact(
    name="host.pending_reboot", via=Via.POWERSHELL, shape=PendingReboot, script="host/pending_reboot.ps1"
)
CERTIFICATES = Fact(
    name="host.certificates", via=Via.POWERSHELL, shape=CertificateStore, script="host/certificates.ps1"
)
SERVICES = Fact(name="host.services", via=Via.POWERSHELL, shape=Services, script="host/services.ps1")
SHARES = Fact(name="host.shares", via=Via.POWERSHELL, shape=Shares, script="host/shares.ps1")
PATHS = Fact(name="host.paths", via=Via.POWERSHELL, shape=Paths, script="host/paths.ps1", seconds=60.0)
"""Arguments: ``paths`` (tuple of str), ``hashed`` (bool: compute SHA-256 of files)."""
REACHABILITY = Fact(name="host.reachability", via=Via.POWERSHELL, shape=Reachability, script="host/reachability.ps1")
"""Arguments: ``targets`` (tuple of ``fqdn:port``)."""
SECOND_HOP = Fact(name="host.second_hop", via=Via.POWERSHELL, shape=SecondHop, script="host/second_hop.ps1")
"""Arguments: ``path`` (a UNC folder on another machine)."""
