"""Scenario files: every mistake is told with file, line, key, value, and what would be right."""

from pathlib import Path

import pytest

from mockserver.simulation.library import load_scenario, read_scenario, scenario_names
from mockserver.simulation.scenario.sources import overlaid, read_sources
from mockserver.words.errors import ScenarioError

# What every file begins with, unless what it is for is itself the matter.
ABOUT = 'about = "A test"\n'
NAMES = ", ".join(scenario_names())
STATES = ", ".join(load_scenario("pair").states)

# Name of the case: what the file says, and what is told about it.
MISTAKES = {
    "wrong_type": (
        '\n\n[experiments.exp_pair]\nrooms = "three"',
        "own.toml:6: experiments.exp_pair.rooms: 'three': expected a whole number",
    ),
    "whole_number": ("seed = 1.0", "own.toml:3: seed: 1.0: expected a whole number"),
    "boolean_is_no_number": ("seed = true", "own.toml:3: seed: true: expected a whole number"),
    "number": (
        'network = { jitter_ms = "3" }',
        "own.toml:3: network.jitter_ms: '3': expected a number",
    ),
    "finite_number": ("network.jitter_ms = inf", "own.toml:3: network.jitter_ms: inf: expected a number"),
    "range": (
        "[network]\n# at most three\nstalls_per_minute = 9",
        "own.toml:5: network.stalls_per_minute: 9: expected stalls from 0 to 3",
    ),
    "truth_value": ('text.awkward = "yes"', "own.toml:3: text.awkward: 'yes': expected true or false"),
    "text": ("about = 3", "own.toml:3: about: 3: expected a text in quotes"),
    "empty_text": ('about = ""', "own.toml:3: about: '': expected one line on what it is for"),
    "blank_text": ('about = " \\t"', "own.toml:3: about: ' \\t': expected one line on what it is for"),
    "two_lines": ('about = "one\\ntwo"', "own.toml:3: about: 'one\\ntwo': expected one line on what it is for"),
    "list": (
        'experiments.exp_pair.questions = "Why?"',
        "own.toml:3: experiments.exp_pair.questions: 'Why?': expected a list in square brackets",
    ),
    "element": (
        'sessions = [\n  "sess_1",\n  # not this one\n  "a b",\n]',
        "own.toml:6: sessions[1]: 'a b': expected 1 to 64 of the characters A-Z a-z 0-9 _ -",
    ),
    "table": ("network = 3", "own.toml:3: network: 3: expected a table"),
    "table_of_tables": ("states = []", "own.toml:3: states: []: expected a table"),
    "table_within": (
        "[states]\nwatching_state = 1",
        "own.toml:4: states.watching_state: 1: expected a table",
    ),
    "date_time": (
        "[clock]\nnow = 2024-10-20",
        'own.toml:4: clock.now: 2024-10-20: expected a date-time such as 2024-10-20T14:30:00Z, or "machine"',
    ),
    "choice": (
        '[states.watching_state.sparse]\ncomponent = "Likert"',
        "own.toml:4: states.watching_state.sparse.component: 'Likert': expected one of VasRating, LikertScale",
    ),
    "id": (
        '[states."my state"]\ncomponent = "ShowText"\ncomponent_id = "text"',
        "own.toml:3: states.\"my state\": {component = 'ShowText', component_id = 'text'}: "
        "expected 1 to 64 of the characters A-Z a-z 0-9 _ -",
    ),
    "long_value": (
        f'[states.welcome_state]\ncomponent_id = "{"x" * 100}"',
        f"own.toml:4: states.welcome_state.component_id: '{'x' * 58}…: "
        "expected 1 to 64 of the characters A-Z a-z 0-9 _ -",
    ),
    "scope": (
        'keys.full.scopes = ["reed:events"]',
        "own.toml:3: keys.full.scopes[0]: 'reed:events': expected one of *, read:*, read:events, read:recordings, "
        "read:chat, read:videochat, read:ratings, read:sync, read:participants, read:components, read:experiments, "
        "read:personas, write:*, write:events, write:experiments, write:personas, write:deployments, delete:*, "
        "delete:experiments, admin:*, admin:api_keys, admin:users",
    ),
    "same_key": (
        '[keys.mine]\nvalue = "YOUR_KEY"\nowner = "me@example.com"\norganisation = "org_main"\nscopes = []',
        "own.toml:4: keys.mine.value: 'YOUR_KEY': expected another value than that of the key 'docs_short'",
    ),
    "sample_room": (
        'sample.room = "room_pear"',
        "own.toml:3: sample.room: 'room_pear': no such room; did you mean 'room_pair'? known are room_pair",
    ),
    "host_is_an_agent": (
        "[experiments.exp_pair]\nagents = 1\nhost = 1",
        "own.toml:5: experiments.exp_pair.host: 1: expected the host's seat to be a person's: 0 to 0",
    ),
    "state_twice": (
        'experiments.exp_pair.states = ["watching_state", "closeness_state", "watching_state"]',
        "own.toml:3: experiments.exp_pair.states[2]: 'watching_state': named twice; to show it again, "
        "give it a second id in [states]",
    ),
    "room_twice": (
        '[experiments.exp_pair]\nnamed_rooms = [\n  "r",\n  "r",\n  "s",\n]',
        "own.toml:6: experiments.exp_pair.named_rooms[1]: 'r': named twice; expected another room's id",
    ),
    "participant_twice": (
        'experiments.exp_pair.named_participants = ["a", "a"]',
        "own.toml:3: experiments.exp_pair.named_participants[1]: 'a': named twice; expected another participant's id",
    ),
    "too_late_to_be_written": (
        "experiments.exp_pair.rooms = 5000\nexperiments.exp_pair.room_every_s = 1e9",
        "own.toml:3: experiments.exp_pair.rooms: 5000: expected rooms that begin after the year 1000 and are over "
        "before the year 9000",
    ),
    "too_early_to_be_written": (
        "experiments.exp_pair.starts = 0001-01-01T00:00:00Z",
        "own.toml:3: experiments.exp_pair.starts: 0001-01-01T00:00:00+00:00: expected rooms that begin after the year "
        "1000 and are over before the year 9000",
    ),
    "pause_without_video": (
        '[states.watching_state]\ncomponent = "Waiting"',
        "own.toml:4: states.watching_state.component: 'Waiting': expected 'ShowVideo', since the state has a sparse "
        "rating, which pauses a video",
    ),
    "shares_above_all": (
        "[behaviour]\nidle = 1\nabandoned = 0.7\nno_code = 0.4",
        "own.toml:6: behaviour.no_code: 0.4: expected shares of no_consent, failed_check, timed_out, abandoned, "
        "technical, no_code that add up to 1 or less; they add up to 1.1",
    ),
    "unknown_key": (
        "[text]\nawkwrad = true",
        "own.toml:4: text.awkwrad: true: unknown key; did you mean 'awkward'? known keys are awkward",
    ),
    "unknown_key_like_nothing": (
        "text.z = 1",
        "own.toml:3: text.z: 1: unknown key; known keys are awkward",
    ),
    "missing": (
        '[states.extra]\ncomponent = "ShowText"',
        "own.toml:3: states.extra.component_id: missing; expected a text in quotes",
    ),
    "unknown_state": (
        '[experiments.exp_pair]\nstates = [\n  "text_chat_state",\n  "wacthing_state",\n]',
        "own.toml:6: experiments.exp_pair.states[1]: 'wacthing_state': no such state; "
        f"did you mean 'watching_state'? known are {STATES}",
    ),
    "unknown_organisation": (
        '[experiments.exp_pair]\norganisation = "elsewhere"',
        "own.toml:4: experiments.exp_pair.organisation: 'elsewhere': no such organisation; "
        "known are org_main, org_other",
    ),
    "unknown_organisation_of_a_key": (
        '[keys.full]\norganisation = "org_mian"',
        "own.toml:4: keys.full.organisation: 'org_mian': no such organisation; did you mean 'org_main'? "
        "known are org_main, org_other",
    ),
    "unknown_condition": (
        '[effects.up]\ncondition = "treatmnet"\nd = 1',
        "own.toml:4: effects.up.condition: 'treatmnet': no such condition; did you mean 'treatment'? "
        "known are treatment",
    ),
    "unknown_sample": (
        '[sample]\nexperiment = "exp_none"',
        "own.toml:4: sample.experiment: 'exp_none': no such experiment; known are exp_pair",
    ),
    "nobody_is_the_host": (
        "[experiments.exp_pair]\nagents = 2",
        "own.toml:4: experiments.exp_pair.agents: 2: expected fewer than the 2 participants, "
        "since somebody has to be the host",
    ),
    "scale": (
        "[states.watching_state]\nscale_min = 100",
        "own.toml:4: states.watching_state.scale_min: 100: expected a number below scale_max, which is 100",
    ),
    "scale_of_a_slider": (
        "[states.watching_state.continuous]\nscale_max = -1",
        "own.toml:4: states.watching_state.continuous.scale_max: -1: expected a number above scale_min, which is 0",
    ),
    "times": (
        "[states.watching_state.sparse]\nat_s = [8, 20]",
        "own.toml:4: states.watching_state.sparse.at_s: [8, 20]: expected rising seconds below the video's "
        "duration_s, which is 20",
    ),
}


