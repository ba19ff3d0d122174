"""From a file of texts to `Texts`; or to every mistake in it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import ValidationError

from mockserver.simulation.scenario.mistakes import Mistake, mistakes_of_schema
from mockserver.simulation.scenario.rules import close_match, schema_of
from mockserver.simulation.scenario.toml_lines import Steps
from mockserver.simulation.talk.filling import PLACE, places
from mockserver.simulation.talk.kinds import Stance, Topic
from mockserver.simulation.talk.texts import Texts

__all__ = ["WrongTexts", "read_texts"]

GROUPS = ("first", "before_film", "after_film", "after_rating", "study", "small_talk")
# What texts can hold that neither the vocabulary nor those who talk decide.
_ALWAYS_KNOWN = frozenset({"name", "theirs", "film", "chat_time", "film_time", "task"})


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
        texts: Texts = schema_of(Texts)().load(table)
    except ValidationError as error:
        raise WrongTexts(list(mistakes_of_schema(error.messages))) from None
    mistakes = [*_of_names(texts), *_of_words(texts, table)]
    if mistakes:
        raise WrongTexts(mistakes)
    return texts


# --- names that have to be somewhere else, too ------------------------------------------------------


def _of_names(texts: Texts) -> Iterator[Mistake]:
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


# --- words in braces ------------------------------------------------------------------------------


def _of_words(texts: Texts, table: dict[str, Any]) -> Iterator[Mistake]:
    for where, text in _leaves(table, ()):
        known = _known(texts, where)
        unknown = sorted(places(text) - known)
        if unknown:
            meant = close_match(unknown[0], known) or f"; known are {', '.join(sorted(known)) or 'none'}"
            yield Mistake(where, f"nobody knows {{{unknown[0]}}}{meant}")
        elif {"{", "}"} & set(PLACE.sub("", text)):
            yield Mistake(where, "expected braces only around one word")


def _leaves(value: Any, where: Steps) -> Iterator[tuple[Steps, str]]:
    """Every text, with the way to it."""
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict):
        for key, held in value.items():
            yield from _leaves(held, (*where, key))
    elif isinstance(value, list):
        for number, held in enumerate(value):
            yield from _leaves(held, (*where, number))


def _known(texts: Texts, where: Steps) -> set[str]:
    """The words that can stand in braces in a text at that place."""
    said = {*_ALWAYS_KNOWN, *texts.company.one, *texts.manner.own}
    every = said | texts.vocabulary.keys()
    match where:
        case ("vocabulary", *_):
            return said
        case ("company" | "manner" | "prompts", *_) | (*_, "facts", _) | (*_, "facts", _, _):
            # Taken as they are.
            return set()
        case ("durations", *_):
            return {"count"}
        case ("greetings", *_):
            return every | {"whom", "rest"}
        case ("closings", *_):
            return every | {"lead", "sign", "wish", "nod"}
        case ("replies", "own_first", _):
            return every | {"answer"}
        case ("choices", "questions", _):
            return every | {"one", "other"}
        case ("choices", "pairs", _):
            return set()
        case ("choices", *_):
            return every | {"liked", "left"}
        case ("thing", "always", *_) | ("stories", _, "things", *_) | ("stories", _, "moments" | "themes", _):
            return set()
        case ("thing", *_):
            return every | {"thing", "fact", "other", "opposite"} | _words_of_things(texts)
        case ("follow_ups", str() as name, *_):
            asking = [_words_of_facts(stance) for stance in _stances(texts) if name in stance.ask_more]
            return every | (set.intersection(*asking) if asking else set())
        case (str() as group, str() as topic, "stances", int() as number, *_):
            return every | _words_of_facts(getattr(texts, group)[topic].stances[number])
        case _:
            return every


def _stances(texts: Texts) -> Iterator[Stance]:
    for group in GROUPS:
        for topic in getattr(texts, group).values():
            yield from topic.stances


def _words_of_facts(stance: Stance) -> set[str]:
    if stance.facts_of is not None:
        return {"fact", "other"}
    return set.intersection(*(set(fact) for fact in stance.facts))


def _words_of_things(texts: Texts) -> set[str]:
    """The words that every thing has."""
    things = [*texts.thing.always, *(thing for story in texts.stories.values() for thing in story.things)]
    counted = Counter(word for thing in things for word in thing.words)
    return {word for word, count in counted.items() if count == len(things)}
