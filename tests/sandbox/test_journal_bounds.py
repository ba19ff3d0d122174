"""The journal is bounded in what it holds on to, not only in what it counts."""

import gc

import pytest

from mockserver import Settings, create_app
from mockserver.sandbox.journal import Entry


def entries() -> int:
    """How many there are in this process."""
    gc.collect()
    return sum(isinstance(thing, Entry) for thing in gc.get_objects())


def test_entries_that_were_dropped_are_let_go() -> None:
    """With their bodies."""
    client = create_app(Settings(scenario="pair", journal_entries=10)).test_client()
    before = entries()
    for number in range(200):
        client.get(f"/api/v3/health?x={number}")
    assert entries() - before <= 11


@pytest.mark.parametrize("part", ["query", "header", "body"])
def test_whatever_a_client_sends_counts(part: str) -> None:
    """Long targets and headers as well as bodies: what is held stays below what is allowed."""
    app = create_app(Settings(scenario="pair", journal_bytes=200_000))
    client = app.test_client()
    for number in range(60):
        long = f"{number}" + "x" * 20_000
        if part == "body":
            client.post("/api/data/events", data=long)
        else:
            query, headers = (long, {}) if part == "query" else ("", {"X-Long": long})
            client.get(f"/api/v3/health?{query}", headers=headers)
    journal = app.extensions["mockserver"].default.journal
    held = sum(
        len(entry.head.query) + len(entry.body or b"") + sum(len(value) for _, value in entry.head.headers)
        for entry in journal
    )
    assert 0 < held <= 200_000