# Two keys that do not fit: what the file says about one, and what is told, though the other is in a shipped file.
AGAINST_A_BASE = {
    "film_too_short": (
        "pair",
        "[states.watching_state]\nduration_s = 10",
        "own.toml:4: states.watching_state.duration_s: 10: expected more than the last of sparse.at_s, which is 15",
    ),
    "scale_max": (
        "_base",
        "[states.closeness_state]\nscale_min = 5\n[states.closeness_state.continuous]\ncomponent_id = 'c'\n"
        "scale_max = -5",
        "own.toml:7: states.closeness_state.continuous.scale_max: -5: expected a number above scale_min, which is 0",
    ),
    "condition_of_an_effect": (
        "ratings",
        '[experiments.exp_ratings]\nconditions = ["a", "b"]',
        "own.toml:4: experiments.exp_ratings.conditions: ['a', 'b']: expected 'treatment' among them, since "
        "effects.treatment_raises_engagement.condition names it",
    ),
    "sample_room": (
        "demo",
        '[experiments.exp_research_001]\nnamed_rooms = ["mine"]',
        "own.toml:4: experiments.exp_research_001.named_rooms: ['mine']: expected 'room_abc123' among them, since "
        "sample.room names it",
    ),
    "room_of_another_experiment": (
        "pair",
        "[experiments.exp_pair]\nnamed_rooms = ['one']\n[experiments.exp_more]\nname = 'More'\n"
        "starts = 2024-10-21T14:30:00Z\nstates = ['welcome_state']\nnamed_rooms = ['two', 'one']",
        "own.toml:9: experiments.exp_more.named_rooms[1]: 'one': expected another id; exp_pair names it, too",
    ),
    "room_that_a_later_experiment_has": (
        "base.toml",
        "[experiments.exp_pair]\nnamed_rooms = ['mine']",
        "own.toml:4: experiments.exp_pair.named_rooms[0]: 'mine': expected another id; exp_more names it, too",
    ),
    "key": (
        "_base",
        '[keys.full]\nvalue = "YOUR_KEY"',
        "own.toml:4: keys.full.value: 'YOUR_KEY': expected another value than that of the key 'docs_short'",
    ),
    "too_few_participants": (
        "agents",
        "experiments.exp_agents.participants = 1",
        "own.toml:3: experiments.exp_agents.participants: 1: expected more than the agents, who are 1, since somebody "
        "has to be the host",
    ),
    "no_seat_for_the_host": (
        "demo",
        "experiments.exp_research_001.participants = 1",
        "own.toml:3: experiments.exp_research_001.participants: 1: expected the host's seat, which is 1, to be a "
        "person's: 0 to 0",
    ),
    "sparse_rating_without_a_video": (
        "_base",
        "[states.welcome_state.sparse]\ncomponent_id = 'a'\nquestion = 'Why?'\nat_s = [1]",
        "own.toml:3: states.welcome_state.sparse: {component_id = 'a', question = 'Why?', at_s = [1]}: expected no "
        "sparse rating, which pauses a video, in a state that shows ShowText",
    ),
    "share": (
        "technical",
        "behaviour.no_consent = 0.7",
        "own.toml:3: behaviour.no_consent: 0.7: expected shares of no_consent, failed_check, timed_out, abandoned, "
        "technical, no_code that add up to 1 or less; they add up to 1.05",
    ),
}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is told about a file of that text, line by line."""
    monkeypatch.chdir(tmp_path)

    def tell(text: str | bytes, name: str = "own.toml") -> list[str]:
        Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ScenarioError) as caught:
            load_scenario("own.toml")
        return str(caught.value).splitlines()

    return tell


@pytest.mark.parametrize(("text", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_line(told, text: str, line: str) -> None:
    """With the file, the line, the key, the value, and what would be right."""
    first = "# what is it for?\n" if "about" in text else ABOUT
    assert told(f'{first}extends = "pair"\n{text}\n') == [line]


@pytest.mark.parametrize(("base", "text", "line"), AGAINST_A_BASE.values(), ids=AGAINST_A_BASE)
def test_keys_that_do_not_fit_are_told_of_the_topmost_file(told, base: str, text: str, line: str) -> None:
    """Its author can mend that one, and what is below was right before."""
    Path("base.toml").write_text(
        f"{ABOUT}extends = 'pair'\n[experiments.exp_more]\nname = 'More'\nstarts = 2024-10-21T14:30:00Z\n"
        "states = ['welcome_state']\nnamed_rooms = ['mine']\n"
    )
    assert told(f"{ABOUT}extends = '{base}'\n{text}\n") == [line]


def test_names_of_a_wrong_type_are_told_and_trip_nothing(told) -> None:
    """Lists of lists where ids belong, of experiments that are compared with each other."""
    text = (
        f"{ABOUT}extends = 'pair'\n[sample]\nroom = 'x'\n"
        "[experiments.exp_pair]\nnamed_rooms = [['x']]\nconditions = [{}]\n[effects.e]\ncondition = 'a'\nd = 1\n"
    )
    assert [line.split(": ")[1] for line in told(text)] == [
        "sample.room", "experiments.exp_pair.named_rooms[0]", "experiments.exp_pair.conditions[0]",
        "effects.e.condition",
    ]  # fmt: skip


def test_what_a_file_is_for_is_not_taken_from_what_it_extends(tmp_path: Path) -> None:
    """That is for something else; one's own file need not say it."""
    own, base = tmp_path / "own.toml", tmp_path / "base.toml"
    base.write_text('extends = "pair"\nabout = "Long films"\n')
    own.write_text('extends = "base.toml"\n')
    assert [load_scenario(str(path)).about for path in (own, base)] == ["Like base", "Long films"]


