"""What each fault of the lab must do, written by hand: which findings, which steps it holds, in which words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SKIPPED, WARN, UNKNOWN, FAIL = "SKIPPED", "WARN", "UNKNOWN", "FAIL"
LOOK_AGAIN = "check again"
_MASTER = ("cms.master-alive", "cms.lists-target", "backup.same-deployment")
_OF_CANDIDATE = ("certificates.key-provider", "certificates.signature", "certificates.expiry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One fault."""

    fault: str
    check: str
    """The check that names the broken thing; empty where nothing is wrong yet."""
    status: str = FAIL
    also: Mapping[str, str] = field(default_factory=dict)
    """Further checks that say something else than on the healthy lab, with what they say."""
    holds: str = ""
    """Steps whose gate it shuts, of those whose checks can be looked at before anything is done."""
    unproven: str = ""
    """Steps done by hand whose proof it spoils."""
    deeper: Mapping[str, str] = field(default_factory=dict)
    """Further steps whose gate it shuts once the recovery has come there, with the checks that do."""
    wrong: str = ""
    """What ``found`` must say (a pattern)."""
    right: str = ""
    """What ``expected`` must say (a pattern)."""
    do: str = LOOK_AGAIN
    """What ``remedy`` must say (a pattern)."""

    @property
    def found(self) -> dict[str, str]:
        """Every check that changes at the start of a recovery, with what it says."""
        return {**({self.check: self.status} if self.check else {}), **self.also}


def _all(status: str, *checks: str) -> dict[str, str]:
    return dict.fromkeys(checks, status)


_BACKUP = (
    Expected(
        fault="backup-user-data-missing", check="backup.complete", holds="se.1",
        wrong=r"^none; there is se02\.contoso\.com/ExportedUserData\.zip", right=r"user data of se01\.contoso\.com",
        do="missing export",
    ),
    Expected(
        fault="backup-user-data-truncated", check="backup.readable", holds="se.1 se.3 se.6a se.7",
        wrong=r"ExportedUserData\.zip: found an archive that is cut off", right="can be restored from", do="older backup",
    ),
    Expected(
        fault="backup-user-data-empty", check="backup.readable", holds="se.1 se.3 se.6a se.7",
        wrong=r"ExportedUserData\.zip: found an empty file", right="can be restored from", do="older backup",
    ),
    Expected(
        fault="backup-file-store-missing", check="backup.complete", holds="se.1",
        wrong=r"^none; there is se02\.contoso\.com/filestore", right=r"file store of se01\.contoso\.com",
        do="missing export",
    ),
    Expected(
        fault="backup-response-groups-missing", check="backup.complete", holds="se.1",
        wrong=r"^none; there is se02\.contoso\.com/RgsConfiguration\.zip", right=r"response groups of se01\.contoso\.com",
        do="missing export",
    ),
    Expected(
        fault="backup-old", check="backup.fresh", status=WARN, wrong="taken .*, 40 days ago", right="within the last 24 hours",
        do="newer set",
    ),
)  # fmt: skip

_OPERATOR = (
    Expected(
        fault="operator-not-in-group", check="operator.groups", also=_all(UNKNOWN, *_MASTER),
        holds="se.1 se.4 se.5a se.5b se.6b se.6c se.7", unproven="se.2 se.4",
        deeper={
            "se.5b": "install.local-store",
            "se.5d": "certificates.assigned certificates.oauth",
            "se.6c": "services.stopped sql.database-versions",
            "se.6d": "data.user-data-restored",
        },
        wrong=r"CONTOSO\\lyncadmin is not in RTCUniversalServerAdmins", right="token holds RTCUniversalServerAdmins",
        do="Add-ADGroupMember -Identity RTCUniversalServerAdmins -Members lyncadmin",
    ),
    Expected(
        fault="operator-not-local-admin", check="operator.local-admin", holds="se.3 se.5a se.5b", unproven="se.2",
        wrong=r"CONTOSO\\lyncadmin is not in local Administrators", right="holds local Administrators",
        do="net localgroup Administrators",
    ),
    Expected(
        fault="operator-no-second-hop", check="operator.second-hop", holds="se.3 se.5a se.6a", unproven="se.2",
        deeper={"se.6d": "data.user-data-restored"},
        wrong=r"\\\\bk01\.contoso\.com\\LyncBackup.* cannot be reached from the target.*ANONYMOUS LOGON",
        right=r"reaches \\\\bk01\.contoso\.com\\LyncBackup", do="credssp",
    ),
)  # fmt: skip

