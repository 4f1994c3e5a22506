"""What may have failed: every server of the topology is asked how it is, and what it says is weighed. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.deployment.topology import Machine, Pool, Topology
from app.facts.fact import Readings, Request, Unknown
from app.facts.host import IDENTITY, RESIDUE, SERVICES, Residue, Services
from app.procedures.standard_edition import STANDARD_EDITION_SERVER, refusal
from checks.asking import known

_FRONT_END = ("RTCSRV", "REPLICA")
"""Services that stand for a living server of any user pool (S-01)."""
_CLEAN, _SILENT, _LIKELY, _BROKEN, _RESTING, _WELL = 40, 30, 30, 20, 10, 0
"""How much speaks for a loss; from ``_LIKELY`` on it is shown as the likely failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One failure that may be the one."""

    procedure: str
    """Id of the procedure that treats it."""
    target: str
    title: str
    reason: str
    """What was seen that speaks for it, or against it."""
    likely: bool
    weight: int
    """The higher, the likelier; suggestions come sorted by it."""


def triage_requests(topology: Topology) -> tuple[Request[Any], ...]:
    """Return what every server that runs the product is asked."""
    names = dict.fromkeys(one.fqdn.lower() for pool in topology.pools() for one in pool.machines)
    return tuple(fact.about(name) for name in names for fact in (IDENTITY, RESIDUE, SERVICES))


def triage(topology: Topology, readings: Readings) -> tuple[Suggestion, ...]:
    """Return what may have failed, the likeliest first; servers that look healthy come last."""
    found = [_suggestion(pool, machine, readings) for pool in topology.pools() for machine in pool.machines]
    if all(_is_silent(one.target, readings) for one in found):
        # Nobody answers at all: that is this console's network or its credentials, and not every server lost at once.
        found = [replace(one, likely=False) for one in found]
    return tuple(sorted(found, key=lambda one: -one.weight))


def _is_silent(target: str, readings: Readings) -> bool:
    return known(readings, IDENTITY.about(target)) is None


def _suggestion(pool: Pool, machine: Machine, readings: Readings) -> Suggestion:
    target = machine.fqdn.lower()
    weight, reason = _weighed(target, readings)
    other = refusal(pool, target)
    return Suggestion(
        procedure=STANDARD_EDITION_SERVER.id,
        target=target,
        title=f"{_kind(pool)} {target} is lost",
        reason=f"{reason}. {other}" if other else reason,
        likely=weight >= _LIKELY and not other,
        weight=weight - bool(other),
    )


def _kind(pool: Pool) -> str:
    if pool.edition is None:
        return f"server ({', '.join(pool.roles)})"
    return f"{pool.edition.value.title()} Edition server"


def _weighed(target: str, readings: Readings) -> tuple[int, str]:
    identity = readings.reading(IDENTITY.about(target))
    if identity is None or isinstance(identity, Unknown):
        why = identity.reason if isinstance(identity, Unknown) else "it was not asked"
        return _SILENT, f"it could not be asked: {why}"
    residue = known(readings, RESIDUE.about(target))
    services = known(readings, SERVICES.about(target))
    if residue is not None and _clean(residue) and (services is None or not _installed(services)):
        return _CLEAN, "it answers, and nothing of the product is installed on it: a clean machine stands in its place"
    if services is None:
        return _SILENT - 5, "it answers, and its services could not be asked"
    return _by_services(services)


def _clean(residue: Residue) -> bool:
    return not (residue.programs or residue.registry_keys or residue.shares or residue.local_groups)


def _installed(services: Services) -> list[str]:
    return [name for name in _FRONT_END if services.status(name) is not None]


def _by_services(services: Services) -> tuple[int, str]:
    missing = [name for name in _FRONT_END if services.status(name) is None]
    if missing:
        return _BROKEN, f"it answers, and the product is not whole: {', '.join(missing)} not installed"
    resting = [f"{name} is {services.status(name)}" for name in _FRONT_END if services.status(name) != "Running"]
    if resting:
        return _RESTING, f"it is installed, and {', '.join(resting)}; try to start it before anything is rebuilt"
    return _WELL, "it answers, and its services run"
