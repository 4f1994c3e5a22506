"""Restoring a Standard Edition server that does not host the Central Management store (Hh202190)."""

from __future__ import annotations

from dataclasses import replace

from app.deployment.topology import Edition, Pool
from app.procedures.steps.applications import PERSISTENT_CHAT, RESPONSE_GROUPS
from app.procedures.steps.certificates import CERTIFICATES_STEP
from app.procedures.steps.file_store import FILE_STORE
from app.procedures.steps.installing import COMPONENTS, LOCAL_STORE, START
from app.procedures.steps.rebuild import LOG_ON, REBUILD
from app.procedures.steps.topology import DOWNLOAD_TOPOLOGY
from app.procedures.steps.user_data import COPY, IMPORT, START_AGAIN, STOP
from app.recovery.step import Phase, Procedure
from checks.check import Scope
from checks.pieces import chat_stores, uses_response_groups

# What clients and phones need beyond the server itself: looked at once more at the very end, and never in the way.
_FOR_CLIENTS = (
    "dns.sign-in-service",
    "dns.lyncdiscover-internal",
    "dns.simple-urls",
    "dns.web-services",
    "dns.sip-name",
    "dhcp.phone-option-120",
    "dhcp.phone-option-43",
)


def _phases(scope: Scope) -> tuple[Phase, ...]:
    applications = []
    if uses_response_groups(scope):
        applications.append(RESPONSE_GROUPS)
    if chat_stores(scope):
        applications.append(PERSISTENT_CHAT)
    phases = [
        Phase(id="rebuild", title="Rebuild the machine", steps=(REBUILD, LOG_ON)),
        Phase(id="file-store", title="File store", steps=(FILE_STORE,)),
        Phase(id="topology", title="Topology", steps=(DOWNLOAD_TOPOLOGY,)),
        Phase(id="install", title="Install Lync Server", steps=(LOCAL_STORE, COMPONENTS, CERTIFICATES_STEP, START)),
        Phase(id="user-data", title="User data", steps=(COPY, STOP, IMPORT, START_AGAIN)),
    ]
    if applications:
        phases.append(Phase(id="applications", title="Applications", steps=tuple(applications)))
    return (*phases[:-1], _looking_at_clients(phases[-1]))


def _looking_at_clients(phase: Phase) -> Phase:
    *others, last = phase.steps
    return replace(phase, steps=(*others, replace(last, after=(*last.after, *_FOR_CLIENTS))))


def _refuses(scope: Scope) -> str:
    return refusal(scope.pool, scope.target)


def refusal(pool: Pool, target: str) -> str:
    """Return why this procedure does not fit a server, naming the page that does; empty where it fits."""
    expected = "this procedure restores a Standard Edition server that does not host the Central Management store"
    if pool.hosts_active_cms:
        return f"{target} hosts the active Central Management store; {expected}. Microsoft's page for it is Hh202172"
    if pool.edition is Edition.ENTERPRISE:
        return (
            f"{target} is a member of the Enterprise pool {pool.fqdn}; {expected}. Microsoft's page for it is Hh202191"
        )
    if pool.edition is not Edition.STANDARD:
        roles = ", ".join(pool.roles) or "no role that is known"
        return f"{target} has {roles} and no user services; {expected}. Microsoft's page for member servers is Hh202191"
    return ""


STANDARD_EDITION_SERVER = Procedure(
    id="standard-edition-server",
    title="Restore a Standard Edition server",
    applies_when=(
        "A Standard Edition server is lost, and the Central Management store lives on another server and answers."
    ),
    source="Hh202190, Restoring a Standard Edition server",
    phases=_phases,
    refuses=_refuses,
    aliases=("se-server-lost", "standard-edition-server-lost", "standard-edition"),
)
