"""Every fault of the lab, and how one is injected and mended."""

from __future__ import annotations

from app.lab.faults import backup, central_management, certificates, directory, machine, network, reaching
from app.lab.faults.fault import Fault
from app.lab.world import running
from app.lab.world.world import World

FAULTS: tuple[Fault, ...] = (
    *backup.FAULTS,
    *reaching.FAULTS,
    *machine.FAULTS,
    *directory.FAULTS,
    *central_management.FAULTS,
    *network.FAULTS,
    *certificates.FAULTS,
)


def fault(wanted: str) -> Fault:
    """Return a fault by id.

    Raises:
        LookupError: there is none.
    """
    found = next((one for one in FAULTS if one.id == wanted), None)
    if found is None:
        raise LookupError(f"there is no fault {wanted!r}; there are: {', '.join(one.id for one in FAULTS)}")
    return found


def inject(world: World, wanted: str) -> Fault:
    """Break one thing; a fault that is there already stays as it is.

    Raises:
        LookupError: there is no such fault.
        ValueError: it cannot be broken so as the world is now.
    """
    chosen = fault(wanted)
    with world.locked():
        if chosen.id not in world.broken:
            if not chosen.possible(world):
                raise ValueError(f"as the lab is now it cannot be that {chosen.title}")
            chosen.breaks(world)
            world.broken.add(chosen.id)
    return chosen


def mend(world: World, wanted: str) -> Fault:
    """Mend one fault; one that is not there stays away. What replication could not do meanwhile, it does now."""
    chosen = fault(wanted)
    with world.locked():
        if chosen.id in world.broken:
            chosen.mends(world)
            world.broken.discard(chosen.id)
            running.replicate(world)
    return chosen
