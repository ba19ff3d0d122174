"""Places in texts, `{word}`, at which other words stand."""

import re
from collections.abc import Iterable, Mapping

__all__ = ["PLACE", "Words", "each_filled", "filled", "places"]

Words = Mapping[str, str]

PLACE = re.compile(r"\{(\w+)\}")


def places(text: str) -> set[str]:
    """The names of a text's places."""
    return set(PLACE.findall(text))


def filled(text: str, words: Words) -> str:
    """The text with these words at their places; other places stay."""
    return PLACE.sub(lambda at: words.get(at[1], at[0]), text)


def each_filled(texts: Iterable[str], words: Words) -> tuple[str, ...]:
    """All of the texts, filled."""
    return tuple(filled(text, words) for text in texts)
