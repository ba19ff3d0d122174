"""Conversations read as such: lines answer each other, fit the people and the film, and nothing comes twice."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation.chance import Chance
from mockserver.simulation.library import load_scenario
from mockserver.simulation.records.chat import Sent, conversations
from mockserver.simulation.scenario.specs import ContinuousSpec, ExperimentSpec, Scenario, StateSpec
from mockserver.simulation.story.people import Namer
from mockserver.simulation.story.plan import Plan
from mockserver.simulation.talk.kinds import ANSWERED_BY, CIRCUMSTANCES, REPLIES_TO, Kind, Line, Stance, Topic
from mockserver.simulation.talk.manner import Manner, manner_of
from mockserver.simulation.talk.repertoire import Repertoire, english
from mockserver.simulation.talk.setting import Next, Phase, Setting, setting_of
from mockserver.simulation.talk.wording import sentences
from mockserver.simulation.world import World

Chats = list[list[Sent]]


def thorough(*seeds: int) -> list[Any]:
    """Seeds for the long run."""
    return [pytest.param(seed, marks=pytest.mark.thorough) for seed in seeds]


# Of one experiment: of the scenario that runs, those of a day.
MOST_ROOMS = 144
CHATTY = ("live", "demo", "group", "dropout", "agents", "pair", "technical")
FILM = StateSpec(component="ShowVideo", component_id="film", video_url="https://example.com/film.mp4", duration_s=30)
RATED = replace(FILM, continuous=ContinuousSpec(component_id="slider"))
INTRODUCTION = replace(FILM, component_id="video_intro")
CHAT = StateSpec(component="TextChat", component_id="chat", duration_s=120)
CALL = StateSpec(component="VideoChat", component_id="call", duration_s=15)
SCALE = StateSpec(component="VasRating", component_id="scale", prompt="How was it?")


@cache
def namer() -> Namer:
    return Namer()


def repertoire() -> Repertoire:
    """What people say where a scenario has no texts of its own."""
    return english()


def topics_of(of: Setting) -> tuple[Topic, ...]:
    return repertoire().topics.of(of)


def told(scenario: Scenario, seed: int) -> Iterator[tuple[Plan, Chats]]:
    """Every room of a world with what is said in it."""
    world = World(scenario, seed)
    for experiment in scenario.experiments:
        for room in world.rooms(experiment)[:MOST_ROOMS]:
            plan = world.plan(room)
            yield plan, conversations(plan, namer(), repertoire())


@cache
def shipped(name: str, seed: int) -> list[tuple[Plan, Chats]]:
    """The rooms of a shipped scenario."""
    return list(told(load_scenario(name), seed))


def study(*states: StateSpec, participants: int = 3, rooms: int = 4, agents: int = 0) -> Scenario:
    """A scenario with one experiment of these states, called `s0`, `s1` and so on."""
    named = {f"s{number}": state for number, state in enumerate(states)}
    experiment = ExperimentSpec(
        name="Chat",
        starts_ms=1_700_000_000_000,
        rooms=rooms,
        participants=participants,
        agents=agents,
        states=tuple(named),
    )
    return replace(load_scenario("pair"), states=named, experiments={"exp": experiment})


def lines_of(chats: Chats) -> list[Line]:
    return [sent.line for chat in chats for sent in chat]


def texts_of(rooms: Iterable[tuple[Plan, Chats]]) -> list[str]:
    return [line.text for _, chats in rooms for line in lines_of(chats)]


def plain(text: str) -> str:
    return " ".join(sentences(text))


# --- variety -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [20241020, *thorough(0, 1, 2)])
def test_nearly_all_messages_of_a_day_of_the_live_experiment_are_distinct(seed: int) -> None:
    """More than 93 of 100, of nearly two thousand; and still more than 85 without capitals and punctuation."""
    texts = texts_of(shipped("live", seed))
    assert len(texts) > 1500
    assert len(set(texts)) > 0.93 * len(texts)
    assert len(set(map(plain, texts))) > 0.85 * len(texts)
    assert max(Counter(map(plain, texts)).values()) <= 12


@pytest.mark.parametrize("seed", [20241020, *thorough(0, 1, 2)])
def test_nearly_all_messages_of_the_demo_world_are_distinct(seed: int) -> None:
    """More than 95 of 100, over all its experiments."""
    texts = texts_of(shipped("demo", seed))
    assert len(texts) > 100
    assert len(set(texts)) > 0.95 * len(texts)


@pytest.mark.parametrize("name", CHATTY)
def test_no_sentence_comes_twice_in_a_room(name: str) -> None:
    """However it is written."""
    for _, chats in shipped(name, 1):
        said = [sentence for line in lines_of(chats) for sentence in sentences(line.text)]
        assert len(said) == len(set(said))


def test_two_chats_of_a_room_share_no_sentence_and_no_topic() -> None:
    """In the second one, people know each other already: they say hello again, and talk about something else."""
    for _, (first, second) in told(study(CHAT, FILM, CHAT, SCALE), 5):
        opened = [{line.topic.name for line in lines_of([chat]) if line.topic} for chat in (first, second)]
        assert not opened[0] & opened[1]
        said = [{plain(line.text) for line in lines_of([chat])} for chat in (first, second)]
        assert not said[0] & said[1]
        greetings = [line.text for line in lines_of([second]) if line.kind is Kind.GREETING]
        assert greetings
        # Or nearly so, if a finger slipped.
        assert all(re.search(r" a[agin]{2,4}\b", text) for text in greetings)


def test_a_chat_of_an_hour_is_talked_through_to_its_end() -> None:
    """Nobody repeats anything, and nobody falls silent for more than a minute."""
    for plan, chats in told(study(replace(CHAT, duration_s=3600), FILM, rooms=2), 6):
        (chat,) = chats
        assert len(chat) > 300
        assert max(after.at_ms - before.at_ms for before, after in pairwise(chat)) < 60_000
        assert plan.visits[0].exited_ms - chat[-1].at_ms < 60_000
        said = [sentence for line in lines_of(chats) for sentence in sentences(line.text)]
        assert len(said) == len(set(said))


# --- answers fit ---------------------------------------------------------------------------------------


def check_replies(chat: list[Sent]) -> None:
    """Every reply is one to what it says it replies to."""
    lines = [sent.line for sent in chat]
    for line in lines:
        assert (line.to is not None) == (line.kind in REPLIES_TO), line
        if line.to is None:
            continue
        before = lines[line.to]
        assert before.kind in REPLIES_TO[line.kind]
        assert before.topic is line.topic
        assert (before.seat == line.seat) == (line.kind is Kind.ADDITION) or line.kind is Kind.ANSWER
        if line.kind in (Kind.AGREE, Kind.CONTRAST):
            assert (before.stance, before.words) == (line.stance, line.words)
        if line.kind is Kind.ANSWER and before.kind is Kind.PROPOSAL:
            between = lines[line.to : lines.index(line)]
            assert any(accepted.kind is Kind.ACCEPT and accepted.to == line.to for accepted in between)


def left_open(chat: list[Sent]) -> list[tuple[Line, Line]]:
    """Lines that ask for an answer, with a next line of somebody else that is none."""
    lines, found = [sent.line for sent in chat], []
    for number, line in enumerate(lines):
        following = next((other for other in lines[number + 1 :] if other.seat != line.seat), None)
        wanted = ANSWERED_BY.get(line.kind)
        if wanted and following and not (following.kind in wanted and following.to == number):
            found.append((line, following))
        if line.asks and following and following.kind not in (Kind.ANSWER, Kind.AGREE, Kind.CONTRAST):
            found.append((line, following))
    return found


@pytest.mark.parametrize("name", CHATTY)
@pytest.mark.parametrize("seed", [1, *thorough(2)])
def test_replies_are_of_a_kind_that_answers_what_was_said(name: str, seed: int) -> None:
    """Answers to questions, consent to proposals, contrast to opinions, about the same topic."""
    for _, chats in shipped(name, seed):
        for chat in chats:
            check_replies(chat)


@pytest.mark.parametrize("name", CHATTY)
@pytest.mark.parametrize("seed", [1, *thorough(2)])
def test_what_asks_for_an_answer_gets_one_at_once(name: str, seed: int) -> None:
    """By the next line of somebody else; only the end of a chat or a lost connection comes between."""
    asked, unanswered = 0, list[tuple[Line, Line]]()
    for _, chats in shipped(name, seed):
        for chat in chats:
            asked += sum(sent.line.kind in ANSWERED_BY or sent.line.asks for sent in chat)
            unanswered += left_open(chat)
    excused = (Kind.CLOSING, Kind.FAREWELL, Kind.ALONE, Kind.RETURN, Kind.GREETING)
    assert {after.kind for _, after in unanswered} <= set(excused)
    assert len(unanswered) <= 1 + 0.02 * asked


def test_people_do_everything_that_conversations_are_made_of() -> None:
    """Each kind is there in the live experiment, agreement and disagreement more than now and then."""
    kinds = Counter(line.kind for _, chats in shipped("live", 1) for line in lines_of(chats))
    rare = {Kind.ALONE, Kind.RETURN, Kind.WELCOME, Kind.AWKWARD}
    assert set(Kind) - rare <= set(kinds)
    assert min(kinds[kind] for kind in (Kind.AGREE, Kind.CONTRAST, Kind.PROPOSAL, Kind.OPINION)) >= 25
    assert kinds[Kind.ACCEPT] > kinds[Kind.DECLINE] >= 5


def test_a_proposal_is_declined_with_a_reason() -> None:
    """Not with a no."""
    for topic in all_topics():
        assert all(len(text.split()) >= 4 for text in topic.declines), topic.name
        assert bool(topic.declines) == bool(topic.accepts) == bool(topic.proposals)


def test_follow_up_questions_are_answered_by_the_one_who_was_asked() -> None:
    """In rooms of eight, too."""
    found = 0
    for _, chats in told(study(replace(CHAT, duration_s=600), FILM, participants=8, rooms=6), 2):
        lines = lines_of(chats)
        for number, line in enumerate(lines):
            if line.kind is Kind.DETAIL and line.to is not None:
                question = lines[line.to]
                assert question.to is not None
                assert lines[question.to].seat == line.seat
                assert line.to == number - 1
                found += 1
    assert found >= 10


# --- beginning and end ------------------------------------------------------------------------------

# What nobody says to so many others.
TO_OTHERS = {
    1: r"everyone|everybody|anyone|anybody|all of (you|us)|you all|folks|hi both|hey both|hello both|you two|either of",
    2: r"everybody|anyone|anybody|all of (you|us)|you all|folks",
    3: r"both of you|you both|you two|either of|(hi|hey|hello) both|the three of us",
}


@pytest.mark.parametrize("name", CHATTY)
def test_how_others_are_addressed_fits_their_number(name: str) -> None:
    """Nobody says `everyone` to one person, or `you two` to seven."""
    for seed in (1, 2):
        for plan, chats in shipped(name, seed):
            for sent in (sent for chat in chats for sent in chat):
                others = sum(p.is_present(sent.at_ms) for p in plan.participants if p.index != sent.line.seat)
                wrong = TO_OTHERS.get(min(others, 3), "$^")
                assert not re.search(rf"\b({wrong})\b", sent.line.text, re.IGNORECASE), sent.line.text


def test_the_documented_first_message_is_said_where_it_fits() -> None:
    """To three others in the demo world; in a pair somebody else's greeting stands there."""
    assert lines_of(shipped("demo", 20241020)[0][1])[0].text == "Hello, everyone!"
    for seed in range(5):
        greeting = lines_of(shipped("pair", seed)[0][1])[0]
        assert greeting.kind is Kind.GREETING
        assert re.match(r"h(i|ey|ello)\b", greeting.text.lower())
        assert "everyone" not in greeting.text