_OF_TARGET = (
    "host.domain", "host.addressing", "host.os", "host.clock", "host.clean", "host.no-pending-reboot",
    "host.firewall-service", "host.reaches-dependencies", "host.media", "certificates.candidate",
    "certificates.root-store", "dhcp.reservation", "dns.server-address", "operator.groups", "operator.local-admin",
    "operator.second-hop",
)  # fmt: skip
_BLIND = {**_all(UNKNOWN, *_OF_TARGET), **_all(SKIPPED, "dns.pool-address", *_OF_CANDIDATE)}
_BLIND_DEEPER = {
    "se.5a": "file_store.path file_store.share-rights",
    "se.5b": "install.local-store sql.local-instance",
    "se.5c": "install.components",
    "se.5d": "certificates.assigned certificates.oauth",
    "se.6b": "files.user-data-copied",
    "se.6c": "services.stopped files.user-data-copied sql.database-versions",
    "se.6d": "data.user-data-restored",
    "se.7": "services.running",
}


def _unreachable(fault: str, wrong: str) -> Expected:
    """Return what it means that the rebuilt machine cannot be looked at: every step that asks it is held."""
    return Expected(
        fault=fault, check="host.fqdn", status=UNKNOWN, also=_BLIND,
        holds="se.2 se.3 se.4 se.5a se.5b se.5c se.5d se.6a se.6b se.6c se.6d se.7", unproven="se.1 se.2",
        deeper=_BLIND_DEEPER, wrong=wrong, right=r"^se01\.contoso\.com$",
    )  # fmt: skip


_REACHING = (
    _unreachable("winrm-silent", r"no complete answer from se01\.contoso\.com .* within 1\.5 s|nothing answers at"),
    _unreachable("winrm-drip", r"no complete answer from se01\.contoso\.com .* within 1\.5 s|opened no remote shell"),
    _unreachable("winrm-refused", r"se01\.contoso\.com \(.*:5986\) refuses the connection"),
    _unreachable("winrm-broken", r"se01\.contoso\.com .* answered with HTTP 500"),
    _unreachable("winrm-wrong-password", r"se01\.contoso\.com.*CONTOSO\\lyncadmin|CONTOSO\\lyncadmin.*se01\.contoso\.com"),
    _unreachable("winrm-not-allowed", r"CONTOSO\\lyncadmin .*access denied.*local Administrators"),
    Expected(
        fault="management-host-refused", check="cms.master-alive", status=UNKNOWN,
        also=_all(UNKNOWN, "cms.lists-target", "backup.same-deployment"), holds="se.1 se.4 se.5a", unproven="se.4",
        deeper={"se.5d": "certificates.oauth"}, wrong=r"se02\.contoso\.com .* refuses the connection",
        right=r"active master and file transfer agent on se02",
    ),
)  # fmt: skip

