"""Everything that can be said in a chat, worked out once for a file of texts."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from mockserver.simulation.talk.openings import Openings
from mockserver.simulation.talk.reading import read_texts, unchecked_texts
from mockserver.simulation.talk.texts import Texts
from mockserver.simulation.talk.topics import Topics

__all__ = ["Repertoire", "english", "repertoire_of"]


class Repertoire:
    """The texts themselves, and what is put together from them."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.topics = Topics(texts)
        self.openings = Openings(texts.greetings, texts.closings)


@lru_cache(maxsize=16)
def repertoire_of(content: str) -> Repertoire:
    """What can be said with a file of that content. Each content is read once, whatever worlds talk with it.

    Raises:
        tomllib.TOMLDecodeError: It is no TOML.
        WrongTexts: It is no file of texts.
    """
    return Repertoire(read_texts(tomllib.loads(content)))


@cache
def english() -> Repertoire:
    """What is said where a scenario has no texts of its own."""
    content = files(__package__).joinpath("english.toml").read_text(encoding="utf-8")
    return Repertoire(unchecked_texts(tomllib.loads(content)))
