"""What is served is described, and what is described is served: routes, parameters, statuses, headers, fields.

The routes are read from the application, the parameters from what the views look up, and the fields from real
answers, held against schemas that allow nothing which they do not name.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import yaml
from emulator import DataApi, Emulator, keys_of, sandbox_of
from flask import Flask, Request
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate
from werkzeug.datastructures import EnvironHeaders, ImmutableMultiDict
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.door.operations import Operation
from mockserver.hyperstudy.routes import BASE_PATH, operations
from mockserver.openapi.documents import Documents
from mockserver.openapi.errors import ERRORS, errors_of
from mockserver.openapi.labels import LABELS
from mockserver.openapi.paths import filled, template
from mockserver.web.reference import reference
from mockserver.words.camel_case import camel

Json = dict[str, Any]

ROWS = {operation.id: operation for operation in operations()}
APIS = {"hyperstudy": BASE_PATH, "ingestion": "/api"}
# What HTTP, the server or CORS adds to any answer.
USUAL_HEADERS = {"Content-Type", "Content-Length", "Vary", "Content-Security-Policy", "Cache-Control"}


def documents_of(app: Flask) -> Documents:
    with app.app_context():
        documents = reference()
    assert isinstance(documents, Documents)
    return documents


@pytest.fixture(scope="module")
def document(demo_app: Flask) -> Json:
    """The data API's document, as it is served."""
    return served(demo_app, "hyperstudy")


def served(app: Flask, api: str) -> Json:
    answer = app.test_client().get(f"{APIS[api]}/openapi.json")
    assert answer.status_code == 200, answer.text
    found: Json = answer.get_json()
    return found


