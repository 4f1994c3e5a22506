"""The lab's panel: what an administrator does by hand in the simulated world, and what an instructor breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.lab.by_hand import CHORES, Chore, perform
from app.lab.faults.catalogue import FAULTS, inject, mend
from app.lab.faults.fault import Fault
from app.lab.world.machines import Host
from app.lab.world.world import World

HAND = "hand:"
MEND = "mend:"
BREAK = "break:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done to the world."""

    id: str
    title: str
    area: str
    explanation: str
    applies: Callable[[World], bool]
    do: Callable[[World], str]
    """Does it and returns a sentence that says what was done."""
    breaks: bool = False
    """An instructor's action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionState:
    """One action as it stands now."""

    id: str
    title: str
    area: str
    explanation: str
    breaks: bool
    applies: bool


def _lost(world: World) -> bool:
    return not world.hosts[world.target].product.core


def _take_image(world: World) -> str:
    host = world.hosts[world.target]
    host.image = f"{world.now:%Y-%m-%d %H:%M} UTC"
    return f"An image of {host.name} was taken at {host.image}."


def _restart(world: World) -> str:
    host = world.hosts[world.target]
    host.pending_reboot.clear()
    host.last_boot = world.now
    world.broken.discard("target-pending-reboot")
    return f"{host.name} was restarted."


def _clean_image_missing(world: World) -> bool:
    return _lost(world) and not world.hosts[world.target].image


def _may_restart(world: World) -> bool:
    host: Host = world.hosts[world.target]
    return bool(host.pending_reboot)


BY_HAND = (
    Action(
        id="take-rollback-image",
        title="Take the rollback image of the rebuilt machine",
        area="The rebuilt machine",
        explanation=(
            "After the operating system and the certificates, before the first restore step: the only documented way back. "
            "The program cannot see it; it asks you to attest it."
        ),
        applies=_clean_image_missing,
        do=_take_image,
    ),
    Action(
        id="restart-target",
        title="Restart the rebuilt machine",
        area="The rebuilt machine",
        explanation="Clears whatever waits for a restart.",
        applies=_may_restart,
        do=_restart,
    ),
)


def _chore(chore: Chore) -> Action:
    return Action(
        id=f"{HAND}{chore.id}",
        title=chore.title,
        area="By hand on the rebuilt machine",
        explanation=chore.explanation,
        applies=lambda world: chore.due(world, world.hosts[world.target]),
        do=lambda world: perform(world, chore),
    )


def _mending(fault: Fault) -> Action:
    def do(world: World) -> str:
        mend(world, fault.id)
        return f"Done: {fault.mending[:1].lower()}{fault.mending[1:]}."

    return Action(
        id=f"{MEND}{fault.id}",
        title=fault.mending,
        area=fault.area,
        explanation=f"What is wrong: {fault.title}.",
        applies=lambda world: fault.id in world.broken,
        do=do,
    )


def _breaking(fault: Fault) -> Action:
    def do(world: World) -> str:
        inject(world, fault.id)
        return f"Broken: {fault.title}."

    return Action(
        id=f"{BREAK}{fault.id}",
        title=f"{fault.title[:1].upper()}{fault.title[1:]}",
        area=fault.area,
        explanation=f"Mended by: {fault.mending}.",
        applies=lambda world: fault.id not in world.broken and fault.possible(world),
        do=do,
        breaks=True,
    )


ACTIONS: tuple[Action, ...] = (*BY_HAND, *map(_chore, CHORES), *map(_mending, FAULTS), *map(_breaking, FAULTS))


def states(world: World) -> Sequence[ActionState]:
    """Return every action and whether it applies now."""
    with world.locked():
        return tuple(
            ActionState(
                id=one.id,
                title=one.title,
                area=one.area,
                explanation=one.explanation,
                breaks=one.breaks,
                applies=one.applies(world),
            )
            for one in ACTIONS
        )


def do(world: World, wanted: str) -> str:
    """Do one action and return what was done.

    Raises:
        LookupError: there is none of that id.
    """
    found = next((one for one in ACTIONS if one.id == wanted), None)
    if found is None:
        raise LookupError(f"the lab's panel has no action {wanted!r}")
    with world.locked():
        return found.do(world)
