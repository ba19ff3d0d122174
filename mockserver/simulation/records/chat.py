"""Text chat: who writes when, in turns, with the time that typing takes. What is said comes from `talk`."""

from dataclasses import dataclass, field
from typing import NamedTuple

from mockserver.simulation.chance import Chance
from mockserver.simulation.datasets.entry import Entry
from mockserver.simulation.records.records import ChatMessage
from mockserver.simulation.story.people import Namer
from mockserver.simulation.story.plan import Participant, Plan
from mockserver.simulation.talk.flow import Conversation, Moment
from mockserver.simulation.talk.kinds import Kind, Line
from mockserver.simulation.talk.manner import Manner, manner_of
from mockserver.simulation.talk.repertoire import Repertoire
from mockserver.simulation.talk.setting import setting_of
from mockserver.simulation.talk.wording import Said, Speaker, spoken_line

__all__ = ["Sent", "chat_entries", "conversations"]

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
# After so many tries in vain a conversation has come to a halt.
_MOST_IN_VAIN = 12
# A message should not take more of the chat's time than this.
_MOST_OF_CHAT = 0.1


class Sent(NamedTuple):
    """A line with the moment at which it was sent; `number` is that of the try."""

    number: int
    at_ms: int
    line: Line


@dataclass(slots=True)
class _Room:
    """What the chats of one room share."""

    plan: Plan
    namer: Namer
    repertoire: Repertoire
    manners: list[Manner]
    said: Said = field(default_factory=Said)
    opened: set[str] = field(default_factory=set)


def chat_entries(plan: Plan, namer: Namer, repertoire: Repertoire) -> list[Entry]:
    """A room's messages in the order in which they were sent; final as soon as they are sent."""
    return [_message(plan, sent) for sent_in_chat in conversations(plan, namer, repertoire) for sent in sent_in_chat]


def conversations(plan: Plan, namer: Namer, repertoire: Repertoire) -> list[list[Sent]]:
    """What is said in each of a room's chats, with what every line is a reply to."""
    states = dict.fromkeys(visit.state_id for visit in plan.visits if visit.state.component == "TextChat")
    if not states:
        return []
    habits = repertoire.texts.manner
    manners = [
        manner_of(plan.chance("manner", person.index), habits, careful=person.agent) for person in plan.participants
    ]
    room = _Room(plan, namer, repertoire, manners)
    return [_Chat(room, state_id).told(place * _MOST_TRIES) for place, state_id in enumerate(states)]


