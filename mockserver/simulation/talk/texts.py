"""What a file of texts says: every word that a chat can show. `english.toml` explains the keys to who translates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow.fields import Field as AnyField
from marshmallow.validate import Length, Range, Regexp

from mockserver.simulation.scenario import fields
from mockserver.simulation.scenario.rules import Spec, rule
from mockserver.simulation.talk.filling import Words
from mockserver.simulation.talk.kinds import FollowUp, Topic

__all__ = [
    "AboutPuzzles", "AboutThings", "Around", "Choices", "Closings", "Company", "Durations", "Ending", "Greetings",
    "Habits", "Leads", "PromptWords", "Puzzle", "Replies", "Story", "Texts", "Thing", "Whom",
]  # fmt: skip

_NAME = Regexp(r"\w+\Z", error="expected a name of letters, digits and _")
_PAIR = Regexp(r"[^/]+/[^/]+\Z", error='expected two things such as "tea/coffee"')


def _lines(least: int = 1) -> fields.List:
    return fields.List(fields.String(), validate=Length(min=least, error=f"expected {least} or more texts"))


def _named(inner: AnyField[Any]) -> fields.PerId:
    return fields.PerId(inner, fields.String(validate=_NAME))


def _table_of_texts() -> fields.PerId:
    return fields.PerId(fields.String(), fields.String())


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """How those who are spoken to are called, by how many they are."""

    one: Words = rule(_named(fields.String()))
    two: Words = rule(_named(fields.String()))
    more: Words = rule(_named(fields.String()))

    def of(self, others: int) -> Words:
        """The words for so many others; who is alone speaks as to one."""
        return (self.one, self.two, self.more)[max(1, min(3, others)) - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """Whom a greeting names, by the number of others."""

    one: tuple[str, ...] = rule(_lines())
    two: tuple[str, ...] = rule(_lines())
    more: tuple[str, ...] = rule(_lines())

    def by_number(self) -> Mapping[int, tuple[str, ...]]:
        """From three on it is all the same."""
        return {1: self.one, 2: self.two, 3: self.more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What people differ in when they write (`manner.py`).

    Attributes:
        own: Of each of these words everybody has one for good.
        full_forms, short_forms, small: What some people write instead.
    """

    full_stop: str = rule(fields.String())
    own: Mapping[str, tuple[str, ...]] = rule(_named(_lines()))
    full_forms: Words = rule(_table_of_texts())
    short_forms: Words = rule(_table_of_texts())
    small: Words = rule(_table_of_texts())


