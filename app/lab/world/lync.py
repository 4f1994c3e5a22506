"""What the Central Management store and the pools' databases hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.deployment.topology import Topology
from app.lab.world.keys import HeldCertificate


@dataclass(kw_only=True)
class CentralStore:
    """Content of xds: what every replica receives."""

    topology: Topology
    oauth: HeldCertificate
    """The global OAuthTokenIssuer certificate, replicated with its key (C-14)."""
    version: int = 1
    locations: int = 0
    """Records of the Location Information service in lis."""
    delivers_oauth: bool = True
    """Whether replication brings the OAuth certificate along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseGroupState:
    """Response Group configuration of one pool, in rgsconfig."""

    workflows: tuple[str, ...] = ()
    """SIP addresses, one a workflow; each has a contact object in AD."""
    queues: tuple[str, ...] = ()
    agent_groups: tuple[str, ...] = ()


@dataclass(kw_only=True)
class PoolData:
    """Persistent user data of one pool, in rtcxds, and its Response Group configuration."""

    users: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """SIP address to the contacts of the user."""
    conference_directories: tuple[str, ...] = ()
    response_groups: ResponseGroupState = field(default_factory=ResponseGroupState)
    cached: dict[str, tuple[str, ...]] | None = None
    """What a running Front End service holds in memory and writes back; None while it is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaReport:
    """Last report of one replica, in seconds since the epoch; 0: none."""

    at: float = 0.0
    version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One command that may have changed something."""

    number: int
    host: str
    account: str
    line: str
    """As it would be typed."""
    at: float
    """Seconds since the epoch, by the world's clock."""
    ok: bool
    message: str = ""
    """Why it was refused, or what it said."""


@dataclass(kw_only=True)
class Lync:
    """The whole of the product's data."""

    store: CentralStore
    pools: dict[str, PoolData]
    reports: dict[str, ReplicaReport] = field(default_factory=dict)
