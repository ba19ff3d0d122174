"""Which known name somebody most likely meant, given one that is not known."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["resembling"]

# Comparing takes time that grows with the square of the length, and no known name is longer.
_COMPARED_LETTERS = 40


def resembling(name: str, known: Iterable[str]) -> str | None:
    """The known name that is the same but for case, underscores and the like; else the nearest; None where none is."""
    by_letters = {_letters(one): one for one in known}
    letters = _letters(name[: 2 * _COMPARED_LETTERS])[:_COMPARED_LETTERS]
    if letters in by_letters:
        return by_letters[letters]
    close = get_close_matches(letters, by_letters, n=1)
    return by_letters[close[0]] if close else None


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
