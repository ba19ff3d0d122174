"""`--only documented` and `--only observed`: what is less well founded is not there, in answers and in documents.

The rules go over every operation, parameter, value and field of both emulated APIs, as the tables label them.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from document_support import APIS, Json, ask_example, by_id, described, errors_in, examples_of, parameters_of, served
from emulator import DATA_TYPES, PLACES, ROWS, DataApi
from flask import Flask
from jsonschema_rs import Draft202012Validator
from openapi_spec_validator import validate
from schema_walk import schemas_of

from mockserver import Settings, create_app
from mockserver.door.apis import ApiName
from mockserver.door.operations import Operation
from mockserver.door.paths import placeholders, template
from mockserver.hyperstudy.shape import Field, Shape
from mockserver.words.fidelity import Fidelity, shows, weaker
from mockserver.words.founded import shown_schema, shown_value
from mockserver.words.json_schema import KEYWORD

LEASTS: tuple[Fidelity, ...] = ("documented", "observed")
EMULATED: tuple[ApiName, ...] = ("hyperstudy", "ingestion")


@pytest.fixture(scope="module", params=LEASTS)
def least(request: pytest.FixtureRequest) -> Fidelity:
    found: Fidelity = request.param
    return found


@pytest.fixture(scope="module")
def app(least: Fidelity) -> Flask:
    return create_app(Settings(scenario="pair", least_fidelity=least))


@pytest.fixture(scope="module")
def api(app: Flask) -> DataApi:
    return DataApi(app)


def rows(hidden: bool, least: Fidelity) -> list[Operation]:
    """The emulated operations that are hidden, or that are not."""
    every = [row for name in EMULATED for row in APIS[name].operations]
    return [row for row in every if (row.always_shown or shows(row.fidelity, least)) != hidden]


# --- operations -------------------------------------------------------------------------------------


def test_hidden_operations_are_unknown_routes(app: Flask, least: Fidelity) -> None:
    """404 as for any path that nobody serves, by whatever method; unless another method is there."""
    hidden, shown = rows(True, least), rows(False, least)
    assert hidden or least == "observed"
    there = {row.path for row in shown}
    for row in hidden:
        answer = ask_example(app, row, None)
        if row.path in there:
            assert (answer.status_code, row.method in answer.headers["Allow"]) == (405, False), row.id
        elif not any(_covers(other.path, row.path) for other in shown):
            assert answer.status_code == 404, row.id
            assert answer.get_json()["error"]["message"].startswith("No route"), row.id


def _covers(general: str, path: str) -> bool:
    """Is the one path a case of the other, such as `/experiments/validate` of `/experiments/<experiment_id>`?"""
    parts, others = general.split("/"), path.split("/")
    return len(parts) == len(others) and all(a == b or a.startswith("<") for a, b in zip(parts, others, strict=True))


def test_a_hidden_data_type_is_not_named_in_advice(api: DataApi, least: Fidelity) -> None:
    """An unknown route says where the data would be, of what is there."""
    said = api.ask("/data/nonsense/room/room_pair").get_json()["error"]["message"]
    assert ("eyetracking" in said) == shows(ROWS["eyetracking"].fidelity, least)


@pytest.mark.parametrize("name", EMULATED)
def test_the_document_has_what_is_shown(app: Flask, least: Fidelity, name: ApiName) -> None:
    """Operations, parameters, their values and fields: none is less well founded, and none is missing."""
    found = served(app, name)
    validate(found)
    wanted = [row for row in APIS[name].operations if row.always_shown or shows(row.fidelity, least)]
    assert by_id(found).keys() == {row.id for row in wanted}
    for row in wanted:
        every = parameters_of(found, row.id)
        told = {p["name"]: p for p in every if p["in"] == "query"}
        headers = {p["name"] for p in every if p["in"] == "header"}
        assert row.always_shown or headers <= {"If-None-Match"}, row.id
        kept = [p for p in row.parameters if row.always_shown or shows(p.fidelity, least)]
        assert list(told) == [p.name for p in kept], row.id
        for parameter in kept:
            weak = [value for value, label in parameter.labels.items() if not shows(label, least)]
            assert not set(weak) & set(told[parameter.name]["schema"].get("enum", ())), row.id
    for place, schema in schemas_of(found):
        for field, inner in schema.get("properties", {}).items():
            assert shows(inner.get(KEYWORD, "documented"), least), f"{place}.{field}"


def test_links_lead_nowhere_that_is_hidden(app: Flask) -> None:
    """Each names an operation that is in the document."""
    found = served(app, "hyperstudy")
    for _, _, operation in described(found):
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                assert link["operationId"] in by_id(found)


def test_what_is_listed_is_what_is_served(app: Flask, least: Fidelity) -> None:
    """`GET /_mock` names no hidden operation, and every one of the emulator's own."""
    listed = {row["id"] for row in app.test_client().get("/_mock").get_json()["operations"]}
    control = {row.id for row in APIS["control"].operations}
    assert listed == {row.id for row in rows(False, least)} | control


