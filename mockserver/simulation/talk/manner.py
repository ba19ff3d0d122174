"""How somebody writes: capitals, full stops, contractions, slips of the finger. It stays the same all the time."""

import re
from dataclasses import dataclass

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.kinds import Words

__all__ = ["Manner", "manner_of"]

_FULL_FORMS = {
    "I'm": "I am", "don't": "do not", "didn't": "did not", "isn't": "is not", "it's": "it is", "that's": "that is",
    "I've": "I have", "I'd": "I would", "I'll": "I will", "what's": "what is", "can't": "cannot",
    "couldn't": "could not", "wouldn't": "would not",
    "we're": "we are", "you're": "you are", "they're": "they are", "wasn't": "was not",
}  # fmt: skip
_SHORT_FORMS = {
    "though": "tho", "because": "bc", "probably": "prob", "to be honest": "tbh", "no idea": "idk", "right now": "rn",
}  # fmt: skip
_FULL = re.compile(rf"(?<![\w'])({'|'.join(_FULL_FORMS)})(?![\w'])")
_SHORT = re.compile(rf"(?<![\w'])({'|'.join(_SHORT_FORMS)})(?![\w'])")
_WORD = re.compile(r"(?<![\w'])[a-z]{5,}(?![\w'])")


@dataclass(frozen=True, slots=True)
class Manner:
    """One person's.

    Attributes:
        words: Their own yes, no and laughter.
        capitals: Sentences begin with one. small_i: writes `i'm`. stops: Ends statements with a full stop.
        formal: Never contracts. brief: Abbreviates.
        slips: The share of messages with a slip of the finger.
    """

    words: Words
    capitals: bool
    small_i: bool
    stops: bool
    formal: bool
    brief: bool
    slips: float

    def written(self, text: str, chance: Chance) -> str:
        """A text as this person types it."""
        text = _FULL.sub(lambda at: _FULL_FORMS[at[0]], text) if self.formal else text
        text = _SHORT.sub(lambda at: _SHORT_FORMS[at[0]], text) if self.brief else text
        text = _slipped(text, chance) if chance.uniform("slip") < self.slips else text
        text = re.sub(r"\bI\b", "i", text) if self.small_i else text
        text = re.sub(r"(^|[.?!] )([a-z])", lambda at: at[1] + at[2].upper(), text) if self.capitals else text
        return f"{text}." if self.stops and text[-1] not in "?!." else text


def manner_of(chance: Chance, *, careful: bool) -> Manner:
    """How the person that this stream of chance belongs to writes; a `careful` one (an agent) as in a letter."""
    capitals = careful or chance.uniform("capitals") < 0.6
    formal = chance.uniform("formal") < 0.12
    return Manner(
        words={
            "yes": chance.pick(("yes", "yes", "yeah", "yeah", "yep", "yup"), "yes"),
            "no": chance.pick(("no", "no", "nope", "nah"), "no"),
            "haha": chance.pick(("haha", "haha", "lol", "hehe", "ha"), "haha"),
        },
        capitals=capitals,
        small_i=not capitals and chance.uniform("small i") < 0.6,
        stops=careful or chance.uniform("stops") < (0.55 if capitals else 0.15),
        formal=formal,
        brief=not careful and not formal and chance.uniform("brief") < 0.15,
        slips=0.0 if careful or chance.uniform("slips") < 0.6 else chance.between(0.06, 0.2, "share of slips"),
    )


def _slipped(text: str, chance: Chance) -> str:
    """Two neighbouring letters inside a word swapped, or one of them left out; short words come out right."""
    words = list(_WORD.finditer(text))
    if not words:
        return text
    word = chance.pick(words, "which word")
    at = chance.integer(word.start() + 1, word.end() - 3, "which letter")
    if chance.uniform("how") < 0.5 and text[at] != text[at + 1]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[: at + 1] + text[at + 2 :]
