"""Many sandboxes side by side behind a real socket, asked and written to by many clients at once."""

import collections
import functools
import gc
import http.client
import json
import random
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from emulator import keys_of, make_sandbox, sandbox_of, serving_app

from mockserver import Settings, create_app

SCENARIOS = ("pair", "ratings", "noconsent", "technical", "empty")
THREADS = 16
Json = dict[str, Any]


@dataclass
class Expected:
    """What one sandbox must have in the end; its lock keeps the order of its own requests."""

    name: str
    scenario: str
    seed: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    personas: list[str] = field(default_factory=list)
    items: collections.Counter[str] = field(default_factory=collections.Counter)
    entries: list[tuple[str, str, int]] = field(default_factory=list)


class Caller:
    """A client with a connection of its own."""

    def __init__(self, url: str, key: str) -> None:
        address = urlsplit(url)
        self._connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
        self._key = key

    def ask(self, method: str, path: str, body: Any = None, status: int | None = 200, **headers: str) -> Any:
        """The JSON of an answer."""
        sent = {"X-API-Key": self._key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, body=data, headers=sent)
        response = self._connection.getresponse()
        text = response.read()
        assert status in (None, response.status), (method, path, response.status, text[:300])
        return json.loads(text)

    def close(self) -> None:
        self._connection.close()


def traced_bytes(make: Callable[[], None]) -> int:
    """By how much something makes Python's own memory grow."""
    gc.collect()
    tracemalloc.start()
    try:
        make()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.fixture
def served() -> Iterator[tuple[str, str]]:
    app = create_app(Settings(scenario="pair"))
    with serving_app(app) as server:
        yield server.url, keys_of(sandbox_of(app))["full"]


# A hundredth in the quick run, a tenth in the thorough one, and all of it where figures are recorded.
@pytest.mark.parametrize(
    ("sandboxes", "requests"),
    [
        pytest.param(5, 200),
        pytest.param(50, 2_000, marks=pytest.mark.thorough),
        pytest.param(500, 20_000, marks=pytest.mark.recorded),
    ],
)
def test_sandboxes_side_by_side_do_not_mix(served: tuple[str, str], sandboxes: int, requests: int) -> None:
    """Every journal is exact, all totals are right, and what is read belongs to the sandbox that was asked."""
    url, key = served
    caller = Caller(url, key)
    worlds = [Expected(f"s{number}", SCENARIOS[number % 5], number % 7) for number in range(sandboxes)]

    def make_all() -> None:
        for world in worlds:
            caller.ask("PUT", f"/_mock/sandboxes/{world.name}", {"scenario": world.scenario, "seed": world.seed}, 201)

    print(f"{sandboxes} idle sandboxes take {traced_bytes(make_all) / sandboxes / 1024:.1f} KiB each, worlds included")
    tokens = {world.name: token(caller, world) for world in worlds}
    keys = {world.name: minted(caller, world) for world in worlds}
    run(url, key, worlds, requests, lambda client, world, chance: act(client, world, chance, tokens, keys))
    for world in worlds:
        compare(caller, world)
    assert sum(len(world.entries) for world in worlds) == requests
    assert caller.ask("GET", "/_mock/journal")["total"] == 0
    caller.close()


def token(caller: Caller, world: Expected) -> str:
    made: str = caller.ask("POST", f"/_mock/s/{world.name}/_mock/tokens")["token"]
    return made


def minted(caller: Caller, world: Expected) -> str:
    made: str = caller.ask("POST", f"/_mock/sandboxes/{world.name}/keys", {}, 201)["key"]
    return made


def run(
    url: str, key: str, worlds: list[Expected], requests: int, action: Callable[[Caller, Expected, random.Random], None]
) -> None:
    """Let all clients act at once, each on sandboxes drawn from a stream of its own."""

    def work(number: int) -> None:
        client, chance = Caller(url, key), random.Random(number)
        for _ in range(requests // THREADS + (number < requests % THREADS)):
            action(client, chance.choice(worlds), chance)
        client.close()

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(work, number) for number in range(THREADS)]:
            done.result()


def act(client: Caller, world: Expected, chance: random.Random, tokens: dict[str, str], keys: dict[str, str]) -> None:
    """One request to a sandbox, which is named in one of several ways, and what it must have done."""
    ways: list[tuple[str, dict[str, Any]]] = [
        (f"/_mock/s/{world.name}", {}),
        ("", {"X_Mock_Sandbox": world.name}),
        ("", {"X_API_Key": keys[world.name]}),
    ]
    prefix, named = chance.choice(ways)
    with world.lock:
        test, draw = f"{world.name}-{len(world.entries)}", chance.random()
        if draw < 0.25:
            name = f"persona of {test}"
            body: Json = {"name": name, "visibility": "public"}
            client.ask("POST", f"{prefix}/api/v3/personas", body, 201, X_Mock_Test=test, **named)
            world.personas.append(name)
            world.entries.append((test, "createPersona", 201))
        elif draw < 0.5:
            body = {"sessionId": test, "batch": [{"eventType": test, "timestamp": "2026-01-01T00:00:00Z"}]}
            bearer = f"Bearer {tokens[world.name]}"
            answer = client.ask("POST", "/api/data/events", body, X_Mock_Test=test, Authorization=bearer)
            world.items[test] += answer["data"]["accepted"]
            world.entries.append((test, "ingestEvents", 200))
        elif draw < 0.6:
            client.ask("GET", f"{prefix}/api/v3/experiments/none", status=404, X_Mock_Test=test, **named)
            world.entries.append((test, "getExperiment", 404))
        else:
            answer = client.ask("GET", f"{prefix}/api/v3/personas", X_Mock_Test=test, **named)
            told = [persona["name"] for persona in answer["data"] if persona["name"].startswith("persona of")]
            assert told == world.personas
            world.entries.append((test, "listPersonas", 200))


