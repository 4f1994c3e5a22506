"""What a world in which everything is right answers to every question: before setup, and after the recovery."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.facts.fact import Known, Request
from app.facts.file_store import StoreView
from app.facts.host import (
    Adapter,
    CertificateStore,
    ChainElement,
    Grant,
    HostIdentity,
    Operator,
    Paths,
    PathState,
    PendingReboot,
    Reach,
    Reachability,
    Residue,
    SecondHop,
    Services,
    Share,
    Shares,
    StoredCertificate,
    WindowsService,
)
from app.facts.lync import (
    AssignedCertificate,
    AssignedCertificates,
    LyncDatabase,
    LyncDatabases,
    LyncService,
    LyncServices,
    Replica,
    ReplicationStatus,
    ResponseGroups,
    StoreLocation,
    TopologyDocument,
    UserDataCount,
)
from app.facts.sql import Database, SqlInstance
from app.facts.tls import Greeting, TlsPeer
from app.lab.documents import published_xml
from checks.check import Scope
from checks.expected import databases_of, instances_of, services_of
from tests.checks import world_network
from tests.checks.certificate_recipes import der, thumbprint
from tests.checks.scopes import FOLDERS, NOW, SHA256

MAC = "00:15:5D:02:00:0B"
_BOOT = NOW - timedelta(hours=5)


class World(StrEnum):
    """Which moment a case is about."""

    REBUILT = "rebuilt"
    """A clean machine stands in the lost server's place."""
    RECOVERED = "recovered"
    """Setup and the imports are over, services run."""


def answer(request: Request[Any], scope: Scope, world: World) -> Known[Any]:
    """Return the answer that makes every check of that moment pass."""
    value = _ANSWERS[request.fact.name](request, scope, world)
    assert isinstance(value, request.fact.shape)
    return Known(value=value, at=NOW, seconds=0.1)


def _identity(request: Request[Any], _scope: Scope, _world: World) -> HostIdentity:
    host, _, domain = request.subject.partition(".")
    adapter = Adapter(
        name="Ethernet",
        mac=MAC,
        dhcp_enabled=False,
        addresses=(world_network.ADDRESSES[request.subject], "fe80::215:5dff:fe02:b"),
        gateways=("192.0.2.1",),
        dns_servers=("192.0.2.10",),
    )
    return HostIdentity(
        hostname=host.upper(),
        primary_dns_suffix=domain,
        domain=domain,
        part_of_domain=True,
        secure_channel=True,
        adapters=(adapter,),
        os_caption="Microsoft Windows Server 2012 R2 Standard",
        os_build="9600",
        installation_type="Server",
        powershell="4.0",
        clock=NOW,
        last_boot=_BOOT,
    )


def _operator(_request: Request[Any], _scope: Scope, _world: World) -> Operator:
    groups = ("BUILTIN\\Administrators", "CONTOSO\\Domain Users", "CONTOSO\\RTCUniversalServerAdmins")
    return Operator(account="CONTOSO\\lyncadmin", elevated=True, groups=groups)


def _residue(_request: Request[Any], scope: Scope, world: World) -> Residue:
    there = world is World.RECOVERED
    names = tuple(one.instance.upper() for one in instances_of(scope))
    return Residue(
        registry_keys=("HKLM\\SOFTWARE\\Microsoft\\Real-Time Communications",) if there else (),
        programs=("Microsoft Lync Server 2013, Front End Server",) if there else (),
        sql_instances=names if there else ("BACKUPEXEC",),
        folders=("C:\\RtcReplicaRoot",) if there else (),
        shares=("xds-replica",) if there else (),
        local_groups=("RTC Local Administrators",) if there else (),
        web_sites=("Lync Server Internal Web Site",) if there else (),
    )


def _certificates(_request: Request[Any], scope: Scope, world: World) -> CertificateStore:
    names = (_own(scope), "oauth") if world is World.RECOVERED else (_own(scope),)
    return CertificateStore(personal=tuple(stored(one) for one in names), root_count=30, root_not_self_signed=())


def _own(scope: Scope) -> str:
    return "good" if scope.target == "se01.contoso.com" else "good-fe01"


def stored(name: str) -> StoredCertificate:
    """Return a certificate by its recipe as a healthy machine holds it."""
    sha256 = "1.2.840.113549.1.1.11"
    return StoredCertificate(
        thumbprint=thumbprint(name),
        der=der(name),
        friendly_name=name,
        has_private_key=True,
        provider="Microsoft RSA SChannel Cryptographic Provider",
        exportable=True,
        chain_problems=(),
        chain=tuple(ChainElement(subject=one, signature_algorithm=sha256) for one in (f"CN={name}", "CN=contoso-CA")),
    )


def _services(_request: Request[Any], scope: Scope, world: World) -> Services:
    names = ("MpsSvc", *(services_of(scope) if world is World.RECOVERED else ()))
    return Services(services=tuple(WindowsService(name=one, status="Running", start_mode="Auto") for one in names))


def _lync_services(_request: Request[Any], scope: Scope, _world: World) -> LyncServices:
    names = [one for one in services_of(scope) if not one.startswith(("MSSQL", "W3SVC", "Fabric"))]
    return LyncServices(services=tuple(LyncService(name=one, status="Running") for one in names))


