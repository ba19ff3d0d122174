"""Stores in memory and in a database give the same answers, whatever they are asked and in whatever order."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from mockserver.store import History, LookOver, NewItems, NewWarning, Store, Stores, open_stores

NAMES = st.sampled_from(["default", "other"])
DOCUMENT_KINDS = st.sampled_from(["persona", "room"])
IDS = st.sampled_from(["a", "b", "c", "d"])
KINDS = st.sampled_from(["events", "voice"])
# Some that databases do not hold, and some that look alike once they are escaped.
SESSIONS = st.sampled_from(["s", "S", "", "\0", "\\u0000", "\ud83c", "\\ud83c", "🎧", "%_", "a'b\"\\"])
TIMES_MS = st.integers(0, 2**41)
BODIES = st.dictionaries(
    st.text(max_size=3), st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5), max_size=3
)
ORDINALS = st.none() | st.integers(-2, 6) | st.just(2**53)
BATCHES = st.lists(st.tuples(ORDINALS, st.sampled_from(["{}", '"\\u0000\\ud83c"', '{"n": 1.0}'])), max_size=4)
INDEXES = st.lists(st.integers(0, 9), max_size=3).map(tuple)
WARNINGS = st.lists(st.builds(NewWarning, st.sampled_from(["odd", "late"]), INDEXES, st.text(max_size=5)), max_size=2)
FILTERS = st.tuples(st.none() | KINDS, st.none() | SESSIONS)
PAGES = st.fixed_dictionaries({"limit": st.none() | st.integers(1, 4), "offset": st.integers(0, 5) | st.just(2**53)})


class BrokenRuleError(Exception):
    """What a rule that looks a batch over may fail with."""


def looked_over(told: list[Any], warnings: Sequence[NewWarning], fails: bool) -> LookOver:
    """One who writes down what history he is told, and finds these warnings or fails."""

    def look_over(history: History) -> Sequence[NewWarning]:
        told.append(history)
        if fails:
            raise BrokenRuleError
        return warnings

    return look_over


class SameAnswers(RuleBasedStateMachine):
    """Every call is made to both; every answer of the one is the other's."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.url = f"sqlite:///{Path(self.folder.name) / 'run.db'}"
        self.stores: tuple[Stores, Stores] = (open_stores(None), open_stores(self.url))
        # As sandboxes do, the stores are held on to; the database's are opened again with it.
        self.held: dict[str, tuple[Store, Store]] = {}

    def both(self, name: str) -> tuple[Store, Store]:
        if name not in self.held:
            self.held[name] = (self.stores[0].store(name), self.stores[1].store(name))
        return self.held[name]

    @rule(name=NAMES, kind=DOCUMENT_KINDS, id_=IDS, body=BODIES, now_ms=TIMES_MS, deleted=st.booleans())
    def put(self, name: str, kind: str, id_: str, body: dict[str, Any], now_ms: int, deleted: bool) -> None:
        for store in self.both(name):
            store.put_document(kind, id_, body, now_ms, deleted=deleted)

    @rule(name=NAMES, kind=DOCUMENT_KINDS, bodies=st.lists(BODIES, max_size=3), now_ms=TIMES_MS)
    def add(self, name: str, kind: str, bodies: list[dict[str, Any]], now_ms: int) -> None:
        memory, database = self.both(name)
        first = len(memory.documents(kind))
        named = [(f"new {first + number}", body) for number, body in enumerate(bodies)]
        for store in (memory, database):
            store.add_documents(kind, named, now_ms)

    @rule(name=NAMES, kind=DOCUMENT_KINDS)
    def read_documents(self, name: str, kind: str) -> None:
        memory, database = self.both(name)
        assert memory.documents(kind) == database.documents(kind)
        assert memory.revision == database.revision

    @rule(
        name=NAMES, kind=KINDS, session=SESSIONS, batch=BATCHES, at_ms=TIMES_MS, warnings=WARNINGS, fails=st.booleans()
    )
    def take_in(
        self,
        name: str,
        kind: str,
        session: str,
        batch: list[tuple[int | None, str]],
        at_ms: int,
        warnings: list[NewWarning],
        fails: bool,
    ) -> None:
        texts = ",\n,".join(text for _, text in batch).encode()
        ordinals = [ordinal for ordinal, _ in batch]
        # Where no item has a number, it need not be said of each.
        items = NewItems(range(0, 2 * len(batch), 2), texts, ordinals if any(ordinals) else ())
        told: list[Any] = []
        found: list[Any] = []
        for store in self.both(name):
            try:
                found.append(store.add_batch(kind, session, items, at_ms, looked_over(told, warnings, fails)))
            except BrokenRuleError:
                found.append("broken")
        assert told[0] == told[1]
        assert found[0] == found[1]

    @rule(name=NAMES, filters=FILTERS, page=PAGES)
    def read_arrivals(self, name: str, filters: tuple[str | None, str | None], page: dict[str, Any]) -> None:
        memory, database = self.both(name)
        assert memory.items(*filters, **page) == database.items(*filters, **page)
        assert memory.warnings(*filters, **page) == database.warnings(*filters, **page)
        assert memory.count_items(*filters) == database.count_items(*filters)
        assert memory.count_warnings(*filters) == database.count_warnings(*filters)

    @rule(name=NAMES)
    def begin_again(self, name: str) -> None:
        self.held[name] = (self.stores[0].store(name, fresh=True), self.stores[1].store(name, fresh=True))

    @rule(name=NAMES)
    def drop(self, name: str) -> None:
        self.held.pop(name, None)
        for stores in self.stores:
            stores.drop(name)

    @rule()
    def sweep(self) -> None:
        for stores in self.stores:
            stores.sweep()

    @rule()
    def open_again(self) -> None:
        memory, database = self.stores
        database.close()
        self.stores = (memory, open_stores(self.url))
        self.held = {}

    def teardown(self) -> None:
        if hasattr(self, "stores"):
            for stores in self.stores:
                stores.close()
            self.folder.cleanup()


def test_both_give_the_same_answers() -> None:
    """Documents, batches, pages; in several sandboxes, which begin again, are dropped, swept and opened again."""
    run_state_machine_as_test(SameAnswers, settings=settings(max_examples=10, stateful_step_count=40, deadline=None))


@pytest.mark.thorough
def test_both_give_the_same_answers_for_long() -> None:
    """The same with more of everything."""
    run_state_machine_as_test(SameAnswers, settings=settings(max_examples=100, stateful_step_count=80, deadline=None))
