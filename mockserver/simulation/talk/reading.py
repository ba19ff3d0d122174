"""From a file of texts to `Texts`; or to every mistake in it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from mockserver.simulation.scenario.mistakes import Mistake, mistakes_of_schema
from mockserver.simulation.scenario.rules import close_match, schema_of
from mockserver.simulation.scenario.toml_lines import Steps
from mockserver.simulation.talk.kinds import Topic
from mockserver.simulation.talk.known_words import mistakes_of_words
from mockserver.simulation.talk.texts import GROUPS, Texts

__all__ = ["WrongTexts", "read_texts", "unchecked_texts"]


class WrongTexts(Exception):
    """What is wrong in a file of texts."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(mistakes)
        self.mistakes = mistakes


def read_texts(table: dict[str, Any]) -> Texts:
    """What a parsed file says.

    Raises:
        WrongTexts: Keys are missing, unknown or of a wrong kind; or texts hold words that nobody knows.
    """
    try:
        texts = unchecked_texts(table)
    except ValidationError as error:
        raise WrongTexts(list(mistakes_of_schema(error.messages))) from None
    mistakes = [*_of_names(texts), *mistakes_of_words(texts, table)]
    if mistakes:
        raise WrongTexts(mistakes)
    return texts


def unchecked_texts(table: dict[str, Any]) -> Texts:
    """What a parsed file says that needs no looking at again: ours."""
    texts: Texts = schema_of(Texts)().load(table)
    return texts


def _of_names(texts: Texts) -> Iterator[Mistake]:
    """Names that have to be somewhere else, too."""
    for number in ("two", "more"):
        words: Mapping[str, str] = getattr(texts.company, number)
        for word in texts.company.one.keys() ^ words.keys():
            holder = number if word not in words else "one"
            yield Mistake(("company", holder, word), "missing; expected the same words for one, two and more")
    for unit in ("seconds", "minutes", "hours"):
        if "other" not in getattr(texts.durations, unit):
            yield Mistake(("durations", unit, "other"), "missing; expected a text in quotes")
    for topic, word in texts.choices.of_a_kind.items():
        known = texts.small_talk.get(topic)
        if known is None or not all(word in fact for stance in known.stances for fact in stance.facts):
            where = ("choices", "of_a_kind", topic)
            yield Mistake(where, "expected a topic of small_talk, and a word that all of its facts have")
    for group in GROUPS:
        for name, topic in getattr(texts, group).items():
            yield from _of_topic((group, name), topic, texts)


def _of_topic(where: Steps, topic: Topic, texts: Texts) -> Iterator[Mistake]:
    if topic.questions and not any(stance.answers for stance in topic.stances):
        yield Mistake((*where, "questions"), "expected a stance with answers to them")
    if not bool(topic.proposals) == bool(topic.accepts) == bool(topic.declines):
        yield Mistake(where, "expected all of proposals, accepts and declines, or none")
    for number, stance in enumerate(topic.stances):
        if stance.facts_of and where[0] != "after_film":
            yield Mistake((*where, "stances", number, "facts_of"), "expected none but in after_film")
        for place, name in enumerate(stance.ask_more):
            if name not in texts.follow_ups:
                meant = close_match(name, texts.follow_ups) or f"; known are {', '.join(texts.follow_ups)}"
                yield Mistake((*where, "stances", number, "ask_more", place), f"no such follow-up{meant}")