_MACHINE = (
    Expected(
        fault="target-renamed", check="host.fqdn", holds="se.2 se.3 se.5a", unproven="se.1",
        wrong=r"calls itself win-7q2f4kd81\.contoso\.com", right=r"^se01\.contoso\.com$",
        do="Rename-Computer -NewName se01",
    ),
    Expected(
        fault="target-suffix-missing", check="host.fqdn", holds="se.2 se.3 se.5a", unproven="se.1",
        wrong="calls itself se01: its primary DNS suffix is empty", right=r"^se01\.contoso\.com$",
        do=r"contoso\.com as primary DNS suffix",
    ),
    Expected(
        fault="target-wrong-domain", check="host.domain", holds="se.2 se.5a", unproven="se.1",
        wrong=r"member of branch\.contoso\.com", right=r"member of contoso\.com", do="Add-Computer -DomainName",
    ),
    Expected(
        fault="target-secure-channel", check="host.domain", holds="se.2 se.5a", unproven="se.1",
        wrong="secure channel is broken", right="working secure channel", do="Test-ComputerSecureChannel -Repair",
    ),
    Expected(
        fault="target-on-dhcp", check="host.addressing", unproven="se.1", wrong="by DHCP, and no reservation pins",
        right="static, or pinned", do="statically",
    ),
    Expected(
        fault="target-on-dhcp-reserved", check="host.addressing", status=WARN, wrong="by DHCP, pinned by a reservation",
        right="static, or pinned", do="static address",
    ),
    Expected(
        fault="dhcp-reservation-old-mac", check="dhcp.reservation", also={"host.addressing": FAIL}, unproven="se.1",
        wrong=r"(?i)waits for 00-15-5d-01-00-0b; the machine has 00.15.5d.02.00.0b", right="waits for its present adapter",
        do="Remove-DhcpServerv4Reservation",
    ),
    Expected(
        fault="target-wrong-address", check="dns.server-address", also={"dns.pool-address": SKIPPED}, holds="se.5a se.5d",
        wrong=r"\.11; the machine has .*\.77", right="addresses bound on the machine", do="address of the failed server",
    ),
    Expected(
        fault="target-unsupported-system", check="host.os", unproven="se.1", wrong="Windows Server 2016 Standard",
        right="Windows Server 2012 R2", do="operating system that the failed server had",
    ),
    Expected(
        fault="target-server-core", check="host.os", unproven="se.1", wrong="Server Core", right="full graphical shell",
        do="graphical shell",
    ),
    Expected(
        fault="target-clock-skew", check="host.clock", holds="se.5a", unproven="se.1",
        wrong=r"4[12]\d seconds ahead of the domain controller", right="within 300 seconds", do="w32tm /resync",
    ),
    Expected(
        fault="target-residue-registry", check="host.clean", holds="se.5a", unproven="se.1",
        wrong=r"registry keys HKLM\\SOFTWARE\\Microsoft\\Real-Time Communications", right="new or clean machine",
        do="Rebuild the operating system",
    ),
    Expected(
        fault="target-residue-instance", check="host.clean", holds="se.5a", unproven="se.1", wrong="SQL instances RTC",
        right="new or clean machine", do="uninstall the listed programs and SQL instances",
    ),
    Expected(
        fault="target-residue-share", check="host.clean", holds="se.5a", unproven="se.1", wrong="shares xds-replica",
        right="new or clean machine", do="delete the listed folders, shares",
    ),
    Expected(
        fault="target-pending-reboot", check="host.no-pending-reboot", holds="se.5a se.5b", wrong="RebootPending",
        right="no restart is pending", do="Restart the machine",
    ),
    Expected(
        fault="target-firewall-stopped", check="host.firewall-service", holds="se.5b se.5d", wrong="MpsSvc is Stopped",
        right="MpsSvc .* is Running", do="Start-Service -Name MpsSvc",
    ),
    Expected(
        fault="target-media-missing", check="host.media", holds="se.5a", wrong=r"not there: D:\\Setup\\amd64\\Setup\.exe",
        right=r"D:\\Setup\\amd64\\Setup\.exe", do=r"restore\.media",
    ),
    Expected(
        fault="target-cut-off", check="host.reaches-dependencies", holds="se.5a", deeper={"se.6d": "data.user-data-restored"},
        wrong=r"no connection from here to se02\.contoso\.com:445 \(TimedOut\)", right=r"se02\.contoso\.com:445",
        do="Open the named port",
    ),
    Expected(
        fault="target-hosts-file", check="dns.partner-servers", also={"host.reaches-dependencies": FAIL}, holds="se.5a",
        wrong=r"HOSTS file says .*\.99 .* the server has .*\.12", right="server's address",
        do=r"C:\\Windows\\System32\\drivers\\etc\\hosts",
    ),
)  # fmt: skip