@pytest.mark.parametrize("name", ["live", "demo", "group"])
def test_conversations_open_with_greetings_and_end_with_closings(name: str) -> None:
    """Greetings come before anything else from the first speaker, closings when little time is left, and once each."""
    closed = rooms = 0
    for _, chats in shipped(name, 2):
        for chat in (chat for chat in chats if chat):
            kinds = [sent.line.kind for sent in chat]
            assert kinds[0] is Kind.GREETING
            closings = [n for n, kind in enumerate(kinds) if kind in (Kind.CLOSING, Kind.FAREWELL)]
            rooms, closed = rooms + 1, closed + bool(closings)
            if closings:
                assert closings == list(range(closings[0], len(chat)))
                assert len({chat[n].line.seat for n in closings}) == len(closings)
    assert closed > 0.9 * rooms


def test_closings_name_what_comes_next() -> None:
    """The film before the film, the call before the call, and neither at the end."""
    for states, wanted, never in (
        ((CHAT, FILM), r"film|start|watch", r"camera|call|bye"),
        ((CHAT, CALL), r"video|camera|call", r"film|bye"),
        ((CHAT,), r"bye|done|meet", r"film|camera|call|next"),
    ):
        chats = [chats for _, chats in told(study(*states, rooms=30), 3)]
        texts = [line.text for line in lines_of(sum(chats, [])) if line.kind in (Kind.CLOSING, Kind.FAREWELL)]
        assert sum(bool(re.search(wanted, text, re.IGNORECASE)) for text in texts) >= 10
        assert not [text for text in texts if re.search(never, text, re.IGNORECASE)]


