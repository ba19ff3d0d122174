"""How somebody writes: capitals, full stops, contractions, slips of the finger. It stays the same all the time."""

import re
from dataclasses import dataclass

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.filling import Words, any_of
from mockserver.simulation.talk.texts import Habits

__all__ = ["Manner", "manner_of"]

_WORD = re.compile(r"(?<![\w'])[^\W\d_]{5,}(?![\w'])")


@dataclass(frozen=True, slots=True)
class Manner:
    """One person's.

    Attributes:
        habits: What there is to choose from.
        words: Their own yes, no and laughter.
        capitals: Sentences begin with one. small: writes `i'm`. stops: Ends statements with a full stop.
        formal: Never contracts. brief: Abbreviates.
        slips: The share of messages with a slip of the finger.
    """

    habits: Habits
    words: Words
    capitals: bool
    small: bool
    stops: bool
    formal: bool
    brief: bool
    slips: float

    def written(self, text: str, chance: Chance) -> str:
        """A text as this person types it."""
        text = _replaced(text, self.habits.full_forms) if self.formal else text
        text = _replaced(text, self.habits.short_forms) if self.brief else text
        text = _slipped(text, chance) if chance.uniform("slip") < self.slips else text
        small = self.habits.small
        # Also in `I'm`.
        text = re.sub(rf"\b{any_of(small)}\b", lambda at: small[at[0]], text) if self.small else text
        text = re.sub(r"(^|[.?!] )([^\W\d_])", lambda at: at[1] + at[2].upper(), text) if self.capitals else text
        return f"{text}{self.habits.full_stop}" if self.stops and text[-1].isalnum() else text


def manner_of(chance: Chance, habits: Habits, *, careful: bool) -> Manner:
    """How the person that this stream of chance belongs to writes; a `careful` one (an agent) as in a letter."""
    capitals = careful or chance.uniform("capitals") < 0.6
    formal = chance.uniform("formal") < 0.12
    return Manner(
        habits=habits,
        words={word: chance.pick(options, word) for word, options in habits.own.items()},
        capitals=capitals,
        small=not capitals and chance.uniform("small i") < 0.6,
        stops=careful or chance.uniform("stops") < (0.55 if capitals else 0.15),
        formal=formal,
        brief=not careful and not formal and chance.uniform("brief") < 0.15,
        slips=0.0 if careful or chance.uniform("slips") < 0.6 else chance.between(0.06, 0.2, "share of slips"),
    )


def _replaced(text: str, forms: Words) -> str:
    """The text with other forms of some words; what an apostrophe joins is one word."""
    return re.sub(rf"(?<![\w']){any_of(forms)}(?![\w'])", lambda at: forms[at[0]], text)


def _slipped(text: str, chance: Chance) -> str:
    """Two neighbouring letters inside a word swapped, or one of them left out; short words come out right."""
    # So do names.
    words = [word for word in _WORD.finditer(text) if word[0].islower()]
    if not words:
        return text
    word = chance.pick(words, "which word")
    at = chance.integer(word.start() + 1, word.end() - 3, "which letter")
    if chance.uniform("how") < 0.5 and text[at] != text[at + 1]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[: at + 1] + text[at + 2 :]
