"""Puts what somebody is about to say into words that have not been said in the room before."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk import openings, replies
from mockserver.simulation.talk.film_ahead import spoken_time
from mockserver.simulation.talk.flow import Conversation, Move
from mockserver.simulation.talk.kinds import Kind, Line, Topic, Words
from mockserver.simulation.talk.manner import Manner
from mockserver.simulation.talk.setting import Setting
from mockserver.simulation.talk.vocabulary import COMPANY

__all__ = ["Said", "Speaker", "Wordings", "sentences", "spoken_line"]

# Not before what has a beginning of its own.
_NO_LEAD = re.compile(
    r"(so|ok|and|right|quick|important|let me|just|is it just|have to say|funny|please|with my luck)\b"
)
_CAN_BE_SOFTENED = re.compile(r"(what|where|how|which|why|who|do|did|are|would) [^,?]+\?$")
_SOFTLY, _THEN = "{softly}", "{then}"
# Shares of the threads that are opened with a lead, and of the questions that are softened.
_LED, _SOFTENED = 0.36, 0.3
# The share of those who greet before their first reply, where they have not had the time to do so before.
_GREETS_FIRST = 0.6
_HANDS_ON = 0.4
# Of greetings and closings there are thousands; nobody has to look at all of them.
_MANY = 80


class Wordings(Protocol):
    """Fills some of the texts with words; `people.Namer` does it with Faker."""

    def wordings(self, chance: Chance, texts: Sequence[str], words: Words) -> list[tuple[str, str]]:
        """Pairs of a text and what became of it, in a drawn order."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who writes: how, under which first name, and to how many others.

    Attributes:
        most: Longer messages than this take too much of the chat's time, where there is a choice.
    """

    who: int
    first_name: str
    manner: Manner
    others: int
    most: int


@dataclass(slots=True)
class Said:
    """What has been said in a room: its sentences and longer clauses, and the texts that they were made from."""

    parts: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)

    def add(self, text: str, *messages: str) -> None:
        """A message was sent that was made from a text; with and without slips of the finger."""
        self.texts.add(text)
        for message in messages:
            self.parts.update(_parts(message))

    def knows(self, message: str) -> bool:
        """Has a part of it been said before?"""
        return not self.parts.isdisjoint(_parts(message))


def sentences(message: str) -> list[str]:
    """The sentences of a message, without capitals and punctuation."""
    parts = (re.sub(r"[^\w' ]", "", part.lower()).strip() for part in re.split(r"[.?!]+(?:\s|$)", message))
    return [part for part in parts if part]


def _parts(message: str) -> list[str]:
    """What must not be said twice: whole sentences, and what stands between commas if it says something."""
    clauses = (part for clause in message.split(",") for part in sentences(clause))
    return [*sentences(message), *(clause for clause in clauses if clause.count(" ") >= 2)]


def spoken_line(
    move: Move,
    talk: Conversation,
    speaker: Speaker,
    said: Said,
    faker: Wordings,
    chance: Chance,
    fits: Callable[[str], bool],
) -> Line | None:
    """The line that somebody writes; None if nothing new comes to mind that fits.

    Args:
        said: What the line must not repeat; it is added.
        fits: Can a message still be sent?
    """
    asks = _hands_on(move, talk, speaker, chance)
    lead, tail = _around(move, talk, speaker, asks, chance)
    words = _words(move, talk, speaker)
    texts = [text for text in _some(_texts(move, talk, speaker), chance) if "{theirs}" not in text or "theirs" in words]
    # A variation of what has been said sounds like a repetition, and comes only when nothing else is left.
    fresh = [text for text in texts if text not in said.texts]
    for choice, before, after in ((fresh, lead, tail), (fresh, "", ""), (texts, "", "")):
        dressed = {_dressed(text, before, after): text for text in choice}
        made = faker.wordings(chance, tuple(dressed), words)
        for text, plain in sorted(made, key=lambda one: max(0, len(one[1]) - speaker.most)):
            written = speaker.manner.written(plain, chance)
            if fits(written) and not said.knows(plain) and not said.knows(written):
                said.add(dressed[text], plain, written)
                return Line(
                    speaker.who,
                    move.kind,
                    written,
                    to=move.to,
                    topic=move.topic,
                    stance=move.stance,
                    follow_up=move.follow_up,
                    asks=asks and bool(after) and text.endswith(after),
                    words=_greeted(text, speaker) if move.kind is Kind.GREETING else move.words,
                )
    return None


def _some(texts: tuple[str, ...], chance: Chance) -> tuple[str, ...]:
    """All texts, or if there are very many, a part of every kind of them."""
    step = max(1, len(texts) // _MANY)
    return texts[chance.integer(0, step - 1, "some") :: step]


def _greeted(text: str, speaker: Speaker) -> Words:
    """What a reply to a greeting can take up."""
    asked = openings.asked_in(text)
    return {**({"name": speaker.first_name} if "{name}" in text else {}), **({"asked": asked} if asked else {})}


# --- texts -----------------------------------------------------------------------------------------


def _texts(move: Move, talk: Conversation, speaker: Speaker) -> tuple[str, ...]:
    """What can be said, as texts with `{…}`."""
    if move.topic is None:
        return _general(move, talk, speaker)
    return _by_topic(move, talk, move.topic)


def _general(move: Move, talk: Conversation, speaker: Speaker) -> tuple[str, ...]:
    match move.kind:
        case Kind.GREETING:
            return _greetings(talk, min(3, speaker.others))
        case Kind.ALONE:
            return replies.STILL_THERE if speaker.others else openings.ALONE
        case Kind.RETURN:
            return openings.RETURNS
        case Kind.WELCOME:
            return openings.WELCOMES
        case Kind.CLOSING:
            return openings.CLOSINGS[talk.setting.next]
        case _:
            return openings.FAREWELLS[talk.setting.next]


def _greetings(talk: Conversation, others: int) -> tuple[str, ...]:
    if talk.setting.met:
        return openings.GREETINGS_AGAIN[others]
    if talk.threads:
        return openings.GREETINGS_LATE[others]
    if not talk.lines or talk.lines[-1].kind is not Kind.GREETING:
        return (openings.GREETINGS_ENTERING if talk.setting.fresh else openings.GREETINGS_AFTER)[others]
    return openings.GREETINGS_BACK[talk.lines[-1].words.get("asked", "")][others]


def _by_topic(move: Move, talk: Conversation, topic: Topic) -> tuple[str, ...]:
    match move.kind:
        case Kind.QUESTION:
            return replies.WHAT_ABOUT_YOU if topic.name in talk.opened else topic.questions
        case Kind.PROPOSAL:
            return topic.proposals
        case Kind.ACCEPT:
            return topic.accepts + replies.ACCEPTED
        case Kind.DECLINE:
            return topic.declines
        case Kind.CONCEDE:
            declined = move.to is not None and talk.lines[move.to].kind is Kind.DECLINE
            return replies.CONCEDED_DECLINE if declined else replies.CONCEDED_VIEW
        case Kind.ADDITION if move.to is not None and talk.lines[move.to].kind is Kind.PROPOSAL:
            return replies.NO_HURRY
        case _:
            return _by_stance(move, talk, topic)


def _by_stance(move: Move, talk: Conversation, topic: Topic) -> tuple[str, ...]:
    stance = topic.stances[move.stance]
    to = talk.lines[move.to].kind if move.to is not None else None
    match move.kind:
        case Kind.ANSWER:
            return stance.answers
        case Kind.OPINION:
            return stance.opinions
        case Kind.AGREE:
            return stance.agrees
        case Kind.CONTRAST:
            return stance.contrasts
        case Kind.FOLLOW_UP:
            return stance.follow_ups[move.follow_up].questions
        case Kind.DETAIL:
            return stance.follow_ups[move.follow_up].answers
        case Kind.REACTION:
            return replies.ACKNOWLEDGED if to is Kind.DETAIL else stance.reactions
        case _:
            return stance.reasons if to is Kind.OPINION else _own_first(stance.answers)


def _own_first(answers: tuple[str, ...]) -> tuple[str, ...]:
    """One's own answer to one's own question, said to be that."""
    return tuple(f"{begin} {answer}" for begin in replies.FIRST_OWN_ANSWER for answer in answers)


# --- what comes before and after, and in between -----------------------------------------------------


def _dressed(text: str, lead: str, tail: str) -> str:
    """A text with what comes before and after it, where that fits."""
    if not lead and not tail:
        return text
    lead = "" if _NO_LEAD.match(text) else lead
    if tail in (_SOFTLY, _THEN):
        return f"{text[:-1]}{tail}?" if _CAN_BE_SOFTENED.match(text) else text
    return f"{lead}{text}" if text.endswith(("?", "!", "{haha}")) else f"{lead}{text}{tail}"


def _around(move: Move, talk: Conversation, speaker: Speaker, asks: bool, chance: Chance) -> tuple[str, str]:
    """What comes before and after a text: something that opens a thread, or hands a question on."""
    if asks:
        return "", "{handed_on_to_one}" if speaker.others == 1 else "{handed_on}"
    draw = chance.uniform("lead")
    if move.topic is not None and move.to is not None and speaker.who not in talk.spoken:
        return "{hi}, " if draw < _GREETS_FIRST else "", ""
    if move.topic is None or move.to is not None or move.topic.name in talk.opened:
        return "", ""
    if draw < _LED:
        return _lead(move, talk), ""
    if draw < _LED + _SOFTENED and move.kind is Kind.QUESTION and move.topic.personal:
        return "", _SOFTLY if move.topic.theme == "people" else _THEN
    return "", ""


def _lead(move: Move, talk: Conversation) -> str:
    if move.kind is Kind.OPINION:
        return "{honestly} "
    return "{by_the_way} " if talk.threads else "{so} "


def _hands_on(move: Move, talk: Conversation, speaker: Speaker, chance: Chance) -> bool:
    """Does an answer hand the question on to the others? Only while none of them has answered it."""
    if move.kind is not Kind.ANSWER or move.topic is None or not move.topic.personal:
        return False
    return not talk.answered.get(move.topic.name) and chance.uniform("hands on") < _HANDS_ON


def _words(move: Move, talk: Conversation, speaker: Speaker) -> Words:
    """What the texts' `{…}` stand for; the rest is vocabulary."""
    last = talk.lines[-1] if talk.lines else None
    named = last.words.get("name") if last is not None and last.kind is Kind.GREETING else None
    return {
        **COMPANY[max(1, min(3, speaker.others))],
        **speaker.manner.words,
        **_known(talk.setting),
        **move.words,
        "name": speaker.first_name,
        **({"theirs": named} if named else {}),
    }


def _known(setting: Setting) -> Words:
    words = {"film": setting.film_word, "chat_time": spoken_time(setting.duration_s)}
    return {**words, "task": setting.task} if setting.task else words
