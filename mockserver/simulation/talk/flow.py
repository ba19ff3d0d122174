"""What comes next in a conversation: a reply to what was said last, a thought that goes with it, or a new topic."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.filling import Words
from mockserver.simulation.talk.kinds import ANSWERED_BY, Kind, Line, Topic
from mockserver.simulation.talk.setting import Phase, Setting

__all__ = ["Conversation", "Moment", "Move"]

T = TypeVar("T")

# The last part of a chat, in which it is closed: so long, or so much of a short one.
_CLOSING_MS, _CLOSING_SHARE = 20_000, 0.25
# What is asked or proposed needs time to be answered.
_OPENING_MS, _OPENING_SHARE = 12_000, 0.25
# In a large group not everybody greets before somebody comes to the point.
_MOST_GREETINGS = 4
_MOST_ALONE = 2
_EARLY_THREADS = 2
# Who has found nothing to say so often is not waited for any longer.
_PATIENCE = 4

# What others reply to the last line, with weights; None opens a new thread.
_REPLIES: dict[Kind, tuple[tuple[Kind | None, float], ...]] = {
    Kind.QUESTION: ((Kind.ANSWER, 1.0),),
    Kind.FOLLOW_UP: ((Kind.DETAIL, 1.0),),
    Kind.PROPOSAL: ((Kind.ACCEPT, 0.7), (Kind.DECLINE, 0.3)),
    Kind.OPINION: ((Kind.AGREE, 0.58), (Kind.CONTRAST, 0.42)),
    Kind.ANSWER: (
        (Kind.ANSWER, 0.3), (Kind.REACTION, 0.3), (Kind.FOLLOW_UP, 0.25), (Kind.AGREE, 0.25), (Kind.CONTRAST, 0.2),
        (None, 0.05),
    ),
    Kind.DETAIL: ((Kind.REACTION, 0.6), (Kind.ANSWER, 0.2), (None, 0.3)),
    Kind.REACTION: ((Kind.ANSWER, 0.3), (None, 0.7)),
    Kind.AGREE: ((Kind.ANSWER, 0.15), (None, 0.85)),
    Kind.CONTRAST: ((Kind.CONCEDE, 0.65), (Kind.AGREE, 0.2), (None, 0.25)),
    Kind.ACCEPT: ((Kind.ANSWER, 1.0),),
    Kind.DECLINE: ((Kind.CONCEDE, 0.75), (None, 0.25)),
    Kind.RETURN: ((Kind.WELCOME, 0.6), (None, 0.4)),
    Kind.CLOSING: ((Kind.FAREWELL, 1.0),),
    Kind.FAREWELL: ((Kind.FAREWELL, 1.0),),
}  # fmt: skip
# What somebody goes on with after their own last line. Where nothing is named, they open a new thread.
_CONTINUATIONS: dict[Kind, tuple[tuple[Kind | None, float], ...]] = {
    Kind.QUESTION: ((Kind.ADDITION, 1.0),),
    Kind.OPINION: ((Kind.ADDITION, 1.0),),
    Kind.PROPOSAL: ((Kind.ADDITION, 1.0),),
    Kind.ACCEPT: ((Kind.ANSWER, 1.0),),
    Kind.ANSWER: ((Kind.QUESTION, 1.0),),
}


class Moment(NamedTuple):
    """When somebody is about to write.

    Attributes:
        others: How many others are connected. there: who takes part in the chat, the writer too.
        left_ms: Until the chat ends. back: The writer has just lost the connection, and has it again.
    """

    others: int
    there: Sequence[int]
    left_ms: int
    back: bool


class Move(NamedTuple):
    """What somebody is about to say; the fields are `Line`'s."""

    kind: Kind
    to: int | None = None
    topic: Topic | None = None
    stance: int = 0
    follow_up: int = 0
    words: Words = {}


