"""Which topics a chat can be about: those of the file of texts, and what each thing in a film and each choice adds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.filling import Words, each_filled
from mockserver.simulation.talk.kinds import Stance, Topic
from mockserver.simulation.talk.setting import Phase, Setting
from mockserver.simulation.talk.texts import Choices, Film, Puzzle, Texts, Thing

__all__ = ["Topics"]


class Topics:
    """All that can be talked about with these texts."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self._first = self._group(texts.first)
        self._before_film = self._group(texts.before_film)
        self._after_rating = self._group(texts.after_rating)
        self._study = self._group(texts.study)
        self._small_talk = self._group(texts.small_talk)
        self._choices = [_choice(texts.choices, *pair.split("/")) for pair in texts.choices.pairs]
        self._kinds = list(self._of_a_kind())

    def of(self, setting: Setting) -> tuple[Topic, ...]:
        """Everything that can come up in such a chat."""
        about_film: Iterable[Topic] = ()
        if setting.phase is Phase.BEFORE:
            about_film = self._before_film
        elif setting.phase is Phase.AFTER:
            about_film = chain(self._seen(setting), self._after_rating)
        every = chain(self._first, about_film, self._study, self._small_talk, self._choices)
        circumstances = setting.circumstances
        return tuple(_in(circumstances, topic) for topic in every if circumstances.issuperset(topic.when))

    def spare(self, number: int) -> Topic | None:
        """The n-th of thousands of further choices, which come up when a chat is longer than anybody has topics for."""
        if not self._kinds:
            return None
        nth, kind = divmod(number, len(self._kinds))
        things = self._kinds[kind]
        apart, first = divmod(nth, len(things))
        # Further apart than half the circle, pairs would come again the other way round.
        if apart + 1 > (len(things) - 1) // 2:
            return None
        return _choice(self._texts.choices, things[first], things[(first + apart + 1) % len(things)])

    @cached_property
    def _stories(self) -> list[list[Topic]]:
        return [self._story(story) for story in self._texts.stories.values()]

    def _seen(self, setting: Setting) -> Sequence[Topic]:
        """About the film that everybody has seen: the same video is the same film, whoever watches it wherever."""
        if setting.film is None or not self._stories:
            return ()
        return Chance(0, "story", setting.film.video_url).pick(self._stories)

    def _of_a_kind(self) -> Iterable[Sequence[str]]:
        """Things of one kind, any two of which can be compared when everything else has been talked about."""
        for topic, word in self._texts.choices.of_a_kind.items():
            for stance in self._texts.small_talk[topic].stances:
                yield [fact[word] for fact in stance.facts]

    def _group(self, topics: Mapping[str, Topic]) -> list[Topic]:
        return [
            replace(topic, name=name, stances=tuple(map(self._whole, topic.stances))) for name, topic in topics.items()
        ]

    def _whole(self, stance: Stance) -> Stance:
        """A stance with what it shares with others."""
        views = self._texts.replies
        return replace(
            stance,
            agrees=stance.agrees + (views.agrees if stance.any_view else ()),
            contrasts=stance.contrasts + (views.contrasts if stance.any_view else ()),
            follow_ups=(*(self._texts.follow_ups[name] for name in stance.ask_more), *stance.follow_ups),
        )

    def _story(self, story: Film) -> list[Topic]:
        topics = [_about(story, topic) for topic in self._group(self._texts.after_film)]
        topics += [self._thing(thing) for thing in (*story.things, *self._texts.thing.always)]
        return topics + [self._puzzle(puzzle) for puzzle in story.puzzles]

    def _thing(self, thing: Thing) -> Topic:
        texts = self._texts.thing
        words = {"thing": thing.name, **thing.words}

        def side(mine: tuple[str, ...], other: tuple[str, ...], reasons: tuple[str, ...]) -> Stance:
            return Stance(
                opinions=each_filled(texts.opinions, words),
                answers=each_filled(texts.answers, words),
                agrees=each_filled(texts.agrees, words),
                contrasts=each_filled(texts.contrasts, words),
                reasons=reasons,
                facts=_judgements(mine, other),
            )

        return Topic(
            name=thing.name,
            theme="film",
            questions=each_filled(texts.questions, words),
            stances=(
                side(thing.good, thing.bad, texts.good_reasons),
                side(thing.bad, thing.good, texts.bad_reasons),
            ),
        )

    def _puzzle(self, puzzle: Puzzle) -> Topic:
        explained = Stance(answers=puzzle.answers, reactions=self._texts.puzzle.reactions)
        return Topic(name=puzzle.name, theme="film", personal=False, questions=puzzle.questions, stances=(explained,))


def _in(circumstances: set[str], topic: Topic) -> Topic:
    """The topic with the stances that can be taken in these circumstances."""
    if not any(stance.when for stance in topic.stances):
        return topic
    return replace(topic, stances=tuple(one for one in topic.stances if circumstances.issuperset(one.when)))


def _about(story: Film, topic: Topic) -> Topic:
    """The topic with the facts that the story has for it."""
    lists = {"moments": story.moments, "themes": story.themes}
    return replace(
        topic,
        stances=tuple(
            stance if stance.facts_of is None else replace(stance, facts=_facts(lists[stance.facts_of]))
            for stance in topic.stances
        ),
    )


def _facts(mine: tuple[str, ...]) -> tuple[Words, ...]:
    """Every fact, with another of the same kind."""
    return tuple({"fact": fact, "other": mine[(n + 1) % len(mine)]} for n, fact in enumerate(mine))


def _judgements(mine: tuple[str, ...], other: tuple[str, ...]) -> tuple[Words, ...]:
    """Every judgement, with another of the same kind and one of the opposite kind."""
    return tuple({**words, "opposite": other[n % len(other)]} for n, words in enumerate(_facts(mine)))


def _choice(texts: Choices, one: str, other: str) -> Topic:
    """Which of two things somebody likes better."""

    def side(liked: str, left: str) -> Stance:
        words = {"liked": liked, "left": left}
        return Stance(
            answers=each_filled(texts.answers, words),
            agrees=each_filled(texts.agrees, words),
            contrasts=each_filled(texts.contrasts, words),
        )

    return Topic(
        name=f"{one}/{other}",
        theme="people",
        questions=each_filled(texts.questions, {"one": one, "other": other}),
        stances=(side(one, other), side(other, one)),
        weight=texts.weight,
    )
