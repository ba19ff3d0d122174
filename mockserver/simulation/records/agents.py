"""AI agents: what each decided, turn by turn, and what it cost.

An agent takes a turn for every message it sends and every component it answers, so its decisions are told
from the same story as the messages and the answers. Source: field names observed in the client; what a
turn costs is inferred.
"""

from typing import NamedTuple

from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.components import Showing, showings
from mockserver.simulation.records.records import ChatMessage
from mockserver.simulation.story.plan import Participant, Plan

__all__ = ["AgentRun", "Decision", "DecisionDetail", "agent_runs", "decisions"]

# Dollars for a million tokens, in and out.
_PRICE_IN, _PRICE_OUT = 15.0, 75.0


class DecisionDetail(NamedTuple):
    """What led to a decision."""

    prompt: str
    reasoning: str
    chain: list["Stage"]
    peer_model_snapshot: str
    prediction_error: float


class Stage(NamedTuple):
    """One stage of an agent's reasoning."""

    stage: str
    output: str


class Decision(NamedTuple):
    """One turn of one agent; `latency_ms` and tokens are the model's."""

    id: str
    participant_id: str
    room_id: str
    seq: int
    state_id: str
    state_name: str
    turn_kind: str
    action: str
    value: str
    latency_ms: int
    input_tokens: int
    output_tokens: int
    timestamp_ms: int
    detail: DecisionDetail

    @property
    def cost_usd(self) -> float:
        """What the turn cost, in dollars."""
        return cost_usd(self.input_tokens, self.output_tokens)


class AgentRun(NamedTuple):
    """One agent's run through a room, as far as it has come; costs in dollars."""

    id: str
    participant_id: str
    room_id: str
    seed: int
    total_input_tokens: int
    total_output_tokens: int
    total_cost_usd: float
    turns: int
    started_ms: int
    ended_ms: int | None


def cost_usd(input_tokens: int, output_tokens: int) -> float:
    """What so many tokens cost, in dollars, to six decimals."""
    return round((input_tokens * _PRICE_IN + output_tokens * _PRICE_OUT) / 1e6, 6)


def decisions(plan: Plan, messages: list[Entry]) -> list[Decision]:
    """Every decision in a room, by agent and then in order."""
    shown = showings(plan)
    return [
        decision
        for person in plan.participants
        if person.agent
        for decision in _of_agent(plan, person, messages, shown)
    ]


def _of_agent(plan: Plan, person: Participant, messages: list[Entry], shown: list[Showing]) -> list[Decision]:
    names = {state_id: state.name or state_id for state_id, state in plan.room.states}
    chats = [v for v in plan.visits if v.seat == person.index and v.state.component == "TextChat"]
    turns: list[tuple[int, str, str, str, str]] = []
    for entry in messages:
        if entry.who == person.participant_id and isinstance(entry.record, ChatMessage):
            visit = next(v for v in chats if v.shown_ms <= entry.at_ms <= v.exited_ms)
            turns.append((entry.at_ms, visit.state_id, "chat", "send_message", entry.record.content))
    for showing in shown:
        if showing.seat == person.index and showing.response and showing.completed_ms is not None:
            turns.append((showing.completed_ms, showing.state_id, "component", "respond", showing.response.value))
    turns.sort()
    return [_decision(plan, person, seq, turn, names[turn[1]]) for seq, turn in enumerate(turns, 1)]


def _decision(
    plan: Plan, person: Participant, seq: int, turn: tuple[int, str, str, str, str], state_name: str
) -> Decision:
    at_ms, state_id, kind, action, value = turn
    chance = plan.chance("decision", person.index, seq)
    detail = DecisionDetail(
        prompt=f"You take part as {person.name}. You are in {state_name}. What do you do?",
        reasoning=f"In {state_name} it seems right to {action.replace('_', ' ')}: {value}",
        chain=[Stage("perceive", f"now in {state_name}"), Stage("decide", f"{action}({value})")],
        peer_model_snapshot="the others seem to follow",
        prediction_error=round(chance.uniform("error"), 3),
    )
    return Decision(
        id=f"{person.participant_id}_{seq}",
        participant_id=person.participant_id,
        room_id=plan.room.room_id,
        seq=seq,
        state_id=state_id,
        state_name=state_name,
        turn_kind=kind,
        action=action,
        value=value,
        latency_ms=chance.integer(600, 2600, "latency"),
        input_tokens=1800 + 160 * seq + chance.integer(0, 200, "in"),
        output_tokens=20 + len(value) // 3,
        timestamp_ms=at_ms,
        detail=detail,
    )


def agent_runs(plan: Plan, made: list[Decision], now_ms: int) -> list[AgentRun]:
    """Every agent's run in a room, with what it had decided by then; none before it joined."""
    return [
        _run(plan, person, [d for d in made if d.participant_id == person.participant_id], now_ms)
        for person in plan.participants
        if person.agent and person.joined_ms <= now_ms
    ]


def _run(plan: Plan, person: Participant, made: list[Decision], now_ms: int) -> AgentRun:
    taken = [one for one in made if one.timestamp_ms <= now_ms]
    return AgentRun(
        id=person.participant_id,
        participant_id=person.participant_id,
        room_id=plan.room.room_id,
        seed=plan.seed,
        total_input_tokens=sum(one.input_tokens for one in taken),
        total_output_tokens=sum(one.output_tokens for one in taken),
        total_cost_usd=round(sum(one.cost_usd for one in taken), 6),
        turns=len(taken),
        started_ms=person.joined_ms,
        ended_ms=person.left_ms if person.left_ms <= now_ms else None,
    )