def test_who_is_alone_says_so_and_falls_silent() -> None:
    """Twice at the most, and greets nobody."""
    for _, chats in told(study(CHAT, participants=1), 1):
        assert 1 <= len(lines_of(chats)) <= 2
        assert {line.kind for line in lines_of(chats)} == {Kind.ALONE}


# --- the film and the task --------------------------------------------------------------------------


def state_names(*states: StateSpec) -> list[tuple[str, StateSpec]]:
    return [(f"s{number}", state) for number, state in enumerate(states)]


@pytest.mark.parametrize(
    ("states", "chat", "expected"),
    [
        ((CHAT, FILM), "s0", (Phase.BEFORE, Next.FILM)),
        ((CHAT, CALL, FILM), "s0", (Phase.BEFORE, Next.CALL)),
        ((FILM, CHAT, SCALE), "s1", (Phase.AFTER, Next.QUESTIONS)),
        ((FILM, CHAT), "s1", (Phase.AFTER, Next.END)),
        ((FILM, CHAT, FILM), "s1", (Phase.AFTER, Next.PART)),
        ((INTRODUCTION, CHAT, FILM), "s1", (Phase.BEFORE, Next.FILM)),
        ((INTRODUCTION, CHAT), "s1", (Phase.AFTER, Next.END)),
        ((CHAT, SCALE), "s0", (Phase.WITHOUT, Next.QUESTIONS)),
        ((replace(CHAT, prompt="Get to know each other before the film."),), "s0", (Phase.BEFORE, Next.END)),
    ],
)
def test_where_a_chat_is_seen_from_the_film(
    states: tuple[StateSpec, ...], chat: str, expected: tuple[Phase, Next]
) -> None:
    """By the videos before and after it; one with instructions only counts where there is no other."""
    setting = setting_of(state_names(*states), chat, repertoire().texts.prompts)
    assert (setting.phase, setting.next) == expected


