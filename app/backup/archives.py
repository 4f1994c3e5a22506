"""What a .zip of a backup set is, told by its content (formats sheet 3 and 3.1); its name only breaks a tie."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from app.backup.backup_set import Depth, PieceKind
from app.backup.draft import Draft
from app.backup.names import kind_hint
from app.backup.part import Part, hear
from app.deployment.packages import Package, looks_like_archive, open_package
from app.deployment.reading import topology_in
from app.deployment.refusals import NotATopology, Refusal

_COPIED_LATER = timedelta(hours=26)
"""A file this much younger than what was packed into it was copied; 26 h, since the packed time has no zone (± 14 h at most)."""
_STORE_ROOTS = frozenset({"DocItemSet", "AnchoredXml", "Topology"})
_WORDS = (
    (PieceKind.RESPONSE_GROUPS, ("rgs", "responsegroup")),
    (PieceKind.PERSISTENT_CHAT, ("persistentchat", ".mgc", "groupchat")),
    (PieceKind.LOCATION, (".lis.", "lisconfig", "civicaddress", "locationinformation", "enterpriselocation")),
)


def look_into(draft: Draft) -> None:
    """Say in a draft what its archive is and whether it is intact from end to end."""
    name = draft.path.name
    try:
        with draft.path.open("rb") as file:
            _look(draft, file, name)
    except Refusal as refusal:
        draft.kind = _kind_by_name(draft.path, draft.kind)
        draft.depth = Depth.PRESENCE if draft.depth is Depth.CONTENT else draft.depth
        draft.problems.append(str(refusal))


def _look(draft: Draft, file: BinaryIO, name: str) -> None:
    with open_package(file, name) as package:
        parts, nested = _parts(package)
        written = max((one.written for one in package.members if one.written is not None), default=None)
        _settle_age(draft, written)
        draft.depth = Depth.ARCHIVE
        draft.hosts = frozenset(host for one in parts for host in one.hosts)
        users = sum(one.users for one in parts)
        if users:
            _user_data(draft, parts, users)
        elif any(one.holds_topology or one.root in _STORE_ROOTS for one in parts):
            _store(draft, package, parts)
        else:
            draft.kind = _by_words(parts) or _kind_by_name(draft.path, PieceKind.OTHER)
        _settle_container(draft, package, nested, parts)


def _parts(package: Package) -> tuple[list[Part], int]:
    """Hear every XML part and unpack every other one to nowhere, so that each checksum has been compared."""
    parts, nested = [], 0
    for member in package.members:
        with package.open(member.name) as stream:
            start = stream.read(64)
        if looks_like_archive(start):
            nested += 1
        if _looks_like_xml(start) or member.name.lower().endswith(".xml"):
            if member.name == "[Content_Types].xml" or member.name.startswith("_rels/"):
                package.verify(member.name)
                continue
            with package.open(member.name) as stream:
                parts.append(hear(stream, f"{package.name} ({member.name})"))
        else:
            package.verify(member.name)
    return parts, nested


def _looks_like_xml(start: bytes) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    return text.startswith(b"<")


def _user_data(draft: Draft, parts: Iterable[Part], users: int) -> None:
    draft.kind, draft.depth, draft.users = PieceKind.USER_DATA, Depth.CONTENT, users
    draft.other_items = sum(one.other_items for one in parts)
    draft.sip_domains = tuple(sorted({domain for one in parts for domain in one.sip_domains}))
    if users == 1:
        draft.warnings.append(
            f"{draft.path.name} holds one user: it was probably exported with -UserFilter and is no backup of a pool"
        )


def _store(draft: Draft, package: Package, parts: list[Part]) -> None:
    """Items without users: a configuration if a topology is among them, else an export of nobody."""
    try:
        draft.topology = topology_in(package)
    except NotATopology as refusal:
        draft.kind = _by_words(parts) or _kind_by_name(draft.path, PieceKind.OTHER)
        if draft.kind is PieceKind.CONFIGURATION or any(one.holds_topology for one in parts):
            draft.kind = PieceKind.CONFIGURATION
            draft.problems.append(str(refusal))
        elif draft.kind is PieceKind.USER_DATA:
            _nobody(draft, sum(one.other_items for one in parts))
        return
    draft.kind, draft.depth = PieceKind.CONFIGURATION, Depth.CONTENT


def _nobody(draft: Draft, other_items: int) -> None:
    draft.depth, draft.other_items = Depth.CONTENT, other_items
    if other_items:
        draft.warnings.append(f"{draft.path.name} holds {other_items} items and no user")
    else:
        draft.problems.append(
            f"{draft.path.name}: found no item, expected the users of a pool; export the user data again"
        )


def _by_words(parts: Iterable[Part]) -> PieceKind | None:
    words = {word for one in parts for word in one.words}
    for kind, markers in _WORDS:
        if any(marker in word for word in words for marker in markers):
            return kind
    return None


def _kind_by_name(path: Path, otherwise: PieceKind) -> PieceKind:
    return kind_hint(path.name) or otherwise


def _settle_age(draft: Draft, written: datetime | None) -> None:
    """A file copied later looks younger than what it holds: what it holds counts."""
    if written is None:
        return
    inside = written.replace(tzinfo=UTC)
    if draft.modified - inside > _COPIED_LATER:
        draft.warnings.append(
            f"{draft.path.name} is dated {draft.modified:%Y-%m-%d}, its content {inside:%Y-%m-%d}: the content counts"
        )
        draft.modified = inside


def _settle_container(draft: Draft, package: Package, nested: int, parts: list[Part]) -> None:
    hint = kind_hint(draft.path.name)
    if nested and not draft.users and draft.topology is None:
        draft.kind = PieceKind.OTHER
        draft.warnings.append(f"{package.name} holds {nested} archives: a packed backup folder; unpack it to use them")
    elif not package.is_opc and draft.kind is not PieceKind.OTHER:
        draft.warnings.append(f"{package.name} is no package as the cmdlets write it; it was packed by other means")
    if not nested and not parts and draft.kind is not PieceKind.OTHER:
        draft.problems.append(f"{package.name}: found no XML inside, expected an export; take an older backup")
    understood = draft.depth is Depth.CONTENT or _by_words(parts) is not None
    if understood and hint is not None and hint is not draft.kind and draft.kind is not PieceKind.OTHER:
        draft.warnings.append(f"{package.name} is {draft.kind.value} by its content, whatever its name says")
