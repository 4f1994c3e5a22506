"""The canonical state of a world as flat lines, so that a recovered deployment can be compared with the one before.

Left out is what legitimately differs after a rebuild: hardware addresses, times, the rollback image, installation media,
working folders and the log of what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.facts.host import Grant
from app.lab.world import roles
from app.lab.world.files import contents
from app.lab.world.keys import common_name, parsed
from app.lab.world.machines import Host
from app.lab.world.world import World

Line = tuple[str, str]
_WITHOUT_CONTENT = frozenset({roles.REPLICA_SHARE, "LyncBackup"})
"""Shares whose files come and go."""


def snapshot(world: World) -> dict[str, str]:
    """Return the state as key and value."""
    with world.locked():
        return dict([*_hosts(world), *_directory(world), *_network(world), *_lync(world)])


def differences(before: dict[str, str], now: dict[str, str]) -> tuple[str, ...]:
    """Return one sentence for everything that is not as it was."""
    found = []
    for key in sorted(before.keys() | now.keys()):
        was, present = before.get(key), now.get(key)
        if was != present:
            found.append(f"{key}: was {_said(was)}, is {_said(present)}")
    return tuple(found)


def _said(value: str | None) -> str:
    return "absent" if value is None else repr(value)


def _hosts(world: World) -> Iterator[Line]:
    for host in world.hosts.values():
        for key, value in (*_identity(host), *_software(host), *_product(world, host), *_trust(host), *_shares(host)):
            yield f"host {host.name}: {key}", value


def _identity(host: Host) -> Iterator[Line]:
    yield "name", host.fqdn
    yield "domain", f"{host.domain} joined={host.part_of_domain} channel={host.secure_channel}"
    yield "addresses", _joined(host.addresses)
    yield "static", str(not any(adapter.dhcp_enabled for adapter in host.adapters))
    yield "hosts file", _joined(f"{entry.address} {' '.join(entry.names)}" for entry in host.hosts_file)
    yield "system", f"{host.os_caption} {host.os_build} {host.installation_type}"
    yield "administrators", _joined(sorted(host.administrators))
    yield "pending reboot", _joined((*host.pending_reboot, *host.noisy_reboot))
    yield "clock ahead", f"{host.skew:.0f}"
    yield "reached", f"{host.winrm} password={not host.rejects_password} delegation={host.delegation}"


def _software(host: Host) -> Iterator[Line]:
    for name, service in host.services.items():
        yield f"service {name}", f"{service.status} {service.start_mode}"
    for state in host.sql.values():
        yield (
            f"sql {state.name}",
            f"{state.version} {state.edition} {state.collation} {state.behaviour} {state.refuses_logins}",
        )
        for database in state.databases.values():
            yield (
                f"sql {state.name}: {database.name}",
                f"{database.state} {database.version} {database.recovery} {database.owner}",
            )
    left = host.leftovers
    yield "left over", _joined([*left.registry_keys, *left.programs, *left.folders, *left.local_groups])


def _product(world: World, host: Host) -> Iterator[Line]:
    product = host.product
    yield "core", str(product.core)
    yield "local management", str(product.local_management)
    yield "replica", str(product.replica)
    yield "activated", str(product.activated)
    yield "components", _joined(sorted(product.components))
    for use, thumbprint in product.assigned.items():
        yield f"certificate {use}", thumbprint
    store = product.local_store
    if store is not None:
        current = store.version == world.lync.store.version
        yield "local store", f"{store.topology.signature} current={current}"


def _trust(host: Host) -> Iterator[Line]:
    for held in host.stores.personal:
        yield f"store My {held.thumbprint}", f"key={held.has_key} {held.provider}"
    yield "store Root", _joined(sorted(common_name(parsed(one).subject) for one in host.stores.root))
    yield "store CA", _joined(sorted(common_name(parsed(one).subject) for one in host.stores.intermediate))


def _shares(host: Host) -> Iterator[Line]:
    for share in host.disks.shares:
        yield f"share {share.name}", share.path
        yield f"share {share.name}: grants", _grants(share.share_grants)
        yield f"share {share.name}: folder grants", _grants(share.folder_grants)
        if share.name in _WITHOUT_CONTENT:
            continue
        for name, digest in contents(host.disks.share_folder(share.name)).items():
            yield f"share {share.name}: {name}", digest


def _grants(grants: tuple[Grant, ...]) -> str:
    return _joined(sorted(f"{one.account}={one.right}{'' if one.allow else ' denied'}" for one in grants))


def _directory(world: World) -> Iterator[Line]:
    directory = world.directory
    pointer = directory.pointer
    yield "directory: pointer", f"{pointer.back_end} {pointer.mirror}" if pointer else ""
    yield "directory: schema", f"{directory.schema_upper} {directory.schema_lower}"
    yield "directory: groups", _joined(sorted(directory.groups))
    yield "directory: answers", directory.behaviour
    for computer in directory.computers:
        groups = _joined(sorted(computer.groups))
        yield f"directory: computer {computer.fqdn} {computer.rid}", f"enabled={computer.enabled} {groups}"
    for account in directory.accounts.values():
        yield f"directory: account {account.name}", f"enabled={account.enabled} {_joined(sorted(account.groups))}"
    for address, pool in {**directory.users, **directory.application_contacts}.items():
        yield f"directory: {address}", pool


def _network(world: World) -> Iterator[Line]:
    zones, dhcp = world.network.zones, world.network.dhcp
    yield "dns: answers", zones.behaviour
    for (name, kind), data in zones.records.items():
        yield f"dns: {name} {kind}", _joined(sorted(data))
    yield "dhcp: answers", dhcp.behaviour
    yield "dhcp: option 120", dhcp.option_120.hex()
    yield "dhcp: option 43", _joined(f"{number}={value.hex()}" for number, value in dhcp.option_43.items())
    macs = {adapter.mac for host in world.hosts.values() for adapter in host.adapters}
    for one in dhcp.reservations:
        yield f"dhcp: reservation {one.address}", f"{one.name} matches={one.mac in macs}"
    yield "network: blocked", _joined(sorted(f"{start}>{end}:{port}" for start, end, port in world.network.blocked))


def _lync(world: World) -> Iterator[Line]:
    store = world.lync.store
    yield "cms: topology", f"{store.topology.signature} as designed={store.topology == world.topology}"
    yield "cms: OAuth", f"{store.oauth.thumbprint} delivered={store.delivers_oauth}"
    yield "cms: locations", str(store.locations)
    for pool, data in world.lync.pools.items():
        for user, contacts in data.users.items():
            yield f"pool {pool}: user {user}", _joined(contacts)
        yield f"pool {pool}: conference directories", _joined(data.conference_directories)
        groups = data.response_groups
        yield f"pool {pool}: workflows", _joined(groups.workflows)
        yield f"pool {pool}: queues", _joined(groups.queues)
        yield f"pool {pool}: agent groups", _joined(groups.agent_groups)
    for host in world.lync_hosts():
        yield f"replica {host.name}: up to date", str(up_to_date(world, host))


def up_to_date(world: World, host: Host) -> bool:
    """Return whether a replica has reported the store's version and is still there to report."""
    report = world.lync.reports.get(host.name)
    present = host.product.local_store is not None and host.running("REPLICA")
    return present and report is not None and report.version == world.lync.store.version


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(parts)
