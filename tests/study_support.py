"""What tests of the management endpoints share: applications to write to, definitions to write, a log to watch."""

import contextlib
import json
import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from emulator import app_of, keys_of, make_sandbox, sandbox_of
from flask import Flask
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mockserver import Settings
from mockserver.hyperstudy.routes import BASE_PATH
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandbox import Sandbox
from mockserver.words.timestamps import parse_iso_us

Record = dict[str, Any]

# What the machine's clock says in tests that count requests: limits go by it, and it stands still.
WALL_MS = 1_700_000_000_000
_NOTHING: Any = object()


def ms(text: str) -> int:
    """A timestamp in ms since the epoch."""
    return parse_iso_us(text) // 1000


def still_sandbox(scenario: str, now_ms: int | None = None, **settings: Any) -> Sandbox:
    """The state of a run in which time stands still until it is advanced, the machine's time too."""
    made = make_sandbox(Settings(scenario=scenario, **settings))
    clock = Clock(made.clock.now_ms() if now_ms is None else now_ms, wall=lambda: WALL_MS, passed=lambda: 0)
    return replace(made, clock=clock)


class StudyApi:
    """An application of a test's own, asked with the full key unless the test says otherwise."""

    def __init__(self, scenario: str = "pair", now_ms: int | None = None, **settings: Any) -> None:
        self.serve(still_sandbox(scenario, now_ms, **settings))

    def serve(self, sandbox: Sandbox) -> None:
        """Ask another sandbox from now on."""
        self.serve_app(app_of(sandbox))

    def serve_app(self, app: Flask) -> None:
        """Ask another application from now on, for its default sandbox."""
        self.app = app
        self.sandbox = sandbox_of(app)
        self.keys = keys_of(self.sandbox)
        self._client = app.test_client(use_cookies=False)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = _NOTHING,
        *,
        raw: bytes | None = None,
        key: str | None = "full",
        headers: Mapping[str, str] | None = None,
        **query: Any,
    ) -> TestResponse:
        """Send one request below the API's base path.

        Args:
            body: Sent as JSON; `raw` as it is.
            key: Name of a key of the scenario; None sends none.
            query: Parameters.
        """
        sent = {**({} if key is None else {"X-API-Key": self.keys[key]}), **(headers or {})}
        data = raw if body is _NOTHING else json.dumps(body).encode()
        return self._client.open(BASE_PATH + path, method=method, query_string=query, headers=sent, data=data)

    def get(self, path: str, **options: Any) -> Any:
        """The `data` of an answer that worked."""
        return self.answer("GET", path, **options)["data"]

    def answer(self, method: str, path: str, body: Any = _NOTHING, expect: int | None = None, **options: Any) -> Record:
        """The whole envelope of an answer that worked, with the status that is expected, where one is."""
        answer = self.ask(method, path, body, **options)
        assert answer.status_code in ((200, 201, 202) if expect is None else (expect,)), answer.text
        envelope: Record = answer.get_json()
        assert list(envelope) == ["status", "data", "metadata"]
        assert envelope["status"] == "success"
        return envelope

    def pages(self, path: str, limit: int, **options: Any) -> list[Record]:
        """A list read page by page, each from where the last one says that the next begins."""
        found: list[Record] = []
        offset: int | None = 0
        while offset is not None:
            envelope = self.answer("GET", path, limit=limit, offset=offset, **options)
            found += envelope["data"]
            offset = envelope["metadata"]["pagination"].get("nextOffset")
        return found

    def advance(self, by_ms: int) -> None:
        """Move the clock, as a client would."""
        answer = self._client.post("/_mock/clock", json={"advanceMs": by_ms})
        assert answer.status_code == 200, answer.text

    def create_experiment(self, **changes: Any) -> str:
        """A new experiment that agents can take part in; its id."""
        id_: str = self.answer("POST", "/experiments", definition(**changes), expect=201)["data"][0]["id"]
        return id_

    def deploy(self, experiment_id: str, rooms: int = 1, budget_usd: float = 100, **config: Any) -> str:
        """A new agent-only deployment; its id."""
        agents = {"rooms": rooms, "budgetUsd": budget_usd, **config.pop("agents", {})}
        body = {"experimentId": experiment_id, "config": {"type": "agent-only", "agentDeployment": agents, **config}}
        id_: str = self.answer("POST", "/deployments", body, expect=201)["data"]["id"]
        return id_

    def sessions(self, deployment_id: str) -> list[Record]:
        """The rooms of a deployment."""
        found: list[Record] = self.get(f"/deployments/{deployment_id}/sessions")
        return found


def agent_role(persona: str = "persona_skeptic") -> Record:
    return {"mode": "agent", "personaId": persona, "participantCount": 1}


def definition(**changes: Any) -> Record:
    """A short experiment for two agents: they talk for half a minute, and answer a question."""
    return {
        "name": "Two agents",
        "runtime": "v2",
        "requiredParticipants": 2,
        "roles": {"first": agent_role(), "second": agent_role("persona_undergrad")},
        "states": [
            {"id": "talk", "focusComponent": {"type": "textchat", "id": "chat", "config": {"durationMs": 30_000}}},
            {
                "id": "ask",
                "focusComponent": {
                    "type": "vasrating",
                    "id": "slider",
                    "config": {"prompt": "How was it?", "outputVariable": "liking"},
                },
            },
        ],
        **changes,
    }


def without(record: Mapping[str, Any], *names: str) -> Record:
    """A record without some of its fields."""
    return {name: value for name, value in record.items() if name not in names}


class _Listener(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@contextlib.contextmanager
def no_bugs() -> Iterator[None]:
    """Nothing that is done in here makes the emulator report a bug of its own."""
    listener, log = _Listener(), logging.getLogger("mockserver")
    log.addHandler(listener)
    try:
        yield
    finally:
        log.removeHandler(listener)
    assert listener.told == []


# Any JSON there is, numbers beyond 64 bits and text in other scripts included.
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**80), 2**80)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
