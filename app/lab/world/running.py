"""What runs: which service starts under which conditions, what listens then, and how replication goes on."""

from __future__ import annotations

from app.lab.world import roles
from app.lab.world.keys import OAUTH, HeldCertificate
from app.lab.world.lync import ReplicaReport
from app.lab.world.machines import RUNNING, STOPPED, Host
from app.lab.world.world import World

NOT_STARTED = "StartPending"
_CERTIFIED = "RTC"
_UNCERTIFIED = frozenset({"RTCCLSAGT"})
_WEB_PORTS = {80: False, 443: True, 8080: False, 4443: True}
_SIP_PORTS = {
    5061: "RTCSRV",
    444: "RTCSRV",
    5062: "RTCIMMCU",
    5063: "RTCAVMCU",
    5065: "RTCASMCU",
    8057: "RTCDATAMCU",
    5070: "RTCMEDSRV",
    5071: "RTCRGS",
    5072: "RTCCAA",
    5073: "RTCCAS",
    5075: "RTCCPS",
    5076: "RTCATS",
}
_CONTROLLER_PORTS = (53, 88, 135, 389, 445, 464, 636, 3268, 3269)
SQL_PORTS = {"RTC": 1433, "RTCLOCAL": 14331, "LYNCLOCAL": 14332}
"""Static ports of the lab's instances; every other instance has none."""


def is_product_service(name: str) -> bool:
    """Return whether Stop- and Start-CsWindowsService act on a service."""
    return name in ("REPLICA", "MASTER", "FTA", "FABRICHOSTSVC", "W3SVC") or name.startswith(_CERTIFIED)


def product_services(host: Host) -> tuple[str, ...]:
    """Return the product's services on a host; the web server counts once roles are installed."""
    if not host.product.local_management:
        return ()
    names = [name for name in host.services if is_product_service(name)]
    return tuple(name for name in names if name != "W3SVC" or host.product.components)


def obstacle(world: World, host: Host, name: str) -> str:
    """Return why a service does not start, or an empty string."""
    if name == "REPLICA":
        return "" if host.sql_usable("RTCLOCAL") else "the SQL Server instance RTCLOCAL is not running"
    if name in ("MASTER", "FTA"):
        return "" if cms_state(world) is not None else "the Central Management store cannot be reached"
    if name.startswith(_CERTIFIED) and name not in _UNCERTIFIED:
        return _certificate_obstacle(world, host) or (_front_end_obstacle(host) if name == "RTCSRV" else "")
    return ""


def start(world: World, host: Host, name: str) -> str:
    """Start a service and return why it did not get to Running, or an empty string."""
    state = host.services[name]
    if state.running:
        return ""
    why = "it is disabled" if state.start_mode == "Disabled" else obstacle(world, host, name)
    if why:
        # The Front-End service hangs in this state for hours; the others give up (S-04, C-07).
        state.status = NOT_STARTED if name == "RTCSRV" and "Trusted Root" in why else STOPPED
        return why
    state.status = RUNNING
    if name == "RTCSRV":
        data = world.data_of(host.name)
        data.cached = dict(data.users)
    if name in ("REPLICA", "MASTER", "FTA"):
        replicate(world)
    return ""


def stop(world: World, host: Host, name: str) -> None:
    """Stop a service."""
    host.services[name].status = STOPPED
    if name == "RTCSRV":
        world.data_of(host.name).cached = None


def _certificate_obstacle(world: World, host: Host) -> str:
    if not host.product.activated:
        return "the service is not activated on this computer; run Enable-CsComputer"
    assigned = host.product.assigned.get("Default")
    if assigned is None:
        return "no Default certificate is assigned to this computer"
    if not host.stores.usable(assigned, world.now):
        return f"the Default certificate {assigned} cannot be used: key missing, expired, or its chain does not hold"
    return ""


def _front_end_obstacle(host: Host) -> str:
    if host.stores.misplaced_roots():
        return "a certificate in Trusted Root is not self-signed (KB2795828)"
    needed = {"RTC": ("rtcxds", "rtcshared"), "RTCLOCAL": ("rtc", "rtcdyn"), "LYNCLOCAL": ("lyss",)}
    for instance, databases in needed.items():
        state = host.sql_usable(instance)
        if state is None:
            return f"the SQL Server instance {instance} is not running"
        for database in databases:
            if not state.online(database):
                return f"database {database} on instance {instance} is not online"
    return "" if host.running("FABRICHOSTSVC") else "FABRICHOSTSVC is not running"


def cms_state(world: World) -> Host | None:
    """Return the host of the Central Management store where it can be used right now, or None."""
    pointer = world.directory.pointer
    if pointer is None:
        return None
    server, _, instance = pointer.back_end.partition("\\")
    host = world.host(server)
    state = host.sql_usable(instance) if host is not None else None
    return host if state is not None and state.online("xds") else None


def master(world: World) -> str:
    """Return the FQDN of the active master, empty where the Central Management service is down."""
    for host in world.lync_hosts():
        if "CentralMgmt" in host.product.components and host.running("MASTER") and cms_state(world) is not None:
            return host.name
    return ""


def replicate(world: World) -> None:
    """Bring every replica up to date that can be: master alive, replica enabled and running."""
    active = master(world)
    sender = world.hosts.get(active)
    if sender is None or not sender.running("FTA"):
        return
    store = world.lync.store
    for host in world.lync_hosts():
        if host.product.replica and host.running("REPLICA") and host.product.local_store is not None:
            host.product.local_store.topology = store.topology
            host.product.local_store.version = store.version
            world.lync.reports[host.name] = ReplicaReport(at=world.clock(), version=store.version)
            if store.delivers_oauth:
                deliver_oauth(host, store.oauth)


def deliver_oauth(host: Host, certificate: HeldCertificate) -> None:
    """Put the deployment's OAuth certificate into a host's store and assign it (C-14)."""
    if host.stores.held(certificate.thumbprint) is None:
        host.stores.personal.append(
            HeldCertificate(material=certificate.material, friendly_name=certificate.friendly_name)
        )
    host.product.assigned[OAUTH] = certificate.thumbprint


def tls_certificate(host: Host, port: int) -> HeldCertificate | None:
    """Return what a host presents on a TLS port of the product right now, or None where nothing listens."""
    service = _SIP_PORTS.get(port)
    use = "Default"
    if port in _WEB_PORTS:
        service = "W3SVC" if "WebServices" in host.product.components else None
        use = "WebServicesExternal" if port == 4443 else "WebServicesInternal"
    if service is None or not host.running(service):
        return None
    thumbprint = host.product.assigned.get(use)
    return host.stores.held(thumbprint) if thumbprint else None


def listens(host: Host, port: int) -> bool:
    """Return whether something accepts TCP connections on a port."""
    if port in (135, 445, 5985, 5986):
        return True
    if host.is_controller and port in _CONTROLLER_PORTS:
        return True
    for name, number in SQL_PORTS.items():
        if number == port:
            return host.sql_usable(name) is not None
    if port in _WEB_PORTS and not _WEB_PORTS[port]:
        return host.running("W3SVC")
    return tls_certificate(host, port) is not None


def residue_programs(host: Host) -> tuple[str, ...]:
    """Return the product's entries below the Uninstall key."""
    installed = (roles.CORE_PROGRAM,) if host.product.core else ()
    return (*installed, *roles.programs(host.product.components), *host.leftovers.programs)
