"""What the topology and the directory list: services, pools, computers, users, domains."""

from __future__ import annotations

from app.lab.cmdlets import stores
from app.lab.cmdlets.call import Call, lync
from app.lab.ports import Refused

_PREFIXES = {
    "UserServices": "UserServer",
    "Registrar": "Registrar",
    "WebServices": "WebServer",
    "ConfServices": "ConferencingServer",
    "ApplicationServer": "ApplicationServer",
    "MediationServer": "MediationServer",
    "CentralMgmt": "CentralManagement",
    "UserStore": "UserDatabase",
    "ApplicationStore": "ApplicationDatabase",
    "CentralMgmtStore": "CentralManagementDatabase",
    "FileStore": "FileStore",
}
"""Role name to the prefix of Get-CsService identities and the switch of that name (formats 1.5)."""


def _services(call: Call) -> None:
    topology = stores.central_store(call)
    switches = [prefix for prefix in _PREFIXES.values() if call.flag(prefix)]
    pool = call.text("PoolFqdn").lower()
    for service in topology.services:
        cluster = topology.cluster(service.cluster)
        prefix = _PREFIXES.get(service.role, service.role)
        if cluster is None or (switches and prefix not in switches) or (pool and cluster.fqdn.lower() != pool):
            continue
        properties: dict[str, object] = {
            "Identity": f"{prefix}:{cluster.fqdn}",
            "ServiceId": service.id,
            "SiteId": f"Site:{topology.sites[0].name}",
            "PoolFqdn": cluster.fqdn,
            "Version": service.version,
            "Role": prefix,
        }
        if service.role == "CentralMgmt":
            properties["Active"] = service.details.get("IsActive", "").lower() == "true"
        if service.role == "FileStore":
            properties["UncPath"] = f"\\\\{cluster.fqdn}\\{service.details.get('ShareName', '')}"
        if service.sql_instance is not None:
            properties["SqlInstanceName"] = service.sql_instance
        call.say(**properties)


def _pools(call: Call) -> None:
    topology = stores.central_store(call)
    wanted = call.text("Identity").lower()
    found = [pool for pool in topology.pools() if not wanted or pool.fqdn == wanted]
    if wanted and not found:
        raise Refused(f"Cannot find pool '{wanted}'.", "PoolNotFound")
    for pool in found:
        services = [f"{_PREFIXES.get(role, role)}:{pool.fqdn}" for role in pool.roles]
        call.say(
            Identity=pool.fqdn,
            Fqdn=pool.fqdn,
            Services=services,
            Computers=[one.fqdn for one in pool.machines],
            Site=f"Site:{topology.sites[0].name}",
        )


def _computers(call: Call) -> None:
    topology = stores.central_store(call)
    wanted = call.text("Identity").lower() or (call.host.fqdn if call.flag("Local") else "")
    for pool in topology.pools():
        for machine in pool.machines:
            if (wanted and machine.fqdn.lower() != wanted) or (call.given("Pool") and call.text("Pool") != pool.fqdn):
                continue
            call.say(Identity=machine.fqdn, Pool=pool.fqdn, Fqdn=machine.fqdn)


def _users(call: Call) -> None:
    wanted = call.text("Identity").lower().removeprefix("sip:")
    known = call.world.directory.users
    if wanted and wanted not in known:
        raise Refused(f'Management object not found for identity "{wanted}".', "ManagementObjectNotFound")
    for address, pool in known.items():
        if not wanted or address == wanted:
            call.say(
                Identity=f"CN={address.partition('@')[0].title()},CN=Users,{call.world.directory.base}",
                SipAddress=f"sip:{address}",
                RegistrarPool=pool,
                Enabled=True,
            )


def _sip_domains(call: Call) -> None:
    topology = stores.central_store(call)
    for domain in topology.sip_domains:
        call.say(Identity=domain, Name=domain, IsDefault=domain == topology.default_sip_domain)


def _simple_urls(call: Call) -> None:
    topology = stores.central_store(call)
    texts = [f"Component={one.component};Domain={one.domain};ActiveUrl={one.url}" for one in topology.simple_urls]
    call.say(Identity="Global", SimpleUrl=texts, UseBackendDatabase=False)


CMDLETS = (
    lync("Get-CsService", _services, "PoolFqdn", "Identity", "Filter", *_PREFIXES.values()),
    lync("Get-CsPool", _pools, "Identity", "Site", "Filter"),
    lync("Get-CsComputer", _computers, "Identity", "Pool", "Local", "Filter"),
    lync("Get-CsUser", _users, "Identity", "ResultSize", "OnLyncServer"),
    lync("Get-CsSipDomain", _sip_domains, "Identity", "Filter"),
    lync("Get-CsSimpleUrlConfiguration", _simple_urls, "Identity", "LocalStore"),
)
