"""Many clients at once ask for what nobody asked before: each room's story is told once, and all get the same bytes."""

import threading
import urllib.request
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from emulator import app_of, make_sandbox, serving_app
from flask import Flask

from mockserver import Settings
from mockserver.simulation import world as world_module
from mockserver.simulation.story.rooms import RoomRef

CLIENTS = 16
SOON_S = 120
PATHS = [
    f"/api/v3/data/{name}/experiment/exp_huge?limit=1000"
    for name in ("ratings/continuous", "sync", "components", "participants", "rooms")
]
KEY = {"X-API-Key": "hst_live_your_key_here"}


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each room's story was told."""
    counts: Counter[str] = Counter()
    tell = world_module.plan_room

    def counted(room: RoomRef, *rest: Any) -> Any:
        counts[room.room_id] += 1
        return tell(room, *rest)

    monkeypatch.setattr(world_module, "plan_room", counted)
    return counts


@pytest.fixture
def huge() -> Flask:
    """An application that nobody has asked anything."""
    return app_of(make_sandbox(Settings(scenario="huge")))


def at_once(ask: Callable[[], bytes]) -> list[bytes]:
    gate = threading.Barrier(CLIENTS)

    def run() -> bytes:
        gate.wait(SOON_S)
        return ask()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return [answer.result(SOON_S) for answer in [pool.submit(run) for _ in range(CLIENTS)]]


@pytest.mark.parametrize("path", PATHS)
def test_behind_a_server_each_story_is_told_once(huge: Flask, told: Counter[str], path: str) -> None:
    """Its workers do one thing after the other."""
    with serving_app(huge) as server:
        request = urllib.request.Request(server.url + path, headers=KEY)

        def ask() -> bytes:
            with urllib.request.urlopen(request, timeout=SOON_S) as answer:
                return bytes(answer.read())

        answers = at_once(ask)
        assert answers == [ask()] * CLIENTS
    assert b'"total":0' not in answers[0]
    assert set(told.values()) == {1}


@pytest.mark.parametrize("path", PATHS)
def test_where_every_client_has_a_thread_each_story_is_told_once(huge: Flask, told: Counter[str], path: str) -> None:
    """As under another WSGI server: who comes while a story is told waits for it."""

    def ask() -> bytes:
        return bytes(huge.test_client(use_cookies=False).get(path, headers=KEY).data)

    answers = at_once(ask)
    assert answers == [ask()] * CLIENTS
    assert set(told.values()) == {1}
