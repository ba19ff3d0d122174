"""A file of texts replaces every word that a chat can show; what is wrong in it is told."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import mockserver.simulation.talk.repertoire as repertoire_module
import mockserver.simulation.world as world_module
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.library import load_scenario, read_scenario
from mockserver.simulation.talk.repertoire import Repertoire, english, repertoire_of
from mockserver.simulation.world import World
from mockserver.simulation.written_out import scenario_toml
from mockserver.words.errors import ScenarioError

GERMAN = Path(__file__).parents[2] / "fixtures" / "texts" / "german.toml"
OURS = Path(repertoire_module.__file__).parent / "english.toml"
# Common words of English that German does not have.
ENGLISH = {
    "the", "and", "you", "is", "it", "of", "to", "are", "what", "yes", "with", "for", "that", "this", "my", "your",
    "how", "where", "do", "did", "have", "has", "be", "just", "not", "think", "like", "i'm", "don't", "it's", "that's",
    "thanks", "hello", "everyone", "sorry", "sure", "nice", "time", "they", "we", "me", "or", "but", "if", "at", "from",
}  # fmt: skip

CHAT = '[states.{id}]\ncomponent = "TextChat"\ncomponent_id = "{id}"\nduration_s = {seconds}\nprompt = "{prompt}"\n'
FILM = """\
[states.film]
component = "ShowVideo"
component_id = "film"
duration_s = 130
continuous.component_id = "slider"
sparse = { component_id = "question", question = "?", at_s = [20] }
"""
INTRODUCTION = '[states.intro]\ncomponent = "ShowVideo"\ncomponent_id = "intro"\nduration_s = 10\n'
CALL = '[states.call]\ncomponent = "VideoChat"\ncomponent_id = "call"\nduration_s = 10\n'
SCALE = '[states.scale]\ncomponent = "VasRating"\ncomponent_id = "scale"\n'
SIZES = (1, 2, 3, 8)

# Every phase, and every occasion for a topic: what the file says of its states, and their order.
SETTINGS = {
    "before the film": (CHAT.format(id="c", seconds=400, prompt="Lernt euch vor dem Film kennen.") + FILM, "c film"),
    "after the film": (FILM + CHAT.format(id="c", seconds=500, prompt="Besprecht den Film.") + SCALE, "film c scale"),
    "between": (
        INTRODUCTION + CHAT.format(id="c", seconds=150, prompt="") + CALL + FILM
        + CHAT.format(id="d", seconds=150, prompt="Sprecht.") + SCALE,
        "intro c call film d scale",
    ),
    "a decision": (CHAT.format(id="c", seconds=300, prompt="Entscheidet, wer das Geld bekommt.") + SCALE, "c scale"),
    "no prompt": (CHAT.format(id="c", seconds=60, prompt=""), "c"),
    "an hour": (CHAT.format(id="c", seconds=3600, prompt="Sprecht."), "c"),
}  # fmt: skip


def leaves(value: Any) -> Iterator[str]:
    """Every text in a parsed file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for held in value.values() if isinstance(value, dict) else value:
            yield from leaves(held)


def tokens(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", re.sub(r"\{\w+\}", " ", text).casefold()))


def slips(word: str) -> set[str]:
    """What a finger can make of a word."""
    places = range(1, len(word) - 2)
    swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in places}
    return swapped | {word[: at + 1] + word[at + 2 :] for at in places}


def played(path: Path, seeds: range) -> Iterator[tuple[World, Any]]:
    """Every message of every room."""
    scenario = load_scenario(str(path))
    for world in (World(scenario, seed) for seed in seeds):
        for experiment in scenario.experiments:
            for room in world.rooms(experiment):
                for entry in world.messages(room):
                    yield world, entry.record


def names(world: World, record: Any) -> set[str]:
    """First names of those in the message's room."""
    room = world.room(record.room_id)
    assert room is not None
    return {person.first_name for person in world.plan(room).participants}


def unknown_words(path: Path, seeds: range, known: set[str]) -> tuple[int, set[str]]:
    """How many messages there were, and which of their words nobody in the room can have."""
    slipped = known.union(*(slips(word) for word in known if len(word) >= 5))
    count, unknown = 0, set[str]()
    for world, record in played(path, seeds):
        people = {token for name in names(world, record) for token in tokens(name)}
        assert not tokens(record.content) & ENGLISH - people, record.content
        unknown |= tokens(record.content) - slipped - people
        count += 1
    return count, unknown