_NO_DIRECTORY = {
    **_all(UNKNOWN, "directory.schema", "directory.groups", "host.clock"),
    **_all(SKIPPED, *_MASTER),
}
_DIRECTORY = (
    Expected(
        fault="account-missing", check="directory.computer-account", holds="se.1 se.5a",
        wrong="no computer account", right=r"one enabled computer account .* se01\.contoso\.com", do="recycle bin",
    ),
    Expected(
        fault="account-disabled", check="directory.computer-account", holds="se.1 se.5a",
        wrong="CN=SE01,.* is disabled", right=r"one enabled computer account .* se01\.contoso\.com",
        do='Enable-ADAccount -Identity "CN=SE01',
    ),
    Expected(
        fault="account-duplicate", check="directory.computer-account", holds="se.1 se.5a",
        wrong="2 computer accounts .*CN=SE01,.*CN=SE01-OLD", right="^one enabled computer account", do="SID",
    ),
    Expected(
        fault="account-recreated", check="directory.computer-account", holds="se.1 se.5a",
        wrong="-1901.* was created .* after the backup was taken", right="the one from before the failure",
        do="Bring the old one back",
    ),
    Expected(
        fault="schema-old", check="directory.schema", holds="se.1", wrong="rangeUpper 1100", right="rangeUpper 1150",
        do="Install-CsAdServerSchema",
    ),
    Expected(
        fault="group-missing", check="directory.groups", holds="se.1", wrong="missing: RTCComponentUniversalServices",
        right="RTCComponentUniversalServices", do="Restore the missing groups",
    ),
    Expected(
        fault="pointer-missing", check="cms.pointer", also=_all(SKIPPED, *_MASTER), holds="se.1 se.4 se.5a",
        unproven="se.4", deeper={"se.6d": "data.user-data-restored"},
        wrong="no msRTCSIP-GlobalTopologySetting object", right=r"se02\.contoso\.com\\rtc",
        do="Set-CsConfigurationStoreLocation",
    ),
    Expected(
        fault="pointer-wrong", check="cms.pointer", also=_all(SKIPPED, *_MASTER), holds="se.1 se.4 se.5a",
        unproven="se.4", deeper={"se.6d": "data.user-data-restored"},
        wrong=r"points to se01\.contoso\.com\\rtc", right=r"one pointer, to se02\.contoso\.com\\rtc",
        do="Set-CsConfigurationStoreLocation",
    ),
    Expected(
        fault="directory-silent", check="cms.pointer", status=UNKNOWN,
        also={"directory.computer-account": UNKNOWN, **_NO_DIRECTORY}, holds="se.1 se.4 se.5a", unproven="se.1 se.4",
        deeper={"se.6d": "data.user-data-restored"},
        wrong=r"dc01\.contoso\.com:636 did not answer within 1\.5 s", right=r"one pointer, to se02\.contoso\.com\\rtc",
    ),
    Expected(
        fault="directory-down", check="directory.computer-account", status=UNKNOWN,
        also={"cms.pointer": UNKNOWN, "host.reaches-dependencies": FAIL, **_NO_DIRECTORY}, holds="se.1 se.4 se.5a",
        unproven="se.1 se.4", deeper={"se.6d": "data.user-data-restored"},
        wrong=r"dc01\.contoso\.com:636 .*refused", right="^one enabled computer account",
    ),
)  # fmt: skip


def _no_store(fault: str, status: str, wrong: str, do: str = LOOK_AGAIN) -> Expected:
    """Return what it means that nobody can read the Central Management store."""
    return Expected(
        fault=fault, check="cms.database", status=status,
        also=_all(SKIPPED, *_MASTER), holds="se.1 se.4 se.5a", unproven="se.4",
        deeper={"se.6d": "data.user-data-restored"}, wrong=wrong, right="databases xds and lis, online", do=do,
    )  # fmt: skip


