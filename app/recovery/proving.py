"""The proof of a step: its checks on fresh facts, looked for again while a lag is normal."""

from __future__ import annotations

from app.facts.fact import Readings
from app.recovery.events import Progress
from app.recovery.gate import Judgement, judge_gate, selected
from app.recovery.recorder import Recorder
from app.recovery.step import Step
from app.recovery.world import World
from checks.check import Scope
from checks.running import needed

_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 10.0  # services take minutes to start; asking more often only burdens a starting server


def judge_proof(step: Step, scope: Scope, world: World, recorder: Recorder, *, patient: bool) -> Judgement:
    """Judge the checks after a step on facts gathered now.

    Args:
        step: whose proof.
        scope: what is expected.
        world: asked for the facts, the time and a pause.
        recorder: told what is waited for.
        patient: whether to look again, within the step's own limit, while it does not hold.
    """
    recorder.say(Progress(step=step.id, text="looking at the proof"))
    readings = world.gather(needed(selected(step.after, world.checks), scope)) if step.after else Readings()
    found = judge_gate(step.after, world.checks, scope, readings)
    limit = step.settle_seconds if world.settle_limit is None else min(step.settle_seconds, world.settle_limit)
    began, pause = world.clock(), _FIRST_PAUSE
    while patient and not found.passes and not world.should_stop():
        left = limit - (world.clock() - began).total_seconds()
        if left <= 0:
            break
        recorder.say(Progress(step=step.id, text=f"not yet: {', '.join(found.held_checks)}; {left:.0f} s left"))
        world.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_PAUSE)
        readings = readings.merged(world.gather(needed(selected(found.held_checks, world.checks), scope)))
        found = judge_gate(step.after, world.checks, scope, readings)
    return found
