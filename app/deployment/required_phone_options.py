"""What phones must be told by DHCP for a pool (H-02 to H-04)."""

from __future__ import annotations

from dataclasses import dataclass

from app.deployment.phone_options import encode_option_43, encode_option_120
from app.deployment.topology import Pool, Topology
from app.deployment.web_names import internal_web_name, is_director


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneOptions:
    """The values of options 120 and 43."""

    sip_servers: tuple[str, ...]
    """Names that option 120 may carry: Directors first, then this pool, then the other user pools."""
    web_servers: tuple[str, ...]
    """Internal web services names that option 43 may carry, in the same order."""
    option_120: bytes
    """For the first of ``sip_servers``."""
    option_43: bytes
    """For the first of ``web_servers``."""
    rule: str
    basis: str


def phone_options(topology: Topology, pool: Pool) -> PhoneOptions | None:
    """Return what phones must be told, or None where no phone signs in at this pool or its names cannot be encoded."""
    if "UserServices" not in pool.roles and not is_director(topology, pool):
        return None
    directors = [one for one in topology.pools() if is_director(topology, one)]
    others = [one for one in topology.pools() if "UserServices" in one.roles]
    pools = list(dict.fromkeys([*directors, pool, *others]))
    names = tuple(one.fqdn for one in pools)
    web = tuple(dict.fromkeys(internal_web_name(topology, one) for one in pools))
    try:
        option_120, option_43 = encode_option_120(names[0]), encode_option_43(web[0])
    except ValueError:
        return None
    return PhoneOptions(
        sip_servers=names,
        web_servers=web,
        option_120=option_120,
        option_43=option_43,
        rule="H-02, H-03",
        basis=f"first sign-in pool {names[0]}, internal web services {web[0]}",
    )
