"""Every store by itself: what goes in comes out, whole or not at all, in memory and in a file."""

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from mockserver.store import (
    Document,
    History,
    IngestedItem,
    LoggedWarning,
    NewItems,
    NewWarning,
    Store,
    Stores,
    memory,
    open_stores,
)
from mockserver.store.sql import store as sql_store
from mockserver.words.errors import SettingsError


@pytest.fixture(params=["memory", "sqlite", "file"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    urls = {"memory": None, "sqlite": "sqlite://", "file": f"sqlite:///{tmp_path / 'run.db'}"}
    made = open_stores(urls[request.param])
    yield made
    made.close()


@pytest.fixture
def store(stores: Stores) -> Store:
    return stores.store("default")


def numbered(*ordinals: int | None) -> NewItems:
    return NewItems(range(len(ordinals)), ",\n,".join(map(text, ordinals)).encode(), ordinals)


def spelled(texts: dict[int, str]) -> NewItems:
    """Items at these places of their batch."""
    return NewItems(tuple(texts), ",\n,".join(texts.values()).encode())


def text(ordinal: int | None) -> str:
    """The item with that number."""
    return json.dumps({"n": ordinal})


def take_in(
    store: Store,
    kind: str,
    session_id: str,
    items: NewItems,
    at_ms: int = 0,
    warnings: Sequence[NewWarning] = (),
) -> History:
    """Let a batch arrive, with these warnings about it; what the session had sent before."""
    told: list[History] = []

    def look_over(history: History) -> Sequence[NewWarning]:
        told.append(history)
        return warnings

    store.add_batch(kind, session_id, items, at_ms, look_over)
    return told[0]


def looked_at(store: Store) -> list[Any]:
    """Everything that a reader can see of what arrived."""
    filters: list[tuple[str | None, str | None]] = [(None, None), ("events", None), (None, "s"), ("events", "s")]
    return [
        (store.items(*one), store.count_items(*one), store.warnings(*one), store.count_warnings(*one))
        for one in filters
    ]


def break_writing(patch: pytest.MonkeyPatch, broken: str) -> None:
    """Let every store fail at one of a batch's two halves."""
    add, insert = memory._Filed.add, sql_store._insert_all

    def fail_to_add(filed: Any, batch: int, kind: str, session_id: str, part: Any) -> None:
        # Half of it is there already.
        add(filed, batch, kind, session_id, part)
        if isinstance(part[:1][0], IngestedItem if broken == "items" else LoggedWarning):
            raise OSError("no space left")

    def fail_to_insert(connection: Any, table: Any, rows: list[dict[str, Any]]) -> None:
        insert(connection, table, rows)
        if table.name == ("ingested" if broken == "items" else "lint_warnings"):
            raise OSError("no space left")

    patch.setattr(memory._Filed, "add", fail_to_add)
    patch.setattr(sql_store, "_insert_all", fail_to_insert)


class TestItems:
    def test_empty_store_holds_nothing(self, store: Store) -> None:
        """From the start, for every question."""
        assert store.items() == []
        assert store.items("events", "s") == []
        assert store.warnings() == []

    def test_items_come_back_in_order_of_arrival(self, store: Store) -> None:
        """With their session, batch, place and time; within a batch by their place."""
        take_in(store, "events", "s1", spelled({2: '{"a":[null,"é"]}', 7: '{"a":1}'}), 5)
        take_in(store, "voice", "s2", spelled({3: "{}"}), 4)
        assert store.items() == [
            IngestedItem("s1", "events", 1, 2, 5, '{"a":[null,"é"]}'),
            IngestedItem("s1", "events", 1, 7, 5, '{"a":1}'),
            IngestedItem("s2", "voice", 2, 3, 4, "{}"),
        ]

    def test_order_in_a_batch_is_the_clients(self, store: Store) -> None:
        """Whatever numbers its items have, and whichever index the database reads them by."""
        for _ in range(2):
            take_in(store, "facial", "s", numbered(9, 5, None, 7, 5))
        for found in (store.items("facial", "s"), store.items(session_id="s"), store.items()):
            assert [(item.batch, item.index) for item in found] == [(n // 5 + 1, n % 5) for n in range(10)]

    def test_only_the_page_is_read(self, store: Store) -> None:
        """Pages of any size hold each item once, in order; the count is of all that the filters leave."""
        for session_id in ("s1", "s2", "s1"):
            take_in(store, "events", session_id, numbered(1, 2, 3))
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
            take_in(store, "facial", name, numbered(1), 0, [NewWarning("a", (), "odd")])
        assert [(item.session_id, item.batch) for item in store.items(session_id=session_id)] == [(session_id, 1)]
        assert [told.session_id for told in store.warnings(session_id=session_id)] == [session_id]
        assert [item.session_id for item in store.items()] == [session_id, *others]

    def test_kind_and_session_narrow_it_down(self, store: Store) -> None:
        """Each by itself, and both."""
        for kind in ("events", "voice"):
            for session_id in ("s1", "s2"):
                take_in(store, kind, session_id, numbered(None))
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
        take_in(store, "events", "s", numbered())
        take_in(store, "events", "s", numbered(None))
        assert [item.batch for item in store.items()] == [2]

    def test_an_item_is_its_text(self, store: Store) -> None:
        """Nothing in it is read, so its spelling survives."""
        sent = '{"z":1.0, "a":1, "big":1e400, "z":"\\ud83c \\u0000"}'
        take_in(store, "events", "s", spelled({0: sent}))
        assert store.items()[0].text == sent

    def test_failure_half_way_is_undone(self, store: Store) -> None:
        """Who looks a batch over and fails takes the whole batch along: its items, its number, its place in history."""

        def fail(history: History) -> Sequence[NewWarning]:
            raise RuntimeError("a rule is broken")

        with pytest.raises(RuntimeError, match="a rule is broken"):
            store.add_batch("events", "s", numbered(1), 0, fail)
        assert (store.items(), store.count_items()) == ([], 0)
        assert take_in(store, "events", "s", numbered(1)) == History()
        assert [(item.batch, item.text) for item in store.items()] == [(1, text(1))]

    @pytest.mark.parametrize("broken", ["items", "warnings"])
    def test_failure_between_items_and_warnings_leaves_neither(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, broken: str
    ) -> None:
        """Whichever of the two cannot be written, once the other is; and the next batch has the number."""
        take_in(store, "events", "s", numbered(1), 0, [NewWarning("a", (), "odd")])
        before = store.items(), store.warnings()
        with monkeypatch.context() as patch:
            break_writing(patch, broken)
            with pytest.raises(OSError, match="no space left"):
                take_in(store, "events", "s", numbered(2), 0, [NewWarning("b", (), "odd")])
        assert (store.items(), store.warnings()) == before
        assert (store.count_items("events", "s"), store.count_warnings(None, "s")) == (1, 1)
        assert take_in(store, "events", "s", numbered(2)) == History(highest=1)
        assert [(item.batch, item.text) for item in store.items()] == [(1, text(1)), (2, text(2))]

    def test_nothing_of_a_batch_shows_before_all_of_it_is_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """In memory, where no database sees to it; looked at after each step of the writing."""
        store, add = memory.MemoryStore(), memory._Filed.add
        take_in(store, "events", "s", numbered(1), 0, [NewWarning("a", (), "odd")])
        before, seen = looked_at(store), []

        def add_and_look(filed: Any, batch: int, kind: str, session_id: str, part: Any) -> None:
            add(filed, batch, kind, session_id, part)
            seen.append(looked_at(store))

        monkeypatch.setattr(memory._Filed, "add", add_and_look)
        take_in(store, "events", "s", numbered(2), 0, [NewWarning("b", (), "odd")])
        assert seen == [before, before]
        assert looked_at(store) != before

    def test_whoever_sees_an_item_finds_its_warning(self, store: Store) -> None:
        """A batch shows all at once, under every filter: readers between its two halves see neither."""
        seen: list[Any] = []
        writing = threading.Event()

        def look() -> None:
            while not writing.is_set():
                for filters in ((None, None), ("events", None), (None, "s"), ("events", "s")):
                    items = store.count_items(*filters)
                    batches = {item.batch for item in store.items(*filters)}
                    told = {warning.batch for warning in store.warnings(*filters)}
                    if items % 50 or not batches <= told:
                        seen.append((filters, items, batches - told))

        readers = [threading.Thread(target=look) for _ in range(2)]
        for reader in readers:
            reader.start()
        for _ in range(40):
            take_in(store, "events", "s", numbered(*range(50)), 0, [NewWarning("a", (), "odd")] * 20)
        writing.set()
        for reader in readers:
            reader.join()
        assert seen == []

    def test_threads_lose_nothing(self, store: Store) -> None:
        """Writers and readers at once: whole batches, each number once."""
        broken: list[Any] = []

        def work() -> None:
            for _ in range(20):
                take_in(store, "events", "s", numbered(1, 2, 3))
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
        assert take_in(store, "facial", "s", numbered(0, 1)) == History()

    def test_history_is_of_the_same_session_and_kind(self, store: Store) -> None:
        """The highest number of all, and those that the batch brings again."""
        take_in(store, "facial", "s", numbered(1, 2, 5, 6, 3, None, 90))
        take_in(store, "facial", "other", numbered(100))
        take_in(store, "voice", "s", numbered(200))
        assert take_in(store, "facial", "s", numbered(3, 4, 5, 7)) == History(highest=90, seen=frozenset({3, 5}))
        assert take_in(store, "facial", "s", numbered(None)) == History(highest=90)
        assert take_in(store, "facial", "s", numbered(4, -1)) == History(highest=90, seen=frozenset({4}))

    def test_numbers_below_zero_have_a_highest_too(self, store: Store) -> None:
        """It is no number of ours."""
        take_in(store, "facial", "s", numbered(-5, -9))
        assert take_in(store, "facial", "s", numbered(0)) == History(highest=-5)

    def test_twin_is_the_latest_batch_with_the_same_items(self, store: Store) -> None:
        """Of the same session and kind; an empty batch has none."""
        sent = [("s", [1]), ("s", [1]), ("t", [1]), ("s", [2]), ("s", []), ("s", []), ("s", [1])]
        twins = [take_in(store, "facial", session_id, numbered(*items)).twin for session_id, items in sent]
        assert twins == [None, 1, None, None, None, None, 2]
        assert take_in(store, "voice", "s", numbered(1)).twin is None


def test_warnings_are_kept_with_their_batch(store: Store) -> None:
    """In order, told to whoever handed the batch over, and narrowed down by what the batch is of."""
    found = store.add_batch(
        "facial", "s", numbered(1), 7, lambda _: [NewWarning("a", (0, 2), "odd"), NewWarning("b", (), "é")]
    )
    take_in(store, "voice", "t", numbered(1), 8)
    take_in(store, "voice", "t", numbered(), 9, [NewWarning("a", (1,), "odd")])
    assert store.warnings() == [
        LoggedWarning("s", "facial", 1, "a", (0, 2), "odd", 7),
        LoggedWarning("s", "facial", 1, "b", (), "é", 7),
        LoggedWarning("t", "voice", 3, "a", (1,), "odd", 9),
    ]
    assert found == store.warnings()[:2]
    assert store.warnings(kind="facial") == found
    assert [told.batch for told in store.warnings(session_id="t")] == [3]
    assert store.warnings("facial", "t") == []
    assert [told.rule for told in store.warnings(limit=1, offset=1)] == ["b"]
    assert (store.count_warnings(), store.count_warnings("facial"), store.count_warnings("facial", "t")) == (3, 2, 0)


class TestDocuments:
    def test_they_come_back_in_the_order_of_their_first_writing(self, store: Store) -> None:
        """Each as it is now, deleted ones too, and those of its kind alone."""
        store.add_documents("persona", [("p2", {"n": 2}), ("p1", {"n": [1, None, "é\0"]})], 5)
        store.put_document("persona", "p3", {}, 6)
        store.put_document("persona", "p2", {"n": 3}, 7)
        store.put_document("persona", "p1", {}, 8, deleted=True)
        store.put_document("room", "p1", {}, 9)
        assert store.documents("persona") == [
            Document("persona", "p2", {"n": 3}, 5, 7),
            Document("persona", "p1", {}, 5, 8, deleted=True),
            Document("persona", "p3", {}, 6, 6),
        ]
        assert store.documents("event") == []

    def test_a_revision_counts_writes(self, store: Store) -> None:
        """Of documents; several at once are one, and none at all is none."""
        assert store.revision == 0
        store.add_documents("persona", [("p1", {}), ("p2", {})], 0)
        store.put_document("persona", "p1", {}, 0)
        store.add_documents("persona", [], 0)
        take_in(store, "events", "s", numbered(1))
        assert store.revision == 2


class TestSandboxes:
    def test_each_has_its_own(self, stores: Stores) -> None:
        """Batches are numbered from 1 in each."""
        one, other = stores.store("one"), stores.store("other")
        for store in (one, other):
            take_in(store, "events", "s", numbered(1))
        one.put_document("persona", "p", {}, 0)
        assert [item.batch for item in one.items()] == [item.batch for item in other.items()] == [1]
        assert (len(one.documents("persona")), other.documents("persona"), other.revision) == (1, [], 0)

    def test_a_fresh_beginning_is_empty(self, stores: Stores) -> None:
        """From then on, for everybody; who has the old store may go on with it, even when it was swept away."""
        old = stores.store("one")
        take_in(old, "events", "s", numbered(1))
        old.put_document("persona", "p", {}, 0)
        new = stores.store("one", fresh=True)
        assert (new.items(), new.documents("persona"), new.revision) == ([], [], 0)
        take_in(new, "events", "s", numbered(2))
        stores.sweep()
        take_in(old, "events", "s", numbered(3))
        old.put_document("persona", "p", {}, 0)
        for store in (new, stores.store("one")):
            assert [(item.batch, item.text) for item in store.items()] == [(1, text(2))]
            assert store.documents("persona") == []

    def test_sweeping_leaves_what_is_current(self, stores: Stores) -> None:
        """In every sandbox."""
        for name in ("one", "other"):
            take_in(stores.store(name), "events", "s", numbered(1), 0, [NewWarning("a", (), "odd")])
        stores.sweep()
        for name in ("one", "other"):
            store = stores.store(name)
            assert (store.count_items(), store.count_warnings()) == (1, 1)

    def test_what_was_dropped_is_gone(self, stores: Stores) -> None:
        """A sandbox of the same name begins with nothing, and no other loses anything."""
        for name in ("one", "other"):
            take_in(stores.store(name), "events", "s", numbered(1))
            stores.store(name).put_document("persona", "p", {}, 0)
        stores.drop("one")
        again, other = stores.store("one"), stores.store("other")
        assert (again.items(), again.documents("persona"), again.revision) == ([], [], 0)
        assert (other.count_items(), len(other.documents("persona"))) == (1, 1)


def test_sweeping_deletes_every_row_of_what_is_over(tmp_path: Path) -> None:
    """Of all tables, rows that came late included."""
    stores = open_stores(f"sqlite:///{tmp_path / 'run.db'}")
    for _ in range(3):
        store = stores.store("one", fresh=True)
        take_in(store, "events", "s", numbered(1), 0, [NewWarning("a", (), "odd")])
        store.put_document("persona", "p", {}, 0)
    stores.sweep()
    assert rows(tmp_path / "run.db") == {"batches": 1, "documents": 1, "ingested": 1, "lint_warnings": 1, "runs": 1}
    stores.drop("one")
    take_in(store, "events", "s", numbered(2))
    stores.sweep()
    assert set(rows(tmp_path / "run.db").values()) == {0}
    stores.close()


def rows(file: Path) -> dict[str, int]:
    """How many rows each table has."""
    connection = sqlite3.connect(file)
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {
        name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
        for name in names
        if not name.startswith("sqlite_")
    }
    connection.close()
    return found


def test_a_run_that_lost_its_rows_never_comes_back(tmp_path: Path) -> None:
    """What a request writes to a sandbox that was just deleted is not the next one's."""
    stores = open_stores(f"sqlite:///{tmp_path / 'run.db'}")
    old = stores.store("one")
    stores.drop("one")
    take_in(old, "events", "s", numbered(1))
    assert stores.store("one").items() == []
    stores.close()


class TestOpening:
    @pytest.mark.parametrize("url", [None, "sqlite://", "sqlite:///:memory:"])
    def test_stores_in_memory_are_independent(self, url: str | None) -> None:
        """Each is one of its own."""
        one, other = open_stores(url), open_stores(url)
        take_in(one.store("default"), "events", "s", numbered(1))
        assert one.store("default").count_items() == 1
        assert other.store("default").items() == []

    def test_file_is_still_there_for_the_next_run(self, tmp_path: Path) -> None:
        """With what was written since the last fresh beginning, and numbers that go on."""
        url = f"sqlite:///{tmp_path / 'run.db'}"
        first = open_stores(url)
        first.store("default").put_document("persona", "p0", {}, 4)
        store = first.store("default", fresh=True)
        take_in(store, "events", "s", numbered(1), 5)
        store.add_documents("persona", [("p1", {"name": "Ada"})], 5)
        store.put_document("persona", "p1", {"name": "Ada L."}, 6)
        first.close()
        second = open_stores(url)
        store = second.store("default")
        assert store.items() == [IngestedItem("s", "events", 1, 0, 5, text(1))]
        assert store.documents("persona") == [Document("persona", "p1", {"name": "Ada L."}, 5, 6)]
        assert store.revision == 2
        assert take_in(store, "events", "s", numbered(1), 6) == History(1, frozenset({1}), twin=1)
        assert [item.batch for item in store.items()] == [1, 2]
        second.close()

    def test_nobody_waits_for_sqlalchemy_without_a_url(self) -> None:
        """Run in a process of its own, because this one has long imported it."""
        code = (
            "import sys, mockserver.app as app\n"
            "client = app.create_app().test_client()\n"
            "assert client.get('/_mock/ingested').status_code == 200\n"
            "print(sorted({m.split('.')[0] for m in sys.modules} & {'sqlalchemy', 'sqlite3'}))"
        )
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == "[]"

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
            open_stores(make_url(tmp_path))
        message = str(refused.value)
        assert message.startswith("store_url ")
        assert told in message
        assert "\n" not in message

    def test_password_is_not_told(self) -> None:
        """Error messages end up in logs."""
        with pytest.raises(SettingsError) as refused:
            open_stores("nodb://user:hunter2@host/x")
        assert "hunter2" not in str(refused.value)
        assert "user:***@host" in str(refused.value)
