"""Long answers are made chunk by chunk, in every format: as they are read, and no further than that."""

import json
from typing import Any

import pytest
from emulator import app_of, make_sandbox
from flask import Flask

from mockserver import Settings
from mockserver.hyperstudy.pages import Page
from mockserver.hyperstudy.rows import FORMATS, Rows
from mockserver.hyperstudy.sending import in_envelope
from mockserver.simulation.datasets.lanes import LaneSelection

KEY = {"X-API-Key": "hst_live_your_key_here"}
RATINGS = "/api/v3/data/ratings/continuous/experiment/exp_research_001"


@pytest.fixture(scope="module")
def demo() -> Flask:
    """The default study, with some ten thousand ratings."""
    return app_of(make_sandbox(Settings(scenario="demo")))


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many records were made, chunk by chunk."""
    counts: list[int] = []
    written = LaneSelection.written

    def counted(selection: LaneSelection, start: int, stop: int, writer: Any) -> bytes:
        counts.append(stop - start)
        return written(selection, start, stop, writer)

    monkeypatch.setattr(LaneSelection, "written", counted)
    return counts


@pytest.mark.parametrize("format_", FORMATS)
def test_a_client_that_leaves_ends_the_work(demo: Flask, made: list[int], format_: str) -> None:
    """After the first chunk, no other is made; a client that stays gets all of them."""
    answer = demo.test_client().get(f"{RATINGS}?limit=10000&format={format_}", headers=KEY, buffered=False)
    parts = iter(answer.iter_encoded())
    while not made:
        next(parts)
    answer.close()
    assert (sum(made) < 10_000, len(made)) == (True, 1)
    made.clear()
    demo.test_client().get(f"{RATINGS}?limit=10000&offset=1&format={format_}", headers=KEY).get_data()
    assert (sum(made), len(made)) == (10_000, 3)


def test_a_long_page_is_the_short_ones(demo: Flask) -> None:
    """Chunks join up to the same envelope."""
    client = demo.test_client()
    whole = client.get(f"{RATINGS}?limit=9001&offset=3", headers=KEY).get_json()
    short = [
        record
        for offset in range(3, 9004, 1000)
        for record in client.get(f"{RATINGS}?limit=1000&offset={offset}", headers=KEY).get_json()["data"]
    ]
    assert whole["data"] == short[:9001]
    assert whole["metadata"]["pagination"]["returned"] == 9001
    assert list(whole) == ["status", "data", "metadata"]


class _Some:
    """A selection of numbers, written as JSON with a comma behind each."""

    def __init__(self, total: int) -> None:
        self.total = total

    def written(self, start: int, stop: int, writer: object) -> bytes:
        return b"".join(b"%d," % number for number in range(start, stop))


@pytest.mark.parametrize("total", [0, 1, 2, 3999, 4000, 4001, 8000, 8001])
@pytest.mark.parametrize("offset", [0, 1])
def test_lists_of_any_length_are_json(demo: Flask, total: int, offset: int) -> None:
    """With no comma after the last record, and none lost where two chunks meet."""
    page = Page(total, offset, 10_000)
    rows: Any = Rows
    with demo.test_request_context(environ_overrides={"mockserver.asked": _Asked(), "mockserver.declared": None}):
        found: Any = _Some(total)
        body = json.loads(in_envelope(found, page, rows, {"told": True}).get_data())
    assert body == {"status": "success", "data": list(range(min(offset, total), total)), "metadata": {"told": True}}


class _Asked:
    """As much of a request as the envelope looks at."""

    operation = None
    sandbox = make_sandbox(Settings(scenario="pair"))
