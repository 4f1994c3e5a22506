"""What a check is: frozen data with a pure judge. It cannot look for itself and cannot change the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.backup.backup_set import BackupSet
from app.deployment.topology import Pool, Topology
from app.facts.fact import Readings, Request
from app.settings import Settings
from checks.finding import Gate, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """The operator's word for something no probe can see."""

    what: str
    who: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a check may expect from: everything that is known before the world is asked."""

    topology: Topology
    target: str
    """FQDN of the machine that is recovered, lower case."""
    pool: Pool
    """Its pool."""
    backup: BackupSet
    settings: Settings
    now: datetime
    """UTC, from the injected clock."""
    attestations: Mapping[str, Attestation] = field(default_factory=dict)
    """By what was attested, such as ``rollback-image``."""

    @property
    def domain(self) -> str:
        """The AD DNS domain of the target, taken from its FQDN."""
        return self.target.partition(".")[2]

    @property
    def management_host(self) -> str:
        """A surviving server that has the management shell; empty where none is known."""
        if self.settings.management_host:
            return self.settings.management_host.lower()
        pool = self.topology.cms_pool()
        machines = [one.fqdn.lower() for one in pool.machines] if pool else []
        return next((one for one in machines if one != self.target), "")

    @property
    def topology_basis(self) -> str:
        """How a finding names the topology as its source."""
        return f"topology ({self.backup.topology_source})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a check asks about one subject."""

    subject: str
    expected: str
    basis: str
    needs: tuple[Request[Any], ...]
    """Facts without which there is no verdict: where one is unknown the finding is UNKNOWN with its reason."""
    judge: Callable[[Readings], Verdict]
    """Pure. Raising is UNKNOWN."""
    also: tuple[Request[Any], ...] = ()
    """Facts that the judge can do without; it looks for itself whether they are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotApplicable:
    """This deployment has nothing that the check could be about."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One precondition or proof."""

    id: str
    """``family.name``: stable, never reused; the family is the module."""
    title: str
    """A claim in the present tense that should be true; lower case; never "ensure" or "check"."""
    why: str
    """What goes wrong later if it is false."""
    remedy: str
    """The next thing a tired person should do."""
    sources: tuple[str, ...]
    """Fact sheet ids and Microsoft page ids."""
    ask: Callable[[Scope], tuple[Question, ...] | NotApplicable]
    """Pure: which subjects there are, what is expected of them, which facts are needed."""
    gate: Gate = Gate.BLOCKING
    after: tuple[str, ...] = ()
    """Ids of checks without which this one makes no sense: where one of them does not pass, this one is SKIPPED."""
    fresh_for: float = 60.0
    """Seconds a finding may be old when a gate opens."""
