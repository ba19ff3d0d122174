"""What is served is described, and what is described is served: routes, parameters, statuses, headers, fields.

The routes are read from the application, the parameters from what the views look up, and the fields from real
answers, held against schemas that allow nothing which they do not name.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import requests
import yaml
from document_support import (
    APIS,
    ROWS,
    Json,
    ask_example,
    by_id,
    described,
    examples_of,
    parameters_of,
    resolved,
    served,
)
from emulator import DataApi, Emulator, sandbox_of
from flask import Flask, request
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.door.apis import ApiName
from mockserver.door.paths import template
from mockserver.door.query import Query, read_query
from mockserver.hyperstudy.routes import operations
from mockserver.openapi.hyperstudy.errors import ERRORS, errors_of
from mockserver.openapi.labels import LABELS
from mockserver.web.requests import ViewRequest
from mockserver.words.camel_case import camel

# What HTTP, the server or CORS adds to any answer.
USUAL_HEADERS = {"Content-Type", "Content-Length", "Vary", "Content-Security-Policy", "Cache-Control"}


@pytest.fixture(scope="module")
def document(demo_app: Flask) -> Json:
    """The data API's document, as it is served."""
    return served(demo_app, "hyperstudy")


# --- the documents themselves ---------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
def test_the_document_is_valid(demo_app: Flask, api: ApiName) -> None:
    """By a public validator."""
    found = served(demo_app, api)
    assert found["openapi"].startswith("3.1")
    validate(found)


def test_the_other_reading_has_examples_of_its_own(pair_app: Flask) -> None:
    """The same document otherwise."""
    other = create_app(Settings(scenario="pair", reading="observed"))
    told = {}
    for app, code in ((pair_app, "UNAUTHORIZED"), (other, "AUTHENTICATION_ERROR")):
        document = served(app, "hyperstudy")
        unauthorized = by_id(document)["getEventsByRoom"]["responses"]["401"]
        assert unauthorized["content"]["application/json"].pop("example")["error"]["code"] == code
        told[code] = unauthorized
    assert told["UNAUTHORIZED"] == told["AUTHENTICATION_ERROR"]


@pytest.mark.parametrize("api", APIS)
def test_yaml_and_json_say_the_same(demo_app: Flask, api: ApiName) -> None:
    """A person's document is a program's."""
    answer = demo_app.test_client().get(f"{APIS[api].base_path}/openapi.yaml")
    assert answer.content_type == "application/yaml"
    assert yaml.load(answer.text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)) == served(demo_app, api)
    assert "&id" not in answer.text


@pytest.fixture(scope="module")
def used() -> DataApi:
    """The default scenario with an experiment of a client's own, written before anybody asked for a document."""
    api = DataApi(create_app(Settings()))
    assert api.ask("/experiments", method="POST", body=b'{"name": "Mine"}').status_code == 201
    return api


@pytest.mark.parametrize("api", APIS)
def test_the_document_is_the_same_whatever_was_written(demo_app: Flask, used: DataApi, api: ApiName) -> None:
    """Two applications, one of them used: not a byte differs, and making it leaves no trace."""
    path = f"{APIS[api].base_path}/openapi.json"
    assert used.app.test_client().get(path).data == demo_app.test_client().get(path).data
    listed = used.ask("/experiments").get_json()
    assert [one["name"] for one in listed["data"]].count("Mine") == 1
    assert not any(one["name"] == "Two agents" for one in listed["data"])


def test_making_the_documents_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What is tried for the examples is no developer's mistake."""
    app = create_app(Settings(scenario="pair"))
    for api in APIS:
        served(app, api)
    assert caplog.messages == []


def test_a_world_without_data_has_a_document(document: Json) -> None:
    """The same operations; only what cannot be asked of it has no example."""
    app = create_app(Settings(scenario="empty"))
    for api in APIS:
        validate(served(app, api))
    assert by_id(served(app, "hyperstudy")).keys() == by_id(document).keys()


# --- routes ---------------------------------------------------------------------------------------