# What is given twice, where, and where before.
TWICE = {
    "key": ("seed = 1\nseed = 2\n", "seed", 2, 1),
    "key_in_a_table": ("[text]\nawkward = true\n\nawkward = false\n", "text.awkward", 4, 2),
    "table": ("[text]\n[network]\n[text]\n", "text", 3, 1),
    "table_after_its_value": ("text = {}\n[text]\n", "text", 2, 1),
    "key_of_a_value": ("text = 1\ntext.awkward = true\n", "text", 2, 1),
    "key_with_a_long_value": ('about = "a"\nabout = """\n\n"""\n', "about", 2, 1),
    "key_in_a_line": ("text = { awkward = true, awkward = false }\n", "text.awkward", 1, 1),
}


@pytest.mark.parametrize(("text", "key", "line", "first"), TWICE.values(), ids=TWICE)
def test_what_is_given_twice_is_told_by_its_name(told, text: str, key: str, line: int, first: int) -> None:
    """And with the line in which it stands before."""
    assert told(text) == [f"own.toml:{line}: {key}: no TOML: given twice, first in line {first}"]


def test_what_is_no_toml_comes_before_what_is_given_twice(told) -> None:
    """The first mistake in the file is told, as for all that is no TOML."""
    (line,) = told("seed = 1\nabout = [1 2]\nseed = 2\n")
    assert line.startswith("own.toml:2: no TOML: ")


