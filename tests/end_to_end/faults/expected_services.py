"""What faults of Active Directory, Central Management, DNS, DHCP and the certificates must do."""

from __future__ import annotations

from tests.end_to_end.faults.expectation import (
    FAIL,
    LOOK_AGAIN,
    MASTER,
    OF_CANDIDATE,
    SKIPPED,
    UNKNOWN,
    WARN,
    Expected,
    every,
)

_NO_DIRECTORY = {
    **every(UNKNOWN, "directory.schema", "directory.groups", "host.clock"),
    **every(SKIPPED, *MASTER),
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
        fault="pointer-missing", check="cms.pointer", also=every(SKIPPED, *MASTER), holds="se.1 se.4 se.5a",
        unproven="se.4", deeper={"se.6d": "data.user-data-restored"},
        wrong="no msRTCSIP-GlobalTopologySetting object", right=r"se02\.contoso\.com\\rtc",
        do="Set-CsConfigurationStoreLocation",
    ),
    Expected(
        fault="pointer-wrong", check="cms.pointer", also=every(SKIPPED, *MASTER), holds="se.1 se.4 se.5a",
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
        also=every(SKIPPED, *MASTER), holds="se.1 se.4 se.5a", unproven="se.4",
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
    **every(
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
        fault=fault, check="certificates.candidate", also=every(SKIPPED, *OF_CANDIDATE), holds="se.5c", unproven="se.1",
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

SERVICES = (*_DIRECTORY, *_CENTRAL, *_NETWORK, *_CERTIFICATES)