def compare(caller: Caller, world: Expected) -> None:
    """Hold all that a sandbox tells against what was done to it, and its world against one of its own."""
    prefix = f"/_mock/s/{world.name}"
    journal = caller.ask("GET", f"{prefix}/_mock/journal?limit=10000")
    entries = journal["entries"]
    told = [(entry["test"], entry["operation"], entry["response"]["status"]) for entry in entries]
    assert told == world.entries
    assert [entry["number"] for entry in entries] == list(range(1, len(world.entries) + 1))
    assert {entry["outcome"] for entry in entries} <= {"whole"}
    assert (journal["total"], journal["evicted"]) == (len(world.entries), 0)
    state = caller.ask("GET", f"/_mock/sandboxes/{world.name}")
    assert (state["scenario"], state["seed"], state["revision"]) == (world.scenario, world.seed, len(world.personas))
    ingested = caller.ask("GET", f"{prefix}/_mock/ingested?kind=events")
    assert collections.Counter(item["sessionId"] for item in ingested["items"]) == +world.items
    assert ingested["total"] == world.items.total()
    told_of = caller.ask("GET", f"{prefix}/_mock/world")
    assert (told_of["scenario"], told_of["seed"]) == (world.scenario, world.seed)
    assert told_of["digest"] == digest_alone(world.scenario, world.seed)


@functools.cache
def digest_alone(scenario: str, seed: int) -> str:
    """The digest of a world that nobody else uses."""
    return make_sandbox(Settings(scenario=scenario, seed=seed)).study.base.digest()


def test_a_document_of_each_sandbox_is_true_to_it(served: tuple[str, str]) -> None:
    """Its examples are of its own world, its servers lead to it, and asking for them leaves no trace."""
    url, key = served
    caller = Caller(url, key)
    rooms = {}
    for number, scenario in enumerate(SCENARIOS[:3]):
        caller.ask("PUT", f"/_mock/sandboxes/s{number}", {"scenario": scenario, "seed": number}, 201)
        world = caller.ask("GET", f"/_mock/s/s{number}/_mock/world")
        rooms[number] = world["experiments"][0]["rooms"][0]
    for number, room in rooms.items():
        document = caller.ask("GET", f"/_mock/s/s{number}/api/v3/openapi.json")
        assert [server["url"] for server in document["servers"]] == [f"/_mock/s/s{number}/api/v3"]
        text = json.dumps(document)
        assert room in text
        assert not [other for other in rooms.values() if other != room and f'"{other}"' in text]
        assert caller.ask("GET", f"/_mock/sandboxes/s{number}")["revision"] == 0
    caller.close()


def test_a_small_journal_never_changes_an_answer(served: tuple[str, str]) -> None:
    """Ten entries, eight clients: each is answered as if there were no journal."""
    url, key = served
    caller = Caller(url, key)
    caller.ask("PUT", "/_mock/sandboxes/small", {"settings": {"journalEntries": 10}}, 201)
    caller.ask("PUT", "/_mock/sandboxes/large", {}, 201)
    room = caller.ask("GET", "/_mock/world")["experiments"][0]["rooms"][0]
    paths = [f"/data/events/room/{room}?limit={limit}&offset=3" for limit in range(1, 30)] + [
        "/experiments",
        "/nowhere",
    ]
    large = {path: caller.ask("GET", f"/_mock/s/large/api/v3{path}", status=None) for path in paths}

    def without_time(answer: Json) -> Json:
        metadata = {name: value for name, value in answer.get("metadata", {}).items() if name != "timestamp"}
        return {**answer, "metadata": metadata}

    def work(number: int) -> int:
        client, chance = Caller(url, key), random.Random(number)
        for _ in range(60):
            path = chance.choice(paths)
            answer = client.ask("GET", f"/_mock/s/small/api/v3{path}", status=None)
            assert without_time(answer) == without_time(large[path])
        client.close()
        return 60

    with ThreadPoolExecutor(8) as pool:
        sent = sum(pool.map(work, range(8)))
    journal = caller.ask("GET", "/_mock/s/small/_mock/journal")
    assert (journal["total"], journal["evicted"]) == (10, sent - 10)
    assert [entry["number"] for entry in journal["entries"]] == list(range(sent - 9, sent + 1))
    caller.close()