def described(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Path, method and operation of everything in a document."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def by_id(document: Json) -> dict[str, Json]:
    return {operation["operationId"]: operation for _, _, operation in described(document)}


# --- the documents themselves ---------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
def test_the_document_is_valid(demo_app: Flask, api: str) -> None:
    """By a public validator."""
    found = served(demo_app, api)
    assert found["openapi"].startswith("3.1")
    validate(found)


def test_the_other_reading_has_examples_of_its_own(pair_app: Flask) -> None:
    """The same document otherwise."""
    other = create_app(Settings(scenario="pair", reading="observed"))
    told = {}
    for app, code in ((pair_app, "UNAUTHORIZED"), (other, "AUTHENTICATION_ERROR")):
        told[code] = served(app, "hyperstudy")["components"]["responses"]["Unauthorized"]
        assert told[code]["content"]["application/json"].pop("example")["error"]["code"] == code
    assert told["UNAUTHORIZED"] == told["AUTHENTICATION_ERROR"]


@pytest.mark.parametrize("api", APIS)
def test_yaml_and_json_say_the_same(demo_app: Flask, api: str) -> None:
    """A person's document is a program's."""
    answer = demo_app.test_client().get(f"{APIS[api]}/openapi.yaml")
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
def test_the_document_is_the_same_whatever_was_written(demo_app: Flask, used: DataApi, api: str) -> None:
    """Two applications, one of them used: not a byte differs, and making it leaves no trace."""
    path = f"{APIS[api]}/openapi.json"
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


@pytest.mark.parametrize("api", APIS)
def test_every_route_is_described_and_every_description_is_served(demo_app: Flask, api: str) -> None:
    """With its methods; HEAD goes with GET, and OPTIONS with everything."""
    routes = {
        (re.sub(r"<(\w+)>", lambda m: "{" + camel(m[1]) + "}", rule.rule), method.lower())
        for rule in demo_app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint.startswith(f"{api}.") and method not in ("HEAD", "OPTIONS")
    }
    told = {(APIS[api] + path, method) for path, method, _ in described(served(demo_app, api))}
    assert routes == told


def test_every_application_route_belongs_to_a_described_api(demo_app: Flask) -> None:
    """Nothing hides beside the two APIs and the emulator's own."""
    owners = {rule.endpoint.split(".")[0] for rule in demo_app.url_map.iter_rules()}
    assert owners - {"control", "console"} == set(APIS)


def test_every_operation_of_the_data_api_is_a_row(document: Json) -> None:
    """Path, method, scope, label and what it takes are those of the table."""
    for path, method, operation in described(document):
        row = ROWS[operation["operationId"]]
        assert (template(row.path), row.method.lower()) == (path, method)
        assert operation.get("x-required-scope") == row.scope
        assert operation.get("x-required-scope-fidelity") == row.scope_fidelity
        assert operation["x-fidelity"] == row.fidelity
        assert operation["security"] == ([] if row.public else [{"ApiKey": [row.scope] if row.scope else []}])
        assert ("requestBody" in operation) == (row.body is not None)


# --- parameters -----------------------------------------------------------------------------------


class Watched(ImmutableMultiDict[str, str]):
    """Query parameters that remember which of them somebody looked for."""

    looked_for: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.looked_for.add(key)
        return super().__getitem__(key)

    def get(self, key: str, *args: Any, **kwargs: Any) -> Any:
        self.looked_for.add(key)
        return super().get(key, *args, **kwargs)


class WatchedHeaders(EnvironHeaders):
    """Headers that remember the same."""

    looked_for: set[str] = set()

    def _get_key(self, key: str) -> str:
        self.looked_for.add(key)
        return super()._get_key(key)


class WatchedRequest(Request):
    parameter_storage_class = Watched

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.headers = WatchedHeaders(self.environ)


# Looked for in any request: what HTTP and CORS need, and the key, which is described as a security scheme.
USUAL_LOOKUPS = {"Host", "Origin", "Content-Type", "Content-Length", "Content-Encoding", "X-API-Key"}


def test_what_is_read_of_a_request_is_what_is_described(demo_app: Flask, document: Json) -> None:
    """The query parameters and headers that somebody looks up are in the document, and the other way round."""
    app = create_app(Settings())
    app.request_class = WatchedRequest
    examples = documents_of(demo_app).examples
    for row in ROWS.values():
        Watched.looked_for, WatchedHeaders.looked_for = set(), set()
        ask_example(app, row, examples.operations.get(row.id))
        told: dict[str, set[str]] = {"query": set(), "header": set(), "path": set()}
        for parameter in parameters_of(document, row.id):
            told[parameter["in"]].add(parameter["name"])
        assert Watched.looked_for == told["query"], row.id
        assert WatchedHeaders.looked_for - USUAL_LOOKUPS == told["header"], row.id


def ask_example(app: Flask, row: Operation, example: Any, **changes: Any) -> TestResponse:
    """Send an example again; without one, the bare operation."""
    path = example.path if example else dict.fromkeys(re.findall(r"<(\w+)>", row.path), "nowhere")
    return app.test_client(use_cookies=False).open(
        BASE_PATH + filled(row.path, path),
        method=row.method,
        headers={"X-API-Key": keys_of(sandbox_of(app))["full"]},
        base_url="http://127.0.0.1:4747",
        **{
            "query_string": example.query if example else {},
            "json": example.body if example else {} if row.body else None,
            **changes,
        },
    )


def parameters_of(document: Json, operation_id: str) -> list[Json]:
    return [resolved(document, parameter) for parameter in by_id(document)[operation_id].get("parameters", [])]


def resolved(document: Json, value: Json) -> Json:
    """The component that a reference stands for."""
    while "$ref" in value:
        _, kind, name = value["$ref"].removeprefix("#/").split("/")
        value = document["components"][kind][name]
    return value


# --- answers --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def strict_document(document: Json) -> Json:
    """The document, whose schemas allow nothing that they do not name."""
    found: Json = strict(document)
    return found


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
    found = Draft202012Validator(rules, format_checker=FormatChecker()).iter_errors(value)
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


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


@pytest.mark.parametrize("scenario", ["demo_app", "pair_app"])
def test_every_answer_is_as_described(strict_document: Json, scenario: str, request: pytest.FixtureRequest) -> None:
    """Asked again without a limit: each record of each type, field by field, no field more and no field less."""
    app: Flask = request.getfixturevalue(scenario)
    examples = documents_of(app).examples
    wrong = []
    for row in ROWS.values():
        example = examples.operations.get(row.id)
        if row.method == "GET" and (example or row.tag == "reference"):
            query = {k: v for k, v in (example.query if example else {}).items() if k != "limit"}
            answer = ask_example(app, row, example, query_string=query)
            if answer.status_code == row.status:
                wrong += differences(strict_document, row.id, answer)
    assert wrong == []


def test_every_example_is_as_described(strict_document: Json) -> None:
    """Requests and answers, reading and writing, errors too; and every operation has one."""
    for path, method, operation in described(strict_document):
        body = operation.get("requestBody")
        if body:
            content = body["content"]["application/json"]
            assert problems(strict_document, content["schema"], content["example"]) == [], path
        for parameter in parameters_of(strict_document, operation["operationId"]):
            assert "example" in parameter or parameter["in"] != "path" or path.startswith("/docs"), path
        for status, response in operation["responses"].items():
            content = resolved(strict_document, response).get("content", {}).get("application/json")
            if content and not path.startswith("/openapi"):
                assert content["example"], (path, method, status)
                assert problems(strict_document, content["schema"], content["example"]) == [], (path, method, status)


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
    examples = documents_of(demo_app).examples.operations
    untouched = create_app(Settings())
    for row in operations():
        app = untouched if row.method == "GET" else create_app(Settings())
        if row.id in AFTER_A_DEPLOYMENT:
            launched = ask_example(app, ROWS["createDeployment"], examples["createDeployment"])
            assert launched.status_code == 201
            sandbox_of(app).clock.advance(5_000)
        if row.id in examples:
            answer = ask_example(app, row, examples[row.id])
            assert answer.status_code == row.status, (row.id, answer.text)
    assert {row.id for row in operations() if row.tag != "reference"} <= examples.keys()


def test_the_rows_list_no_error_that_the_rule_does_not_know() -> None:
    """What a view says it may answer, the document says too."""
    for row in ROWS.values():
        assert set(row.errors) <= {kind.status for kind in errors_of(row)}, row.id


def test_every_kind_of_error_is_some_operation_s() -> None:
    """No row of the table of errors is left over, but the one for what is both checked and has a body."""
    used = {one.name for row in ROWS.values() for kind in errors_of(row) for one in (kind, *kind.parts)}
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
def test_every_operation_has_a_label(demo_app: Flask, api: str) -> None:
    """One of the three, which the document explains."""
    found = served(demo_app, api)
    assert all(operation["x-fidelity"] in LABELS for _, _, operation in described(found))
    assert set(labels(found)) <= set(LABELS)
    assert all(f"`{label}`" in found["info"]["description"] for label in LABELS)


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


def test_nothing_in_the_components_is_unused(document: Json) -> None:
    """A component that nothing refers to would be a description of nothing."""
    text = json.dumps(document)
    for kind in ("schemas", "responses", "parameters", "headers"):
        for name in document["components"][kind]:
            assert f'"#/components/{kind}/{name}"' in text, name