_CENTRAL = (
    _no_store("cms-sql-stopped", UNKNOWN, r"se02\.contoso\.com .*:1433.* refused, so no SQL Server listens"),
    _no_store("cms-sql-silent", UNKNOWN, r"SQL Server se02\.contoso\.com .* accepted the connection and did not answer"),
    _no_store("cms-sql-login", UNKNOWN, r"se02\.contoso\.com .* refuses the SQL login relync"),
    _no_store("cms-database-suspect", FAIL, "xds is SUSPECT", "Start the SQL Server instance"),
    Expected(
        fault="cms-master-blank", check="cms.master-alive", holds="se.1 se.4 se.5a", wrong="no active master is named",
        right="active master and file transfer agent on se02", do="MASTER and FTA",
    ),
    Expected(
        fault="topology-without-target", check="cms.lists-target", holds="se.5a", unproven="se.4",
        deeper={"se.5b": "install.local-store", "se.6d": "data.user-data-restored"},
        wrong=r"no computer se01\.contoso\.com; it has se02\.contoso\.com", right=r"se01\.contoso\.com in pool",
        do="Topology Builder",
    ),
    Expected(
        fault="oauth-missing", check="", deeper={"se.5d": "certificates.oauth"},
        wrong="(?i)oauth", right="(?i)oauth", do="(?i)replica",
    ),
)  # fmt: skip

_NO_NAMES = {
    **_all(
        UNKNOWN, "dns.sign-in-service", "dns.lyncdiscover-internal", "dns.simple-urls", "dns.web-services", "dns.sip-name",
        "dns.partner-servers",
    ),
    "dns.pool-address": SKIPPED,
    "host.reaches-dependencies": FAIL,  # seen on the machine itself: it cannot resolve the names it needs
}  # fmt: skip


def _own_record(fault: str, wrong: str) -> Expected:
    return Expected(
        fault=fault, check="dns.server-address", also={"dns.pool-address": SKIPPED}, holds="se.5a se.5d", wrong=wrong,
        right="addresses bound on the machine, no other", do="A record of the server",
    )  # fmt: skip


def _for_clients(fault: str, check: str, wrong: str, right: str, do: str) -> Expected:
    """Return a finding that concerns clients: it is told, and holds nothing."""
    return Expected(fault=fault, check=check, wrong=wrong, right=right, do=do)


def _no_dns(fault: str, wrong: str) -> Expected:
    return Expected(
        fault=fault, check="dns.server-address", status=UNKNOWN, also=_NO_NAMES, holds="se.5a se.5d", wrong=wrong,
        right="addresses bound on the machine, no other",
    )  # fmt: skip


_SRV = "_sipinternaltls"
_NETWORK = (
    _own_record("dns-server-stale", r"^\S+\.99; the machine has \S+\.11$"),
    _own_record("dns-server-missing", r"no such name; the machine has \S+\.11$"),
    _own_record("dns-server-extra", r"\.11 and \S+\.99; the machine has \S+\.11$"),
    Expected(
        fault="dns-partner-stale", check="dns.partner-servers", also={"host.reaches-dependencies": FAIL}, holds="se.5a",
        wrong=r"\.99", right="server's address", do="record",
    ),
    _for_clients("dns-srv-missing", "dns.sign-in-service", "no such name", "port 5061", _SRV),
    _for_clients("dns-srv-port", "dns.sign-in-service", "port 5060", "port 5061", _SRV),
    _for_clients("dns-srv-domain", "dns.sign-in-service", r"se01\.fabrikam\.com", r"in contoso\.com", _SRV),
    _for_clients(
        "dns-lyncdiscover-missing", "dns.lyncdiscover-internal", "no such name", r"se01\.contoso\.com",
        "lyncdiscoverinternal",
    ),
    _for_clients("dns-meet-missing", "dns.simple-urls", "no such name", r"se01\.contoso\.com", "simple URL"),
    _for_clients("dns-dialin-stale", "dns.simple-urls", r"\.99, the address of none", r"se01\.contoso\.com", "simple URL"),
    _for_clients("dns-sip-missing", "dns.sip-name", "no such name", r"se01\.contoso\.com", r"sip\.<SIP domain>"),
    _no_dns("dns-silent", r"DNS server \S+:10053 did not answer the question for se01\.contoso\.com A within 1\.5 s"),
    _no_dns("dns-servfail", r"DNS server \S+:10053 answered SERVFAIL to the question for se01\.contoso\.com A"),
    _no_dns("dns-refused", r"DNS server \S+:10053 answered REFUSED to the question for se01\.contoso\.com A"),
    Expected(fault="dhcp-option-120-wrong", check=""),
    Expected(fault="dhcp-option-43-wrong", check=""),
    Expected(fault="dhcp-option-43-truncated", check=""),
)  # fmt: skip

