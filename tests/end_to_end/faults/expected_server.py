"""What faults of the backup, the operator, the way to the hosts and the rebuilt machine must do."""

from __future__ import annotations

from tests.end_to_end.faults.expectation import FAIL, MASTER, OF_CANDIDATE, SKIPPED, UNKNOWN, WARN, Expected, every

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
        fault="operator-not-in-group", check="operator.groups", also=every(UNKNOWN, *MASTER),
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
_BLIND = {**every(UNKNOWN, *_OF_TARGET), **every(SKIPPED, "dns.pool-address", *OF_CANDIDATE)}
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
        also=every(UNKNOWN, "cms.lists-target", "backup.same-deployment"), holds="se.1 se.4 se.5a", unproven="se.4",
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

SERVER = (*_BACKUP, *_OPERATOR, *_REACHING, *_MACHINE)