def german_words() -> set[str]:
    return set().union(*map(tokens, leaves(tomllib.loads(GERMAN.read_text(encoding="utf-8")))))


def of_sizes(order: str) -> str:
    return "".join(
        f'[experiments.exp_{size}]\nname = "x"\nstarts = 2024-10-20T10:00:00Z\nrooms = 2\nparticipants = {size}\n'
        f"agents = {int(size == 3)}\nstates = {order.split()}\n"
        for size in SIZES
    )


@pytest.mark.parametrize("name", ["pair", "group", "dropout"])
def test_a_shipped_scenario_with_german_texts_has_no_english_word(name: str, tmp_path: Path) -> None:
    """Its prompts are English, so nobody reads them out; every word is the file's or somebody's name."""
    path = tmp_path / "own.toml"
    path.write_text(f'extends = "{name}"\n[talk]\ntexts = "{GERMAN}"\n')
    count, unknown = unknown_words(path, range(30 if name == "pair" else 2), german_words())
    assert count >= 60
    assert {word for word in unknown if not word.isdigit()} == set()


@pytest.mark.parametrize("name", SETTINGS)
def test_in_no_setting_an_english_word_is_left(name: str, tmp_path: Path) -> None:
    """Before, after and without a film, with one, two, three or eight people, also over an hour."""
    states, order = SETTINGS[name]
    path = tmp_path / "own.toml"
    path.write_text(
        f'extends = "_base"\ntalk.texts = "{GERMAN}"\nbehaviour.disconnects_per_hour = 30\n{states}{of_sizes(order)}',
        encoding="utf-8",
    )
    count, unknown = unknown_words(path, range(2), german_words() | tokens(states))
    assert count >= 10
    assert {word for word in unknown if not word.isdigit()} == set()


# The Greek alphabet, and no Latin letter in it.
GREEK = str.maketrans("abcdefghijklmnopqrstuvwxyz", "αβψδεφγηιξκλμνοπχρστυωςθζϊ") | {
    ord("A") + n: greek for n, greek in enumerate("ΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠΧΡΣΤΥΩϴΘΖΪ")
}
NOT_SHOWN = ("theme", "when", "facts_of", "ask_more", "of_a_kind", "prompts")


def in_greek(value: Any) -> Any:
    """A file's table with every letter outside braces replaced; what no chat shows stays."""
    if isinstance(value, dict):
        return {key: held if key in NOT_SHOWN else in_greek(held) for key, held in value.items()}
    if isinstance(value, list):
        return [in_greek(held) for held in value]
    if not isinstance(value, str):
        return value
    return "".join(part if part.startswith("{") else part.translate(GREEK) for part in re.split(r"(\{\w+\})", value))