# --- answers ----------------------------------------------------------------------------------------


def test_every_example_is_answered_as_described(app: Flask) -> None:
    """Again and field by field, where nothing may be in an answer but what the document names."""
    found = served(app, "hyperstudy")
    closed = closed_copy(found)
    examples, checked = examples_of(app), 0
    for row in APIS["hyperstudy"].operations:
        if row.id in by_id(found) and row.method == "GET" and row.id in examples:
            answer = ask_example(app, row, examples[row.id])
            content = by_id(closed)[row.id]["responses"][str(row.status)]["content"]
            if answer.status_code == row.status and answer.is_json:
                rules: Any = {**content["application/json"]["schema"], "components": closed["components"]}
                assert [e.message for e in Draft202012Validator(rules).iter_errors(answer.get_json())] == [], row.id
                checked += 1
    assert checked > 25


def closed_copy(document: Json) -> Json:
    """The same, where nothing may be in an object but what the document names."""
    closed: Json = json.loads(json.dumps(document))
    for _, schema in schemas_of(closed):
        if schema.get("properties") and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
    return closed


@pytest.mark.parametrize("name", EMULATED)
def test_every_error_is_answered_as_described(app: Flask, name: ApiName) -> None:
    """Field by field: that there are details is documented, also where nothing in them is."""
    closed, checked = closed_copy(served(app, name)), 0
    for id_, status, response in errors_in(closed):
        content = response["content"]["application/json"]
        if "example" in content:
            rules: Json = {**content["schema"], "components": closed["components"]}
            assert [e.message for e in Draft202012Validator(rules).iter_errors(content["example"])] == [], (id_, status)
            checked += 1
    assert checked > 10


def paths(fields: tuple[Field, ...], around: Fidelity, least: Fidelity, above: str = "") -> Iterator[str]:
    """The columns of what is shown."""
    for field in fields:
        label = weaker(field.fidelity, around)
        if shows(label, least):
            name = above + field.name
            inner = isinstance(field.shape, Shape) and field.kind == "object"
            yield from paths(field.fields, label, least, f"{name}.") if inner else [name]


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_all_formats_hide_the_same(api: DataApi, least: Fidelity, data_type: str) -> None:
    """JSON, CSV and NDJSON have the columns that are well enough founded, in their order."""
    row = ROWS[data_type]
    wanted = list(paths(row.shape.fields, row.fidelity, least))
    records = api.records(data_type, row.levels[0], limit=5)
    lines = api.data(data_type, row.levels[0], format="ndjson", limit=5).text.splitlines()
    table = list(csv.reader(io.StringIO(api.data(data_type, row.levels[0], format="csv", limit=5).text)))
    assert records
    assert table[0] == wanted
    assert [json.loads(line) for line in lines] == records
    assert all(set(_columns(record, wanted)) <= set(wanted) for record in records)


def _columns(value: Mapping[str, Any], wanted: list[str], above: str = "") -> Iterator[str]:
    for name, part in value.items():
        path = above + name
        if isinstance(part, dict) and path not in wanted:
            yield from _columns(part, wanted, f"{path}.")
        elif part is not None or path in wanted:
            yield path


@pytest.mark.parametrize(("data_type", "level"), PLACES)
def test_hidden_parameters_do_nothing(api: DataApi, least: Fidelity, data_type: str, level: str) -> None:
    """As unknown ones: whatever they say, the answer is the same, and the journal names them."""
    (operation,) = [o for o in APIS["hyperstudy"].operations if o.path == f"/data/{data_type}/{level}/<scope_id>"]
    if not shows(operation.fidelity, least):
        return
    hidden = [p.name for p in operation.parameters if not shows(p.fidelity, least)]
    plain = api.data(data_type, level).get_json()
    for name in hidden:
        assert api.data(data_type, level, **{name: "nonsense"}).get_json()["data"] == plain["data"], name
        told = api.app.test_client().get("/_mock/journal")
        assert told.status_code == 200, told.text[:2000]
        last = told.get_json()["entries"][-1]
        assert name in [unread["name"] for unread in last["unread"]]


def test_the_hidden_header_does_nothing(api: DataApi) -> None:
    """No source has the organisation's: whatever it says, the answer is the same."""
    headers = {"X-Organization-Id": "org_other"}
    for path in ("/data/events/room/room_pair", "/experiments"):
        assert api.ask(path, headers=headers).get_json() == api.ask(path).get_json()


