"""Which words can stand in braces, and where: `{fact}` is known where there are facts, `{count}` in durations."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mockserver.simulation.scenario.mistakes import Mistake
from mockserver.simulation.scenario.rules import close_match
from mockserver.simulation.scenario.toml_lines import Steps
from mockserver.simulation.talk.filling import PLACE, places
from mockserver.simulation.talk.kinds import Stance
from mockserver.simulation.talk.texts import GROUPS, Texts

__all__ = ["mistakes_of_words"]

# Neither the vocabulary nor those who talk decide what these are.
_ALWAYS = frozenset({"name", "theirs", "film", "chat_time", "film_time", "task"})
_NONE: frozenset[str] = frozenset()


def mistakes_of_words(texts: Texts, table: dict[str, Any]) -> Iterator[Mistake]:
    """Words in braces that nobody knows, and other braces.

    Args:
        table: What the texts were read from.
    """
    known = _Known(texts)
    for where, text in _leaves(table, ()):
        if "{" not in text and "}" not in text:
            continue
        there = known.at(where)
        unknown = sorted(places(text) - there)
        if unknown:
            meant = close_match(unknown[0], there) or f"; known are {', '.join(sorted(there)) or 'none'}"
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


class _Known:
    """The words that a file of texts knows."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._said = _ALWAYS | texts.company.one.keys() | texts.manner.own.keys()
        self._every = self._said | texts.vocabulary.keys()
        self._of_things = {"thing", "fact", "other", "opposite"} | _words_of_things(texts)

    def at(self, where: Steps) -> frozenset[str]:
        """Those that can stand in braces in a text at that place."""
        match where:
            case ("vocabulary", *_):
                return self._said
            case ("company" | "manner" | "prompts", *_) | (*_, "facts", _) | (*_, "facts", _, _):
                # Taken as they are.
                return _NONE
            case ("choices", "pairs" | "of_a_kind", _) | ("thing", "always", *_):
                return _NONE
            case ("stories", _, "things", *_) | ("stories", _, "moments" | "themes", _):
                return _NONE
            case ("durations", *_):
                return frozenset({"count"})
            case (str() as group, str() as name, "stances", int() as number, *_):
                return self._every | _words_of_facts(getattr(self._texts, group)[name].stances[number])
            case ("follow_ups", str() as name, *_):
                return self._every | self._of_all_that_ask(name)
            case _:
                return self._every | self._joining(where)

    def _joining(self, where: Steps) -> set[str]:
        """Words that stand for the parts of a text that is put together."""
        match where:
            case ("greetings", *_):
                return {"whom", "rest"}
            case ("closings", *_):
                return {"lead", "sign", "wish", "nod"}
            case ("replies", "own_first", _):
                return {"answer"}
            case ("choices", "questions", _):
                return {"one", "other"}
            case ("choices", *_):
                return {"liked", "left"}
            case ("thing", *_):
                return self._of_things
        return set()

    def _of_all_that_ask(self, follow_up: str) -> set[str]:
        """The words of facts that all stances have that ask this."""
        groups = (getattr(self._texts, group).values() for group in GROUPS)
        stances = (stance for topics in groups for topic in topics for stance in topic.stances)
        asking = [_words_of_facts(stance) for stance in stances if follow_up in stance.ask_more]
        # What nobody asks may use what a fact usually has.
        return set.intersection(*asking) if asking else {"fact", "short"}


def _words_of_facts(stance: Stance) -> set[str]:
    """The words that every fact of the stance has."""
    if stance.facts_of is not None:
        return {"fact", "other"}
    return set.intersection(*(set(fact) for fact in stance.facts))


def _words_of_things(texts: Texts) -> set[str]:
    """The words that every thing has."""
    things = [*texts.thing.always, *(thing for story in texts.stories.values() for thing in story.things)]
    counted = Counter(word for thing in things for word in thing.words)
    return {word for word, count in counted.items() if count == len(things)}
