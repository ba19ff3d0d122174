"""`--watch`: an edited scenario is served, a wrong one changes nothing and is told in one line."""

import threading
from pathlib import Path

import pytest
from flask import Flask

from mockserver import Settings, create_app
from mockserver.app import create_sandboxes
from mockserver.command.watch import Watcher, watching
from mockserver.sandbox.sandboxes import Order, Sandboxes

TEXTS = (Path(__file__).parents[2] / "fixtures" / "texts" / "german.toml").read_text(encoding="utf-8")
BASE = 'about = "Base"\nextends = "pair"\n'


class Served:
    """A scenario file, what serves it, and what a watcher tells."""

    def __init__(self, folder: Path) -> None:
        self.base, self.path = folder / "base.toml", folder / "own.toml"
        self.base.write_text(BASE)
        self.path.write_text('about = "One"\nextends = "base.toml"\n')
        self.sandboxes: Sandboxes = create_sandboxes(Settings(scenario=str(self.path)))
        self.app: Flask = create_app(sandboxes=self.sandboxes)
        self.lines: list[str] = []
        self.watcher = Watcher(self.sandboxes, self.lines.append)

    def look(self) -> list[str]:
        """What is told of an edit: the second look finds that nobody is still writing."""
        self.watcher.look()
        self.watcher.look()
        told, self.lines[:] = list(self.lines), []
        return told

    def clock(self) -> str:
        return str(self.app.test_client().get("/_mock/clock").get_json()["now"])


@pytest.fixture
def served(tmp_path: Path) -> Served:
    return Served(tmp_path)


def test_an_edited_file_is_served_and_its_sandbox_begins_anew(served: Served) -> None:
    client = served.app.test_client()
    before = served.clock()
    client.post("/_mock/clock", json={"advanceMs": 60_000})
    client.get("/api/v3/health")
    assert served.look() == []
    served.path.write_text('about = "Two"\nextends = "base.toml"\n[experiments.exp_pair]\nrooms = 3\n')
    (line,) = served.look()
    assert line == f"{served.path} was edited and is served now; begun anew: default"
    world = client.get("/_mock/world").get_json()
    assert sum(len(experiment["rooms"]) for experiment in world["experiments"]) == 3
    assert served.clock() == before
    assert served.look() == []


def test_the_journal_goes_on_with_a_note(served: Served) -> None:
    served.app.test_client().get("/api/v3/health")
    served.path.write_text('about = "Two"\nextends = "base.toml"\n')
    served.look()
    entries = list(served.sandboxes.default.journal)
    assert [(entry.operation_id, entry.note) for entry in entries] == [
        ("getHealth", None),
        (None, "scenario reloaded"),
    ]


def test_what_a_file_extends_counts_too(served: Served) -> None:
    served.base.write_text(BASE + "seed = 9\n")
    assert len(served.look()) == 1
    assert served.sandboxes.default.world.seed == 9


def test_the_texts_of_its_chats_count_too(served: Served) -> None:
    texts = served.path.with_name("texts.toml")
    texts.write_text(TEXTS)
    served.path.write_text(served.path.read_text() + '[talk]\ntexts = "texts.toml"\n')
    assert len(served.look()) == 1
    texts.write_text(TEXTS + "# edited\n")
    assert len(served.look()) == 1


def test_a_new_sandbox_hides_no_edit_from_the_old_one(served: Served) -> None:
    """The file was read again for it."""
    served.look()
    served.path.write_text('about = "Two"\nextends = "base.toml"\n')
    served.sandboxes.create("new", Order(Settings(scenario=str(served.path))))
    assert len(served.look()) == 1
    assert served.sandboxes.default.world.scenario.about == "Two"


def test_a_wrong_file_changes_nothing_and_is_told_once(served: Served) -> None:
    sandbox = served.sandboxes.default
    served.path.write_text('about = "Two"\nextends = "base.toml"\nseed = "x"\ncolour = 1\n')
    (line,) = served.look()
    assert line.startswith(f"{served.path} was edited and is not taken over: ")
    assert f"{served.path}:3: seed: 'x': expected a whole number" in line
    assert f"{served.path}:4: colour: " in line
    assert "\n" not in line
    assert served.look() == []
    assert served.sandboxes.default is sandbox
    served.path.unlink()
    assert len(served.look()) == 1
    assert served.sandboxes.default is sandbox
    served.path.write_text('about = "Three"\nextends = "base.toml"\n')
    assert len(served.look()) == 1
    assert served.sandboxes.default.world.scenario.about == "Three"


def test_half_a_file_is_left_alone(served: Served) -> None:
    """One look is not enough: somebody may be writing."""
    served.path.write_text("abou")
    served.watcher.look()
    assert served.lines == []


def test_only_the_sandboxes_of_that_file_begin_anew(served: Served) -> None:
    served.sandboxes.create("same", Order(Settings(scenario=str(served.path), seed=4)))
    other, _ = served.sandboxes.create("other", Order(Settings(scenario="pair")))
    served.path.write_text('about = "Two"\nextends = "base.toml"\n')
    (line,) = served.look()
    assert line.endswith("begun anew: default, same")
    assert served.sandboxes.get("other") is other
    same = served.sandboxes.get("same")
    assert same is not None
    assert (same.world.seed, same.world.scenario.about) == (4, "Two")


def test_the_thread_ends_with_the_block(served: Served) -> None:
    told = threading.Event()
    with watching(served.sandboxes, lambda line: told.set()):
        served.path.write_text('about = "Two"\nextends = "base.toml"\n')
        assert told.wait(30)
    assert not any(thread.name == "mockserver-watch" for thread in threading.enumerate())
