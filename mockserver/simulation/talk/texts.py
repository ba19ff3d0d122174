"""What a file of texts says: every word that a chat can show. `english.toml` explains the keys to who translates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow.fields import Field as AnyField
from marshmallow.validate import Range, Regexp

from mockserver.simulation.scenario import fields
from mockserver.simulation.scenario.rules import Spec, rule
from mockserver.simulation.talk.filling import Words
from mockserver.simulation.talk.kinds import FollowUp, Topic
from mockserver.simulation.talk.text_fields import Lines

__all__ = [
    "GROUPS", "AboutPuzzles", "AboutThings", "Around", "Choices", "Closings", "Company", "Durations", "Ending", "Film",
    "Greetings", "Habits", "Leads", "PromptWords", "Puzzle", "Replies", "Texts", "Thing", "Whom",
]  # fmt: skip

# The topics of a file, by when they can come up.
GROUPS = ("first", "before_film", "after_film", "after_rating", "study", "small_talk")
_NAME = Regexp(r"\w+\Z", error="expected a name of letters, digits and _")
_PAIR = Regexp(r"[^/]+/[^/]+\Z", error='expected two things such as "tea/coffee"')


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

    one: tuple[str, ...] = rule(Lines(least=1))
    two: tuple[str, ...] = rule(Lines(least=1))
    more: tuple[str, ...] = rule(Lines(least=1))

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
    own: Mapping[str, tuple[str, ...]] = rule(_named(Lines(least=1)))
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

    film: tuple[str, ...] = rule(Lines(least=1))
    announces: tuple[str, ...] = rule(Lines(least=1))
    decide: tuple[str, ...] = rule(Lines(least=1))
    discuss: tuple[str, ...] = rule(Lines(least=1))
    meet: tuple[str, ...] = rule(Lines(least=1))
    read_out_with: tuple[str, ...] = rule(Lines())


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
    none_before: tuple[str, ...] = rule(Lines())
    none_after: tuple[str, ...] = rule(Lines())
    softened: tuple[str, ...] = rule(Lines())


@dataclass(frozen=True, slots=True, kw_only=True)
class Greetings:
    """How people say hello (`openings.py`)."""

    first_message: str = rule(fields.String())
    alone: str = rule(fields.String())
    joined: str = rule(fields.String())
    again_joined: str = rule(fields.String())
    first: tuple[str, ...] = rule(Lines(least=1))
    entering: tuple[str, ...] = rule(Lines(least=1))
    after: tuple[str, ...] = rule(Lines(least=1))
    how_are_you: tuple[str, ...] = rule(Lines(least=1))
    do_you_read_me: tuple[str, ...] = rule(Lines(least=1))
    back: tuple[str, ...] = rule(Lines(least=1))
    fine: tuple[str, ...] = rule(Lines(least=1))
    read_you: tuple[str, ...] = rule(Lines(least=1))
    to_the_named: tuple[str, ...] = rule(Lines(least=1))
    late: tuple[str, ...] = rule(Lines(least=1))
    again: tuple[str, ...] = rule(Lines(least=1))
    whom: Whom = rule(Spec(Whom))
    whom_back: Whom = rule(Spec(Whom))
    whom_again: Whom = rule(Spec(Whom))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is said at the end of a chat, given what comes next."""

    signs: tuple[str, ...] = rule(Lines(least=1))
    wishes: tuple[str, ...] = rule(Lines(least=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closings:
    """How chats end; the endings are named as `setting.Next` is."""

    closing: str = rule(fields.String())
    sign_alone: str = rule(fields.String())
    farewell: str = rule(fields.String())
    leads: tuple[str, ...] = rule(Lines(least=1))
    nods: tuple[str, ...] = rule(Lines(least=1))
    film: Ending = rule(Spec(Ending))
    call: Ending = rule(Spec(Ending))
    questions: Ending = rule(Spec(Ending))
    part: Ending = rule(Spec(Ending))
    end: Ending = rule(Spec(Ending))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """Every text with every lead before it, and some that stand alone."""

    leads: tuple[str, ...] = rule(Lines(least=1))
    texts: tuple[str, ...] = rule(Lines(least=1))
    alone: tuple[str, ...] = rule(Lines(), ())

    def joined(self) -> tuple[str, ...]:
        """All of them."""
        return (*(f"{lead}{text}" for lead in self.leads for text in self.texts), *self.alone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What fits whatever it is about."""

    alone: tuple[str, ...] = rule(Lines(least=1))
    still_there: tuple[str, ...] = rule(Lines(least=1))
    returns: tuple[str, ...] = rule(Lines(least=1))
    welcomes: tuple[str, ...] = rule(Lines(least=1))
    accepted: tuple[str, ...] = rule(Lines(least=1))
    no_hurry: tuple[str, ...] = rule(Lines(least=1))
    agrees: tuple[str, ...] = rule(Lines(least=1))
    contrasts: tuple[str, ...] = rule(Lines(least=1))
    own_first: tuple[str, ...] = rule(Lines(least=1))
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
    questions: tuple[str, ...] = rule(Lines(least=1))
    answers: tuple[str, ...] = rule(Lines(least=1))
    agrees: tuple[str, ...] = rule(Lines(least=1))
    contrasts: tuple[str, ...] = rule(Lines(least=1))
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
    good: tuple[str, ...] = rule(Lines(least=1))
    bad: tuple[str, ...] = rule(Lines(least=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutThings:
    """What is said of any thing in a film; `always` are the things that every film has."""

    questions: tuple[str, ...] = rule(Lines(least=1))
    opinions: tuple[str, ...] = rule(Lines(least=1))
    answers: tuple[str, ...] = rule(Lines(least=1))
    agrees: tuple[str, ...] = rule(Lines(least=1))
    contrasts: tuple[str, ...] = rule(Lines(least=1))
    good_reasons: tuple[str, ...] = rule(Lines(least=1))
    bad_reasons: tuple[str, ...] = rule(Lines(least=1))
    always: tuple[Thing, ...] = rule(fields.List(Spec(Thing)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Puzzle:
    """Something that a film leaves open: how somebody asks, and how others explain it."""

    name: str = rule(fields.String())
    questions: tuple[str, ...] = rule(Lines(least=1))
    answers: tuple[str, ...] = rule(Lines(least=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPuzzles:
    """What is said to any explanation."""

    reactions: tuple[str, ...] = rule(Lines(least=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """A short film that people have seen: nobody knows what a scenario's video shows. A video has one story.

    Attributes:
        moments: Scenes, as somebody names their favourite. themes: what it is about, in a few words.
    """

    moments: tuple[str, ...] = rule(Lines(least=1))
    themes: tuple[str, ...] = rule(Lines(least=1))
    things: tuple[Thing, ...] = rule(fields.List(Spec(Thing)))
    puzzles: tuple[Puzzle, ...] = rule(fields.List(Spec(Puzzle)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A whole file. The topics are grouped by when they can come up, and are named by their keys.

    Attributes:
        vocabulary: Words that any text may use: `{nice}` becomes one of these, drawn anew every time.
        follow_ups: Those that several stances name.
    """

    vocabulary: Mapping[str, tuple[str, ...]] = rule(_named(Lines(least=1)))
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
    stories: Mapping[str, Film] = rule(_named(Spec(Film)))
