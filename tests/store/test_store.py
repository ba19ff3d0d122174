"""The store by itself: what goes in comes out, whole or not at all, in memory and in a file."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.store import Document, History, IngestedItem, NewItem, NewWarning, Store
from mockserver.words.errors import SettingsError


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = Store("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'run.db'}")
    yield made
    made.close()


def numbered(*ordinals: int | None) -> list[NewItem]:
    return [NewItem(index, text(ordinal), ordinal) for index, ordinal in enumerate(ordinals)]


def text(ordinal: int | None) -> str:
    """The item with that number."""
    return json.dumps({"n": ordinal})


class TestItems:
    def test_empty_store_holds_nothing(self, store: Store) -> None:
        """From the start, for every question."""
        assert store.items() == []
        assert store.items("events", "s") == []
        assert store.warnings() == []

    def test_items_come_back_in_order_of_arrival(self, store: Store) -> None:
        """With their session, batch, place and time; within a batch by their place, however they were written."""
        assert store.add_items("events", "s1", [NewItem(7, '{"a":1}'), NewItem(2, '{"a":[null,"é"]}')], 5) == 1
        assert store.add_items("voice", "s2", [NewItem(3, "{}")], 4) == 2
        assert store.items() == [
            IngestedItem("s1", "events", 1, 2, 5, '{"a":[null,"é"]}'),
            IngestedItem("s1", "events", 1, 7, 5, '{"a":1}'),
            IngestedItem("s2", "voice", 2, 3, 4, "{}"),
        ]

    def test_order_in_a_batch_is_the_clients(self, store: Store) -> None:
        """Whatever numbers its items have, and whichever index the database reads them by."""
        for _ in range(2):
            store.add_items("facial", "s", numbered(9, 5, None, 7, 5), 0)
        for found in (store.items("facial", "s"), store.items(session_id="s"), store.items()):
            assert [(item.batch, item.index) for item in found] == [(n // 5 + 1, n % 5) for n in range(10)]

    def test_only_the_page_is_read(self, store: Store) -> None:
        """Pages of any size hold each item once, in order; the count is of all that the filters leave."""
        for session_id in ("s1", "s2", "s1"):
            store.add_items("events", session_id, numbered(1, 2, 3), 0)
        everything = store.items()
        assert [item for start in range(0, 9, 2) for item in store.items(limit=2, offset=start)] == everything
        assert store.items("events", "s1", limit=2, offset=4) == everything[7:]
        assert store.items(offset=8) == everything[8:]
        assert store.items(limit=3, offset=2**53) == []
        assert (store.count_items(), store.count_items("events", "s1"), store.count_items("voice")) == (9, 6, 0)

    @pytest.mark.parametrize("session_id", ["", "s 1", "sesión", "\\u0041", "A", 'a"b\\', "\0", "\ud83c", "🎧", "%_"])
    def test_session_may_have_any_name(self, store: Store, session_id: str) -> None:
        """Also one that databases do not hold; no other session is taken for it."""
        others = ["\\", "0", "\ud83d", "\\ud83c", "x"]
        for name in (session_id, *others):
            batch = store.add_items("facial", name, numbered(1), 0)
            store.add_warnings(batch, [NewWarning("a", (), "odd")], 0)
        assert [(item.session_id, item.batch) for item in store.items(session_id=session_id)] == [(session_id, 1)]
        assert [told.session_id for told in store.warnings(session_id=session_id)] == [session_id]
        assert [item.session_id for item in store.items()] == [session_id, *others]

    def test_kind_and_session_narrow_it_down(self, store: Store) -> None:
        """Each by itself, and both."""
        for kind in ("events", "voice"):
            for session_id in ("s1", "s2"):
                store.add_items(kind, session_id, numbered(None), 0)
        found = {
            (kind, session_id): [item.batch for item in store.items(kind, session_id)]
            for kind in (None, "voice")
            for session_id in (None, "s2", "S2")
        }
        assert found == {
            (None, None): [1, 2, 3, 4],
            (None, "s2"): [2, 4],
            (None, "S2"): [],
            ("voice", None): [3, 4],
            ("voice", "s2"): [4],
            ("voice", "S2"): [],
        }

    def test_batch_without_items_is_counted(self, store: Store) -> None:
        """So a batch's number is its place among all that arrived."""
        assert store.add_items("events", "s", [], 0) == 1
        assert store.add_items("events", "s", numbered(None), 0) == 2
        assert [item.batch for item in store.items()] == [2]

    def test_an_item_is_its_text(self, store: Store) -> None:
        """Nothing in it is read, so its spelling survives."""
        spelled = '{"z":1.0, "a":1, "big":1e400, "z":"\\ud83c \\u0000"}'
        store.add_items("events", "s", [NewItem(0, spelled)], 0)
        assert store.items()[0].text == spelled

    def test_failure_half_way_is_undone(self, store: Store) -> None:
        """A row that the database refuses takes the whole batch with it: its first items, and its number."""
        with pytest.raises(Exception, match="(?i)null|integer|overflow"):
            store.add_items("events", "s", [NewItem(0, "{}"), NewItem(2**70, "{}")], 0)
        assert store.items() == []
        assert store.add_items("events", "s", numbered(1), 0) == 1
        assert [item.text for item in store.items()] == [text(1)]

    def test_threads_lose_nothing(self, store: Store) -> None:
        """Writers and readers at once: whole batches, each number once."""
        broken: list[Any] = []

        def work() -> None:
            for _ in range(20):
                store.add_items("events", "s", numbered(1, 2, 3), 0)
                batches = [item.batch for item in store.items()]
                if len(batches) % 3 or batches != sorted(batches):
                    broken.append(batches)

        threads = [threading.Thread(target=work) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert broken == []
        assert [item.batch for item in store.items()] == [batch for batch in range(1, 121) for _ in range(3)]


class TestHistory:
    def test_first_batch_has_none(self, store: Store) -> None:
        """It is not its own past."""
        batch = store.add_items("facial", "s", numbered(0, 1), 0)
        assert store.history(batch, 0, 9) == History()

    def test_history_is_of_the_same_session_and_kind(self, store: Store) -> None:
        """The highest number of all, and those that lie between."""
        store.add_items("facial", "s", numbered(1, 2, 5, 6, 3, None, 90), 0)
        store.add_items("facial", "other", numbered(100), 0)
        store.add_items("voice", "s", numbered(200), 0)
        batch = store.add_items("facial", "s", numbered(4), 0)
        store.add_items("facial", "s", numbered(300), 0)
        assert store.history(batch, 3, 5) == History(highest=90, seen=frozenset({3, 5}))

    def test_twin_is_the_latest_batch_with_the_same_items(self, store: Store) -> None:
        """Of the same session and kind; an empty batch has none."""
        for session_id, items in [("s", [1]), ("s", [1]), ("t", [1]), ("s", [2]), ("s", []), ("s", [])]:
            store.add_items("facial", session_id, numbered(*items), 0)
        twins = [store.history(batch, 0, 0).twin for batch in range(1, 7)]
        assert twins == [None, 1, None, None, None, None]
        assert store.history(store.add_items("facial", "s", numbered(1), 0), 0, 0).twin == 2
        assert store.history(store.add_items("voice", "s", numbered(1), 0), 0, 0).twin is None


def test_warnings_are_kept_with_their_batch(store: Store) -> None:
    """In order, and narrowed down by what the batch is of."""
    first = store.add_items("facial", "s", numbered(1), 0)
    second = store.add_items("voice", "t", numbered(1), 0)
    store.add_warnings(first, [NewWarning("a", (0, 2), "odd"), NewWarning("b", (), "é")], 7)
    store.add_warnings(second, [], 8)
    store.add_warnings(second, [NewWarning("a", (1,), "odd")], 9)
    told = [
        (found.kind, found.batch, found.rule, found.indexes, found.message, found.found_at_ms)
        for found in store.warnings()
    ]
    assert told == [
        ("facial", 1, "a", (0, 2), "odd", 7),
        ("facial", 1, "b", (), "é", 7),
        ("voice", 2, "a", (1,), "odd", 9),
    ]
    assert [found.rule for found in store.warnings(kind="facial")] == ["a", "b"]
    assert [found.batch for found in store.warnings(session_id="t")] == [2]
    assert store.warnings("facial", "t") == []
    assert [found.rule for found in store.warnings(limit=1, offset=1)] == ["b"]
    assert (store.count_warnings(), store.count_warnings("facial"), store.count_warnings("facial", "t")) == (3, 2, 0)


class TestOpening:
    def test_stores_in_memory_are_independent(self) -> None:
        """Each is a database of its own."""
        one, other = Store("sqlite://"), Store("sqlite:///:memory:")
        one.add_items("events", "s", numbered(1), 0)
        assert len(one.items()) == 1
        assert other.items() == []

    def test_file_is_still_there_for_the_next_run(self, tmp_path: Path) -> None:
        """With what it held, and numbers that go on."""
        url = f"sqlite:///{tmp_path / 'run.db'}"
        first = Store(url)
        first.add_items("events", "s", numbered(1), 5)
        first.close()
        second = Store(url)
        assert second.items() == [IngestedItem("s", "events", 1, 0, 5, text(1))]
        assert second.add_items("events", "s", numbered(2), 6) == 2
        second.close()

    def test_documents_are_still_there_for_the_next_run(self, tmp_path: Path) -> None:
        """Those of one kind, found by id and all together; of another kind there are none."""
        url = f"sqlite:///{tmp_path / 'run.db'}"
        first = Store(url)
        first.documents.put("persona", "p1", {"name": "Ada"}, 5)
        first.close()
        second = Store(url)
        assert second.documents.get("persona", "p1") == Document("persona", "p1", {"name": "Ada"}, 5, 5, False)
        assert [document.id for document in second.documents.all("persona")] == ["p1"]
        assert second.documents.get("experiment", "p1") is None
        assert second.documents.all("experiment") == []
        second.documents.put("persona", "p2", {}, 6)
        assert [document.id for document in second.documents.all("persona")] == ["p1", "p2"]
        second.close()

    @pytest.mark.parametrize(
        ("make_url", "told"),
        [
            (lambda tmp: "nonsense", "(not an SQLAlchemy URL such as 'sqlite:///run.db')"),
            (lambda tmp: "", "(not an SQLAlchemy URL such as 'sqlite:///run.db')"),
            (lambda tmp: "nodb://host/x", "nodb://host/x"),
            (lambda tmp: "postgresql+nodriver://host/x", "postgresql+nodriver"),
            (lambda tmp: f"sqlite:///{tmp}/missing/run.db", "unable to open database file"),
            (lambda tmp: f"sqlite:///{tmp}", "unable to open database file"),
            (lambda tmp: f"sqlite:///{tmp}/text.db", "file is not a database"),
            (lambda tmp: f"sqlite:///{tmp}/foreign.db", "no such column"),
        ],
    )
    def test_url_that_cannot_be_opened_is_one_clear_line(
        self, tmp_path: Path, make_url: Callable[[Path], str], told: str
    ) -> None:
        """It names the setting, and what is wrong."""
        (tmp_path / "text.db").write_text("this is not a database, but it is long enough to be one" * 20)
        foreign = sqlite3.connect(tmp_path / "foreign.db")
        foreign.execute("CREATE TABLE ingested (id INTEGER)")
        foreign.close()
        with pytest.raises(SettingsError) as refused:
            Store(make_url(tmp_path))
        message = str(refused.value)
        assert message.startswith("store_url ")
        assert told in message
        assert "\n" not in message

    def test_password_is_not_told(self) -> None:
        """Error messages end up in logs."""
        with pytest.raises(SettingsError) as refused:
            Store("nodb://user:hunter2@host/x")
        assert "hunter2" not in str(refused.value)
        assert "user:***@host" in str(refused.value)
