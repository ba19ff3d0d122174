"""Places in texts, `{word}`, at which other words stand; and patterns that are made of words."""

import re
from collections.abc import Iterable, Mapping

__all__ = ["PLACE", "Words", "any_of", "each_filled", "filled", "places"]

Words = Mapping[str, str]

PLACE = re.compile(r"\{(\w+)\}")


def places(text: str) -> set[str]:
    """The names of a text's places."""
    return set(PLACE.findall(text))


def filled(text: str, words: Words) -> str:
    """The text with these words at their places; other places stay. The words have no places of each other's."""
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def each_filled(texts: Iterable[str], words: Words) -> tuple[str, ...]:
    """All of the texts, filled."""
    return tuple(filled(text, words) for text in texts)


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words; if there are none, for nothing."""
    return f"({'|'.join(map(re.escape, words)) or '(?!)'})"
