"""Kinds of lines, topics that lines are about, and which kind answers which."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from marshmallow.validate import OneOf, Range

from mockserver.simulation.scenario import fields
from mockserver.simulation.scenario.rules import Spec, rule
from mockserver.simulation.talk.filling import Words
from mockserver.simulation.talk.text_fields import Facts, Lines

__all__ = ["ANSWERED_BY", "CIRCUMSTANCES", "REPLIES_TO", "FollowUp", "Kind", "Line", "Stance", "Topic"]

# What a text can be kept for (`when`); `Setting.circumstances` says which of them are so.
CIRCUMSTANCES = ("film", "slider", "pauses", "call", "introduction", "decision", "task", "no task")


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


def _one_of(*choices: str) -> OneOf:
    return OneOf(choices, error="expected one of {choices}")


def _when() -> fields.List:
    return fields.List(fields.String(validate=_one_of(*CIRCUMSTANCES)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """A further question to the one who has answered, and what answers it."""

    questions: tuple[str, ...] = rule(Lines())
    answers: tuple[str, ...] = rule(Lines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """A position in a topic: what is said from it, and what fits as a reply to that.

    Attributes:
        when: The circumstances in which it can be taken.
        facts: What differs between people: words for `{…}` in the texts. Each person gets one of them.
        facts_of: The facts are these of the film's story.
        reasons: What the same person adds to an opinion.
        any_view: What can be said to any view can be said to its opinions, too.
        ask_more: Names of follow-ups that several stances have.
    """

    when: tuple[str, ...] = rule(_when(), ())
    answers: tuple[str, ...] = rule(Lines(), ())
    opinions: tuple[str, ...] = rule(Lines(), ())
    reasons: tuple[str, ...] = rule(Lines(), ())
    agrees: tuple[str, ...] = rule(Lines(), ())
    contrasts: tuple[str, ...] = rule(Lines(), ())
    reactions: tuple[str, ...] = rule(Lines(), ())
    follow_ups: tuple[FollowUp, ...] = rule(fields.List(Spec(FollowUp)), ())
    facts: tuple[Words, ...] = rule(Facts(), ({},))
    facts_of: str | None = rule(fields.String(validate=_one_of("moments", "themes")), None)
    any_view: bool = rule(fields.Boolean(), False)
    ask_more: tuple[str, ...] = rule(Lines(), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a thread is about. Texts begin in lower case, without a full stop, and with `{…}` for what varies.

    Attributes:
        name: Comes up once in a room.
        theme: What a chat's task can ask for.
        when: The circumstances in which it can come up.
        personal: Everybody has an answer of their own, also the one who asks.
        early: Only comes up at the beginning.
        weight: How easily it comes to mind.
    """

    name: str = ""
    theme: str = rule(fields.String(validate=_one_of("people", "film", "study", "decide")))
    when: tuple[str, ...] = rule(_when(), ())
    weight: float = rule(fields.Float(validate=Range(0, 1000, error="expected a number from 0 to 1000")), 1.0)
    early: bool = rule(fields.Boolean(), False)
    personal: bool = rule(fields.Boolean(), True)
    questions: tuple[str, ...] = rule(Lines(), ())
    proposals: tuple[str, ...] = rule(Lines(), ())
    accepts: tuple[str, ...] = rule(Lines(), ())
    declines: tuple[str, ...] = rule(Lines(), ())
    stances: tuple[Stance, ...] = rule(fields.List(Spec(Stance)), ())


class Line(NamedTuple):
    """Something that was said.

    Attributes:
        to: The number of the line that this one replies or adds to; None where it opens something.
        asks: An answer that hands the question on.
        words: What a reply can refer to.
    """

    seat: int
    kind: Kind
    text: str
    to: int | None = None
    topic: Topic | None = None
    stance: int = 0
    follow_up: int = 0
    asks: bool = False
    words: Words = {}