def setting(*states: StateSpec, chat: int) -> Setting:
    return setting_of(state_names(*states), f"s{chat}", repertoire().texts.prompts)


def film_topics(of: Setting) -> dict[str, Topic]:
    return {topic.name: topic for topic in topics_of(of) if topic.theme == "film"}


# Only who has seen a film talks like this, and only who has not.
SEEN = r"\bending\b|favourite scene|best moment|the (acting|pace|camera work)|the (music|beginning) (was|felt)"
AHEAD = r"will be about|about to start|enjoy the film|expect (from|to see)|(any|a) guess|before it starts|how long is"


def test_before_and_after_the_film_people_say_different_things() -> None:
    """No text about a film can be said on both sides of it."""
    ahead, seen = setting(CHAT, RATED, chat=0), setting(RATED, CHAT, chat=1)
    before, after = (set(every_text(film_topics(of).values())) for of in (ahead, seen))
    assert min(len(before), len(after)) > 100
    common = before & after
    assert all(len(text.split()) <= 5 for text in common), common
    opening = {
        text
        for of in (ahead, seen)
        for topic in film_topics(of).values()
        for text in (*topic.questions, *topic.proposals, *(o for s in topic.stances for o in s.opinions))
    }
    assert not opening & common


@pytest.mark.parametrize(("states", "chat", "never"), [((CHAT, RATED), 0, SEEN), ((RATED, CHAT), 1, AHEAD)])
def test_talk_about_the_film_fits_whether_it_has_been_seen(
    states: tuple[StateSpec, ...], chat: int, never: str
) -> None:
    """Topics and words of the other side never come up, the own ones often do."""
    topics = film_topics(setting(*states, chat=chat))
    rooms = list(told(study(*states, SCALE, rooms=40), 8))
    found = [
        line.topic.name for _, chats in rooms for line in lines_of(chats) if line.topic and line.topic.theme == "film"
    ]
    assert set(found) <= set(topics)
    assert len(found) >= 100
    assert not [text for text in texts_of(rooms) if re.search(never, text, re.IGNORECASE)]


def test_without_a_film_nobody_talks_about_one() -> None:
    """Not in a word."""
    rooms = told(study(CHAT, SCALE, rooms=40), 8)
    assert not [text for text in texts_of(rooms) if re.search(r"\b(film|movie|clip|slider|scene)s?\b", text.lower())]


