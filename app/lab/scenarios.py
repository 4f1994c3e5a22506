"""What has happened to the deployment when a lab starts."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.lab.backing_up import take_backup
from app.lab.contoso import contoso_topology
from app.lab.ports import Clock
from app.lab.world.building import Plan, adapter, base_services, build, put_media
from app.lab.world.keys import Stores
from app.lab.world.lync import PoolData
from app.lab.world.machines import Host
from app.lab.world.network import ReservedAddress
from app.lab.world.snapshot import snapshot
from app.lab.world.world import World

TARGET = "se01.contoso.com"
DEFAULT_PREFIX = "127.66.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One situation to train on."""

    id: str
    title: str
    about: str
    """One or two sentences for a list."""
    failure: str
    """Name of the procedure that recovers it; empty: nothing is lost."""
    lose: Callable[[World], None]
    obstacles: tuple[tuple[str, ...], ...] = ()
    """Ids of faults that a seed may put in the way, those of one kind together; each of them holds a step."""


def healthy(_world: World) -> None:
    """Lose nothing."""


def lose_standard_edition_server(world: World) -> None:
    """Lose the target: a clean machine of the same name, certificates imported and media inserted, stands in its place."""
    replace_machine(world, world.hosts[world.target])
    pool = world.pool_of(world.hosts[world.target])
    if pool is not None:
        world.lync.pools[pool.fqdn] = PoolData()


def replace_machine(world: World, old: Host) -> None:
    """Put a clean machine into the place of a lost one."""
    number = int(old.address.rpartition(".")[2])
    old.disks.wipe()
    new = Host(
        name=old.name,
        address=old.address,
        hostname=old.hostname,
        suffix=old.suffix,
        domain=old.domain,
        disks=old.disks,
        last_boot=world.now,
        adapters=[adapter(world.network.prefix, number, generation=2)],
        administrators=set(old.administrators),
        services=base_services(),
        stores=Stores(
            personal=list(world.vault.get(old.name, [])),
            intermediate=[world.authority.issuing_pem],
            root=[world.authority.root_pem],
        ),
    )
    put_media(new)
    world.hosts[old.name] = new
    for one in list(world.network.dhcp.reservations):
        if one.address == new.address:
            world.network.dhcp.reservations.remove(one)
            mac = new.adapters[0].mac
            world.network.dhcp.reservations.append(ReservedAddress(address=one.address, mac=mac, name=one.name))


SCENARIOS = (
    Scenario(
        id="se-server-lost",
        title="A Standard Edition server is lost",
        about=(
            "se01.contoso.com is gone and a clean machine stands in its place. The Central Management store lives on "
            "se02 and answers."
        ),
        failure="standard-edition-server",
        lose=lose_standard_edition_server,
        obstacles=(
            ("dns-server-stale", "dns-server-missing", "dns-server-extra", "dns-partner-stale"),
            ("target-suffix-missing", "target-pending-reboot", "target-firewall-stopped", "target-clock-skew"),
            ("target-residue-registry", "target-residue-share", "target-media-missing"),
            ("certificate-without-key", "certificate-name-missing", "certificate-intermediate-in-root"),
            ("operator-no-second-hop", "operator-not-in-group", "operator-not-local-admin"),
            ("account-disabled", "account-duplicate", "cms-master-blank"),
        ),
    ),
    Scenario(
        id="healthy",
        title="Nothing is lost",
        about="The whole deployment of contoso.com as it should be, to look around in.",
        failure="",
        lose=healthy,
    ),
)


def scenario(wanted: str) -> Scenario:
    """Return a scenario by id.

    Raises:
        LookupError: there is none; the text names those that are.
    """
    found = next((one for one in SCENARIOS if one.id == wanted), None)
    if found is None:
        raise LookupError(f"there is no scenario {wanted!r}; there are: {', '.join(one.id for one in SCENARIOS)}")
    return found


def obstacles(chosen: Scenario, seed: int) -> tuple[str, ...]:
    """Return the faults that a seed puts in the way: none for 0, otherwise two of different kinds."""
    if seed == 0 or len(chosen.obstacles) < 2:
        return ()
    chance = random.Random(seed)  # noqa: S311 - the same seed has to give the same obstacles
    return tuple(sorted(chance.choice(kind) for kind in chance.sample(chosen.obstacles, 2)))


def start_world(
    chosen: Scenario, *, seed: int, folder: Path, clock: Clock, prefix: str = DEFAULT_PREFIX, extra_hosts: int = 0
) -> World:
    """Return a world in which a scenario has happened; its backup was taken before.

    Args:
        chosen: what happens.
        seed: who lives where, which secrets there are; obstacles are the caller's to inject.
        folder: an empty folder for disks and shares.
        clock: the world's time.
        prefix: first three octets of the deployment's addresses.
        extra_hosts: plain member servers beside the deployment.
    """
    plan = Plan(
        folder=folder,
        seed=seed,
        clock=clock,
        prefix=prefix,
        topology=contoso_topology(),
        target=TARGET,
        extra_hosts=extra_hosts,
    )
    world = build(plan)
    take_backup(world)
    world.before = snapshot(world)
    chosen.lose(world)
    return world
