"""Many items in one run: where the store is a file, memory does not grow with them."""

import gc
import json
import time
import tracemalloc
from pathlib import Path

import pytest
from ingestion_support import Ingestion, documented_items

from mockserver import ProcessSettings, Settings, create_app

ITEMS_PER_BATCH = 1_000
# What an item alone weighs, times a thousand.
MOST_GROWTH_BYTES = 256 * 1024


def body(number: int) -> str:
    """A batch whose items nobody has sent before."""
    click = documented_items("events")[0]
    return json.dumps(
        {"sessionId": "sess_001", "batch": [{**click, "x": number, "y": place} for place in range(ITEMS_PER_BATCH)]}
    )


# A hundredth in the quick run, a tenth in the thorough one, and all of it where figures are recorded.
@pytest.mark.parametrize(
    "items",
    [
        10_000,
        pytest.param(100_000, marks=pytest.mark.thorough),
        pytest.param(1_000_000, marks=[pytest.mark.recorded, pytest.mark.timeout(1800)]),
    ],
)
def test_memory_is_flat_however_much_comes(tmp_path: Path, items: int) -> None:
    """Each item is checked, stored and found again in its place; once warm, nothing of it stays in memory."""
    process = ProcessSettings(store_url=f"sqlite:///{tmp_path / 'run.db'}")
    # A short journal is full from the beginning.
    api = Ingestion(create_app(Settings(scenario="pair", journal_entries=10), process))
    batches = items // ITEMS_PER_BATCH
    warm = batches // 10
    begun_s = time.process_time()
    for number in range(warm):
        assert api.send("events", body(number)).get_json()["data"]["accepted"] == ITEMS_PER_BATCH
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(warm, batches):
            assert api.send("events", body(number)).get_json()["data"]["accepted"] == ITEMS_PER_BATCH
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    spent_s = time.process_time() - begun_s
    assert grown < MOST_GROWTH_BYTES
    query = {"limit": 2, "offset": items - ITEMS_PER_BATCH - 1}
    answer = api.client.get("/_mock/ingested", query_string=query).get_json()
    assert answer["total"] == items
    assert [(one["batch"], one["index"]) for one in answer["items"]] == [
        (batches - 1, ITEMS_PER_BATCH - 1),
        (batches, 0),
    ]
    assert [one["item"]["y"] for one in answer["items"]] == [ITEMS_PER_BATCH - 1, 0]
    print(f"{items} items, {grown / 1024:.0f} KiB grown in {batches - warm} batches, {spent_s:.0f} s of processor time")
    api.sandbox.study.close()
