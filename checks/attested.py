"""What no probe can see and a person has to say."""

from __future__ import annotations

from checks.asking import about_target
from checks.check import Attestation, Check, Question, Scope
from checks.finding import Verdict, failed, passed, unknown
from checks.words import moment

ROLLBACK_IMAGE = "rollback-image"
_REMEDY = (
    "Take a snapshot or an image now, with the operating system, the name, the domain membership and the certificates in"
    " place and nothing of Lync Server yet; then attest it, with a note where the image lies."
)


def _rollback_image(scope: Scope) -> tuple[Question, ...]:
    given = scope.attestations.get(ROLLBACK_IMAGE)
    return about_target(
        scope,
        expected="an operator's word that an image of the prepared machine was taken",
        basis="Hh202190 step 1",
        judge=lambda _readings: _judge(given),
    )


def _judge(given: Attestation | None) -> Verdict:
    if given is None:
        return unknown("nobody has said so yet, and no probe can see it", _REMEDY)
    if not given.who.strip():
        return failed("it was said without a name; an attestation that nobody gave is none")
    note = f": {given.note}" if given.note else ""
    return passed(f"{given.who} said so at {moment(given.at)}{note}")


CHECKS = (
    Check(
        id="attested.rollback-image",
        title="an image of the prepared machine was taken before anything was installed",
        why="It is the only way back that the procedure documents: from setup on, nothing can be undone in place.",
        remedy=_REMEDY,
        sources=("Hh202190 step 1", "Hh202179"),
        ask=_rollback_image,
    ),
)