def inline(value: Any) -> str:
    """A value in one line of TOML, whose texts and numbers are JSON's."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {inline(held)}" for key, held in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(inline, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


@pytest.mark.parametrize("name", [*SETTINGS, "live"])
def test_no_letter_of_a_message_comes_from_the_code(name: str, tmp_path: Path) -> None:
    """Our own texts in Greek letters: no other letter is ever written, but in names."""
    table = in_greek(tomllib.loads(OURS.read_text(encoding="utf-8")))
    table["prompts"] |= {"film": ["ταινία"], "read_out_with": ["ταινία"]}
    texts, path = tmp_path / "greek.toml", tmp_path / "own.toml"
    texts.write_text("".join(f"{key} = {inline(held)}\n" for key, held in table.items()), encoding="utf-8")
    states, order = SETTINGS.get(name, ("", ""))
    rest = f"{states}{of_sizes(order)}" if states else ""
    path.write_text(f'extends = "{"_base" if states else name}"\ntalk.texts = "greek.toml"\n{rest}', encoding="utf-8")
    count = 0
    for world, record in played(path, range(3, 4)):
        text = record.content
        for first_name in sorted(names(world, record), key=len, reverse=True):
            text = re.sub(rf"\b{first_name}\b", "", text, flags=re.IGNORECASE)
        assert not re.search("[A-Za-z]", text), record.content
        count += 1
    assert count >= 10


# --- the scenario -----------------------------------------------------------------------------------


def edited(change: Callable[[str], str], path: Path) -> Path:
    path.write_text(change(GERMAN.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_the_path_is_read_from_the_file_that_says_it(tmp_path: Path) -> None:
    """Also where another file extends that one."""
    (tmp_path / "deep").mkdir()
    edited(str, tmp_path / "deep" / "words.toml")
    (tmp_path / "deep" / "base.toml").write_text('extends = "pair"\n[talk]\ntexts = "words.toml"\n')
    own = tmp_path / "own.toml"
    own.write_text('extends = "deep/base.toml"\nseed = 5\n')
    assert load_scenario(str(own)).talk.content == GERMAN.read_text(encoding="utf-8")


def test_other_texts_make_another_scenario_and_the_same_ones_the_same(tmp_path: Path) -> None:
    """By what the file holds, and not by what it is called."""
    own = tmp_path / "own.toml"
    own.write_text('extends = "pair"\n[talk]\ntexts = "words.toml"\n')
    edited(str, tmp_path / "words.toml")
    first, again = load_scenario(str(own)), load_scenario(str(own))
    edited(lambda text: text.replace('"ich', '"i'), tmp_path / "words.toml")
    other = load_scenario(str(own))
    assert first == again != other
    assert World(first, 1).digest() == World(again, 1).digest() != World(other, 1).digest()


def test_what_is_printed_of_it_is_the_same_scenario(tmp_path: Path) -> None:
    """From whatever folder it is read."""
    (tmp_path / "elsewhere").mkdir()
    edited(str, tmp_path / "words.toml")
    own = tmp_path / "own.toml"
    own.write_text('extends = "pair"\n[talk]\ntexts = "words.toml"\n')
    read = read_scenario(str(own))
    whole = tmp_path / "elsewhere" / "own.toml"
    whole.write_text(scenario_toml(read), encoding="utf-8")
    assert load_scenario(str(whole)) == read.scenario


def test_texts_are_read_when_somebody_first_chats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not with the scenario, and not for what needs no words."""

    def unread() -> Repertoire:
        raise LookupError("read")

    monkeypatch.setattr(world_module, "english", unread)
    world = World(load_scenario("pair"), 1)
    rooms = world.rooms("exp_pair")
    assert world.select("sync", rooms, Query(now_ms=2**52)).total > 0
    with pytest.raises(LookupError):
        world.messages(rooms[0])


def test_a_content_is_read_once() -> None:
    """Whatever worlds talk with it; ours, too."""
    german = GERMAN.read_text(encoding="utf-8")
    assert repertoire_of(german) is repertoire_of(GERMAN.read_text(encoding="utf-8"))
    assert english() is english()


def test_our_own_texts_have_no_mistake() -> None:
    """They are not looked at again when they are read."""
    assert repertoire_of(OURS.read_text(encoding="utf-8")).texts == english().texts


def test_a_text_that_needs_what_is_not_there_is_not_said(tmp_path: Path) -> None:
    """How long the film is, where there is none."""
    edited(
        lambda text: text.replace('alone = [\n    "hallo?",', 'alone = [\n    "{film_time}", "allein",'),
        tmp_path / "words.toml",
    )
    path = tmp_path / "own.toml"
    states, order = SETTINGS["no prompt"]
    path.write_text(f'extends = "_base"\ntalk.texts = "words.toml"\n{states}{of_sizes(order)}', encoding="utf-8")
    assert not [record.content for _, record in played(path, range(10)) if "{" in record.content]


# --- mistakes ---------------------------------------------------------------------------------------

