"""The scope of the lab's deployment with a whole backup, and readings to plan on."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.backup.backup_set import BackupSet, Depth, Piece, PieceKind
from app.deployment.topology import Service, Topology
from app.facts.fact import Known, Readings, Request
from app.lab.contoso import contoso_topology
from app.procedures.standard_edition import STANDARD_EDITION_SERVER
from app.recovery.plan import Plan, make_plan
from app.settings import RestoreSettings, Settings
from checks.check import Scope

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TARGET = "se01.contoso.com"
SHARE = r"\\bk01.contoso.com\LyncBackup\2026-11-21"


def piece(root: Path, kind: PieceKind, name: str, **changes: Any) -> Piece:
    fields: dict[str, Any] = {
        "kind": kind,
        "path": root / name,
        "size": 1000,
        "modified": NOW,
        "depth": Depth.CONTENT,
        "pool": TARGET,
    }
    return Piece(**{**fields, **changes})


def backup(topology: Topology, root: Path = Path("/mnt/backup")) -> BackupSet:
    pieces = (
        piece(root, PieceKind.CONFIGURATION, "Config.zip", pool=""),
        piece(root, PieceKind.USER_DATA, "se01/ExportedUserData.zip", users=3, other_items=2, sha256="ab" * 32),
        piece(root, PieceKind.RESPONSE_GROUPS, "se01/RgsConfiguration.zip", sha256="cd" * 32),
        piece(root, PieceKind.FILE_STORE, "filestore", files=5, folders=("1-WebServices-1",)),
    )
    return BackupSet(root=root, pieces=pieces, topology=topology, topology_source="Config.zip")


def scope(topology: Topology | None = None, **changes: Any) -> Scope:
    known = topology or contoso_topology()
    pool = known.pool_of(TARGET)
    assert pool is not None
    fields: dict[str, Any] = {
        "topology": known,
        "target": TARGET,
        "pool": pool,
        "backup": backup(known),
        "settings": Settings(restore=RestoreSettings(backup_unc=SHARE)),
        "now": NOW,
    }
    return Scope(**{**fields, **changes})


def plan(of: Scope | None = None) -> Plan:
    return make_plan(STANDARD_EDITION_SERVER, of or scope())


def reading(*answers: tuple[Request[Any], Any]) -> Readings:
    return Readings({request: Known(value=value, at=NOW) for request, value in answers})


def without_response_groups() -> Topology:
    topology = contoso_topology()

    def stripped(service: Service) -> Service:
        if service.role != "ApplicationServer":
            return service
        ports = tuple(one for one in service.ports if not one.owner.endswith(":RGS"))
        details = {key: value for key, value in service.details.items() if key != "Applications"}
        return replace(service, ports=ports, details=details)

    return replace(topology, services=tuple(stripped(one) for one in topology.services))


def with_persistent_chat() -> Topology:
    topology = contoso_topology()
    store = Service(
        id="1-PersistentChatStore-1", role="PersistentChatStore", version=6, cluster="1:1", sql_instance="rtc"
    )
    return replace(topology, services=(*topology.services, store))