_ASSIGNED = {"se.5d": "certificates.assigned"}


def _no_candidate(fault: str, wrong: str) -> Expected:
    """Return what it means that no certificate of the machine can serve."""
    return Expected(
        fault=fault, check="certificates.candidate", also=_all(SKIPPED, *_OF_CANDIDATE), holds="se.5c", unproven="se.1",
        deeper=_ASSIGNED, wrong=wrong, right=r"valid certificate with its private key for .*se01\.contoso\.com",
        do="Request-CsCertificate|PFX",
    )  # fmt: skip


_CERTIFICATES = (
    _no_candidate("certificate-none", "no certificate at all"),
    _no_candidate("certificate-without-key", r"se01\.contoso\.com \([0-9A-F]{40}\).*private key is not on this machine"),
    _no_candidate("certificate-other-host", r"lync\.fabrikam\.com .*names lack"),
    _no_candidate("certificate-name-missing", r"names lack dialin\.contoso\.com and meet\.contoso\.com"),
    _no_candidate("certificate-expired", r"se01\.contoso\.com .*it ended \d{4}-\d\d-\d\d"),
    _no_candidate("certificate-usage", "not for server authentication"),
    _no_candidate("certificate-untrusted", r"does not trust its chain \(PartialChain\)"),
    _no_candidate("certificate-chain-broken", r"does not trust its chain \(PartialChain\)"),
    Expected(
        fault="certificate-cng-key", check="certificates.key-provider", holds="se.5c", unproven="se.1",
        wrong="Microsoft Software Key Storage Provider, a CNG provider", right="legacy cryptographic service provider",
        do="certutil -csp",
    ),
    Expected(
        fault="certificate-sha512", check="certificates.signature", status=WARN, deeper=_ASSIGNED,
        wrong=r"CN=se01\.contoso\.com is signed with SHA-512", right="SHA-2 signatures", do="SHA-256",
    ),
    Expected(
        fault="certificate-pss", check="certificates.signature", holds="se.5c", unproven="se.1", deeper=_ASSIGNED,
        wrong="RSASSA-PSS", right="not RSASSA-PSS", do="PKCS #1",
    ),
    Expected(
        fault="certificate-ending", check="certificates.expiry", status=WARN, deeper=_ASSIGNED,
        wrong=r"ends \d{4}-\d\d-\d\d .* in [89] days", right="30 more days", do="Request a new certificate",
    ),
    Expected(
        fault="certificate-intermediate-in-root", check="certificates.root-store", holds="se.5c se.5d se.6d",
        unproven="se.1", wrong="CN=Contoso Issuing CA", right="only self-signed certificates",
        do="Intermediate Certification Authorities",
    ),
)  # fmt: skip

TABLE: tuple[Expected, ...] = (
    *_BACKUP, *_OPERATOR, *_REACHING, *_MACHINE, *_DIRECTORY, *_CENTRAL, *_NETWORK, *_CERTIFICATES,
)  # fmt: skip
BY_FAULT: Mapping[str, Expected] = {one.fault: one for one in TABLE}

REFUSED: Mapping[str, str] = {
    "backup-configuration-missing": "holds no published topology; expected a file of Export-CsConfiguration",
    "backup-configuration-not-zip": r"Config\.zip: found an HTML page, expected an archive",
    "backup-foreign": r"se01\.contoso\.com is not a server of this topology; expected one of: se01\.fabrikam\.com",
}
"""Faults that leave nothing to plan with, and the sentence that says so."""

SILENT = ("winrm-silent", "winrm-drip", "dns-silent", "directory-silent", "cms-sql-silent")
"""Faults that cost their deadline."""
KEPT_SESSION = "winrm-wrong-password"
"""A password that is refused from now on does not end a session that is open already."""
