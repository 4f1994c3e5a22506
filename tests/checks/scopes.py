"""The standard scope of the cases, and how a case changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from app.backup.backup_set import BackupSet, Depth, Piece, PieceKind
from app.settings import DhcpSettings, DirectorySettings, RestoreSettings, Settings
from checks.check import Attestation, Scope
from tests.checks.topologies import TOPOLOGIES

D = TypeVar("D")

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
TAKEN = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
RESOLVER = "192.0.2.10"
SHA256 = "ab" * 32
FOLDERS = ("1-ApplicationServer-1", "1-WebServices-1")


def standard_scope(changes: Mapping[str, Any] | None = None) -> Scope:
    """Return the recovery of se01.contoso.com, with the changes that a case's ``scope`` asks for.

    Keys: ``topology`` (a name), ``target``, ``settings`` (nested), ``pieces`` (by kind: fields, or null to take it out),
    ``attested`` (fields of the rollback image's attestation).
    """
    wanted = dict(changes or {})
    topology = TOPOLOGIES[wanted.pop("topology", "contoso")]()
    target = wanted.pop("target", "se01.contoso.com")
    pool = topology.pool_of(target)
    assert pool is not None, f"{target} is not in the topology of the case"
    scope = Scope(
        topology=topology,
        target=target,
        pool=pool,
        backup=_backup(wanted.pop("pieces", {}), pool.fqdn),
        settings=changed(_settings(), wanted.pop("settings", {})),
        now=NOW,
        attestations=_attestations(wanted.pop("attested", {})),
    )
    assert not wanted, f"unknown keys in scope: {list(wanted)}"
    return scope


def changed(value: D, changes: Mapping[str, Any]) -> D:
    """Return a dataclass with nested fields changed as JSON gives them."""
    assert is_dataclass(value) and not isinstance(value, type)
    unknown = set(changes) - {one.name for one in fields(value)}
    assert not unknown, f"{type(value).__name__} has no {unknown}"
    return replace(value, **{name: _as(getattr(value, name), new) for name, new in changes.items()})


def _as(old: object, new: Any) -> Any:
    if is_dataclass(old) and isinstance(new, Mapping):
        return changed(old, new)
    if isinstance(new, list):
        return tuple(new)
    if isinstance(old, datetime):
        return datetime.fromisoformat(new)
    return type(old)(new) if old is not None and not isinstance(new, type(old)) else new


def _settings() -> Settings:
    return Settings(
        resolvers=(RESOLVER,),
        directory=DirectorySettings(url="ldaps://dc01.contoso.com"),
        dhcp=DhcpSettings(servers=("dc01.contoso.com",), inform=RESOLVER),
        restore=RestoreSettings(backup_unc="\\\\bk01.contoso.com\\LyncBackup\\2026-11-21"),
    )


def _backup(changes: Mapping[str, Any], pool: str) -> BackupSet:
    pieces = {one.kind.value: one for one in _pieces(pool)}
    for kind, wanted in changes.items():
        if wanted is None:
            del pieces[kind]
        else:
            pieces[kind] = changed(pieces[kind], wanted)
    return BackupSet(
        root=Path("2026-11-21"), pieces=tuple(pieces.values()), topology=None, topology_source="Config.zip"
    )


def _pieces(pool: str) -> tuple[Piece, ...]:
    common: dict[str, Any] = {"modified": TAKEN, "depth": Depth.CONTENT}
    return (
        Piece(kind=PieceKind.CONFIGURATION, path=Path("CmsConfig.zip"), size=9000, **common),
        Piece(
            kind=PieceKind.USER_DATA,
            path=Path(f"{pool}-UserData.zip"),
            size=4096,
            pool=pool,
            users=20,
            other_items=45,
            sip_domains=("contoso.com",),
            sha256=SHA256,
            **common,
        ),
        Piece(
            kind=PieceKind.FILE_STORE,
            path=Path("LyncShare"),
            size=2048,
            pool=pool,
            folders=FOLDERS,
            files=12,
            modified=TAKEN - timedelta(days=300),
            depth=Depth.PRESENCE,
        ),
        Piece(
            kind=PieceKind.RESPONSE_GROUPS,
            path=Path(f"{pool}-RgsConfig.zip"),
            size=1024,
            pool=pool,
            modified=TAKEN,
            depth=Depth.ARCHIVE,
            sha256=SHA256,
        ),
        Piece(
            kind=PieceKind.PERSISTENT_CHAT,
            path=Path(f"{pool}-PersistentChat.zip"),
            size=512,
            pool=pool,
            modified=TAKEN,
            depth=Depth.ARCHIVE,
        ),
    )


def _attestations(changes: Mapping[str, Any] | None) -> dict[str, Attestation]:
    if changes is None:
        return {}
    given = Attestation(
        what="rollback-image", who="CONTOSO\\lyncadmin", note="snapshot before-lync", at=NOW - timedelta(hours=1)
    )
    return {"rollback-image": changed(given, changes)}