def test_every_route_is_described_and_every_description_is_served(demo_app: Flask) -> None:
    """With its method; HEAD goes with GET, and OPTIONS with everything. Nothing hides beside the three APIs."""
    routes = {
        (rule.endpoint, re.sub(r"<(\w+)>", lambda m: "{" + camel(m[1]) + "}", rule.rule), method.lower())
        for rule in demo_app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    told = [
        (operation["operationId"], api.base_path + path, method)
        for name, api in APIS.items()
        for path, method, operation in described(served(demo_app, name))
    ]
    assert set(told) == routes
    assert len({id_ for id_, _, _ in told}) == len(told)


@pytest.mark.parametrize("api", APIS)
def test_every_operation_is_a_row(demo_app: Flask, api: ApiName) -> None:
    """Path, method, label and what it takes are those of the table."""
    found = served(demo_app, api)
    assert by_id(found).keys() == {row.id for row in APIS[api].operations}
    for path, method, operation in described(found):
        row = ROWS[operation["operationId"]]
        assert (template(row.path), row.method.lower()) == (path, method)
        assert operation["x-fidelity"] == row.fidelity
        assert ("requestBody" in operation) == (row.body is not None)
        assert ("304" in operation["responses"]) == (row.kept or 304 in row.also)


def test_every_operation_says_what_it_needs(demo_app: Flask) -> None:
    """A key with a scope, a token, or nothing on this machine."""
    for operation in by_id(served(demo_app, "hyperstudy")).values():
        row = ROWS[operation["operationId"]]
        assert operation.get("x-required-scope") == row.scope
        assert operation.get("x-required-scope-fidelity") == row.scope_fidelity
        assert operation["security"] == ([] if row.public else [{"ApiKey": [row.scope] if row.scope else []}])
    for operation in by_id(served(demo_app, "ingestion")).values():
        assert operation["security"] == ([] if ROWS[operation["operationId"]].public else [{"Bearer": []}])
    for operation in by_id(served(demo_app, "control")).values():
        assert operation["security"] == [{}, {"ControlToken": []}]


# --- parameters -----------------------------------------------------------------------------------


class Watched(dict[str, str]):
    """Query parameters that remember which of them somebody looked for."""

    # A document asks its examples while it is made, so there may be more requests in one.
    made: list["Watched"] = []

    def __init__(self, arguments: Mapping[str, str]) -> None:
        super().__init__(arguments)
        self.looked_for: set[str] = set()
        Watched.made.append(self)

    def __getitem__(self, key: str) -> str:
        self.looked_for.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *args: Any) -> Any:
        self.looked_for.add(key)
        return super().get(key, *args)


def watched_query(query: bytes, declared: Collection[str]) -> Query:
    """What is read of a query, watched."""
    found = read_query(query, declared)
    return replace(found, arguments=Watched(found.arguments))


class WatchedHeaders:
    """Headers that remember the same, whatever they let be read."""

    looked_for: set[str] = set()

    def __init__(self, headers: Any) -> None:
        self._headers = headers

    def __getitem__(self, key: str) -> str:
        self.looked_for.add(key)
        value: str = self._headers[key]
        return value

    def __contains__(self, key: str) -> bool:
        self.looked_for.add(key)
        return key in self._headers

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.looked_for.add(key)
        return self._headers.get(key, *args, **kwargs)


class WatchedRequest(ViewRequest):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = WatchedHeaders(self.headers)


# Looked for in any request: what links, bodies and types need.
USUAL_LOOKUPS = {"Host", "Content-Type", "Content-Length", "Content-Encoding"}


