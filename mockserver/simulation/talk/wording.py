"""Puts what somebody is about to say into words that have not been said in the room before."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.duration import spoken_time
from mockserver.simulation.talk.filling import Words, any_of
from mockserver.simulation.talk.flow import Conversation, Move
from mockserver.simulation.talk.kinds import Kind, Line
from mockserver.simulation.talk.manner import Manner
from mockserver.simulation.talk.openings import Openings
from mockserver.simulation.talk.repertoire import Repertoire
from mockserver.simulation.talk.sayings import sayings
from mockserver.simulation.talk.setting import Setting
from mockserver.simulation.talk.texts import Around, Texts

__all__ = ["Said", "Speaker", "Wordings", "sentences", "spoken_line"]

# Shares of the threads that are opened with a lead, and of the questions that are softened.
_LED, _SOFTENED = 0.36, 0.3
# The share of those who greet before their first reply, where they have not had the time to do so before.
_GREETS_FIRST = 0.6
_HANDS_ON = 0.4
# Words that there need not be; a text that holds one is then not said.
_OPTIONAL = ("theirs", "task", "film_time")
# Of greetings and closings there are thousands; nobody has to look at all of them.
_MANY = 80


class Wordings(Protocol):
    """Fills some of the texts with words; `people.Namer` does it with Faker."""

    def wordings(
        self, chance: Chance, texts: Sequence[str], words: Words, vocabulary: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, str]]:
        """Pairs of a text and what became of it, in a drawn order."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who writes: how, under which first name, and to how many others.

    Attributes:
        most: Longer messages than this take too much of the chat's time, where there is a choice.
    """

    seat: int
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
    repertoire: Repertoire,
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
    around = repertoire.texts.around
    lead, tail = _lead_and_tail(move, talk, speaker, asks, chance, around)
    words = _words(move, talk, speaker, repertoire.texts)
    possible = _some(sayings(move, talk, speaker.others, repertoire), chance)
    texts = [text for text in possible if not any(f"{{{word}}}" in text for word in _OPTIONAL if word not in words)]
    # A variation of what has been said sounds like a repetition, and comes only when nothing else is left.
    fresh = [text for text in texts if text not in said.texts]
    for choice, before, after in ((fresh, lead, tail), (fresh, "", ""), (texts, "", "")):
        dressed = {_dressed(text, before, after, around): text for text in choice}
        made = faker.wordings(chance, tuple(dressed), words, repertoire.texts.vocabulary)
        for text, plain in sorted(made, key=lambda one: max(0, len(one[1]) - speaker.most)):
            written = speaker.manner.written(plain, chance)
            if fits(written) and not said.knows(plain) and not said.knows(written):
                said.add(dressed[text], plain, written)
                return Line(
                    speaker.seat,
                    move.kind,
                    written,
                    to=move.to,
                    topic=move.topic,
                    stance=move.stance,
                    follow_up=move.follow_up,
                    asks=asks and bool(after) and text.endswith(after),
                    words=_greeted(text, speaker, repertoire.openings) if move.kind is Kind.GREETING else move.words,
                )
    return None


def _some(texts: tuple[str, ...], chance: Chance) -> tuple[str, ...]:
    """All texts, or if there are very many, a part of every kind of them."""
    step = max(1, len(texts) // _MANY)
    return texts[chance.integer(0, step - 1, "some") :: step]


def _greeted(text: str, speaker: Speaker, openings: Openings) -> Words:
    """What a reply to a greeting can take up."""
    asked = openings.asked_in(text)
    return {**({"name": speaker.first_name} if "{name}" in text else {}), **({"asked": asked} if asked else {})}


# --- what comes before and after, and in between -----------------------------------------------------


def _dressed(text: str, lead: str, tail: str, around: Around) -> str:
    """A text with what comes before and after it, where that fits."""
    if not lead and not tail:
        return text
    if tail and tail in (around.aside, around.then):
        return f"{text[:-1]}{tail}{text[-1]}" if _can_be_softened(text, around) else text
    lead = "" if _begins_alone(text, around) else lead
    return f"{lead}{text}" if text.endswith(around.none_after) else f"{lead}{text}{tail}"


def _can_be_softened(text: str, around: Around) -> bool:
    """Is it a simple question that begins with one of the words for it?"""
    return re.fullmatch(rf"{any_of(around.softened)} [^,?]+\?", text) is not None


def _begins_alone(text: str, around: Around) -> bool:
    """Has it a beginning of its own, before which nothing comes?"""
    return re.match(rf"{any_of(around.none_before)}\b", text) is not None


def _lead_and_tail(
    move: Move, talk: Conversation, speaker: Speaker, asks: bool, chance: Chance, around: Around
) -> tuple[str, str]:
    """What comes before and after a text: something that opens a thread, or hands a question on."""
    if asks:
        return "", around.handed_on_to_one if speaker.others == 1 else around.handed_on
    draw = chance.uniform("lead")
    if move.topic is not None and move.to is not None and speaker.seat not in talk.spoken:
        return around.hello if draw < _GREETS_FIRST else "", ""
    if move.topic is None or move.to is not None or move.topic.name in talk.opened:
        return "", ""
    if draw < _LED:
        return _lead(move, talk, around), ""
    if draw < _LED + _SOFTENED and move.kind is Kind.QUESTION and move.topic.personal:
        return "", around.aside if move.topic.theme == "people" else around.then
    return "", ""


def _lead(move: Move, talk: Conversation, around: Around) -> str:
    if move.kind is Kind.OPINION:
        return around.opinion
    return around.to_go_on if talk.threads else around.to_begin


def _hands_on(move: Move, talk: Conversation, speaker: Speaker, chance: Chance) -> bool:
    """Does an answer hand the question on to the others? Only while none of them has answered it."""
    if move.kind is not Kind.ANSWER or move.topic is None or not move.topic.personal:
        return False
    return not talk.answered.get(move.topic.name) and chance.uniform("hands on") < _HANDS_ON


def _words(move: Move, talk: Conversation, speaker: Speaker, texts: Texts) -> Words:
    """What the texts' `{…}` stand for; the rest is vocabulary."""
    last = talk.lines[-1] if talk.lines else None
    named = last.words.get("name") if last is not None and last.kind is Kind.GREETING else None
    return {
        **texts.company.of(speaker.others),
        **speaker.manner.words,
        **_known(talk.setting, texts),
        **move.words,
        "name": speaker.first_name,
        **({"theirs": named} if named else {}),
    }


def _known(setting: Setting, texts: Texts) -> Words:
    words = {"film": setting.film_word, "chat_time": spoken_time(setting.duration_s, texts.durations)}
    if setting.film is not None:
        words["film_time"] = spoken_time(setting.film.duration_s, texts.durations)
    return {**words, "task": setting.task} if setting.task else words