def test_hidden_values_are_refused(api: DataApi, least: Fidelity) -> None:
    """As values that nobody knows, and the message names the others."""
    for name, parameter, value, label in (
        ("events", "category", "questionnaire", "observed"),
        ("participants", "sort", "email", "inferred"),
    ):
        answer = api.data(name, "room", **{parameter: value})
        assert answer.status_code == (200 if shows(label, least) else 400)  # type: ignore[arg-type]
        assert answer.status_code == 200 or value not in answer.get_json()["error"]["details"]["expected"]


def test_errors_keep_their_envelope(app: Flask, least: Fidelity) -> None:
    """Code and message are documented; of the details only fields that are well enough founded are there."""
    for _, _, response in errors_in(served(app, "hyperstudy")):
        content = response["content"]["application/json"]
        if "example" in content:
            error = content["example"]["error"]
            assert list(error) == ["code", "message", "details"]
    api = DataApi(app)
    details = api.ask("/data/events/room/nowhere").get_json()["error"]["details"]
    assert details == {}
    refused = api.ask("/data/chat/room/room_pair", key="events_only").get_json()["error"]["details"]
    assert (refused == {}) == (least == "documented")
    assert api.ask("/data/events/room/room_pair", {"limit": "x"}).get_json()["error"]["details"]["parameter"] == "limit"


def test_the_recording_link_leads_to_the_file(api: DataApi) -> None:
    """A documented link works, though where it leads is nowhere documented."""
    link = api.records("recordings", "room")[0]["downloadUrl"]
    answer = api.app.test_client().get(link, headers={"Range": "bytes=0-9"})
    assert (answer.status_code, len(answer.data)) == (206, 10)


def test_the_page_is_there(app: Flask) -> None:
    """With its files, which are the emulator's own."""
    client = app.test_client()
    assert client.get("/api/v3/docs").status_code == 200
    assert client.get("/api/v3/docs/files/page.js").status_code == 200


# --- where it is set --------------------------------------------------------------------------------


def test_each_sandbox_has_its_own() -> None:
    """Beside a whole default sandbox, one that shows only what is documented; and back again."""
    app = create_app(Settings(scenario="pair"))
    client = app.test_client()
    for name, only in (("strict", "documented"), ("whole", "inferred")):
        made = client.put(f"/_mock/sandboxes/{name}", json={"settings": {"only": only}})
        assert made.status_code == 201
        assert made.get_json()["settings"]["only"] == only
    key = {"X-API-Key": "hst_live_your_key_here"}
    seen = {
        prefix: client.get(f"{prefix}/api/v3/personas", headers=key).status_code
        for prefix in ("", "/_mock/s/strict", "/_mock/s/whole")
    }
    assert seen == {"": 200, "/_mock/s/strict": 404, "/_mock/s/whole": 200}
    refused = client.put("/_mock/sandboxes/odd", json={"settings": {"only": "guessed"}})
    assert refused.status_code == 400
    assert "documented, observed, inferred" in refused.get_json()["error"]


def test_nothing_is_hidden_by_default(pair_app: Flask) -> None:
    """The same documents as with everything shown."""
    whole = create_app(Settings(scenario="pair", least_fidelity="inferred"))
    assert Settings().least_fidelity == "inferred"
    for name in EMULATED:
        assert served(whole, name) == served(pair_app, name)


def test_what_is_part_of_something_weak_is_weak() -> None:
    """Of an object that is hidden as a whole, nothing is left but the object."""
    schema = {
        "type": "object",
        "properties": {
            "plain": {"type": "string"},
            "weak": {"type": "string", KEYWORD: "inferred"},
            "seen": {"type": "object", KEYWORD: "observed", "properties": {"inner": {"type": "string"}}},
            "list": {"type": "array", "items": {"type": "object", "properties": {"x": {KEYWORD: "inferred"}}}},
        },
        "required": ["plain", "weak", "seen", "list"],
    }
    value = {"plain": "a", "weak": "b", "seen": {"inner": "c"}, "list": [{"x": 1, "y": 2}], "more": 3}
    assert shown_value(value, schema, "documented", "documented") == {"plain": "a", "list": [{"y": 2}], "more": 3}
    assert shown_value(value, schema, "documented", "observed").keys() == {"plain", "seen", "list", "more"}
    assert shown_value(value, schema, "observed", "documented") == {}
    assert shown_value(value, schema, "documented", "inferred") == value
    assert shown_schema(schema, "documented", "documented")["required"] == ["plain", "list"]
    assert shown_schema(schema, "observed", "documented")["properties"] == {}


def test_paths_of_operations_are_templates() -> None:
    """What `_covers` takes for a placeholder is one."""
    for row in APIS["hyperstudy"].operations:
        assert template(row.path).count("{") == len(placeholders(row.path))
