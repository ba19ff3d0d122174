"""Refusals in the words and the envelope that fit: what was refused, where it is wrong, and whose path it is."""

from typing import Any

import orjson
import pytest
from emulator import app_of, error_of, make_sandbox
from flask import Flask
from study_support import StudyApi

from mockserver import Settings, create_app
from mockserver.control.routes import api as control_api
from mockserver.door.apis import ApiName, api_of
from mockserver.door.refusals import Refusal
from mockserver.door.replies import refusal_reply
from mockserver.hyperstudy.routes import api as hyperstudy_api
from mockserver.ingestion.routes import api as ingestion_api

APIS = (hyperstudy_api(), ingestion_api(), control_api(None))
PATHS: dict[str, ApiName | None] = {
    "/api/v3": "hyperstudy",
    "/api/v3/": "hyperstudy",
    "/api/v3/experiments": "hyperstudy",
    "/api/v3?limit=1": "hyperstudy",
    "/api/v3/data/events/room/x?next=/api": "hyperstudy",
    "/api/v30": "ingestion",
    "/api/v3x/experiments": "ingestion",
    "/api": "ingestion",
    "/api/data/events": "ingestion",
    "/api?x": "ingestion",
    "/_mock": "control",
    "/_mock/clock": "control",
    "/_mocks": None,
    "/apis": None,
    "/": None,
    "/x/api/v3": None,
    "": None,
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_belongs_to_the_api_it_lies_in(path: str) -> None:
    """By whole segments, the query aside."""
    api = api_of(path.partition("?")[0], APIS)
    assert (api and api.name) == PATHS[path]


ENVELOPES: dict[ApiName | None, list[str]] = {
    "hyperstudy": ["status", "error"],
    "ingestion": ["success", "data", "error", "metadata"],
    "control": ["error"],
}


@pytest.fixture
def crashing(monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application with a bug before every route."""
    app = app_of(make_sandbox(Settings(scenario="pair")))

    def crash(**names: str) -> None:
        raise RuntimeError("a bug")

    app.view_functions = dict.fromkeys(app.view_functions, crash)
    return app


SERVED = {"hyperstudy": "/api/v3/health", "ingestion": "/api/openapi.json", "control": "/_mock/world"}


@pytest.mark.parametrize("path", [path for path, api in PATHS.items() if api])
def test_unknown_routes_crashes_and_refusals_agree_on_whose_path_it_is(crashing: Flask, path: str) -> None:
    """An unknown route, a bug in the emulator, and a refusal in words of the door's own: one envelope for each API."""
    api = PATHS[path]
    assert api is not None
    crashed = crashing.test_client().get(SERVED[api])
    assert (crashed.status_code, list(crashed.get_json())) == (500, ENVELOPES[api])
    unknown = create_app(Settings(scenario="pair")).test_client().get(path.partition("?")[0] + "/no/where")
    assert (unknown.status_code, list(unknown.get_json())) == (404, ENVELOPES[api])
    refusal = Refusal(400, "http_error", "GET", path, message="It is wrong.")
    body = refusal_reply(refusal, api_of(path.partition("?")[0], APIS)).body
    assert isinstance(body, bytes)
    assert list(orjson.loads(body)) == ENVELOPES[api]
    assert b"It is wrong." in body


def test_problems_of_a_body_have_one_shape(pair_app: Flask) -> None:
    """Path and message, whoever found them: the reader of JSON or the schema."""
    client = pair_app.test_client()
    key = {"X-API-Key": "hst_live_your_key_here"}
    sent: list[dict[str, Any]] = [
        {"data": b"{"},
        {"data": b""},
        {"data": b"[]"},
        {"data": b"{}", "content_type": "text/plain"},
        {"json": {"states": [{}]}},
        {"json": {"name": 5}},
    ]
    for request in sent:
        answer = client.post("/api/v3/experiments", headers=key, **request)
        errors = error_of(answer, 400, "VALIDATION_ERROR")["details"]["errors"]
        assert errors
        assert all(list(problem) == ["path", "message"] for problem in errors), request


SHARED = """
extends = "pair"
about = "An experiment of one organisation that another may see, and one that it may export as well"

[experiments.exp_shown]
name = "Shown"
starts = 2024-10-21T14:30:00Z
states = ["welcome_state"]
shared_with = { org_other = "view" }

[experiments.exp_given]
name = "Given"
starts = 2024-10-22T14:30:00Z
states = ["welcome_state"]
shared_with = { org_other = "export" }
"""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> StudyApi:
    path = tmp_path_factory.mktemp("scenarios") / "shared.toml"
    path.write_text(SHARED, encoding="utf-8")
    return StudyApi(str(path))


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/experiments/exp_pair", "another organisation than the API key"),
        ("PUT", "/experiments/exp_pair", "another organisation than the API key"),
        ("GET", "/experiments/exp_shown/export", "it may be viewed, and not exported."),
        ("GET", "/data/events/experiment/exp_shown?format=csv", "it may be viewed, and not exported."),
        ("PUT", "/experiments/exp_shown", "it may be viewed, and not changed"),
        ("PUT", "/experiments/exp_given", "it may be viewed and exported, and not changed"),
        ("DELETE", "/experiments/exp_given", "it may be viewed and exported, and not changed, deleted"),
    ],
)
def test_a_refusal_says_what_was_refused_and_what_is_allowed(
    shared: StudyApi, method: str, path: str, said: str
) -> None:
    """Of something that is shared, no more and no less than the caller may do."""
    path, _, query = path.partition("?")
    options = dict([query.split("=")]) if query else {}
    answer = shared.ask(method, path, {"description": "Mine"}, key="other_organisation", **options)
    error = error_of(answer, 403, "FORBIDDEN")
    assert said in error["message"]
    assert error["details"] == {"required": ["org_main"], "provided": ["org_other"]}


def test_deploying_what_is_only_shared_is_refused_by_that_name(shared: StudyApi) -> None:
    """To run an experiment is for its own organisation."""
    answer = shared.ask("POST", "/deployments", {"experimentId": "exp_given", "config": {}}, key="other_organisation")
    assert "and not changed, deleted or deployed" in error_of(answer, 403, "FORBIDDEN")["message"]