class _Chat:
    """One chat state of a room, told from its beginning to its end."""

    def __init__(self, room: _Room, state_id: str) -> None:
        plan = room.plan
        self._room = room
        self._plan = plan
        self._visits = [visit for visit in plan.visits if visit.state_id == state_id]
        self._ends_ms = max(visit.completed_ms or visit.exited_ms for visit in self._visits) - _LAST_BEFORE_MS
        self._begins_ms = max(visit.shown_ms for visit in self._visits) + _FIRST_AFTER_MS
        setting = setting_of(plan.room.states, state_id, room.repertoire.texts.prompts)
        self._talk = Conversation(
            setting,
            room.repertoire.topics.of(setting),
            room.repertoire.topics.spare,
            plan.chance("talk"),
            self._ends_ms - self._begins_ms,
            room.opened,
        )
        self._sent: list[Sent] = []

    def told(self, number: int) -> list[Sent]:
        """The lines. `number` is the first of those that tries at a message may have."""
        at_ms = self._begins_ms
        while at_ms < self._ends_ms:
            chance = self._plan.chance("chat", number)
            writers = self._writers(chance, at_ms)
            at_ms += chance.integer(*_THINKING_MS, "thinking")
            number += 1
            self._talk.silence += 1
            lines = (self._line(chance, seat, at_ms, number) for seat in writers)
            line = next((line for line in lines if line is not None), None)
            if line is None:
                at_ms += self._lull_ms(at_ms)
            else:
                at_ms = self._sent_ms(line.seat, at_ms, line.text)
                self._talk.add(line)
                self._sent.append(Sent(number, at_ms, line))
        return self._sent

    def _lull_ms(self, at_ms: int) -> int:
        """How much longer nobody tries where nobody has found anything to say for a while."""
        return (self._ends_ms - at_ms) // 10 if self._talk.silence > _MOST_IN_VAIN else 0

    def _writers(self, chance: Chance, at_ms: int) -> list[int]:
        """Who may write next, those first who would: mostly somebody else than last time.

        The first participant says hello, else the host.
        """
        there = self._there(at_ms)
        if not self._sent:
            return [seat for seat in (0, self._plan.room.experiment.host) if seat in there][:1]
        expected = self._talk.expected(there)
        others = [seat for seat in there if seat != self._sent[-1].line.seat]
        likely = others if others and chance.uniform("turn") < _TURN else there
        first = chance.pick(expected or likely, "who") if there else None
        return sorted(there, key=lambda seat: (seat != first, seat not in expected, seat not in others, seat))

    def _line(self, chance: Chance, seat: int, at_ms: int, number: int) -> Line | None:
        """What is written by somebody who begins to type at that moment; None if nothing, or nothing in time."""
        others = self._company(seat, at_ms)

        def fits(text: str) -> bool:
            sent_ms = self._sent_ms(seat, at_ms, text)
            there = sent_ms < self._ends_ms and seat in self._there(sent_ms)
            # How many one speaks to must not change while one types: "both of you" would be wrong.
            return there and self._company(seat, sent_ms) == others

        given = self._given(others, number)
        if given is not None:
            self._room.said.add(given[1], given[1])
            return Line(seat, *given) if fits(given[1]) else None
        moment = Moment(others, self._there(at_ms), self._ends_ms - at_ms, self._is_back(seat, at_ms))
        move = self._talk.next_move(chance, seat, moment)
        if move is None:
            return None
        person = self._plan.participants[seat]
        most = int(_MOST_OF_CHAT * (self._ends_ms - self._begins_ms) / person.traits.typing_ms)
        speaker = Speaker(seat, person.first_name, self._room.manners[seat], others, most)
        room = self._room
        return spoken_line(move, self._talk, speaker, room.said, room.repertoire, room.namer, chance, fits)

    def _given(self, others: int, number: int) -> tuple[Kind, str] | None:
        """A message that is not made up: the documented one, or one that breaks parsers."""
        index = self._plan.room.index
        if not self._sent:
            # The data page's own example, in an experiment's very first message.
            first = (Kind.GREETING, self._room.repertoire.texts.greetings.first_message)
            return first if index == 0 and number == 1 and others > 1 else None
        awkward = self._room.namer.awkward(index * _DEALT_APART + len(self._sent))
        return None if awkward is None else (Kind.AWKWARD, awkward)

    def _sent_ms(self, seat: int, at_ms: int, text: str) -> int:
        """When a message has been typed that was begun at that moment."""
        typed = len(text) if len(text) <= _PASTED_ABOVE else _PASTED_AS
        return at_ms + self._plan.participants[seat].traits.typing_ms * typed

    def _company(self, seat: int, at_ms: int) -> int:
        """To how many others somebody speaks; from three on it is all the same."""
        return min(3, len(_recipients(self._plan, seat, at_ms)))

    def _there(self, at_ms: int) -> list[int]:
        """Who sees the chat at that moment and takes part in it."""
        seen = (visit.seat for visit in self._visits if visit.shown_ms <= at_ms < visit.exited_ms)
        people = self._plan.participants
        return [seat for seat in seen if people[seat].is_present(at_ms) and not people[seat].idle]

    def _is_back(self, seat: int, at_ms: int) -> bool:
        """Has somebody been away since their last message?"""
        last_ms = next((sent.at_ms for sent in reversed(self._sent) if sent.line.seat == seat), None)
        gaps = self._plan.participants[seat].gaps
        return last_ms is not None and any(last_ms < start and end <= at_ms for start, end in gaps)


def _recipients(plan: Plan, seat: int, at_ms: int) -> list[Participant]:
    """Everybody else who is there at that moment."""
    return [person for person in plan.participants if person.index != seat and person.is_present(at_ms)]


def _message(plan: Plan, sent: Sent) -> Entry:
    sender = plan.participants[sent.line.seat]
    record = ChatMessage(
        message_id="msg_" + plan.chance("chat id").code(7, sent.number),
        experiment_id=plan.room.experiment_id,
        room_id=plan.room.room_id,
        sender_id=sender.participant_id,
        sender_name=sender.name,
        content=sent.line.text,
        timestamp_ms=sent.at_ms,
        onset_ms=sent.at_ms - plan.room.started_ms,
        recipient_ids=[person.participant_id for person in _recipients(plan, sender.index, sent.at_ms)],
        message_type="text",
    )
    return Entry(sent.at_ms, sender.participant_id, record.message_id, sent.at_ms, record)
