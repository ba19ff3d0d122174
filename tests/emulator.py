"""What tests of the data API share: a running emulator, and one way to ask an application in this process."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import Client, TestResponse

from mockserver import Settings, create_app
from mockserver.app import create_sandboxes, door_of
from mockserver.hyperstudy.catalogue import CATALOGUE, DataTypeRow
from mockserver.hyperstudy.routes import BASE_PATH
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Order, Sandboxes, private_sandboxes
from mockserver.sandbox.worlds import PlacedWorld
from mockserver.server import Server, serving

ROWS: dict[str, DataTypeRow] = {row.name: row for row in CATALOGUE}
# Every data type at every scope at which it can be asked for.
PLACES = [(row.name, scope) for row in CATALOGUE for scope in row.levels]
# Those of which the scenarios' samples have records: there, nobody wears an eye tracker.
DATA_TYPES = [name for name in ROWS if name != "eyetracking"]
FULL_PLACES = [(name, scope) for name, scope in PLACES if name in DATA_TYPES]


def error_of(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The error that an answer holds, once it is certain that it is an error envelope and nothing else."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/json; charset=utf-8"
    assert not any(told in answer.text.lower() for told in ("<html", "<!doctype", "traceback (most recent"))
    body = answer.get_json()
    assert list(body) == ["status", "error"]
    assert body["status"] == "error"
    error: dict[str, Any] = body["error"]
    assert list(error) == ["code", "message", "details"]
    assert error["code"] == code
    assert isinstance(error["message"], str)
    assert error["message"].endswith((".", "\u2026"))
    assert isinstance(error["details"], dict)
    return error


def sandbox_of(app: Flask) -> Sandbox:
    """The application's default sandbox, as it is now."""
    sandboxes: Sandboxes = app.extensions["mockserver"]
    return sandboxes.default


def make_sandbox(settings: Settings) -> Sandbox:
    """A sandbox that nothing serves yet."""
    return create_sandboxes(settings).default


def app_of(sandbox: Sandbox) -> Flask:
    """An application whose default sandbox is this one."""
    sandboxes = private_sandboxes(Order(sandbox.settings), PlacedWorld(sandbox.study.base, sandbox.identity))
    sandboxes.put(sandbox)
    return create_app(sandboxes=sandboxes)


def keys_of(sandbox: Sandbox) -> dict[str, str]:
    """The scenario's API keys, name to value."""
    return {name: key.value for name, key in sandbox.world.scenario.keys.items()}


def sample_ids(sandbox: Sandbox) -> dict[str, str]:
    """An id per scope: the scenario's experiment and room, and a participant who has data of every type.

    That is the room's second participant: the first is the host, whom the others are in sync with, so
    there is no sync data of the host.
    """
    ids = sandbox.world.sample_ids()
    room = sandbox.world.room(str(ids["room"]))
    assert room is not None
    return {
        "experiment": str(ids["experiment"]),
        "room": room.room_id,
        "participant": sandbox.world.participant_ids(room)[1],
    }


def serving_app(app: Flask) -> AbstractContextManager[Server]:
    """The application behind a real socket, for as long as the block runs."""
    return serving(door_of(app))


@dataclass(frozen=True)
class Emulator:
    """An application behind a real socket; `url` is where it is, without a trailing slash."""

    url: str
    sandbox: Sandbox

    @property
    def api_url(self) -> str:
        return self.url + BASE_PATH

    @property
    def keys(self) -> dict[str, str]:
        return keys_of(self.sandbox)

    @property
    def ids(self) -> dict[str, str]:
        return sample_ids(self.sandbox)


class DataApi:
    """An application in this process, asked with the full key unless a test says otherwise."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.sandbox = sandbox_of(app)
        self.keys = keys_of(self.sandbox)
        self.ids = sample_ids(self.sandbox)
        self._client: Client = app.test_client(use_cookies=False)

    def ask(
        self,
        path: str,
        query: Mapping[str, Any] | str | None = None,
        *,
        method: str = "GET",
        key: str | None = "full",
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> TestResponse:
        """Send one request below the API's base path.

        Args:
            path: As it stands in the URL, percent-encoded where that matters.
            query: Parameters, or the query string itself.
            key: Name of a key of the scenario; None sends none.
            headers: More headers.
            body: Sent as JSON, whatever it is.
        """
        sent = {**({} if key is None else {"X-API-Key": self.keys[key]}), **(headers or {})}
        if body is not None:
            sent["Content-Type"] = "application/json"
        return self._client.open(BASE_PATH + path, method=method, query_string=query, headers=sent, data=body)

    def path(self, data_type: str, scope: str) -> str:
        """Where the data of the scenario's sample id is."""
        return f"/data/{data_type}/{scope}/{self.ids[scope]}"

    def query(self, scope: str, **query: Any) -> dict[str, Any]:
        """A query, with the `roomId` that a participant needs."""
        return {**({"roomId": self.ids["room"]} if scope == "participant" else {}), **query}

    def data(self, data_type: str, scope: str, **query: Any) -> TestResponse:
        """Ask for the data of the scenario's sample id."""
        return self.ask(self.path(data_type, scope), self.query(scope, **query))

    def records(self, data_type: str, scope: str, **query: Any) -> list[dict[str, Any]]:
        """The records of the one page that such a question gets."""
        answer = self.data(data_type, scope, **query)
        assert answer.status_code == 200, answer.text
        records: list[dict[str, Any]] = answer.get_json()["data"]
        return records

    def all_records(self, data_type: str, scope: str, **query: Any) -> list[dict[str, Any]]:
        """Every record there is, in one large page."""
        answer = self.data(data_type, scope, limit=10_000, **query)
        body = answer.get_json()
        assert body["metadata"]["pagination"]["total"] == len(body["data"]) > 0
        records: list[dict[str, Any]] = body["data"]
        return records
