"""The users of the deployment and what they have: contacts, conference directories, Response Groups."""

from __future__ import annotations

import random

from app.deployment.topology import Topology
from app.lab.world.lync import PoolData, ResponseGroupState
from app.lab.world.world import World

_NAMES = (
    "alice", "bao", "carmen", "dmitri", "esra", "femi", "greta", "hiroshi", "ines", "jonas", "kavita", "luis",
    "mara", "noor", "olga", "pavel", "quentin", "rosa", "samir", "tuula", "ugo", "vera", "wei", "ximena", "yusuf", "zoe",
)  # fmt: skip


def pools(topology: Topology, chance: random.Random) -> dict[str, PoolData]:
    """Return the data of every user pool; who lives where and knows whom follows from the seed."""
    names = list(_NAMES)
    chance.shuffle(names)
    addresses = [f"{name}@{topology.default_sip_domain}" for name in names]
    homes = [pool for pool in topology.pools() if "UserServices" in pool.roles]
    found: dict[str, PoolData] = {}
    for index, pool in enumerate(homes):
        own = sorted(addresses[index :: len(homes)])
        users = {user: tuple(sorted(chance.sample([one for one in addresses if one != user], 5))) for user in own}
        groups = ResponseGroupState()
        if topology.uses_application(pool, "urn:application:RGS"):
            groups = _response_groups(topology.default_sip_domain, pool.fqdn)
        found[pool.fqdn] = PoolData(users=users, conference_directories=(str(index + 1),), response_groups=groups)
    return found


def _response_groups(domain: str, pool: str) -> ResponseGroupState:
    short = pool.partition(".")[0]
    return ResponseGroupState(
        workflows=(f"helpdesk-{short}@{domain}", f"reception-{short}@{domain}"),
        queues=(f"Helpdesk {short}", f"Reception {short}", f"Overflow {short}"),
        agent_groups=(f"Agents {short}",),
    )


def homed(world: World) -> None:
    """Write into the directory who is homed where, and the contact objects of the workflows."""
    for pool, data in world.lync.pools.items():
        world.directory.users |= dict.fromkeys(data.users, pool)
        world.directory.application_contacts |= dict.fromkeys(data.response_groups.workflows, pool)