@pytest.mark.parametrize("name", APIS)
def test_what_is_read_of_a_request_is_what_is_described(
    demo_app: Flask, name: ApiName, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The query parameters and headers that a view looks up are in the document, and the other way round.

    What lets a caller in is the API's own: headers that are described for all operations, or by a security scheme.
    """
    api, examples, found = APIS[name], examples_of(demo_app, name), served(demo_app, name)
    app = create_app(Settings())
    app.request_class = WatchedRequest
    monkeypatch.setattr("mockserver.door.door.read_query", watched_query)
    for row in api.operations:
        Watched.made, WatchedHeaders.looked_for = [], set()
        answer = ask_example(app, row, examples.get(row.id))
        assert answer.status_code != 500
        told: dict[str, set[str]] = {"query": set(), "header": set(), "path": set()}
        for parameter in parameters_of(found, row.id):
            told[parameter["in"]].add(parameter["name"])
        assert Watched.made[0].looked_for == told["query"], row.id
        conditions = {"If-None-Match"} if row.kept else set()
        assert told["header"] - {header.name for header in row.headers} <= {*api.headers, *conditions}, row.id
        own = WatchedHeaders.looked_for - USUAL_LOOKUPS - set(api.headers)
        assert own == told["header"] - set(api.headers) - conditions, row.id


def test_a_kept_answer_depends_on_no_header_that_nobody_declared(caplog: pytest.LogCaptureFixture) -> None:
    """A view that reads another one is our bug, and answers 500."""
    app = create_app(Settings(scenario="pair"))
    seen = []

    def view(**names: str) -> Any:
        seen.append(request.headers.get("X-Organization-Id"))
        return {"read": request.headers.get("X-Odd")}

    app.view_functions["listExperiments"] = view
    assert ask_example(app, ROWS["listExperiments"], None).status_code == 500
    assert seen == [None]
    assert "the header X-Odd is read and the operation's row does not declare it" in caplog.text


# --- answers --------------------------------------------------------------------------------------


def strict(schema: Any) -> Any:
    """The same schema, in which an object has nothing but what is named, unless it says that it may.

    Also one that names nothing: then it has nothing, or says that it may have anything.
    """
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: strict(part) for name, part in schema.items()}
    if "object" in (closed.get("type"), *(closed["type"] if isinstance(closed.get("type"), list) else ())):
        closed.setdefault("additionalProperties", False)
    return closed


def problems(document: Json, schema: Json, value: Any) -> list[str]:
    """How a value breaks a schema of a document."""
    rules = {**schema, "components": document["components"]}
    found = Draft202012Validator(rules, validate_formats=True).iter_errors(value)
    return [f"{'/'.join(map(str, error.instance_path))}: {error.message[:300]}" for error in found]


def response_of(document: Json, operation_id: str, status: int) -> Json:
    return resolved(document, by_id(document)[operation_id]["responses"][str(status)])


def differences(document: Json, operation_id: str, answer: TestResponse) -> list[str]:
    """Where status, content type, headers or a field of an answer are not the ones described."""
    told = response_of(document, operation_id, answer.status_code)
    found = []
    if answer.status_code != 304:
        content = told["content"][answer.mimetype]
        if answer.is_json:
            found += problems(document, content["schema"], answer.get_json())
    names = {name for name, _ in answer.headers}
    required = {name for name, header in told["headers"].items() if resolved(document, header).get("required")}
    found += [f"no header {name}" for name in required - names]
    found += [f"header {name} is not described" for name in names - USUAL_HEADERS - set(told["headers"])]
    return [f"{operation_id}: {difference}" for difference in found]


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("scenario", ["demo_app", "pair_app"])
def test_every_answer_is_as_described(scenario: str, api: ApiName, request: pytest.FixtureRequest) -> None:
    """Asked again without a limit: each record of each type, field by field, no field more and no field less."""
    app: Flask = request.getfixturevalue(scenario)
    examples, found = examples_of(app, api), strict(served(app, api))
    wrong = []
    for row in APIS[api].operations:
        example = examples.get(row.id)
        if row.method == "GET" and (example or row.tag == "reference"):
            query = {k: v for k, v in (example.query if example else {}).items() if k != "limit"}
            answer = ask_example(app, row, example, query_string=query)
            if answer.status_code == row.status:
                wrong += differences(found, row.id, answer)
    assert wrong == []


@pytest.mark.parametrize("api", APIS)
def test_every_example_is_as_described(demo_app: Flask, api: ApiName) -> None:
    """Requests and answers, reading and writing, errors too."""
    found = strict(served(demo_app, api))
    checked = 0
    for path, method, operation in described(found):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        answers = [resolved(found, response) for response in operation["responses"].values()]
        for told in [*bodies, *answers]:
            content = told.get("content", {}).get("application/json", {})
            for example in shown(content):
                # A batch with an item that breaks a rule shows just that.
                if not (told in bodies and api == "ingestion"):
                    assert problems(found, content["schema"], example) == [], (path, method)
                checked += 1
    assert checked > len(APIS[api].operations)


def shown(content: Json) -> list[Any]:
    """The examples of a body or an answer."""
    return [*([content["example"]] if "example" in content else [])] + [
        example["value"] for example in content.get("examples", {}).values()
    ]


@pytest.mark.parametrize("api", APIS)
def test_every_operation_has_examples(demo_app: Flask, api: ApiName) -> None:
    """Of what it takes, and of what it answers as JSON when it works or fails; only files and documents show none."""
    found = served(demo_app, api)
    for path, method, operation in described(found):
        if "requestBody" in operation and operation["requestBody"]["required"]:
            assert shown(operation["requestBody"]["content"]["application/json"]), path
        for parameter in parameters_of(found, operation["operationId"]):
            assert "example" in parameter or parameter["in"] != "path" or path.startswith("/docs"), path
        for status, response in operation["responses"].items():
            content = resolved(found, response).get("content", {}).get("application/json")
            also = int(status) in ROWS[operation["operationId"]].also
            if content and not also and not path.startswith("/openapi"):
                assert shown(content), (path, method, status)


def test_the_examples_show_something(document: Json) -> None:
    """Records everywhere."""
    empty = {
        operation["operationId"]
        for _, _, operation in described(document)
        for response in operation["responses"].values()
        for content in response.get("content", {}).values()
        if isinstance(content.get("example"), dict) and content["example"].get("data", "none") in ([], {})
    }
    assert empty == set()


def test_the_examples_are_what_the_server_answers(document: Json, demo_server: Emulator) -> None:
    """Byte for byte what a client of a fresh demo server gets, where nothing had to be created before."""
    for operation_id in ("getEventsByRoom", "getSyncByParticipant", "getRecordingsByExperiment", "checkAccess"):
        parameters = parameters_of(document, operation_id)
        path = template(ROWS[operation_id].path)
        for parameter in parameters:
            if parameter["in"] == "path":
                path = path.replace("{" + parameter["name"] + "}", parameter["example"])
        query = {p["name"]: p["example"] for p in parameters if p["in"] == "query" and "example" in p}
        sent = {"X-API-Key": demo_server.keys["full"], "Host": "127.0.0.1:4747"}
        answer = requests.get(demo_server.api_url + path, params=query, headers=sent, timeout=30).json()
        assert answer == response_of(document, operation_id, 200)["content"]["application/json"]["example"]


# --- errors ---------------------------------------------------------------------------------------


# Rooms that only a deployment of the reader's own has; createDeployment's example makes them, under these ids.
AFTER_A_DEPLOYMENT = ("runMoreRooms", "stopRoom", "retryRoom")


def test_every_example_request_works_on_a_fresh_demo_world(demo_app: Flask) -> None:
    """As it stands in the document, sent alone; those on launched rooms once the rooms are launched."""
    examples = {id_: example for api in APIS for id_, example in examples_of(demo_app, api).items()}
    untouched = create_app(Settings())
    for row in ROWS.values():
        app = untouched if row.method == "GET" else create_app(Settings())
        if row.id in AFTER_A_DEPLOYMENT:
            launched = ask_example(app, ROWS["createDeployment"], examples["createDeployment"])
            assert launched.status_code == 201
            sandbox_of(app).clock.advance(5_000)
        before = {"deleteSandbox": "createSandbox", "removeFault": "setFault"}.get(row.id)
        if before is not None:
            assert ask_example(app, ROWS[before], examples[before]).status_code == 201
        if row.id in examples:
            answer = ask_example(app, row, examples[row.id])
            assert answer.status_code == row.status, (row.id, answer.text)
    assert {row.id for row in ROWS.values() if row.tag != "reference"} <= examples.keys()


def test_the_rows_list_no_error_that_the_rule_does_not_know() -> None:
    """What a view says it may answer, the document says too."""
    for row in operations():
        assert set(row.errors) <= {kind.status for kind in errors_of(row)}, row.id


def test_every_kind_of_error_is_some_operation_s() -> None:
    """No row of the table of errors is left over, but the one for what is both checked and has a body."""
    used = {one.name for row in operations() for kind in errors_of(row) for one in (kind, *kind.parts)}
    assert used | {"InvalidRequest"} == set(ERRORS)


# --- labels ---------------------------------------------------------------------------------------


def labels(value: Any) -> Iterator[str]:
    """Every label in a document, wherever it stands."""
    if isinstance(value, dict):
        if "x-fidelity" in value:
            yield value["x-fidelity"]
        for name, part in value.items():
            if name not in ("example", "examples"):
                yield from labels(part)
    elif isinstance(value, list):
        for part in value:
            yield from labels(part)


@pytest.mark.parametrize("api", APIS)
def test_every_operation_has_a_label(demo_app: Flask, api: ApiName) -> None:
    """One of the three, which the document explains."""
    found = served(demo_app, api)
    assert all(operation["x-fidelity"] in LABELS for _, _, operation in described(found))
    assert set(labels(found)) <= set(LABELS)
    assert all(f"`{label}`" in found["info"]["description"] for label in labels(found))


def test_fields_that_differ_have_labels_of_their_own(document: Json) -> None:
    """A documented endpoint says which of its fields nobody documented."""
    event = document["components"]["schemas"]["Event"]["properties"]
    assert "x-fidelity" not in event["onset"]
    assert event["roomId"]["x-fidelity"] == "observed"
    gaze = document["components"]["schemas"]["GazeSample"]["properties"]
    assert gaze["gazeX"]["x-fidelity"] == "inferred"


# --- links ----------------------------------------------------------------------------------------


def test_links_lead_to_operations_and_their_parameters(document: Json) -> None:
    """Every link names an operation that there is, and gives it every parameter that it needs."""
    links = [
        link
        for operation in by_id(document).values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert {"getExperiment", "updatePersona", "getDeployment"} <= {link["operationId"] for link in links}
    for link in links:
        parameters = parameters_of(document, link["operationId"])
        assert set(link["parameters"]) <= {p["name"] for p in parameters}
        assert {p["name"] for p in parameters if p["required"]} <= set(link["parameters"])


@pytest.mark.parametrize("api", APIS)
def test_nothing_in_the_components_is_unused(demo_app: Flask, api: ApiName) -> None:
    """A component that nothing refers to would be a description of nothing."""
    found = served(demo_app, api)
    text = json.dumps(found)
    for kind in found["components"].keys() - {"securitySchemes"}:
        for name in found["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name
