"""The commands about scenarios: what they print, and what they end with."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from mockserver.command.cli import main
from mockserver.simulation.library import load_scenario, scenario_names
from mockserver.words.resources import data_path

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def said(capsys: pytest.CaptureFixture[str], *arguments: str, exit_code: int = 0) -> str:
    """What a command prints; nothing on standard error."""
    assert main(list(arguments)) == exit_code
    out, err = capsys.readouterr()
    assert err == ""
    return out


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line that a misuse is answered with."""
    assert main(list(arguments)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err.strip()


def test_scenarios_lists_each_with_its_purpose(capsys) -> None:
    """A line each, names in one column and purposes in another."""
    lines = said(capsys, "scenarios").splitlines()
    assert [line.split()[0] for line in lines] == scenario_names()
    assert len({line.index(load_scenario(line.split()[0]).about) for line in lines}) == 1
    for line in lines:
        table = tomllib.loads((data_path("scenarios") / f"{line.split()[0]}.toml").read_text(encoding="utf-8"))
        assert line.endswith("  " + table["about"])


def test_check_says_what_is_in_a_scenario_and_what_it_extends(capsys) -> None:
    """In one line."""
    assert said(capsys, "scenario", "check", "unfinished") == (
        "unfinished: ok: 1 experiment, 3 rooms, 6 participants; extends pair.toml, which extends _base.toml\n"
    )
    assert said(capsys, "scenario", "check", "huge") == (
        "huge: ok: 1 experiment, 500 rooms, 2,000 participants; extends _base.toml\n"
    )


def test_check_warns_of_rooms_that_are_not_over_and_ends_with_0(capsys) -> None:
    """With the place of the clock's time, before what is in the scenario."""
    assert said(capsys, "scenario", "check", "live") == (
        "live.toml:5: clock.now: 2024-10-20T15:05:00+00:00: warning: 966 of 970 rooms begin after now\n"
        "live.toml:5: clock.now: 2024-10-20T15:05:00+00:00: warning: 2 of 970 rooms may end after now\n"
        "live: ok: 1 experiment, 970 rooms, 2,910 participants; extends _base.toml\n"
    )


def test_check_tells_every_mistake_and_ends_with_3(capsys) -> None:
    """A line each, as compilers do, so that editors find the place."""
    Path("own.toml").write_text('about = "A test"\nextends = "pair"\nseed = "x"\n[text]\nawkward = 1\n')
    assert said(capsys, "scenario", "check", "own.toml", exit_code=3) == (
        "own.toml:3: seed: 'x': expected a whole number\nown.toml:5: text.awkward: 1: expected true or false\n"
    )


def test_serving_a_bad_file_tells_every_mistake(capsys) -> None:
    """The same lines, on standard error."""
    Path("own.toml").write_text('about = "A test"\nextends = "pair"\nseed = "x"\n[text]\nawkward = 1\n')
    assert main(["--scenario", "own.toml", "--port", "0"]) == 3
    assert capsys.readouterr().err.splitlines() == [
        "mockserver: own.toml:3: seed: 'x': expected a whole number",
        "mockserver: own.toml:5: text.awkward: 1: expected true or false",
    ]


def test_what_show_prints_passes_the_check() -> None:
    """In real processes, through a real pipe: the text arrives as it was."""
    command = [sys.executable, "-m", "mockserver", "scenario"]
    root = Path(__file__).parents[2]
    shown = subprocess.run([*command, "show", "edge"], capture_output=True, check=True, cwd=root).stdout
    Path("edge.toml").write_bytes(shown)
    assert load_scenario("./edge.toml") == load_scenario("edge")


def test_show_prints_json_with_the_keys_of_the_file(capsys) -> None:
    """Instants as text, and null where nothing is set."""
    shown = json.loads(said(capsys, "scenario", "show", "pair", "--json"))
    assert list(shown)[:3] == ["name", "about", "seed"]
    assert (shown["name"], shown["seed"]) == ("pair", 7)
    assert shown["clock"] == {"now": "2024-11-01T00:00:00Z", "speed": 0.0}
    assert shown["keys"]["full"]["expires"] is None
    assert shown["experiments"]["exp_pair"]["starts"] == "2024-10-20T14:30:00Z"


@pytest.mark.parametrize("name", ["pair.png", "PAIR.SVG"])
def test_plot_writes_the_same_bytes_again(name: str, capsys) -> None:
    """An image of the kind that the file's name says."""
    assert said(capsys, "scenario", "plot", "pair", "--out", name) == (
        f"{name}: room_pair of exp_pair (the first room with sync data and ratings)\n"
    )
    first = Path(name).read_bytes()
    assert first.startswith(PNG if name.endswith("png") else b"<?xml")
    said(capsys, "scenario", "plot", "pair", "--out", name)
    assert Path(name).read_bytes() == first


def test_plot_takes_a_seed_before_or_after_the_command(capsys) -> None:
    """Another seed is another picture. A room that was asked for needs no reason."""
    wanted = ["plot", "pair", "--room", "room_pair", "--out"]
    assert said(capsys, "scenario", *wanted, "own.svg") == "own.svg: room_pair of exp_pair\n"
    said(capsys, "scenario", *wanted, "after.svg", "--seed", "8")
    said(capsys, "--seed", "8", "scenario", *wanted, "before.svg")
    assert Path("after.svg").read_bytes() == Path("before.svg").read_bytes()
    assert Path("after.svg").read_bytes() != Path("own.svg").read_bytes()


MISUSES = {
    "bad_suffix": (["demo", "--out", "a.pdf"], "--out: 'a.pdf': expected a file name that ends in .png or .svg"),
    "no_suffix": (["demo", "--out", "a"], "--out: 'a': expected a file name that ends in .png or .svg"),
    "no_folder": (["pair", "--out", "none/a.png"], "--out: 'none/a.png' cannot be written: No such file or directory"),
    "unknown_room": (
        ["pair", "--out", "a.png", "--room", "room_par"],
        "--room: 'room_par' is no room of 'pair' with seed 7; did you mean 'room_pair'? rooms are room_pair",
    ),
    "no_rooms": (["empty", "--out", "a.png"], "scenario 'empty' has no rooms, so there is nothing to plot"),
    "no_out": (["pair"], "Missing option '--out'. See --help."),
}


@pytest.mark.parametrize(("arguments", "text"), MISUSES.values(), ids=MISUSES)
def test_a_misuse_of_plot_is_one_clear_line(arguments: list[str], text: str, capsys) -> None:
    """And no file is left behind."""
    assert complaint(capsys, "scenario", "plot", *arguments) == f"mockserver: {text}"
    assert list(Path().iterdir()) == []


def test_without_matplotlib_plot_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Before any work is done."""
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert complaint(capsys, "scenario", "plot", "pair", "--out", "a.png") == (
        "mockserver: plots need matplotlib: run pip install matplotlib in the environment that mockserver runs in"
    )


def test_scenario_alone_is_a_misuse_in_one_line(capsys) -> None:
    """Not a page of help on standard error."""
    assert complaint(capsys, "scenario") == "mockserver: Missing command. See --help."


@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["toml", "json"])
def test_what_show_prints_is_utf8_whatever_the_terminal_is(flags: list[str]) -> None:
    """And what it writes to a file is the same."""
    command = [sys.executable, "-m", "mockserver", "scenario", "show", "edge", *flags]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}
    printed = subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    assert not printed.isascii()
    assert printed.decode("utf-8")
    told = subprocess.run([*command, "--out", "edge.txt"], capture_output=True, text=True, check=True).stdout
    assert Path("edge.txt").read_bytes() == printed
    assert told == f"edge.txt: {len(printed):,} bytes\n"


def test_a_file_that_cannot_be_written_is_one_line(capsys) -> None:
    assert complaint(capsys, "scenario", "show", "pair", "--out", "no/such/x.toml") == (
        "mockserver: --out no/such/x.toml: cannot be written: No such file or directory"
    )
