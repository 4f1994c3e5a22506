"""One step from its gate to its proof: look, ask, act, prove; every move is recorded before the next."""

from __future__ import annotations

from typing import assert_never

from app.facts.fact import Readings
from app.recovery import questions
from app.recovery.acting import Sent, send_all
from app.recovery.asking import Asker
from app.recovery.events import (
    Attested,
    CommandsPlanned,
    DoubtSettled,
    GateJudged,
    Outcome,
    Overridden,
    Progress,
    ProofJudged,
    StepEnded,
    StepStarted,
)
from app.recovery.gate import Judgement, gate_of, gate_requests, judge_gate
from app.recovery.moves import Move, first_move
from app.recovery.ports import Choice, Reply
from app.recovery.proving import judge_proof
from app.recovery.recorder import Recorder, attestations
from app.recovery.remaining import lines_of, not_done, only_proof_missing, remaining, settled_by_journal, unseen
from app.recovery.state import StepState
from app.recovery.step import Action, AlreadyDone, Impossible, Kind, Planned, Step
from app.recovery.world import World
from checks.check import Scope
from checks.finding import Status


class StepRun:
    """The life of one step in one session."""

    def __init__(self, step: Step, world: World, recorder: Recorder, asker: Asker) -> None:
        """Nothing is done before ``walk``."""
        self._step = step
        self._world = world
        self._recorder = recorder
        self._asker = asker
        self._overridden: frozenset[tuple[str, str, Status]] = frozenset()
        self._already = ""

    def walk(self) -> bool:
        """Work through the step; return whether the run goes on."""
        move = first_move(self._state)
        while move not in (Move.OVER, Move.STOP):
            move = self._made(move)
        return move is Move.OVER

    def _made(self, move: Move) -> Move:
        match move:
            case Move.LOOK | Move.GO:
                return self._look(go=move is Move.GO)
            case Move.PROVE | Move.PROVE_AGAIN:
                return self._prove(patient=move is Move.PROVE)
            case Move.SETTLE:
                return self._settle()
            case Move.FAILED:
                return self._ask_failed()
            case Move.OVER | Move.STOP:
                return move
            case _:
                assert_never(move)

    @property
    def _state(self) -> StepState:
        return self._recorder.state.step(self._step.id)

    def _scope(self) -> Scope:
        return self._world.scope(attestations(self._recorder.state))

    # The gate

    def _look(self, *, go: bool) -> Move:
        shown = self._state.lines
        scope, readings, gate = self._judge()
        left = remaining(self._step, self._state, scope, readings)
        self._show(left)
        if not self._opens(gate):
            return self._ask_held(gate)
        if isinstance(left, AlreadyDone):
            self._already = left.why
            return Move.PROVE
        if go and isinstance(left, tuple) and set(lines_of(left)) <= set(shown):
            return self._act(left)
        return self._ask_ready(scope, left, gate)

    def _judge(self) -> tuple[Scope, Readings, Judgement]:
        scope = self._scope()
        self._recorder.say(Progress(step=self._step.id, text="looking at the gate"))
        ids = gate_of(self._step, begun=bool(self._state.commands))
        requests = gate_requests(self._step, ids, self._world.checks, scope)
        readings = self._world.gather(requests) if requests else Readings()
        gate = judge_gate(ids, self._world.checks, scope, readings)
        is_open = self._opens(gate)
        self._recorder.say(
            GateJudged(
                step=self._step.id,
                findings=gate.findings,
                open=is_open,
                overridden=is_open and not gate.passes,
            )
        )
        return scope, readings, gate

    def _opens(self, gate: Judgement) -> bool:
        return _held(gate) <= self._overridden

    def _show(self, left: Planned) -> None:
        """Say what would run, where that is not what was said last."""
        match left:
            case AlreadyDone(why=why) | Impossible(why=why):
                event = CommandsPlanned(step=self._step.id, lines=(), why=why)
            case _:
                hosts = tuple(dict.fromkeys(one.host for one in left))
                event = CommandsPlanned(step=self._step.id, lines=lines_of(left), hosts=hosts)
        if (event.lines, event.why) != (self._state.lines, self._state.lines_why):
            self._recorder.say(event)

    def _ask_held(self, gate: Judgement) -> Move:
        reply = self._asker.ask(questions.held(self._step, gate.holding))
        if reply.choice is Choice.OVERRIDE:
            self._override(gate, reply, proof=False)
            self._overridden |= _held(gate)
        return Move.STOP if reply.choice is Choice.STOP else Move.LOOK

    def _ask_ready(self, scope: Scope, left: tuple[Action, ...] | Impossible, gate: Judgement) -> Move:
        why = left.why if isinstance(left, Impossible) and self._step.plan is not None else ""
        earlier = questions.earlier(self._state)
        actions = left if isinstance(left, tuple) else ()
        question = questions.ready(self._step, lines_of(actions), scope.target, notes=(why, *earlier))
        reply = self._asker.ask(question)
        match reply.choice:
            case Choice.RUN:
                return self._act(actions) if self._young(gate) else Move.GO
            case Choice.BY_HAND:
                return self._by_hand(reply)
            case Choice.STOP:
                return Move.STOP
            case _:
                return Move.LOOK

    def _young(self, gate: Judgement) -> bool:
        """Whether the gate was judged so shortly ago that judging it again would tell nothing new."""
        oldest = min((one.at for one in gate.findings), default=None)
        limit = min(
            (self._world.checks(one.check).fresh_for for one in gate.findings), default=self._world.judged_again_after
        )
        limit = min(limit, self._world.judged_again_after)
        return oldest is not None and (self._world.clock() - oldest).total_seconds() < limit

    # Acting

    def _act(self, actions: tuple[Action, ...]) -> Move:
        self._recorder.say(StepStarted(step=self._step.id, attempt=self._state.attempts + 1))
        how, why = send_all(self._step, actions, self._world, self._recorder)
        match how:
            case Sent.ALL:
                return Move.PROVE
            case Sent.LOST:
                return Move.SETTLE
            case Sent.FAILED:
                self._end(Outcome.FAILED, why)
                return Move.FAILED
            case Sent.STOPPED:
                self._end(Outcome.STOPPED, why)
                return Move.STOP
            case _:
                assert_never(how)

    def _by_hand(self, reply: Reply) -> Move:
        self._recorder.say(StepStarted(step=self._step.id, attempt=self._state.attempts + 1, by_hand=True))
        who = self._asker.operator
        self._recorder.say(Attested(step=self._step.id, what=self._step.attests, who=who, note=reply.note))
        return Move.PROVE

    def _ask_failed(self) -> Move:
        reply = self._asker.ask(questions.failed(self._step, self._state.why, self._scope().target))
        match reply.choice:
            case Choice.RETRY:
                return Move.GO
            case Choice.BY_HAND:
                return self._by_hand(reply)
            case Choice.RECHECK:
                return self._prove_failed()
            case _:
                return Move.STOP

    def _prove_failed(self) -> Move:
        """A command failed; perhaps what it was to do is there all the same."""
        found = self._judge_proof(patient=False)
        if not found.passes or self._unseen():
            return Move.FAILED
        self._end(Outcome.DONE, f"{self._state.why}; the proof holds all the same")
        return Move.OVER

    # The proof

    def _judge_proof(self, *, patient: bool) -> Judgement:
        found = judge_proof(self._step, self._scope(), self._world, self._recorder, patient=patient)
        self._recorder.say(ProofJudged(step=self._step.id, findings=found.findings, proven=found.passes))
        return found

    def _prove(self, *, patient: bool) -> Move:
        found = self._judge_proof(patient=patient)
        if found.passes:
            untouched = bool(self._already) and self._state.attempts == 0
            self._end(Outcome.ALREADY_DONE if untouched else Outcome.DONE, self._already)
            return Move.OVER
        said = (self._already, f"lacking {', '.join(found.held_checks)}")
        self._end(Outcome.NOT_PROVEN, "; ".join(one for one in said if one))
        return self._ask_not_proven(found)

    def _ask_not_proven(self, found: Judgement) -> Move:
        target = self._scope().target
        reply = self._asker.ask(questions.not_proven(self._step, found.holding, target, self._already))
        match reply.choice:
            case Choice.RECHECK:
                return Move.PROVE_AGAIN
            case Choice.RETRY:
                self._already = ""
                return Move.LOOK if self._step.kind is Kind.BY_HAND else Move.GO
            case Choice.OVERRIDE:
                self._override(found, reply, proof=True)
                return Move.OVER
            case _:
                return Move.STOP

    # Doubt

    def _settle(self) -> Move:
        """The journal first, then the proof checks; where neither tells, the operator."""
        state = self._state
        unbegun = settled_by_journal(self._step, state)
        if unbegun:
            return self._settled(Outcome.NOT_PROVEN, "the journal", unbegun)
        if only_proof_missing(self._step, state):
            return Move.PROVE
        found = self._judge_proof(patient=not state.unsent())
        blind = self._unseen()
        if found.passes and not blind:
            return self._settled(Outcome.DONE, "the proof checks", "every proof check passes")
        why = not_done(self._step, found, blind)
        if why:
            return self._settled(Outcome.NOT_PROVEN, "the proof checks", why)
        return self._ask_in_doubt(found, blind)

    def _unseen(self) -> str:
        scope = self._scope()
        requests = self._step.plan_needs(scope)
        readings = self._world.gather(requests) if requests else Readings()
        return unseen(self._step, self._state, scope, readings)

    def _ask_in_doubt(self, found: Judgement, blind: str) -> Move:
        reply = self._asker.ask(questions.in_doubt(self._step, self._state, found.holding, blind))
        match reply.choice:
            case Choice.IS_DONE:
                return self._settled(Outcome.DONE, self._asker.operator, reply.note or "the operator has looked")
            case Choice.NOT_DONE:
                return self._settled(Outcome.NOT_PROVEN, self._asker.operator, reply.note or "the operator has looked")
            case Choice.RECHECK:
                return Move.SETTLE
            case _:
                return Move.STOP

    def _settled(self, outcome: Outcome, by: str, reason: str) -> Move:
        self._recorder.say(DoubtSettled(step=self._step.id, outcome=outcome, by=by, reason=reason))
        if outcome is not Outcome.DONE:
            return Move.LOOK
        self._end(Outcome.DONE, f"was in doubt; settled by {by}: {reason}")
        return Move.OVER

    # Words

    def _end(self, outcome: Outcome, why: str = "") -> None:
        self._recorder.say(StepEnded(step=self._step.id, outcome=outcome, why=why))

    def _override(self, found: Judgement, reply: Reply, *, proof: bool) -> None:
        who = self._asker.operator
        checks = found.held_checks
        self._recorder.say(Overridden(step=self._step.id, checks=checks, who=who, reason=reply.note, proof=proof))


def _held(gate: Judgement) -> frozenset[tuple[str, str, Status]]:
    """What an override speaks of: who goes on although nobody could look has not agreed to what is seen later."""
    return frozenset((one.check, one.subject, one.status) for one in gate.holding)
