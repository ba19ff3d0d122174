"""Many clients at once, over real sockets: nothing is lost, nothing is mixed up."""

import http.client
import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from ingestion_support import Ingestion, make_app

from mockserver.server import Server

CLIENTS = 8
BATCHES = 12
ITEMS = 5


class Served:
    """An application behind the production server, on a free port."""

    def __init__(self, app: Flask) -> None:
        self.api = Ingestion(app)
        self.server = Server(app)
        self.server.start()

    def send(self, client: int) -> list[dict[str, Any]]:
        """One client's batches, one after the other over one connection; returns the answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.api.token}", "Content-Type": "application/json"}
        answers = []
        for number in range(BATCHES):
            body = json.dumps({"sessionId": f"client {client % 3}", "batch": batch_of(client, number)})
            connection.request("POST", "/api/data/facial", body, headers)
            answers.append(json.loads(connection.getresponse().read()))
        connection.close()
        return answers


def batch_of(client: int, number: int) -> list[Any]:
    """Frames that say whose they are; the second is bad."""
    frames: list[Any] = [
        {
            "frameIndex": client * 1000 + number * ITEMS + n,
            "timestamp": "2026-03-16T10:14:30.000Z",
            "emotions": {"calm": 1},
            "attentionScore": 0.5,
        }
        for n in range(ITEMS)
    ]
    del frames[1]["emotions"]
    return frames


@pytest.fixture(params=["memory", "file"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    url = None if request.param == "memory" else f"sqlite:///{tmp_path / 'run.db'}"
    running = Served(make_app(store_url=url))
    yield running
    running.server.close()


def test_clients_at_once_lose_nothing(served: Served) -> None:
    """Every batch is answered for itself and stored whole, its items together and in order."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(itertools.chain.from_iterable(pool.map(served.send, range(CLIENTS))))
    assert len(answers) == CLIENTS * BATCHES
    for answer in answers:
        assert (answer["data"]["accepted"], answer["data"]["rejected"]) == (ITEMS - 1, 1)
    stored = served.api.stored()
    sent = [
        [frame["frameIndex"] for frame in batch_of(client, number) if "emotions" in frame]
        for client in range(CLIENTS)
        for number in range(BATCHES)
    ]
    by_batch = [list(group) for _, group in itertools.groupby(stored, key=lambda entry: entry["batch"])]
    assert sorted([entry["item"]["frameIndex"] for entry in group] for group in by_batch) == sorted(sent)
    for group in by_batch:
        assert [entry["index"] for entry in group] == [0, 2, 3, 4]
        assert {entry["sessionId"] for entry in group} == {f"client {group[0]['item']['frameIndex'] // 1000 % 3}"}
    assert sorted({entry["batch"] for entry in stored}) == list(range(1, CLIENTS * BATCHES + 1))