def test_all_mistakes_are_told_in_the_order_of_the_file(told) -> None:
    """Those that the schema sees, and those that it cannot see."""
    text = """\
extends = "pair"
about = "A test"
sed = 3
[experiments.exp_pair]
states = ["nowhere", 3]
rooms = "two"
agents = 2
[text]
awkward = 1
"""
    assert [line.split(": ")[:2] for line in told(text)] == [
        ["own.toml:3", "sed"],
        ["own.toml:5", "experiments.exp_pair.states[1]"],
        ["own.toml:5", "experiments.exp_pair.states[0]"],
        ["own.toml:6", "experiments.exp_pair.rooms"],
        ["own.toml:7", "experiments.exp_pair.agents"],
        ["own.toml:9", "text.awkward"],
    ]


def test_a_file_that_extends_nothing_is_told_what_it_lacks(told) -> None:
    """And where it could come from."""
    text = 'about = "Alone"\n[experiments.exp]\nname = "X"\nstarts = 2024-10-20T14:30:00Z\nstates = ["a"]\n'
    assert told(text) == [
        'own.toml:1: clock: missing; expected a table, or extends = "_base", which has one',
        "own.toml:2: experiments.exp.organisation: missing, and the default 'org_main' is no organisation; "
        "known are none",
        "own.toml:5: experiments.exp.states[0]: 'a': no such state; known are none",
    ]


# What the text breaks, and where; the words between are those of Python's own parser.
SYNTAX = {
    "value": ('extends = "pair"\nseed = \n', 2, ", at column 8"),
    "key": ("a = 1\n\n[b\n", 3, ", at column 3"),
    "end": ('a = """\nno end\n', 2, ", at the end of the file"),
    "encoding": (b'# fine\nabout = "\xff"\n', 2, "expected UTF-8 text"),
}


