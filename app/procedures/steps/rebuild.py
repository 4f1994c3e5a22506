"""Hh202190 steps 1 and 2: the machine is rebuilt by people; the program looks whether it is the right one."""

from __future__ import annotations

from app.recovery.step import Danger, Kind, Step

REBUILD = Step(
    id="se.1",
    number="1",
    title="Rebuild the machine under its old name and take a rollback image",
    intent=(
        "Everything that follows is looked up by name: in the topology, in Active Directory, in DNS. "
        "The image is the only way back once setup has begun."
    ),
    who="local Administrators",
    where="target",
    kind=Kind.BY_HAND,
    danger=Danger.REVERSIBLE,
    before=(
        "backup.complete",
        "backup.readable",
        "backup.fresh",
        "backup.same-deployment",
        "directory.computer-account",
        "directory.schema",
        "directory.groups",
        "cms.pointer",
        "cms.master-alive",
    ),
    after=(
        "host.fqdn",
        "host.domain",
        "host.addressing",
        "dhcp.reservation",
        "host.os",
        "host.clock",
        "host.clean",
        "certificates.candidate",
        "certificates.key-provider",
        "certificates.signature",
        "certificates.expiry",
        "certificates.root-store",
        "attested.rollback-image",
    ),
    source="Hh202190 step 1",
    by_hand=(
        "Start from a clean or new machine with an operating system that the product supports; keep the old disk.",
        "Give it the name of the failed server, the same primary DNS suffix and the same IP address.",
        "Join the domain onto the computer account that is there. Do not delete or reset that account first: "
        "its group memberships belong to the server.",
        "Install the operating system's prerequisites and restart until no restart is pending.",
        "Import the server's certificates with their private keys into the machine's Personal store; put issuing "
        "certificates into Intermediate, and only self-signed ones into Trusted Root.",
        "Take an image or a snapshot of the machine as it is now, and note where it lies.",
    ),
    attests="rollback-image",
    undo="Rebuild the machine again; nothing outside of it has changed.",
)

LOG_ON = Step(
    id="se.2",
    number="2",
    title="Log on to the server with the rights that the restore takes",
    intent=(
        "Group memberships count only from the next logon on, and setup reaches Active Directory, SQL Server and the "
        "backup share with the operator's identity."
    ),
    who="RTCUniversalServerAdmins, Domain Users and local Administrators",
    where="target",
    kind=Kind.BY_HAND,
    danger=Danger.READ_ONLY,
    before=("host.fqdn", "host.domain"),
    after=("operator.groups", "operator.local-admin", "operator.second-hop"),
    source="Hh202190 step 2",
    by_hand=(
        "Put the account into RTCUniversalServerAdmins and, on this server, into the local group Administrators.",
        "Log off and on again; whoami /groups must list both.",
        "See that the session's identity is passed on to other servers: Kerberos delegation, CredSSP, or work at the "
        "server's own console.",
    ),
    undo="Log off; take the account out of the groups again.",
)
