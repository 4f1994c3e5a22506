"""The file store: the exact path, its folders, its rights, and as much in it as the backup holds."""

from __future__ import annotations

import re

from app.backup.backup_set import Piece, PieceKind
from app.facts.fact import Request
from app.facts.file_store import STORE, StoreView
from app.facts.host import SHARES, Share, Shares
from checks.asking import known
from checks.check import Check, NotApplicable, Question, Scope
from checks.finding import Verdict, failed, passed, unknown, warned
from checks.pieces import name_in, piece_for
from checks.words import counted, listed, same

_ROLE_FOLDER = re.compile(r"^\d+-(ApplicationServer|CentralMgmt|WebServices|BackupService)-\d+$", re.IGNORECASE)
"""F-01: site, role and instance, equal to the id of the service that owns the folder."""
_FOLDER_ROLES = ("WebServices", "ApplicationServer", "CentralMgmt")
_ADMINISTRATORS = ("BUILTIN\\Administrators", "S-1-5-32-544")
_EVERYONE = ("Everyone", "S-1-1-0")
_COUNT_LIMIT = 100_000
"""Files that the store view counts at most."""
_NONE = "no service of this pool depends on a file store"


def paths_of(scope: Scope) -> tuple[str, ...]:
    """Return the UNC paths that the pool's services depend on."""
    return scope.topology.file_stores_used_by(scope.pool)


def on_target(scope: Scope, path: str) -> bool:
    """Return whether a share is served by the target itself."""
    server, _ = _parts(path)
    return server in (scope.target, scope.pool.fqdn)


def _parts(path: str) -> tuple[str, str]:
    server, _, share = path.lstrip("\\").partition("\\")
    return server.lower(), share


def _share(shares: Shares, path: str) -> Share | None:
    name = _parts(path)[1].partition("\\")[0]
    return next((one for one in shares.shares if same(one.name, name)), None)


