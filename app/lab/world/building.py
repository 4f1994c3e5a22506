"""Builds the healthy deployment: the same steps that a recovery takes, on every server, then a backup of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from app.deployment.topology import Pool, Topology
from app.facts.host import Adapter, Grant
from app.lab.authority import Authority
from app.lab.ports import Clock
from app.lab.world import installing, people, records, roles, running
from app.lab.world.directory import COMPUTER_GROUPS, Account, Computer, Directory, Pointer
from app.lab.world.keys import HeldCertificate, Stores, utc
from app.lab.world.lync import CentralStore, Lync
from app.lab.world.machines import Host, ServiceState
from app.lab.world.network import Dhcp, Network, option_43, option_120
from app.lab.world.world import OPERATOR, World, disks_of

CONTROLLER = "dc01"
FILE_SERVER = "bk01"
BASE_SERVICES = ("MpsSvc", "LanmanServer", "LanmanWorkstation", "Netlogon", "W32Time", "WinRM", "EventLog")
MEDIA = "D:\\Setup\\amd64"
MEDIA_FILES = ("Setup.exe", "SQLEXPR_x64.exe", "vcredist_x64.exe", "Setup\\ocscore.msi", "Setup\\admintools.msi")
_MOST_EXTRA = 150
_EXTERNAL_NUMBERS = {CONTROLLER: 10, FILE_SERVER: 13}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a world is built from."""

    folder: Path
    seed: int
    clock: Clock
    prefix: str
    topology: Topology
    target: str
    extra_hosts: int = 0
    """How many plain member servers stand beside the deployment: for trying many hosts at once."""

    @property
    def domain(self) -> str:
        """The AD domain."""
        return self.target.partition(".")[2]


def build(plan: Plan) -> World:
    """Return the healthy deployment of a plan, every service running."""
    chance = random.Random(plan.seed)  # noqa: S311 - it has to be the same for the same seed
    authority = Authority(plan.seed, utc(plan.clock()))
    cms = plan.topology.cms_pool()
    assert cms is not None
    world = World(
        seed=plan.seed,
        clock=plan.clock,
        folder=plan.folder,
        topology=plan.topology,
        hosts=_hosts(plan, authority),
        directory=_directory(plan, chance, f"{cms.fqdn}\\rtc"),
        network=_network(plan),
        lync=Lync(store=_store(plan, authority), pools=people.pools(plan.topology, chance)),
        authority=authority,
        target=plan.target,
        sql_password=f"Sql-{chance.getrandbits(40):010x}",
    )
    people.homed(world)
    for pool in plan.topology.pools():
        world.vault[pool.fqdn] = [server_certificate(authority, plan.topology, pool)]
    for pool in sorted(plan.topology.pools(), key=lambda one: not one.hosts_active_cms):
        install_pool(world, pool)
    # The first server starts its services before the last one has enabled its replica.
    running.replicate(world)
    return world


def install_pool(world: World, pool: Pool) -> None:
    """Install Lync Server on every machine of a pool and start it."""
    for machine in pool.machines:
        host = world.hosts[machine.fqdn.lower()]
        put_media(host)
        _file_store(world, host, pool)
        installing.install_core(host)
        installing.install_local_management(world, host)
        installing.fill_local_store(host, world.topology, world.lync.store.version)
        host.product.replica = True
        installing.install_components(world, host, world.topology, pool)
        for held in world.vault[pool.fqdn]:
            host.stores.personal.append(held)
            for use in ("Default", "WebServicesInternal", "WebServicesExternal"):
                host.product.assigned[use] = held.thumbprint
        installing.activate(host, world.topology, pool)
        for name in running.product_services(host):
            running.start(world, host, name)
    for machine in pool.machines:
        host = world.hosts[machine.fqdn.lower()]
        for name in running.product_services(host):
            running.start(world, host, name)


def put_media(host: Host) -> None:
    """Put the installation media into drive D."""
    host.disks.add_drive("D")
    for name in MEDIA_FILES:
        host.disks.write(f"{MEDIA}\\{name}", f"simulated {name}".encode())


def base_services() -> dict[str, ServiceState]:
    """Return the Windows services of a machine with the product's prerequisites."""
    return {name: ServiceState() for name in (*BASE_SERVICES, "W3SVC")}


def server_names(topology: Topology, pool: Pool) -> tuple[str, ...]:
    """Return what the one certificate of a Standard Edition server has to name (preconditions 3.2)."""
    names = [pool.fqdn]
    for service in topology.on_cluster(pool.cluster):
        external = service.details.get("ExternalSettings.Host")
        names += [external] if external else []
    names += [one.url.partition("//")[2].partition("/")[0] for one in topology.simple_urls]
    for domain in topology.sip_domains:
        names += [f"sip.{domain}", f"lyncdiscoverinternal.{domain}", f"lyncdiscover.{domain}"]
    return tuple(dict.fromkeys(names))


def server_certificate(authority: Authority, topology: Topology, pool: Pool) -> HeldCertificate:
    """Issue a server's certificate."""
    material = authority.issue(pool.fqdn, server_names(topology, pool))
    return HeldCertificate(material=material, friendly_name=f"Lync {pool.fqdn}")