# Name of the case: what is replaced by what in the German file, and what is told about it.
MISTAKES = {
    "a missing list": ("late = [", "latte = [", "greetings.late: missing; expected a list in square brackets"),
    "a missing table": ("[closings.call]", "[closings.cull]", "closings.call: missing; expected a table"),
    "no text": ('full_stop = "."', "full_stop = 3", "manner.full_stop: 3: expected a text in quotes"),
    "no truth value": ("early = true", 'early = "x"', "first.task.early: 'x': expected true or false"),
    "an element that is none": ('hm = ["hm,"', "hm = [1", "vocabulary.hm[0]: 1: expected a text in quotes"),
    "an empty list": (
        'leads = ["", "gut, ", "{haha}, ", "stimmt, "]', "leads = []",
        "replies.conceded_view.leads: []: expected 1 or more texts",
    ),
    "a word that nobody knows": (
        "wie geht's?", "wie geht es {dri}?",
        "greetings.how_are_you[0]: 'wie geht es {dri}?': nobody knows {dri};",
    ),
    "a word where none can be": ("schwimme im See", "schwimme im {du}", "nobody knows {du}; known are none"),
    "a brace alone": ("wie geht's?", "wie geht {es?", "expected braces only around one word"),
    "other company": ('uns = "uns drei"\n', "", "company.two.uns: missing; expected the same words for one, two"),
    "no other duration": ('other = "{count} Stunden"\n', "", "durations.hours.other: missing; expected a text"),
    "an unknown follow-up": ('"how_long", "how_come"]', '"how_lung"]', "no such follow-up; did you mean 'how_long'?"),
    "an unknown circumstance": ('when = ["pauses"]', 'when = ["pause"]', "expected one of film, slider, pauses, call,"),
    "a pair of one": ('"Tee/Kaffee"', '"Tee"', "choices.pairs[0]: 'Tee': expected two things such as \"tea/coffee\""),
    "a kind without its word": (
        'hobby = "short"', 'hobby = "long"',
        "choices.of_a_kind.hobby: 'long': expected a topic of small_talk, and a word that all of its facts have",
    ),
    "a story's facts elsewhere": (
        "[[small_talk.timer.stances]]", '[[small_talk.timer.stances]]\nfacts_of = "themes"',
        "small_talk.timer.stances[0].facts_of: 'themes': expected none but in after_film",
    ),
    "no fact": ("[[small_talk.timer.stances]]", "[[small_talk.timer.stances]]\nfacts = []", "expected 1 or more facts"),
    "a fact that is none": (
        "[[small_talk.timer.stances]]", "[[small_talk.timer.stances]]\nfacts = [1]",
        "small_talk.timer.stances[0].facts[0]: 1: expected a text, or a table of texts such as",
    ),
    "a question without answers": (
        'theme = "study"\n\n[[small_talk.timer', 'theme = "study"\nquestions = ["?"]\n\n[[small_talk.timer',
        "small_talk.timer.questions: ['?']: expected a stance with answers to them",
    ),
    "a proposal without replies": (
        'theme = "study"\n\n[[small_talk.timer', 'theme = "study"\nproposals = ["?"]\n\n[[small_talk.timer',
        "expected all of proposals, accepts and declines, or none",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "told"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_the_texts_is_told_with_its_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    """With file, key, value, and what would be right."""
    german = GERMAN.read_text(encoding="utf-8")
    assert old in german
    edited(lambda text: text.replace(old, new, 1), tmp_path / "words.toml")
    own = tmp_path / "own.toml"
    own.write_text('extends = "pair"\n[talk]\ntexts = "words.toml"\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(own))
    lines = str(caught.value).splitlines()
    assert all(re.match(rf"{re.escape(str(tmp_path / 'words.toml'))}:\d+: ", line) for line in lines)
    assert any(told in line for line in lines), lines


def test_an_empty_file_is_told_every_key_that_it_lacks(tmp_path: Path) -> None:
    """A file is whole: no word of another language fills a gap."""
    (tmp_path / "words.toml").write_text("")
    own = tmp_path / "own.toml"
    own.write_text('extends = "pair"\n[talk]\ntexts = "words.toml"\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(own))
    missing = [line.split(": ")[1] for line in str(caught.value).splitlines()]
    assert sorted(missing) == sorted(tomllib.loads(OURS.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("texts", "told"),
    [
        ('"nowhere.toml"', "own.toml:3: talk.texts: 'nowhere.toml': no such file"),
        ("3", "own.toml:3: talk.texts: 3: expected a text in quotes"),
        ('"own.toml"', "own.toml:1: extends: 'pair': unknown key;"),
        ('"broken.toml"', "broken.toml:2: no TOML: "),
    ],
)
def test_a_file_of_texts_that_cannot_be_is_told(texts: str, told: str, tmp_path: Path) -> None:
    """With the line that names it, or its own."""
    (tmp_path / "broken.toml").write_text("[vocabulary]\nhi = [")
    own = tmp_path / "own.toml"
    own.write_text(f'extends = "pair"\n[talk]\ntexts = {texts}\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(own))
    assert f"{tmp_path}/{told}" in str(caught.value)