@pytest.mark.parametrize(("text", "line", "end"), SYNTAX.values(), ids=SYNTAX)
def test_what_is_no_toml_is_told_with_its_line(told, text: str | bytes, line: int, end: str) -> None:
    """Also where the file ends too early, or is no text."""
    (mistake,) = told(text)
    assert mistake.startswith(f"own.toml:{line}: no TOML: ")
    assert mistake.endswith(end)


def test_a_mistake_in_a_base_is_told_of_that_file(told) -> None:
    """The file that says it is the one to mend; what the file itself says comes first."""
    Path("base.toml").write_text(f'{ABOUT}extends = "pair"\n\n[network]\njitter_ms = -1\nlatency_ms = -1\n')
    assert told(f'{ABOUT}seed = "x"\nextends = "base.toml"\n[network]\nlatency_ms = 20\n') == [
        "own.toml:2: seed: 'x': expected a whole number",
        "base.toml:5: network.jitter_ms: -1: expected ms from 0 to 100",
    ]


def test_a_base_that_is_no_toml_is_told_of_that_file(told) -> None:
    """Its name and its line."""
    Path("base.toml").write_text("\n\n= 3\n")
    assert told('extends = "base.toml"') == ["base.toml:3: no TOML: Invalid statement, at column 1"]


@pytest.mark.parametrize(
    ("extends", "text"),
    [
        ("'peir'", f"no such scenario; did you mean 'pair'? expected the path of a TOML file or one of _base, {NAMES}"),
        ("'nowhere/at/all'", f"no such scenario: expected the path of a TOML file or one of _base, {NAMES}"),
        ("3", "expected the name of a scenario or the path of a TOML file"),
        ("'own.toml'", "a scenario cannot extend itself"),
    ],
)
def test_a_base_that_cannot_be_is_told_with_the_line_of_extends(told, extends: str, text: str) -> None:
    """In the file that names it."""
    assert told(f"# one\nseed = 1\nextends = {extends}\n") == [f"own.toml:3: extends: {extends}: {text}"]


def test_a_circle_is_told_where_it_closes(told) -> None:
    """However many files it goes through."""
    Path("other.toml").write_text('about = "x"\nextends = "own.toml"\n')
    assert told('extends = "other.toml"') == ["other.toml:2: extends: 'own.toml': a scenario cannot extend itself"]


def test_an_unknown_name_is_told_what_there_is() -> None:
    """With the closest one first."""
    with pytest.raises(ScenarioError) as caught:
        load_scenario("peir")
    assert str(caught.value) == (
        f"no scenario 'peir'; did you mean 'pair'? expected the path of a TOML file or one of {NAMES}"
    )


def test_a_file_is_named_as_it_was_given(told, tmp_path: Path) -> None:
    """So that an editor finds it."""
    path = tmp_path / "inner" / "own.toml"
    path.parent.mkdir()
    path.write_text("seed = 'x'\nextends = 'pair'\nabout = 'A test'\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(path))
    assert str(caught.value).startswith(f"{path}:1: seed: 'x': ")


def test_line_ends_and_byte_order_marks_of_other_systems_are_read(tmp_path: Path) -> None:
    """As editors on Windows write them."""
    path = tmp_path / "own.toml"
    path.write_bytes(
        b'\xef\xbb\xbfextends = "pair"\r\nabout = "Windows"\r\nexperiments.exp_pair.description = """a\r\nb"""\r\n'
    )
    assert load_scenario(str(path)).experiments["exp_pair"].description == "a\nb"


def test_a_file_lies_over_what_it_extends() -> None:
    """Tables key by key; everything else is replaced."""
    sources = read_sources("unfinished")
    assert [source.shown for source in sources] == ["unfinished.toml", "pair.toml", "_base.toml"]
    pair = overlaid(sources)["experiments"]["exp_pair"]
    assert (pair["rooms"], pair["participants"], pair["conditions"]) == (3, 2, ["treatment"])


@pytest.mark.parametrize("name", scenario_names())
def test_every_shipped_scenario_is_without_mistakes(name: str) -> None:
    """And says where it comes from."""
    read = read_scenario(name)
    assert read.scenario.name == name
    assert (read.files[0], read.files[-1]) == (f"{name}.toml", "_base.toml")


def test_messages_show_values_as_toml_writes_them(told) -> None:
    """A table, a truth value, an instant."""
    assert told(ABOUT + 'extends = "pair"\nseed = { a = true, b = [2024-10-20T14:30:00Z] }\n') == [
        "own.toml:3: seed: {a = true, b = [2024-10-20T14:30:00+00:00]}: expected a whole number"
    ]