def _path(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return tuple(_path_question(scope, one) for one in paths_of(scope)) or NotApplicable(why=_NONE)


def _path_question(scope: Scope, path: str) -> Question:
    store, shares = STORE.about(path), SHARES.about(scope.target)
    local = on_target(scope, path)
    return Question(
        subject=path,
        expected=f"a share that answers to {path}",
        basis=scope.topology_basis,
        needs=(shares,) if local else (store,),
        also=(store,) if local else (),
        judge=lambda readings: (
            _judge_local(readings[shares], path, known(readings, store))
            if local
            else _judge_remote(readings[store], path)
        ),
    )


def _judge_local(shares: Shares, path: str, seen: StoreView | None) -> Verdict:
    share = _share(shares, path)
    if share is None:
        others = f"; it has {listed(one.name for one in shares.shares)}" if shares.shares else ""
        return failed(f"the machine has no share {_parts(path)[1]}{others}")
    if seen is not None and not seen.exists:
        return warned(f"the machine shares {share.path} as {share.name}, but from this console {path} leads nowhere")
    return passed(f"{share.path} is shared as {share.name}")


def _judge_remote(seen: StoreView, path: str) -> Verdict:
    return passed(f"{path} answers") if seen.exists else failed(f"{path} leads to no share")


def _folders(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return tuple(_folders_question(scope, one) for one in paths_of(scope)) or NotApplicable(why=_NONE)


def _folders_question(scope: Scope, path: str) -> Question:
    piece = piece_for(scope, PieceKind.FILE_STORE)
    wanted = tuple(one for one in piece.folders if _ROLE_FOLDER.match(one)) if piece else ()
    services = tuple(one.id for one in scope.topology.on_cluster(scope.pool.cluster) if one.role in _FOLDER_ROLES)
    expected = wanted or services
    request, view = SHARES.about(scope.target), STORE.about(path)
    local = on_target(scope, path)
    return Question(
        subject=path,
        expected=f"the folders {listed(expected)}",
        basis=f"backup ({name_in(scope, piece)})" if wanted and piece else scope.topology_basis,
        needs=(request,) if local else (view,),
        judge=lambda readings: _judge_folders(
            _local_folders(readings[request], path) if local else readings[view].folders, expected
        ),
    )


def _local_folders(shares: Shares, path: str) -> tuple[str, ...] | None:
    share = _share(shares, path)
    return None if share is None else share.folders


def _judge_folders(found: tuple[str, ...] | None, expected: tuple[str, ...]) -> Verdict:
    if found is None:
        return unknown("there is no such share yet")
    missing = [one for one in expected if one.lower() not in {name.lower() for name in found}]
    if missing:
        return failed(f"missing {listed(missing)}; there is {listed(found)}")
    return passed(listed(found))


def _share_rights(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    return tuple(_rights_question(scope, one) for one in paths_of(scope)) or NotApplicable(why=_NONE)


def _rights_question(scope: Scope, path: str) -> Question:
    store, shares = STORE.about(path), SHARES.about(scope.target)
    local = on_target(scope, path)
    return Question(
        subject=path,
        expected="the local group Administrators has Full on the share" if local else "the operator can write to it",
        basis="Gg425852",
        needs=(shares,) if local else (store,),
        judge=lambda readings: (
            _judge_grants(_share(readings[shares], path)) if local else _judge_writable(readings[store])
        ),
    )


def _judge_grants(share: Share | None) -> Verdict:
    if share is None:
        return unknown("there is no such share yet")
    grants = [one for one in share.share_grants if _is(one.account, (*_ADMINISTRATORS, *_EVERYONE))]
    denied = [one.account for one in grants if not one.allow]
    if denied:
        return failed(f"{share.name} denies {listed(denied)}")
    if not any(one.right.lower() == "full" for one in grants):
        given = [f"{one.account} {one.right}" for one in share.share_grants]
        return failed(f"{share.name} grants {listed(given)}")
    return passed(listed(f"{one.account} {one.right}" for one in share.share_grants))


def _is(account: str, names: tuple[str, ...]) -> bool:
    return any(same(account, one) for one in names)


def _judge_writable(view: StoreView) -> Verdict:
    if not view.exists:
        return unknown("there is no such share")
    return passed("a file could be written and deleted") if view.writable else failed("no file could be written")


def _content(scope: Scope) -> tuple[Question, ...] | NotApplicable:
    paths, piece = paths_of(scope), piece_for(scope, PieceKind.FILE_STORE)
    if not paths:
        return NotApplicable(why=_NONE)
    return tuple(_content_question(scope, one, piece) for one in paths)


def _content_question(scope: Scope, path: str, piece: Piece | None) -> Question:
    request: Request[StoreView] = STORE.about(path)
    held = (
        f"{counted(piece.files, 'file')} of {piece.size} bytes, as the backup holds"
        if piece
        else "what the backup holds"
    )
    return Question(
        subject=path,
        expected=f"at least {held}",
        basis=f"backup ({name_in(scope, piece)})" if piece else "backup",
        needs=(request,),
        judge=lambda readings: _judge_content(readings[request], piece),
    )


def _judge_content(view: StoreView, piece: Piece | None) -> Verdict:
    if piece is None:
        return unknown("the backup holds no file store of this pool to compare with")
    if not view.exists:
        return failed("there is no such share")
    said = f"{counted(view.files, 'file')} of {view.size} bytes"
    if view.files < min(piece.files, _COUNT_LIMIT):
        return failed(f"{said}: {counted(piece.files - view.files, 'file')} fewer than the backup")
    if view.size < piece.size and view.files < _COUNT_LIMIT:
        return failed(f"{said}: {piece.size - view.size} bytes fewer than the backup; a copy was cut short")
    return passed(said)


CHECKS = (
    Check(
        id="file_store.path",
        title="the file store answers at its original path",
        why="The path stands in the topology: web services, Response Group and replication look for it there and nowhere else.",
        remedy=(
            "Put the folder back and share it under exactly this name, such as New-SmbShare -Name LyncShare -Path"
            " C:\\LyncShare -FullAccess BUILTIN\\Administrators."
        ),
        sources=("R-07", "F-02", "Hh202190 step 3"),
        ask=_path,
    ),
    Check(
        id="file_store.folders",
        title="the file store has the folders of the pool's services",
        why="Each service opens the folder that bears its id; a copy one level too deep or too high is not found.",
        remedy="Copy the file store again so that the folders lie directly below the share: robocopy <backup> <folder> /E.",
        sources=("F-01", "F-07", "Hh202190 step 3"),
        ask=_folders,
        after=("file_store.path",),
    ),
    Check(
        id="file_store.share-rights",
        title="administrators have full control of the file share",
        why="Setup and Enable-CsTopology write the folders' permissions through the share; with less they cannot.",
        remedy=(
            "Run Grant-SmbShareAccess -Name <share> -AccountName BUILTIN\\Administrators -AccessRight Full (and"
            " Unblock-SmbShareAccess for a denied account). Leave the folders' own permissions to Enable-CsTopology."
        ),
        sources=("F-03", "Gg425852"),
        ask=_share_rights,
        after=("file_store.path",),
    ),
    Check(
        id="file_store.content",
        title="the file store holds what the backup holds",
        why="Meeting content, address books and Response Group audio are in no other piece of the backup.",
        remedy="Run the copy again; robocopy takes up where it stopped. Look in its log for files that it could not read.",
        sources=("R-07", "F-05", "Hh202190 step 3"),
        ask=_content,
        after=("file_store.path",),
    ),
)