@dataclass(slots=True)
class Conversation:
    """One chat so far.

    Attributes:
        chance: The room's, for what is dealt out to its people.
        spare: The n-th topic for when all of `topics` have come up; None if there are no more.
        opened: Names of the topics that the room has had, in this chat or an earlier one.
    """

    setting: Setting
    topics: Sequence[Topic]
    spare: Callable[[int], Topic | None]
    chance: Chance
    length_ms: int
    opened: set[str]
    lines: list[Line] = field(default_factory=list)
    spoken: set[int] = field(default_factory=set)
    greetings: int = 0
    # The number of the line with which somebody closed the chat, and who has taken leave.
    closing: int | None = None
    gone: set[int] = field(default_factory=set)
    # By topic: who has said what they think or do.
    answered: dict[str, set[int]] = field(default_factory=dict)
    threads: int = 0
    spared: int = 0
    # Tries since the last line, with the one that is being made.
    silence: int = 0
    # Of the try that is being made: who is there, and for how long.
    there: Sequence[int] = ()
    left_ms: int = 0

    def add(self, line: Line) -> None:
        """What was said has been sent."""
        self.lines.append(line)
        self.spoken.add(line.seat)
        self.greetings += line.kind is Kind.GREETING
        self.silence = 0
        if line.kind in (Kind.CLOSING, Kind.FAREWELL):
            self.closing = len(self.lines) - 1 if self.closing is None else self.closing
            self.gone.add(line.seat)
        if line.topic is None:
            return
        if line.to is None:
            self.threads += line.topic.name not in self.opened
            self.opened.add(line.topic.name)
        if line.kind in (Kind.ANSWER, Kind.ADDITION, Kind.AGREE, Kind.CONTRAST, Kind.OPINION):
            self.answered.setdefault(line.topic.name, set()).add(line.seat)

    def expected(self, there: Iterable[int]) -> list[int]:
        """From whom the next line is expected; nobody in particular, if empty."""
        if not self.lines or self.silence >= _PATIENCE:
            return []
        last = self.lines[-1]
        if last.kind is Kind.FOLLOW_UP and last.to is not None:
            return [seat for seat in there if seat == self.lines[last.to].seat]
        handed_on = last.kind is Kind.QUESTION and last.topic is not None and last.topic.name in self.answered
        if last.asks or handed_on:
            return [seat for seat in there if seat != last.seat and not self._has_answered(seat, last.topic)]
        return []

    def next_move(self, chance: Chance, seat: int, moment: Moment) -> Move | None:
        """What this person says at this moment; None says nothing."""
        self.there, self.left_ms = moment.there, moment.left_ms
        if not moment.others or moment.there == [seat]:
            return self._alone(seat, moment)
        if not self._is_pending(seat):
            if self.closing is not None or moment.left_ms < min(_CLOSING_MS, _CLOSING_SHARE * self.length_ms):
                return self._closing(seat)
            if moment.back:
                return Move(Kind.RETURN)
            if seat not in self.spoken and self.greetings < _MOST_GREETINGS:
                return Move(Kind.GREETING)
        options = self._options(seat)
        if not options and self._waits(moment.there):
            return None
        kind = _weighted(chance.uniform("kind"), options) if options else None
        return self._opening(chance, seat) if kind is None else self._reply(chance, seat, kind)

    # --- beginning and end ----------------------------------------------------------------------

    def _alone(self, seat: int, moment: Moment) -> Move | None:
        if seat not in self.spoken and moment.others:
            return Move(Kind.GREETING)
        alone = sum(line.seat == seat and line.kind is Kind.ALONE for line in self.lines)
        return Move(Kind.ALONE) if alone < _MOST_ALONE else None

    def _closing(self, seat: int) -> Move | None:
        if seat in self.gone:
            return None
        return Move(Kind.CLOSING) if self.closing is None else Move(Kind.FAREWELL, to=self.closing)

    # --- replies --------------------------------------------------------------------------------

    def _target(self) -> int:
        """The number of the line to reply to: the last, or the one that it adds to."""
        last = len(self.lines) - 1
        added_to = self.lines[last].to if self.lines[last].kind is Kind.ADDITION else None
        return last if added_to is None else added_to

    def _is_pending(self, seat: int) -> bool:
        """Is it this person's turn to answer something? After some silence it is nobody's."""
        if not self.lines or self.silence > _PATIENCE:
            return False
        target = self.lines[self._target()]
        if self.lines[-1].asks:
            return not self._has_answered(seat, target.topic)
        if target.kind is Kind.FOLLOW_UP:
            return target.to is not None and self.lines[target.to].seat == seat
        if target.kind is Kind.QUESTION and self._has_answered(seat, target.topic):
            return False
        return target.kind in ANSWERED_BY and target.seat != seat

    def _waits(self, there: Iterable[int]) -> bool:
        """Is somebody who is there still to answer the last line?"""
        return any(self._is_pending(seat) for seat in there)

    def _options(self, seat: int) -> list[tuple[Kind | None, float]]:
        """What this person can go on with, and with which weights; None opens a new thread."""
        if not self.lines:
            return []
        last, target = self.lines[-1], self.lines[self._target()]
        table, kind = (_CONTINUATIONS, last.kind) if last.seat == seat else (_REPLIES, target.kind)
        options = [(k, weight) for k, weight in table.get(kind, ()) if k is None or self._possible(seat, k)]
        if self._is_pending(seat) and last.asks:
            return [(k, weight) for k, weight in options if k in (Kind.ANSWER, Kind.AGREE, Kind.CONTRAST)]
        return options

    def _possible(self, seat: int, kind: Kind) -> bool:
        """Can the person reply to the last line in this way?"""
        target = self.lines[self._target()]
        topic = target.topic
        if kind in (Kind.WELCOME, Kind.FAREWELL):
            return True
        if topic is None:
            return False
        stance = topic.stances[target.stance] if topic.stances else None
        new = not self._has_answered(seat, topic)
        match kind:
            case Kind.ANSWER:
                return new and self._asks_for_answers(topic) and any(stance.answers for stance in topic.stances)
            case Kind.QUESTION:
                missing = any(one != seat and not self._has_answered(one, topic) for one in self.there)
                return topic.personal and missing and not self.lines[-1].asks and not self._is_late()
            case Kind.ADDITION:
                return self._can_add(seat, target)
            case Kind.FOLLOW_UP:
                return bool(stance and stance.follow_ups)
            case Kind.DETAIL:
                return target.to is not None and self.lines[target.to].seat == seat
            case Kind.REACTION:
                return target.kind is Kind.DETAIL or bool(stance and stance.reactions)
            case Kind.AGREE:
                return new and bool(stance and stance.agrees)
            case Kind.CONTRAST:
                return new and bool(stance and stance.contrasts)
            case Kind.CONCEDE:
                return target.to is not None and self.lines[target.to].seat == seat
            case _:
                return True

    def _asks_for_answers(self, topic: Topic) -> bool:
        """Did the thread begin with something to answer, and is there more than one answer to it?"""
        root = self.lines[self._root(len(self.lines) - 1)]
        return root.kind is Kind.PROPOSAL or (root.kind is Kind.QUESTION and (topic.personal or self.lines[-1] is root))

    def _can_add(self, seat: int, target: Line) -> bool:
        if target.topic is None or self.lines[-1].kind is Kind.ADDITION:
            return False
        if target.kind is Kind.QUESTION:
            answers = any(stance.answers for stance in target.topic.stances)
            return answers and target.topic.personal and not self._has_answered(seat, target.topic)
        return target.kind is Kind.PROPOSAL or bool(target.topic.stances[target.stance].reasons)

    def _reply(self, chance: Chance, seat: int, kind: Kind) -> Move:
        number = self._target()
        target = self.lines[number]
        move = Move(kind, number, target.topic, target.stance, target.follow_up, target.words)
        if target.topic is None:
            return move
        match kind:
            case Kind.ANSWER:
                return self._own(chance, seat, kind, target.topic, self._root(number))
            case Kind.ADDITION if target.kind is Kind.QUESTION:
                return self._own(chance, seat, kind, target.topic, number)
            case Kind.QUESTION:
                return move._replace(to=None)
            case Kind.FOLLOW_UP:
                count = len(target.topic.stances[target.stance].follow_ups)
                return move._replace(follow_up=chance.integer(0, count - 1, "follow-up"))
            case Kind.AGREE if target.kind is Kind.CONTRAST:
                return move._replace(to=target.to)
            case _:
                return move

    def _root(self, number: int) -> int:
        """The question or the proposal that a line of a thread goes back to."""
        while (to := self.lines[number].to) is not None:
            number = to
        return number

    def _own(self, chance: Chance, seat: int, kind: Kind, topic: Topic, to: int | None) -> Move:
        """What this person, of all people, thinks or does."""
        said = [bool(s.opinions if kind is Kind.OPINION else s.answers) for s in topic.stances]
        stance = chance.pick([n for n, says in enumerate(said) if says], "stance")
        facts = topic.stances[stance].facts
        dealt = self.chance.integer(0, len(facts) - 1, "facts", topic.name, stance) + seat
        return Move(kind, to, topic, stance, 0, facts[dealt % len(facts)])

    def _has_answered(self, seat: int, topic: Topic | None) -> bool:
        return topic is not None and seat in self.answered.get(topic.name, ())

    # --- new threads ----------------------------------------------------------------------------

    def _is_late(self) -> bool:
        """Is there too little time left for something that has to be answered?"""
        share = (_CLOSING_SHARE + _OPENING_SHARE) * self.length_ms
        return self.left_ms < min(_CLOSING_MS + _OPENING_MS, share)

    def _opening(self, chance: Chance, seat: int) -> Move | None:
        if self._is_late():
            return self._closing(seat)
        topic = self._topic(chance)
        if topic is None:
            return None
        kinds = [
            (Kind.QUESTION, 0.5 if topic.questions else 0.0),
            (Kind.PROPOSAL, 0.4 if topic.proposals else 0.0),
            (Kind.OPINION, 0.3 if any(stance.opinions for stance in topic.stances) else 0.0),
        ]
        kind = _weighted(chance.uniform("opening"), kinds)
        return self._own(chance, seat, kind, topic, None) if kind is Kind.OPINION else Move(kind, None, topic)

    def _topic(self, chance: Chance) -> Topic | None:
        """One that the room has not had; the task's own theme comes first, and more often than others."""
        early = self.threads < _EARLY_THREADS and not self.setting.met
        free = [t for t in self.topics if t.name not in self.opened and (early or not t.early)]
        asked = [topic for topic in free if topic.theme == self.setting.theme]
        first = not self.threads and asked and chance.uniform("on task") < 0.6
        weighted = [(t, t.weight * self._relevance(t)) for t in (asked if first else free)]
        return _weighted(chance.uniform("topic"), weighted) if weighted else self._spare_topic()

    def _spare_topic(self) -> Topic | None:
        while (topic := self.spare(self.spared)) is not None and topic.name in self.opened:
            self.spared += 1
        return topic

    def _relevance(self, topic: Topic) -> float:
        """How much more than others a topic is talked about here: what is fresh in mind, and what the task asks for."""
        asked = 2.0 if topic.theme == self.setting.theme else 1.0
        match topic.theme:
            case "decide":
                return 5.0 * asked
            case "film":
                return (5.0 if self.setting.phase is Phase.AFTER else 2.0) * asked
            case _:
                return asked


def _weighted(draw: float, options: Sequence[tuple[T, float]]) -> T:
    """One of the options, as likely as it weighs.

    Args:
        draw: In [0, 1).
    """
    left = draw * sum(weight for _, weight in options)
    for option, weight in options:
        left -= weight
        if left < 0:
            return option
    return options[-1][0]
