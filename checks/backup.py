"""The backup set: complete for this pool, readable, fresh, and of this very deployment."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.backup.backup_set import Depth, Piece, PieceKind
from app.deployment.topology import Topology
from app.facts.fact import Readings, Request
from app.facts.lync import TOPOLOGY, TopologyDocument
from checks.asking import NO_MANAGEMENT_HOST, management, undecided
from checks.check import Check, Question, Scope
from checks.finding import Gate, Verdict, failed, passed, unknown, warned
from checks.live_topology import changes, share_a_name, topology_in
from checks.pieces import name_in, needed_kinds, piece_for, pools_with, words_for
from checks.words import counted, listed, moment, same, span

_DATED = (PieceKind.CONFIGURATION, PieceKind.USER_DATA, PieceKind.RESPONSE_GROUPS)
"""Pieces whose time is that of the export; a file store keeps the times of its files."""
_LONG_AGO = timedelta(days=60)
"""The shortest default tombstone lifetime: Active Directory forgets deleted users after it, the backup does not."""
_SKEW = timedelta(hours=24)
"""Formats 3.1: pieces further apart than this do not belong to one backup."""
_CLOCK_TOLERANCE = timedelta(hours=1)
_UNDERSTOOD = (PieceKind.CONFIGURATION, PieceKind.USER_DATA)
"""Kinds that are told by their content: another archive of that name is none."""
_WHOLE_DEPLOYMENT = (PieceKind.CONFIGURATION, PieceKind.LOCATION, PieceKind.TOPOLOGY)


def _complete(scope: Scope) -> tuple[Question, ...]:
    return tuple(_presence(scope, kind) for kind in needed_kinds(scope))


def _presence(scope: Scope, kind: PieceKind) -> Question:
    owner = "" if kind in _WHOLE_DEPLOYMENT else f" of {scope.pool.fqdn}"
    return Question(
        subject=f"{words_for(kind)}{owner}",
        expected=f"one piece of {words_for(kind)}{owner} in {scope.backup.root.name}",
        basis=f"Hh202190, {scope.topology_basis}",
        needs=(),
        judge=lambda _readings: _judge_presence(scope, kind),
    )


def _judge_presence(scope: Scope, kind: PieceKind) -> Verdict:
    piece = piece_for(scope, kind)
    if piece is None:
        others = [name_in(scope, one) for one in scope.backup.of(kind)]
        return failed(f"none; there is {listed(others)} of other pools" if others else "none")
    if kind in _WHOLE_DEPLOYMENT or piece.pool or len(pools_with(scope.topology, kind)) < 2:
        return passed(f"{name_in(scope, piece)}, {piece.size} bytes, of {moment(piece.modified)}")
    return unknown(
        f"{name_in(scope, piece)} is there, but neither its name nor its content says which pool it is of",
        f"Find out, and put the pool's name into the file's name: {scope.pool.fqdn}-{piece.path.name}.",
    )


def _readable(scope: Scope) -> tuple[Question, ...]:
    pieces = [piece for kind in needed_kinds(scope) if (piece := piece_for(scope, kind)) is not None]
    if not pieces:
        return undecided(
            scope, subject=scope.backup.root.name, expected="readable pieces", why="the backup holds no piece to read"
        )
    return tuple(_readability(scope, one) for one in pieces)


def _readability(scope: Scope, piece: Piece) -> Question:
    return Question(
        subject=name_in(scope, piece),
        expected=f"{words_for(piece.kind)} that can be restored from",
        basis="formats of the export cmdlets",
        needs=(),
        judge=lambda _readings: _judge_readability(piece),
    )


def _judge_readability(piece: Piece) -> Verdict:
    if piece.problems:
        return failed(" ".join(piece.problems))
    if piece.depth is Depth.PRESENCE and piece.kind is not PieceKind.FILE_STORE:
        return unknown("it was not opened")
    if piece.kind in _UNDERSTOOD and piece.depth is not Depth.CONTENT:
        return unknown(
            f"{piece.depth.value}: nothing in it is {words_for(piece.kind)} but its name",
            "Find out what this file is, and put the real export into the backup folder; see that its name is its own.",
        )
    said = f"{piece.depth.value}: {_content(piece)}" if _content(piece) else piece.depth.value
    return warned(f"{said}; {' '.join(piece.warnings)}") if piece.warnings else passed(said)


def _content(piece: Piece) -> str:
    match piece.kind:
        case PieceKind.USER_DATA:
            return f"{counted(piece.users, 'user')}, {counted(piece.other_items, 'other item')}"
        case PieceKind.FILE_STORE:
            return f"{counted(piece.files, 'file')} in {listed(piece.folders)}"
        case _:
            return ""


def _fresh(scope: Scope) -> tuple[Question, ...]:
    limit = timedelta(hours=scope.settings.limits.backup_age_hours)
    dated = [piece for kind in _DATED if (piece := piece_for(scope, kind)) is not None]
    return (
        Question(
            subject=scope.backup.root.name,
            expected=f"taken within the last {span(limit)}, all pieces within {span(_SKEW)}",
            basis="settings: limits.backup_age_hours",
            needs=(),
            judge=lambda _readings: _judge_age({name_in(scope, one): one.modified for one in dated}, scope.now, limit),
        ),
    )


def _judge_age(taken: dict[str, datetime], now: datetime, limit: timedelta) -> Verdict:
    if not taken:
        return unknown("the backup holds nothing that tells when it was taken")
    name, oldest = min(taken.items(), key=lambda one: one[1])
    newest = max(taken.values())
    if newest > now + _CLOCK_TOLERANCE:
        return unknown(f"a piece is dated {moment(newest)}, which is still to come: a clock was wrong, here or there")
    said = f"{name} was taken {moment(oldest)}, {span(now - oldest)} ago"
    if now - oldest > max(_LONG_AGO, limit):
        return failed(said)
    if now - oldest > limit:
        return warned(said)
    if newest - oldest > _SKEW:
        return warned(f"{said}, and the newest piece {span(newest - oldest)} later: they are not of one backup")
    return passed(said)


def _same_deployment(scope: Scope) -> tuple[Question, ...]:
    return (*_topology_question(scope), *_domains_question(scope))


def _topology_question(scope: Scope) -> tuple[Question, ...]:
    request = management(scope, TOPOLOGY, local=False)
    expected = (
        f"the live topology is the backup's: default SIP domain {scope.topology.default_sip_domain}, same signature"
    )
    if request is None:
        return undecided(scope, subject=scope.backup.topology_source, expected=expected, why=NO_MANAGEMENT_HOST)
    return (
        Question(
            subject=scope.backup.topology_source,
            expected=expected,
            basis=scope.topology_basis,
            needs=(request,),
            judge=lambda readings: _judge_topology(readings, request, scope),
        ),
    )


def _judge_topology(readings: Readings, request: Request[TopologyDocument], scope: Scope) -> Verdict:
    live, saved = topology_in(readings[request], request.subject), scope.topology
    domains = {one.lower() for one in saved.sip_domains} & {one.lower() for one in live.sip_domains}
    if not share_a_name(saved, live) or not domains:
        return failed(
            f"another deployment: {request.subject} has default SIP domain {live.default_sip_domain} and"
            f" {listed(one.fqdn for one in live.pools())}"
        )
    if live.signature == saved.signature:
        return passed(f"the same topology (signature {live.signature})")
    return _judge_difference(saved, live, scope.target)


def _judge_difference(saved: Topology, live: Topology, target: str) -> Verdict:
    found = list(changes(saved, live, apart_from=target))
    if not same(saved.default_sip_domain, live.default_sip_domain):
        found.insert(0, f"the default SIP domain was {saved.default_sip_domain} and is {live.default_sip_domain}")
    if found:
        return warned(f"the topology has changed since the backup: {'; '.join(found)}")
    if changes(saved, live):
        return passed(f"the same deployment; what changed concerns {target} alone")
    return warned(
        "the topology was published again since the backup; pools, computers, roles and SIP domains are the same"
    )


def _domains_question(scope: Scope) -> tuple[Question, ...]:
    piece = piece_for(scope, PieceKind.USER_DATA)
    if piece is None or not piece.sip_domains:
        return ()
    return (
        Question(
            subject=name_in(scope, piece),
            expected=f"users of the SIP domains {listed(scope.topology.sip_domains)}",
            basis=scope.topology_basis,
            needs=(),
            judge=lambda _readings: _judge_domains(piece, scope.topology),
        ),
    )


def _judge_domains(piece: Piece, topology: Topology) -> Verdict:
    ours = {one.lower() for one in topology.sip_domains}
    foreign = [one for one in piece.sip_domains if one.lower() not in ours]
    if foreign:
        return failed(f"users of {listed(foreign)}, which this deployment does not serve")
    return passed(f"users of {listed(piece.sip_domains)}")


CHECKS = (
    Check(
        id="backup.complete",
        title="the backup holds every piece that this recovery needs",
        why="What is not in the backup cannot come back, and an import without it overwrites what may still be elsewhere.",
        remedy=(
            "Look for the missing export in older backup sets and put it into this folder. As long as another server of the"
            " deployment lives, Export-CsConfiguration can still be run there."
        ),
        sources=("Hh202194", "Hh202190", "formats 3.1"),
        ask=_complete,
    ),
    Check(
        id="backup.readable",
        title="the pieces of the backup can be read",
        why="An archive that was cut short is noticed during the import otherwise, when the pool's data are gone already.",
        remedy="Take the same piece from an older backup set, or copy it again from where the backup was written to.",
        sources=("formats 3", "Hh202194"),
        ask=_readable,
    ),
    Check(
        id="backup.fresh",
        title="the backup is recent",
        why="Everything that users and administrators did since then is lost.",
        remedy="Look for a newer set before going on. If there is none, tell the users what they will have to enter again.",
        sources=("procedures 20", "formats 3.1"),
        ask=_fresh,
        gate=Gate.ADVISORY,
    ),
    Check(
        id="backup.same-deployment",
        title="the backup is one of this deployment",
        why="Expectations of every other check, and the users that are imported, come from it.",
        remedy=(
            "Point the program to the backup of this deployment. Where only the topology changed since then, see whether the"
            " named changes touch the server that is rebuilt."
        ),
        sources=("R-02", "formats 3.1", "formats 7"),
        ask=_same_deployment,
        after=("cms.pointer", "cms.database"),
    ),
)
