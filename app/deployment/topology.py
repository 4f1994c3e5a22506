"""A topology as the product describes it: clusters, SQL instances, services, and what follows from them by name alone.

Shapes and derivations only; ``reading.py`` makes one from a document. Source of every rule: formats sheet 1.3 to 1.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.deployment.product import Product, product_of


class Edition(StrEnum):
    """Of a user pool."""

    STANDARD = "standard"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetInterface:
    """``Machine/NetInterface``."""

    side: str
    """``Primary``, ``Internal``, ``External``, ``Pstn``."""
    number: int
    address: str
    """``0.0.0.0`` means all configured addresses."""
    public_address: str = ""
    """``ConfiguredIPAddress``: the public address behind NAT (Edge, D-15)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One computer."""

    fqdn: str
    interfaces: tuple[NetInterface, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses that the topology names, without the "all configured" wildcard."""
        return tuple(one.address for one in self.interfaces if one.address not in ("", "0.0.0.0", "::"))  # noqa: S104


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A central (or remote) site."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A pool, or a group of computers that only carries a dependency (SQL, file server, gateway)."""

    id: str
    """``SiteId:Number`` of a published document, the UniqueId of a design."""
    site: str
    fqdn: str
    machines: tuple[Machine, ...]
    runs_product: bool
    """RequiresSetup: these computers run Lync Server itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlInstance:
    """An instance on a cluster; an empty name is the default instance."""

    cluster: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """``Ports/Port``."""

    owner: str
    usage: str
    side: str
    port: int
    protocol: str
    configured_port: int | None = None
    configured_fqdn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependency:
    """``DependsOn/Dependency``; a usage other than ``Default`` is kept verbatim (formats 1.9: probably pairing or a mirror)."""

    usage: str
    service: str
    """Service id, see ``Service.id``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service role instance."""

    id: str
    """``1-WebServices-1`` of a published document; the same string is the folder name in the file store (F-01)."""
    role: str
    """RoleName, such as ``Registrar``."""
    version: int | None
    """ServiceVersion: 5 to 8 are known (formats 1.4)."""
    cluster: str
    """Cluster id it is installed on, also where it is installed on an SQL instance of that cluster."""
    sql_instance: str | None = None
    """Instance name where it is installed on SQL; None where it is not."""
    depends_on: tuple[Dependency, ...] = ()
    ports: tuple[Port, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    """Attributes of the typed child, and ``ExternalSettings.Host`` and the like; ``Applications`` is comma-separated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleUrl:
    """One simple URL (D-13: parse the host, never assume ``meet.<domain>``)."""

    component: str
    """``Meet``, ``Dialin``, ``Cscp``."""
    domain: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One database service on SQL."""

    role: str
    server: str
    instance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """A cluster that runs the product, seen as a pool."""

    fqdn: str
    site: str
    edition: Edition | None
    roles: tuple[str, ...]
    machines: tuple[Machine, ...]
    hosts_active_cms: bool
    cluster: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """A whole document."""

    product: Product
    published: bool
    signature: str
    sip_domains: tuple[str, ...]
    default_sip_domain: str
    sites: tuple[Site, ...]
    clusters: tuple[Cluster, ...]
    sql_instances: tuple[SqlInstance, ...]
    services: tuple[Service, ...]
    simple_urls: tuple[SimpleUrl, ...] = ()
    notes: tuple[str, ...] = ()

    def cluster(self, cluster_id: str) -> Cluster | None:
        """Return a cluster by id."""
        return next((one for one in self.clusters if one.id == cluster_id), None)

    def on_cluster(self, cluster_id: str) -> tuple[Service, ...]:
        """Return the services installed on a cluster itself, not on its SQL instances."""
        return tuple(one for one in self.services if one.cluster == cluster_id and one.sql_instance is None)

    def service(self, service_id: str) -> Service | None:
        """Return a service by id."""
        return next((one for one in self.services if one.id == service_id), None)

    def dependencies(self, service: Service, role: str) -> Iterator[Service]:
        """Yield the services of a role that a service depends on by the Default usage."""
        for dependency in service.depends_on:
            found = self.service(dependency.service)
            if found is not None and found.role == role and dependency.usage == "Default":
                yield found

    def stores(self) -> tuple[Store, ...]:
        """Return every database service with its server and instance."""
        found = []
        for service in self.services:
            cluster = self.cluster(service.cluster)
            if service.sql_instance is not None and cluster is not None:
                found.append(Store(role=service.role, server=cluster.fqdn.lower(), instance=service.sql_instance))
        return tuple(found)

    def pools(self) -> tuple[Pool, ...]:
        """Return the clusters that run the product."""
        return tuple(self._pool(cluster) for cluster in self.clusters if cluster.runs_product)

    def pool_of(self, machine_fqdn: str) -> Pool | None:
        """Return the pool that a computer is a member of."""
        wanted = machine_fqdn.lower()
        return next((pool for pool in self.pools() if wanted in [one.fqdn.lower() for one in pool.machines]), None)

    def cms_pool(self) -> Pool | None:
        """Return the pool of the active Central Management service, or None where the document does not say."""
        return next((pool for pool in self.pools() if pool.hosts_active_cms), None)

    def cms_store(self) -> Store | None:
        """Return where the active Central Management store lives."""
        for service in self.services:
            if service.role == "CentralMgmt" and service.details.get("IsActive", "").lower() == "true":
                for store in self.dependencies(service, "CentralMgmtStore"):
                    cluster = self.cluster(store.cluster)
                    if cluster is not None and store.sql_instance is not None:
                        return Store(role=store.role, server=cluster.fqdn.lower(), instance=store.sql_instance)
        return next((store for store in self.stores() if store.role == "CentralMgmtStore"), None)

    def file_store_paths(self) -> tuple[str, ...]:
        """Return the UNC path of every file store; a DFS name is kept as it is (formats 1.3)."""
        return tuple(path for _, path in self._file_stores())

    def file_stores_used_by(self, pool: Pool) -> tuple[str, ...]:
        """Return the UNC paths that services of a pool depend on."""
        used = {one.service for service in self.on_cluster(pool.cluster) for one in service.depends_on}
        return tuple(dict.fromkeys(path for service_id, path in self._file_stores() if service_id in used))

    def uses_application(self, pool: Pool, urn: str) -> bool:
        """Return whether a pool's ApplicationServer runs an application such as ``urn:application:RGS``."""
        short = urn.rsplit(":", 1)[-1].lower()
        for service in self.on_cluster(pool.cluster):
            if service.role != "ApplicationServer":
                continue
            owners = {port.owner.rsplit(":", 1)[-1].lower() for port in service.ports}
            listed = {
                one.strip().rsplit(":", 1)[-1].lower() for one in service.details.get("Applications", "").split(",")
            }
            if short in owners | listed:
                return True
        return False

    def _file_stores(self) -> Iterator[tuple[str, str]]:
        for service in self.services:
            cluster = self.cluster(service.cluster)
            if service.role == "FileStore" and cluster is not None:
                yield service.id, f"\\\\{cluster.fqdn.lower()}\\{service.details.get('ShareName', '')}"

    def _pool(self, cluster: Cluster) -> Pool:
        services = self.on_cluster(cluster.id)
        return Pool(
            fqdn=cluster.fqdn.lower(),
            site=cluster.site,
            edition=self._edition(cluster, services),
            roles=tuple(dict.fromkeys(one.role for one in services)),
            machines=cluster.machines,
            hosts_active_cms=any(
                one.role == "CentralMgmt" and one.details.get("IsActive", "").lower() == "true" for one in services
            ),
            cluster=cluster.id,
        )

    def _edition(self, cluster: Cluster, services: tuple[Service, ...]) -> Edition | None:
        """Standard: the pool is its only machine, and its user store lies on instance ``rtc`` of the same cluster."""
        users = next((one for one in services if one.role == "UserServices"), None)
        if users is None:
            return None
        own_name = [one.fqdn.lower() for one in cluster.machines] == [cluster.fqdn.lower()]
        stores = list(self.dependencies(users, "UserStore"))
        collocated = any(one.cluster == cluster.id and (one.sql_instance or "").lower() == "rtc" for one in stores)
        return Edition.STANDARD if own_name and collocated else Edition.ENTERPRISE


def products_in(services: tuple[Service, ...]) -> Product:
    """Return the product of a document: the newest service version that it names (a mixed one is a migration)."""
    return product_of(max((one.version for one in services if one.version is not None), default=None))