def test_everybody_has_seen_the_same_film() -> None:
    """A video has one story, in whatever room and world; another video has another."""

    def things(url: str) -> set[str]:
        return set(film_topics(setting(replace(FILM, video_url=url), CHAT, chat=1)))

    assert things("https://example.com/film.mp4") == things("https://example.com/film.mp4")
    assert len({frozenset(things(f"https://example.com/{number}.mp4")) for number in range(30)}) == 4


def test_the_task_can_be_read_out() -> None:
    """Where it is short and plain; `live` and `demo` show it."""
    assert setting(replace(CHAT, prompt="Decide who goes first."), chat=0).task == "decide who goes first"
    for odd in ("", "x", 'Say "hi"\nand press Enter.', "A" * 100, "Use {braces}, please"):
        assert setting(replace(CHAT, prompt=odd), chat=0).task is None
    for name in ("live", "demo"):
        read_out = [text for text in texts_of(shipped(name, 20241020)) if "know each other before the film" in text]
        assert read_out or name == "demo"


def test_the_task_decides_what_people_talk_about() -> None:
    """A decision is talked about more than in any other chat."""
    chat = replace(CHAT, prompt="Decide together which charity gets the money.")
    rooms = told(study(chat, SCALE, rooms=20), 4)
    themes = Counter(line.topic.theme for _, chats in rooms for line in lines_of(chats) if line.topic)
    assert themes["decide"] >= 0.3 * sum(themes.values())
    assert not [topic for topic in topics_of(setting(CHAT, SCALE, chat=0)) if topic.theme == "decide"]


# --- texts -------------------------------------------------------------------------------------------


def all_topics() -> list[Topic]:
    """Every topic that a chat can have."""
    decide = replace(CHAT, prompt="Decide something together.")
    settings_of_chats = [setting(INTRODUCTION, decide, CALL, RATED, chat=1), setting(CHAT, RATED, chat=0)]
    rated = replace(RATED, sparse=load_scenario("pair").states["watching_state"].sparse)
    for number in range(12):
        settings_of_chats.append(setting(replace(rated, video_url=f"https://example.com/{number}.mp4"), CHAT, chat=1))
    found = {id(topic): topic for of in settings_of_chats for topic in topics_of(of)}
    return [*found.values(), *filter(None, map(repertoire().topics.spare, range(300)))]


def stance_texts(stance: Stance) -> list[str]:
    follow_ups = [text for one in stance.follow_ups for text in (*one.questions, *one.answers)]
    return [
        *stance.answers,
        *stance.opinions,
        *stance.reasons,
        *stance.agrees,
        *stance.contrasts,
        *stance.reactions,
        *follow_ups,
    ]


def every_text(topics: Iterable[Topic]) -> list[str]:
    found: list[str] = []
    for topic in topics:
        found += [*topic.questions, *topic.proposals, *topic.accepts, *topic.declines]
        found += [text for stance in topic.stances for text in stance_texts(stance)]
    return found


def general_texts() -> list[str]:
    openings, replies = repertoire().openings, repertoire().texts.replies
    tables = [
        *openings.entering.values(), *openings.after.values(), *openings.again.values(), *openings.late.values(),
        *(texts for by_number in openings.back.values() for texts in by_number.values()),
        *map(openings.closings, Next), *map(openings.farewells, Next),
        replies.alone, replies.returns, replies.welcomes, replies.accepted, replies.acknowledged.joined(),
        replies.conceded_decline.joined(), replies.conceded_view.joined(), replies.no_hurry, replies.still_there,
        replies.what_about_you.joined(),
    ]  # fmt: skip
    return [text for table in tables for text in table]


def test_every_circumstance_can_be_so() -> None:
    """Each that a topic can wait for holds in some chat, and topics wait for all of them."""
    texts = repertoire().texts
    groups = (texts.first, texts.before_film, texts.after_film, texts.after_rating, texts.study, texts.small_talk)
    waiting = {
        when for group in groups for topic in group.values() for of in (topic, *topic.stances) for when in of.when
    }
    rated = replace(RATED, sparse=load_scenario("pair").states["watching_state"].sparse)
    decide = replace(CHAT, prompt="Decide something together.")
    chats = (setting(INTRODUCTION, decide, CALL, RATED, chat=1), setting(rated, CHAT, chat=1))
    assert waiting == set(CIRCUMSTANCES) == set.union(*(of.circumstances for of in chats))