def _shares(_request: Request[Any], _scope: Scope, _world: World) -> Shares:
    full = Grant(account="BUILTIN\\Administrators", right="Full", allow=True)
    share = Share(name="LyncShare", path="C:\\LyncShare", share_grants=(full,), folder_grants=(), folders=FOLDERS)
    return Shares(shares=(share,))


def _paths(request: Request[Any], _scope: Scope, _world: World) -> Paths:
    return Paths(paths=tuple(_path(one, hashed=request.argument("hashed")) for one in request.argument("paths")))


def _path(path: str, *, hashed: bool) -> PathState:
    size = 4096 if "UserData" in path else 1024
    return PathState(path=path, exists=True, is_folder=False, size=size, sha256=SHA256 if hashed else "")


def _reachability(request: Request[Any], _scope: Scope, _world: World) -> Reachability:
    pairs = [one.rpartition(":") for one in request.argument("targets")]
    return Reachability(targets=tuple(Reach(host=host, port=int(port), open=True, error="") for host, _, port in pairs))


def _topology(_request: Request[Any], scope: Scope, _world: World) -> TopologyDocument:
    return TopologyDocument(xml=published_xml(scope.topology).decode())


def _replication(_request: Request[Any], scope: Scope, _world: World) -> ReplicationStatus:
    names = [machine.fqdn for pool in scope.topology.pools() for machine in pool.machines]
    rows = [
        Replica(fqdn=one, up_to_date=True, last_status_report=NOW - timedelta(minutes=2), product_version="5.0.8308.0")
        for one in names
    ]
    return ReplicationStatus(
        master="se02.contoso.com", file_transfer_agents=("se02.contoso.com",), replicas=tuple(rows)
    )


def _assigned(request: Request[Any], scope: Scope, _world: World) -> AssignedCertificates:
    own = _own(scope) if request.subject == scope.target else "other-server"
    uses = {one: thumbprint(own) for one in ("Default", "WebServicesInternal", "WebServicesExternal")}
    uses["OAuthTokenIssuer"] = thumbprint("oauth")
    return AssignedCertificates(
        certificates=tuple(AssignedCertificate(use=use, thumbprint=one) for use, one in uses.items())
    )


def _lync_databases(_request: Request[Any], scope: Scope, _world: World) -> LyncDatabases:
    rows = [(name, one.name) for one in databases_of(scope) for name in one.databases]
    return LyncDatabases(
        databases=tuple(
            LyncDatabase(
                name=name, data_source=source, expected_version="10.13.2", installed_version="10.13.2", succeed=True
            )
            for name, source in rows
        )
    )


def _sql(request: Request[Any], scope: Scope, _world: World) -> SqlInstance:
    server, _, instance = request.subject.partition("\\")
    own = [name for one in databases_of(scope) if one.name == request.subject for name in one.databases]
    names = ["master", *own, *(["xds", "lis"] if server == "se02.contoso.com" else [])]
    return SqlInstance(
        server_name=request.subject.upper(),
        instance_name=instance.upper(),
        version="11.0.7001.0",
        edition="Express Edition (64-bit)",
        collation="Latin1_General_CI_AI",
        is_sysadmin=True,
        databases=tuple(database(one) for one in names),
    )


def database(name: str) -> Database:
    """Return a database that is online."""
    return Database(
        name=name,
        state="ONLINE",
        recovery_model="SIMPLE",
        owner="CONTOSO\\lyncadmin",
        created=datetime(2014, 3, 1, tzinfo=UTC),
        files=(f"C:\\CsData\\{name}.mdf",),
    )


_Answer = Callable[[Request[Any], Scope, World], object]
_ANSWERS: Mapping[str, _Answer] = {
    "host.identity": _identity,
    "host.operator": _operator,
    "host.residue": _residue,
    "host.pending_reboot": lambda *_: PendingReboot(reasons=(), noisy=()),
    "host.certificates": _certificates,
    "host.services": _services,
    "host.shares": _shares,
    "host.paths": _paths,
    "host.reachability": _reachability,
    "host.second_hop": lambda request, *_: SecondHop(
        path=request.argument("path"), reached=True, identity="CONTOSO\\lyncadmin", error=""
    ),
    "lync.store_location": lambda *_: StoreLocation(
        back_end="se02.contoso.com\\rtc", mirror="", management_server="se02.contoso.com", management_instance="rtc"
    ),
    "lync.topology": _topology,
    "lync.replication": _replication,
    "lync.assigned_certificates": _assigned,
    "lync.services": _lync_services,
    "lync.databases": _lync_databases,
    "lync.user_data": lambda *_: UserDataCount(users=20, other_items=45),
    "lync.response_groups": lambda *_: ResponseGroups(workflows=2, queues=3, agent_groups=3),
    "directory.computer_accounts": world_network.computer_accounts,
    "directory.state": world_network.directory_state,
    "directory.store_pointers": world_network.store_pointers,
    "dns.answer": world_network.dns_answer,
    "sql.instance": _sql,
    "file_store.view": lambda *_: StoreView(exists=True, folders=FOLDERS, files=12, size=2048, writable=True),
    "dhcp_server.view": world_network.dhcp_view,
    "dhcp.inform": world_network.dhcp_reply,
    "tls.peer": lambda _request, scope, _world: TlsPeer(
        greeting=Greeting.HANDSHAKE, protocol="TLSv1", leaf=der(_own(scope))
    ),
}