def extra_numbers(plan: Plan) -> dict[str, int]:
    """Return name and last octet of each plain member server.

    Raises:
        ValueError: more than fit into the /24.
    """
    if not 0 <= plan.extra_hosts <= _MOST_EXTRA:
        raise ValueError(f"at most {_MOST_EXTRA} extra hosts fit into the lab's network")
    return {f"srv{number:02}.{plan.domain}": 100 + number for number in range(1, plan.extra_hosts + 1)}


def _hosts(plan: Plan, authority: Authority) -> dict[str, Host]:
    members = [machine.fqdn.lower() for pool in plan.topology.pools() for machine in pool.machines]
    numbers = {f"{name}.{plan.domain}": number for name, number in _EXTERNAL_NUMBERS.items()}
    numbers |= {name: 11 + index if index < 2 else 12 + index for index, name in enumerate(sorted(members))}
    numbers |= extra_numbers(plan)
    return {name: _host(plan, authority, name, numbers[name]) for name in sorted(numbers, key=lambda one: numbers[one])}


def _host(plan: Plan, authority: Authority, name: str, number: int) -> Host:
    hostname, _, suffix = name.partition(".")
    address = f"{plan.prefix}.{number}"
    return Host(
        name=name,
        address=address,
        hostname=hostname.upper(),
        suffix=suffix,
        domain=suffix,
        disks=disks_of(plan.folder, name),
        last_boot=utc(plan.clock()) - timedelta(days=12),
        adapters=[adapter(plan.prefix, number, generation=1)],
        administrators={"Administrator", OPERATOR},
        services=base_services(),
        stores=Stores(intermediate=[authority.issuing_pem], root=[authority.root_pem]),
        is_controller=hostname == CONTROLLER,
        is_dhcp_server=hostname == CONTROLLER,
    )


def adapter(prefix: str, number: int, *, generation: int) -> Adapter:
    """Return the one adapter of a host; each generation of a machine has hardware of its own."""
    return Adapter(
        name="Microsoft Hyper-V Network Adapter",
        mac=f"00:15:5D:{generation:02X}:00:{number:02X}",
        dhcp_enabled=False,
        addresses=(f"{prefix}.{number}",),
        gateways=(f"{prefix}.1",),
        dns_servers=(f"{prefix}.10",),
    )


def _directory(plan: Plan, chance: random.Random, back_end: str) -> Directory:
    directory = Directory(
        domain=plan.domain,
        netbios=plan.domain.partition(".")[0].upper(),
        domain_sid=(chance.getrandbits(31), chance.getrandbits(31), chance.getrandbits(31)),
        pointer=Pointer(back_end=back_end),
    )
    directory.accounts[OPERATOR] = Account(
        name=OPERATOR,
        password=f"Lab-{chance.getrandbits(48):012x}!",
        groups={"Domain Users", "RTCUniversalServerAdmins"},
    )
    created = utc(plan.clock()) - timedelta(days=900)
    members = sorted(machine.fqdn.lower() for pool in plan.topology.pools() for machine in pool.machines)
    for index, fqdn in enumerate([*(f"{name}.{plan.domain}" for name in (CONTROLLER, FILE_SERVER)), *members]):
        groups = ("Domain Computers", *(COMPUTER_GROUPS if fqdn in members else ()))
        cms = plan.topology.cms_pool()
        if cms is not None and fqdn in [one.fqdn.lower() for one in cms.machines]:
            groups = (*groups, "RTCUniversalConfigReplicator")
        directory.computers.append(
            Computer(
                fqdn=fqdn,
                name=fqdn.partition(".")[0].upper(),
                rid=1104 + index,
                created=created,
                groups=groups,
                is_controller=fqdn.startswith(f"{CONTROLLER}."),
            )
        )
    return directory


def _network(plan: Plan) -> Network:
    web = option_43(plan.target)
    dhcp = Dhcp(scope=f"{plan.prefix}.0", mask="255.255.255.0", option_120=option_120(plan.target), option_43=web)
    zones = records.zones(plan.topology, plan.prefix, plan.domain)
    for name, number in extra_numbers(plan).items():
        zones.put(name, "A", f"{plan.prefix}.{number}")
    return Network(prefix=plan.prefix, zones=zones, dhcp=dhcp)


def _store(plan: Plan, authority: Authority) -> CentralStore:
    material = authority.issue(plan.topology.default_sip_domain, ())
    oauth = HeldCertificate(material=material, friendly_name="Lync OAuth")
    return CentralStore(topology=plan.topology, oauth=oauth, locations=3)


def _file_store(world: World, host: Host, pool: Pool) -> None:
    for path in world.topology.file_stores_used_by(pool):
        server, _, share = path.strip("\\").partition("\\")
        if server.lower() != host.name:
            continue
        grants = (Grant(account=installing.ADMINISTRATORS, right="Full", allow=True),)
        installing.share_folder(host, share, f"C:\\{share}", grants)
        for folder in roles.share_folders(world.topology, pool):
            real = host.disks.share_folder(share) / folder
            real.mkdir(parents=True)
            (real / "content.dat").write_bytes(f"{world.seed} {pool.fqdn} {folder}".encode())