@dataclass(frozen=True, slots=True, kw_only=True)
class Durations:
    """How long something takes, by the number of its unit; `other` stands for all that are not named."""

    seconds: Words = rule(_table_of_texts())
    minutes: Words = rule(_table_of_texts())
    hours: Words = rule(_table_of_texts())


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWords:
    """By which words people understand a scenario's prompts (`setting.py`).

    Attributes:
        film: The first is what a film is called where no prompt calls it anything.
        announces: A film that is named after one of these is still to come.
        read_out_with: Without one of these a prompt is not read out; if there are none, every prompt may be.
    """

    film: tuple[str, ...] = rule(_lines())
    announces: tuple[str, ...] = rule(_lines())
    decide: tuple[str, ...] = rule(_lines())
    discuss: tuple[str, ...] = rule(_lines())
    meet: tuple[str, ...] = rule(_lines())
    read_out_with: tuple[str, ...] = rule(_lines(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What comes before and after a text, and between which texts (`wording.py`).

    Attributes:
        none_before, none_after: How texts begin and end that stand without.
        softened: How questions begin that `aside` or `then` can soften.
    """

    hello: str = rule(fields.String())
    to_begin: str = rule(fields.String())
    to_go_on: str = rule(fields.String())
    opinion: str = rule(fields.String())
    aside: str = rule(fields.String())
    then: str = rule(fields.String())
    handed_on: str = rule(fields.String())
    handed_on_to_one: str = rule(fields.String())
    none_before: tuple[str, ...] = rule(_lines(0))
    none_after: tuple[str, ...] = rule(_lines(0))
    softened: tuple[str, ...] = rule(_lines(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Greetings:
    """How people say hello (`openings.py`)."""

    first_message: str = rule(fields.String())
    alone: str = rule(fields.String())
    joined: str = rule(fields.String())
    again_joined: str = rule(fields.String())
    first: tuple[str, ...] = rule(_lines())
    entering: tuple[str, ...] = rule(_lines())
    after: tuple[str, ...] = rule(_lines())
    how_are_you: tuple[str, ...] = rule(_lines())
    do_you_read_me: tuple[str, ...] = rule(_lines())
    back: tuple[str, ...] = rule(_lines())
    fine: tuple[str, ...] = rule(_lines())
    read_you: tuple[str, ...] = rule(_lines())
    to_the_named: tuple[str, ...] = rule(_lines())
    late: tuple[str, ...] = rule(_lines())
    again: tuple[str, ...] = rule(_lines())
    whom: Whom = rule(Spec(Whom))
    whom_back: Whom = rule(Spec(Whom))
    whom_again: Whom = rule(Spec(Whom))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is said at the end of a chat, given what comes next."""

    signs: tuple[str, ...] = rule(_lines())
    wishes: tuple[str, ...] = rule(_lines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Closings:
    """How chats end; the endings are named as `setting.Next` is."""

    closing: str = rule(fields.String())
    sign_alone: str = rule(fields.String())
    farewell: str = rule(fields.String())
    leads: tuple[str, ...] = rule(_lines())
    nods: tuple[str, ...] = rule(_lines())
    film: Ending = rule(Spec(Ending))
    call: Ending = rule(Spec(Ending))
    questions: Ending = rule(Spec(Ending))
    part: Ending = rule(Spec(Ending))
    end: Ending = rule(Spec(Ending))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Every text with every lead before it, and some that stand alone."""

    leads: tuple[str, ...] = rule(_lines())
    texts: tuple[str, ...] = rule(_lines())
    alone: tuple[str, ...] = rule(_lines(0), ())

    def joined(self) -> tuple[str, ...]:
        """All of them."""
        return (*(f"{lead}{text}" for lead in self.leads for text in self.texts), *self.alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What fits whatever it is about."""

    alone: tuple[str, ...] = rule(_lines())
    still_there: tuple[str, ...] = rule(_lines())
    returns: tuple[str, ...] = rule(_lines())
    welcomes: tuple[str, ...] = rule(_lines())
    accepted: tuple[str, ...] = rule(_lines())
    no_hurry: tuple[str, ...] = rule(_lines())
    agrees: tuple[str, ...] = rule(_lines())
    contrasts: tuple[str, ...] = rule(_lines())
    own_first: tuple[str, ...] = rule(_lines())
    acknowledged: Leads = rule(Spec(Leads))
    conceded_view: Leads = rule(Spec(Leads))
    conceded_decline: Leads = rule(Spec(Leads))
    what_about_you: Leads = rule(Spec(Leads))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Which of two things somebody likes better.

    Attributes:
        pairs: Each as `one/other`.
        of_a_kind: Topics of small talk to the word of their facts; any two of these can be compared.
    """

    weight: float = rule(fields.Float(validate=Range(0, 1000, error="expected a number from 0 to 1000")))
    pairs: tuple[str, ...] = rule(fields.List(fields.String(validate=_PAIR)))
    questions: tuple[str, ...] = rule(_lines())
    answers: tuple[str, ...] = rule(_lines())
    agrees: tuple[str, ...] = rule(_lines())
    contrasts: tuple[str, ...] = rule(_lines())
    of_a_kind: Words = rule(_named(fields.String()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something in a film that people think something of.

    Attributes:
        words: What else than its name the texts about things need.
        good, bad: What it can be said to be, as far apart as praise and complaint.
    """

    name: str = rule(fields.String())
    words: Words = rule(_named(fields.String()))
    good: tuple[str, ...] = rule(_lines())
    bad: tuple[str, ...] = rule(_lines())


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutThings:
    """What is said of any thing in a film; `always` are the things that every film has."""

    questions: tuple[str, ...] = rule(_lines())
    opinions: tuple[str, ...] = rule(_lines())
    answers: tuple[str, ...] = rule(_lines())
    agrees: tuple[str, ...] = rule(_lines())
    contrasts: tuple[str, ...] = rule(_lines())
    good_reasons: tuple[str, ...] = rule(_lines())
    bad_reasons: tuple[str, ...] = rule(_lines())
    always: tuple[Thing, ...] = rule(fields.List(Spec(Thing)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Puzzle:
    """Something that a film leaves open: how somebody asks, and how others explain it."""

    name: str = rule(fields.String())
    questions: tuple[str, ...] = rule(_lines())
    answers: tuple[str, ...] = rule(_lines())


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPuzzles:
    """What is said to any explanation."""

    reactions: tuple[str, ...] = rule(_lines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A short film that people have seen: nobody knows what a scenario's video shows. A video has one story.

    Attributes:
        moments: Scenes, as somebody names their favourite. themes: what it is about, in a few words.
    """

    moments: tuple[str, ...] = rule(_lines())
    themes: tuple[str, ...] = rule(_lines())
    things: tuple[Thing, ...] = rule(fields.List(Spec(Thing)))
    puzzles: tuple[Puzzle, ...] = rule(fields.List(Spec(Puzzle)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A whole file. The topics are grouped by when they can come up, and are named by their keys.

    Attributes:
        vocabulary: Words that any text may use: `{nice}` becomes one of these, drawn anew every time.
        follow_ups: Those that several stances name.
    """

    vocabulary: Mapping[str, tuple[str, ...]] = rule(_named(_lines()))
    company: Company = rule(Spec(Company))
    manner: Habits = rule(Spec(Habits))
    durations: Durations = rule(Spec(Durations))
    prompts: PromptWords = rule(Spec(PromptWords))
    around: Around = rule(Spec(Around))
    greetings: Greetings = rule(Spec(Greetings))
    closings: Closings = rule(Spec(Closings))
    replies: Replies = rule(Spec(Replies))
    follow_ups: Mapping[str, FollowUp] = rule(_named(Spec(FollowUp)))
    first: Mapping[str, Topic] = rule(_named(Spec(Topic)))
    before_film: Mapping[str, Topic] = rule(_named(Spec(Topic)))
    after_film: Mapping[str, Topic] = rule(_named(Spec(Topic)))
    after_rating: Mapping[str, Topic] = rule(_named(Spec(Topic)))
    study: Mapping[str, Topic] = rule(_named(Spec(Topic)))
    small_talk: Mapping[str, Topic] = rule(_named(Spec(Topic)))
    choices: Choices = rule(Spec(Choices))
    thing: AboutThings = rule(Spec(AboutThings))
    puzzle: AboutPuzzles = rule(Spec(AboutPuzzles))
    stories: Mapping[str, Story] = rule(_named(Spec(Story)))
