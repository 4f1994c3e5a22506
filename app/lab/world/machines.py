"""One simulated Windows host: who it is, what is installed on it, what runs on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.deployment.topology import Topology
from app.facts.host import Adapter, HostsEntry
from app.lab.ports import Behaviour
from app.lab.world.files import Disks
from app.lab.world.keys import Stores
from app.lab.world.sql import SqlState

RUNNING = "Running"
STOPPED = "Stopped"


@dataclass(kw_only=True)
class ServiceState:
    """One Windows service."""

    status: str = RUNNING
    start_mode: str = "Auto"

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.status == RUNNING


@dataclass(kw_only=True)
class LocalStore:
    """The replica of the Central Management store in RTCLOCAL."""

    topology: Topology
    version: int
    """Version of the Central Management store that it was taken from."""


@dataclass(kw_only=True)
class ProductState:
    """What of Lync Server is on the machine."""

    core: bool = False
    """OcsCore.msi: the management shell and the bootstrapper."""
    local_management: bool = False
    """Bootstrapper /BootstrapLocalMgmt: RTCLOCAL and the replica service."""
    local_store: LocalStore | None = None
    replica: bool = False
    """Enable-CsReplica was run."""
    components: set[str] = field(default_factory=set)
    """Role names that the bootstrapper installed."""
    activated: bool = False
    """Enable-CsComputer was run after the components were there."""
    assigned: dict[str, str] = field(default_factory=dict)
    """Certificate use to thumbprint."""


@dataclass(kw_only=True)
class Leftovers:
    """What an earlier installation left, beside what really is installed."""

    registry_keys: list[str] = field(default_factory=list)
    programs: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    local_groups: list[str] = field(default_factory=list)
    web_sites: list[str] = field(default_factory=list)


@dataclass(kw_only=True)
class Host:
    """One machine."""

    name: str
    """The name under which the deployment knows it: its FQDN, lower case."""
    address: str
    hostname: str
    suffix: str
    domain: str
    disks: Disks
    last_boot: datetime
    part_of_domain: bool = True
    secure_channel: bool = True
    adapters: list[Adapter] = field(default_factory=list)
    hosts_file: list[HostsEntry] = field(default_factory=list)
    os_caption: str = "Microsoft Windows Server 2012 R2 Standard"
    os_build: str = "9600"
    installation_type: str = "Server"
    powershell: str = "4.0"
    skew: float = 0.0
    """Seconds that its clock is ahead."""
    pending_reboot: list[str] = field(default_factory=list)
    noisy_reboot: list[str] = field(default_factory=list)
    administrators: set[str] = field(default_factory=set)
    """sAMAccountNames of the local Administrators."""
    remote_users: set[str] = field(default_factory=set)
    """sAMAccountNames that may open a shell without being administrators."""
    delegation: bool = True
    """Whether a session's identity goes on to a second machine (M-02)."""
    services: dict[str, ServiceState] = field(default_factory=dict)
    stores: Stores = field(default_factory=Stores)
    sql: dict[str, SqlState] = field(default_factory=dict)
    product: ProductState = field(default_factory=ProductState)
    leftovers: Leftovers = field(default_factory=Leftovers)
    is_controller: bool = False
    is_dhcp_server: bool = False
    winrm: Behaviour = Behaviour.NORMAL
    rejects_password: bool = False
    start_seconds: float = 0.0
    """How long a PowerShell start takes."""
    image: str = ""
    """When the rollback image was taken; empty: there is none."""

    @property
    def fqdn(self) -> str:
        """What the machine believes it is called."""
        return f"{self.hostname}.{self.suffix}".rstrip(".").lower()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All bound addresses."""
        return tuple(one for adapter in self.adapters for one in adapter.addresses)

    def running(self, service: str) -> bool:
        """Return whether a service is installed and runs."""
        state = self.services.get(service)
        return state is not None and state.running

    def sql_usable(self, instance: str) -> SqlState | None:
        """Return an instance that answers, or None."""
        state = self.sql.get(instance.upper())
        return state if state is not None and self.running(state.service) else None
