"""What a fault is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.lab.world.machines import Host
from app.lab.world.world import World


def _always(_world: World) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to break one precondition."""

    id: str
    title: str
    """What is wrong, as an instructor would list it; lower case."""
    area: str
    mending: str
    """What an administrator does about it: the title of the mend."""
    check: str
    """Id of the check that finds it; empty where nothing can be judged: the backup itself is refused, with a sentence."""
    status: str
    """What that check then says: FAIL, WARN or UNKNOWN."""
    breaks: Callable[[World], None]
    mends: Callable[[World], None]
    possible: Callable[[World], bool] = _always
    """Whether the world is such that it can be broken so: there is something to break, and it would be wrong."""
    later: bool = False
    """Only the proof of a later step can tell: nothing is wrong yet."""
    also: tuple[str, ...] = ()
    """Further checks that rightly speak up: the same broken thing seen from elsewhere."""


def target(world: World) -> Host:
    """Return the host that is being recovered."""
    return world.hosts[world.target]


def survivor(world: World) -> Host:
    """Return the server of the Central Management store."""
    pool = world.topology.cms_pool()
    assert pool is not None
    return world.hosts[pool.fqdn]


def setting(
    host: Callable[[World], object], name: str, broken: object
) -> tuple[Callable[[World], None], Callable[[World], None]]:
    """Return how to set one attribute of something in the world to a broken value, and how to give the old one back."""

    def breaks(world: World) -> None:
        owner = host(world)
        world.keep(_key(owner, name), getattr(owner, name))
        setattr(owner, name, broken)

    def mends(world: World) -> None:
        owner = host(world)
        world.restore(_key(owner, name), lambda value: setattr(owner, name, value))

    return breaks, mends


def _key(owner: object, attribute: str) -> str:
    return f"{type(owner).__name__} {getattr(owner, 'name', '')} {attribute}"


def records(
    name: str, kind: str, broken: Callable[[World], tuple[str, ...]]
) -> tuple[Callable[[World], None], Callable[[World], None]]:
    """Return how to replace the DNS records of a name, and how to put the right ones back."""

    def breaks(world: World) -> None:
        zones = world.network.zones
        world.keep(f"dns {name} {kind}", tuple(zones.records.get((name, kind), ())))
        zones.put(name, kind, *broken(world))

    def mends(world: World) -> None:
        world.restore(f"dns {name} {kind}", lambda data: world.network.zones.put(name, kind, *data))

    return breaks, mends
