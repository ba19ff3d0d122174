"""Text chat: who writes what when, in turns, with the time that typing takes."""

from mockserver.simulation.chance import Chance
from mockserver.simulation.people import Namer
from mockserver.simulation.plan import Plan, Visit
from mockserver.simulation.records import ChatMessage, Entry

__all__ = ["chat_entries"]

_FIRST_AFTER_MS = 1800
_LAST_BEFORE_MS = 700
# A pause for thought before typing begins.
_THINKING_MS = (600, 4200)
# Whoever writes more than this has copied it, and pastes it as fast as this many characters are typed.
_PASTED_ABOVE, _PASTED_AS = 300, 20
# Every try at a message has a number of its own in its room; a try takes 0.6 s or more.
_MOST_TRIES = 10_000_000
# Rooms begin at different places of the messages that break parsers, so that a few rooms see all of them.
_DEALT_APART = 6
# The chance that the next message comes from somebody else.
_TURN = 0.82


def chat_entries(plan: Plan, namer: Namer) -> list[Entry]:
    """A room's messages in the order in which they were sent; final as soon as they are sent."""
    states = dict.fromkeys(v.state_id for v in plan.visits if v.state.component == "TextChat")
    entries: list[Entry] = []
    for place, state_id in enumerate(states):
        visits = [visit for visit in plan.visits if visit.state_id == state_id]
        entries += _conversation(plan, visits, namer, place * _MOST_TRIES)
    return entries


def _conversation(plan: Plan, visits: list[Visit], namer: Namer, number: int) -> list[Entry]:
    """The messages of one chat state. `number` is the first of those that tries at a message may have."""
    ends_ms = max(visit.completed_ms or visit.exited_ms for visit in visits) - _LAST_BEFORE_MS
    at_ms = max(visit.shown_ms for visit in visits) + _FIRST_AFTER_MS
    last: int | None = None
    entries: list[Entry] = []
    while at_ms < ends_ms:
        chance = plan.chance("chat", number)
        who = _writer(plan, visits, chance, last, at_ms)
        at_ms += chance.integer(*_THINKING_MS, "thinking")
        number += 1
        if who is None:
            continue
        dealt = plan.room.index * _DEALT_APART + len(entries)
        plain = plan.room.index == 0 and number == 1
        content = namer.remark(chance, dealt) if entries else namer.opener(chance, plain=plain)
        typed = len(content) if len(content) <= _PASTED_ABOVE else _PASTED_AS
        sent_ms = at_ms + plan.participants[who].traits.typing_ms * typed
        if sent_ms < ends_ms and who in _there(plan, visits, sent_ms):
            entries.append(_message(plan, number, who, sent_ms, content))
            at_ms, last = sent_ms, who
    return entries


def _writer(plan: Plan, visits: list[Visit], chance: Chance, last: int | None, at_ms: int) -> int | None:
    """Who writes next: mostly somebody else than last time; the first participant says hello, else the host."""
    there = _there(plan, visits, at_ms)
    if last is None:
        return next((who for who in (0, plan.room.experiment.host) if who in there), None)
    others = [who for who in there if who != last]
    turns = chance.uniform("turn") < _TURN
    return chance.pick(others if others and turns else there, "who") if there else None


def _there(plan: Plan, visits: list[Visit], at_ms: int) -> list[int]:
    """Who sees the chat at that moment and takes part in it."""
    seen = (v.who for v in visits if v.shown_ms <= at_ms < v.exited_ms)
    return [who for who in seen if _present(plan, who, at_ms)]


def _present(plan: Plan, who: int, at_ms: int) -> bool:
    person = plan.participants[who]
    return person.is_present(at_ms) and not person.idle


def _message(plan: Plan, number: int, who: int, at_ms: int, content: str) -> Entry:
    sender = plan.participants[who]
    everyone = [p for p in plan.participants if p.is_present(at_ms) and p.index != who]
    record = ChatMessage(
        message_id="msg_" + plan.chance("chat id").code(7, number),
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        sender_id=sender.participant_id,
        sender_name=sender.name,
        content=content,
        timestamp_ms=at_ms,
        onset_ms=at_ms - plan.room.started_ms,
        recipient_ids=[person.participant_id for person in everyone],
        message_type="text",
    )
    return Entry(at_ms, sender.participant_id, record.message_id, at_ms, record)
