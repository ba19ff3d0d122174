"""Kinds of lines, topics that lines are about, and which kind answers which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

__all__ = ["ANSWERED_BY", "REPLIES_TO", "FollowUp", "Kind", "Line", "Stance", "Topic", "Words", "facts"]

Words = Mapping[str, str]


class Kind(StrEnum):
    """What somebody does with a line."""

    GREETING = "greeting"
    QUESTION = "question"
    ANSWER = "answer"
    FOLLOW_UP = "follow-up"
    DETAIL = "detail"
    REACTION = "reaction"
    OPINION = "opinion"
    AGREE = "agree"
    CONTRAST = "contrast"
    CONCEDE = "concede"
    PROPOSAL = "proposal"
    ACCEPT = "accept"
    DECLINE = "decline"
    ADDITION = "addition"
    RETURN = "return"
    WELCOME = "welcome"
    ALONE = "alone"
    CLOSING = "closing"
    FAREWELL = "farewell"
    AWKWARD = "awkward"


# What a line of each kind can be a reply to. An answer to a proposal comes after somebody has accepted it.
REPLIES_TO: Mapping[Kind, frozenset[Kind]] = {
    Kind.ANSWER: frozenset({Kind.QUESTION, Kind.PROPOSAL}),
    Kind.FOLLOW_UP: frozenset({Kind.ANSWER}),
    Kind.DETAIL: frozenset({Kind.FOLLOW_UP}),
    Kind.REACTION: frozenset({Kind.ANSWER, Kind.DETAIL}),
    Kind.AGREE: frozenset({Kind.OPINION, Kind.ANSWER}),
    Kind.CONTRAST: frozenset({Kind.OPINION, Kind.ANSWER}),
    Kind.CONCEDE: frozenset({Kind.CONTRAST, Kind.DECLINE}),
    Kind.ACCEPT: frozenset({Kind.PROPOSAL}),
    Kind.DECLINE: frozenset({Kind.PROPOSAL}),
    Kind.ADDITION: frozenset({Kind.QUESTION, Kind.OPINION, Kind.PROPOSAL}),
    Kind.WELCOME: frozenset({Kind.RETURN}),
    Kind.FAREWELL: frozenset({Kind.CLOSING}),
}

# What cannot be left standing: the next line of somebody else is of one of these kinds.
ANSWERED_BY: Mapping[Kind, frozenset[Kind]] = {
    Kind.QUESTION: frozenset({Kind.ANSWER}),
    Kind.FOLLOW_UP: frozenset({Kind.DETAIL}),
    Kind.PROPOSAL: frozenset({Kind.ACCEPT, Kind.DECLINE}),
    Kind.OPINION: frozenset({Kind.AGREE, Kind.CONTRAST}),
}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A further question to the one who has answered, and what answers it."""

    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stance:
    """A position in a topic: what is said from it, and what fits as a reply to that.

    Attributes:
        facts: What differs between people: words for `{…}` in the texts. Each person gets one of them.
        reasons: What the same person adds to an opinion.
    """

    answers: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    agrees: tuple[str, ...] = ()
    contrasts: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    facts: tuple[Words, ...] = ({},)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a thread is about. Texts begin in lower case, without a full stop, and with `{…}` for what varies.

    Attributes:
        theme: What a chat's task can ask for.
        personal: Everybody has an answer of their own, also the one who asks.
        early: Only comes up at the beginning.
        weight: How easily it comes to mind.
    """

    name: str
    theme: str
    stances: tuple[Stance, ...]
    questions: tuple[str, ...] = ()
    proposals: tuple[str, ...] = ()
    accepts: tuple[str, ...] = ()
    declines: tuple[str, ...] = ()
    personal: bool = True
    early: bool = False
    weight: float = 1.0


class Line(NamedTuple):
    """Something that was said.

    Attributes:
        to: The number of the line that this one replies or adds to; None where it opens something.
        asks: An answer that hands the question on.
        words: What a reply can refer to.
    """

    who: int
    kind: Kind
    text: str
    to: int | None = None
    topic: Topic | None = None
    stance: int = 0
    follow_up: int = 0
    asks: bool = False
    words: Words = {}


def facts(*pairs: str) -> tuple[Words, ...]:
    """`what somebody says|what it is called`, each as the words `fact` and `short`."""
    parts = [pair.split("|") for pair in pairs]
    return tuple({"fact": said, "short": called} for said, called in parts)
