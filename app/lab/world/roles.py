"""Which Windows services, folders and programs a role brings to a machine (preconditions 4.2, S-01; formats 1.5)."""

from __future__ import annotations

from app.deployment.topology import Pool, Topology

PRODUCT_FOLDER = "Microsoft Lync Server 2013"
PROGRAM_FILES = f"C:\\Program Files\\{PRODUCT_FOLDER}"
COMMON_FILES = f"C:\\Program Files\\Common Files\\{PRODUCT_FOLDER}"
BOOTSTRAPPER = f"{PROGRAM_FILES}\\Deployment\\Bootstrapper.exe"
REPLICA_ROOT = "C:\\RtcReplicaRoot"
REPLICA_SHARE = "xds-replica"
REGISTRY_KEY = "HKLM\\SOFTWARE\\Microsoft\\Real-Time Communications"
BUILD = "5.0.8308.0"

CORE_PROGRAM = "Microsoft Lync Server 2013, Core Components"
_ROLE_PROGRAMS = {
    "Registrar": "Microsoft Lync Server 2013, Front End Server",
    "ConfServices": "Microsoft Lync Server 2013, Conferencing Server",
    "WebServices": "Microsoft Lync Server 2013, Web Components Server",
    "ApplicationServer": "Microsoft Lync Server 2013, Application Host",
    "MediationServer": "Microsoft Lync Server 2013, Mediation Server",
    "CentralMgmt": "Microsoft Lync Server 2013, Central Management Service",
}
_ROLE_SERVICES = {
    "Registrar": ("FABRICHOSTSVC", "RTCSRV"),
    "ConfServices": ("RTCIMMCU", "RTCAVMCU", "RTCDATAMCU", "RTCASMCU"),
    "MediationServer": ("RTCMEDSRV",),
    "CentralMgmt": ("MASTER", "FTA"),
}
_APPLICATION_SERVICES = {"RGS": "RTCRGS", "CAA": "RTCCAA", "CAS": "RTCCAS", "CPS": "RTCCPS", "TESTBOT": "RTCATS"}
EVERY_MACHINE = ("REPLICA", "RTCCLSAGT")
_SHARE_FOLDERS = {
    "ApplicationServer": ("AppServerFiles/CPS", "AppServerFiles/PDP", "AppServerFiles/Rgs"),
    "CentralMgmt": ("CMSFileStore/xds-master/replicas", "CMSFileStore/xds-master/working"),
    "WebServices": (
        "ABFiles",
        "CollabContent",
        "CollabMetadata",
        "DeviceUpdateLogs",
        "DeviceUpdateStore",
        "MeetingContent",
        "WebAuthStore",
    ),
}
LOCAL_GROUPS = (
    "RTC Local Administrators",
    "RTC Local Config Replicator",
    "RTC Local Read-only Administrators",
    "RTC Local User Administrators",
)
WEB_SITES = ("Lync Server External Web Site", "Lync Server Internal Web Site")


def role_services(topology: Topology, pool: Pool) -> tuple[str, ...]:
    """Return the services of the product on a member of a pool, beside what every machine has."""
    found: list[str] = []
    for role in pool.roles:
        found += _ROLE_SERVICES.get(role, ())
    found += [
        service
        for name, service in _APPLICATION_SERVICES.items()
        if topology.uses_application(pool, f"urn:application:{name}")
    ]
    return tuple(found)


def programs(roles: set[str]) -> tuple[str, ...]:
    """Return what the Uninstall key names for installed roles."""
    return tuple(sorted(name for role, name in _ROLE_PROGRAMS.items() if role in roles))


def share_folders(topology: Topology, pool: Pool) -> tuple[str, ...]:
    """Return the folders that services of a pool keep in its file store, relative, with ``/``."""
    return tuple(
        f"{service.id}/{folder}"
        for service in topology.on_cluster(pool.cluster)
        for folder in _SHARE_FOLDERS.get(service.role, ())
    )