def test_texts_begin_low_and_end_open() -> None:
    """So that anything can come before and after; how somebody writes is their manner's."""
    choices = set(every_text(topic for topic in all_topics() if "/" in topic.name))
    for text in {*general_texts(), *every_text(all_topics())} - choices:
        assert re.match(r"[a-z{0-9]|I\b|(Sunday|Monday|October|English|Marta)", text), text
        assert not text.endswith((".", ",", " ")), text
        assert "  " not in text
        assert len(text) <= 110


def test_each_person_writes_in_a_manner_of_their_own_that_stays() -> None:
    """Capitals and full stops are the same in all of somebody's messages; agents write carefully."""
    habits = repertoire().texts.manner
    upper = lower = 0
    for plan, chats in shipped("live", 1):
        for person in plan.participants:
            manner = manner_of(plan.chance("manner", person.index), habits, careful=person.agent)
            mine = [
                line.text for line in lines_of(chats) if line.seat == person.index and line.text != "Hello, everyone!"
            ]
            if manner.capitals:
                assert all(text[0].isupper() or not text[0].isalpha() for text in mine)
            assert all(text.endswith((".", "?", "!")) for text in mine) or not manner.stops
            upper, lower = upper + manner.capitals, lower + (not manner.capitals)
    assert 0.2 < lower / (upper + lower) < 0.6
    for number in range(50):
        careful = manner_of(Chance(number, "somebody"), habits, careful=True)
        assert (careful.capitals, careful.stops, careful.slips, careful.brief) == (True, True, 0.0, False)


@given(
    seed=st.integers(0, 2**63 - 1), text=st.sampled_from(["I don't think so, because it's late", "ok", "nice, you?"])
)
def test_a_slip_of_the_finger_changes_one_place(seed: int, text: str) -> None:
    """Two letters change places, or one is missing; short words stay."""
    habits = repertoire().texts.manner
    manner = Manner(habits, {}, capitals=False, small=False, stops=False, formal=False, brief=False, slips=1.0)
    written = manner.written(text, Chance(seed, "slip"))
    assert 0 <= len(text) - len(written) <= 1
    changed = [(a, b) for a, b in zip(text.split(), written.split(), strict=True) if a != b]
    assert len(changed) <= 1
    assert all(len(a) >= 5 and a[0] == b[0] for a, b in changed)


def test_who_is_formal_contracts_nothing() -> None:
    """And who is brief abbreviates."""
    habits = repertoire().texts.manner
    manner = Manner(habits, {}, capitals=True, small=False, stops=True, formal=True, brief=False, slips=0.0)
    assert manner.written("I'm sure it's fine, don't worry", Chance(1)) == "I am sure it is fine, do not worry."
    brief = replace(manner, formal=False, brief=True, capitals=False, stops=False, small=True)
    assert brief.written("I like it, to be honest. I do", Chance(1)) == "i like it, tbh. i do"


# --- any world ---------------------------------------------------------------------------------------

some_states = st.lists(
    st.sampled_from([CHAT, replace(CHAT, duration_s=4), replace(CHAT, duration_s=400), FILM, RATED, CALL, SCALE]),
    min_size=1,
    max_size=4,
).filter(lambda states: any(state.component == "TextChat" for state in states))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), states=some_states, participants=st.integers(1, 9), agents=st.integers(0, 1))
def test_whatever_the_world_conversations_hold_together(
    seed: int, states: list[StateSpec], participants: int, agents: int
) -> None:
    """Replies fit, nothing comes twice, no text is unfinished or long, and time goes on."""
    for plan, chats in told(study(*states, participants=participants, rooms=1, agents=agents), seed):
        said = [sentence for line in lines_of(chats) for sentence in sentences(line.text)]
        assert len(said) == len(set(said))
        for chat in chats:
            check_replies(chat)
            for before, after in pairwise(chat):
                typing_ms = plan.participants[after.line.seat].traits.typing_ms
                assert after.at_ms - before.at_ms >= 600 + typing_ms * len(after.line.text)
        for text in (line.text for line in lines_of(chats)):
            assert 1 <= len(text) <= 120
            assert re.fullmatch(r"[A-Za-z0-9 ,.:;?!'-]+", text), text
        assert [[sent.line for sent in chat] for chat in conversations(plan, Namer(), repertoire())] == [
            [sent.line for sent in chat] for chat in chats
        ]
