"""Rules that code generators need of the documents, over every schema of all three.

That clients are made, compile and work is shown in `tests/clients`; these are the rules behind that, one by one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from document_support import APIS, Json, by_id, errors_in, served
from emulator import DataApi
from flask import Flask
from schema_walk import schemas_of, within

from mockserver import Settings, create_app
from mockserver.door.apis import ApiName
from mockserver.openapi.field_notes import KNOWN_VALUES, field_notes
from mockserver.openapi.schemas import Components
from mockserver.simulation.records.attendance import COMPLETION_CODES
from mockserver.simulation.records.events import CATEGORIES
from mockserver.simulation.scenario.specs import COMPONENTS
from mockserver.words.json_schema import ISO_8601_FORMAT

LEAST_INT32, MOST_INT32 = -(2**31), 2**31 - 1
# What a number is counted or measured in, as the descriptions say it.
UNITS = re.compile(
    r"\b(ms|seconds?|bytes|mm|pixels|US dollars|points|Cohen|standard deviations?|status|score)\b"
    r"|\b(how (many|often|fast|freely)|from -?\d|counted from|counts|characters|share|-?\d to \d|speaking|words)\b"
    r"|\b(the most|offset|seed|correlation|number that|its number|1 is its own speed|0 stands still)\b",
    re.IGNORECASE,
)
NUMBERS = {"integer", "number", "null"}
# Or the name itself has it.
NAMED_UNITS = ("Ms", "Ppm", "Bytes", "Seconds", "Usd")


@pytest.fixture(params=APIS)
def document(demo_app: Flask, request: pytest.FixtureRequest) -> Json:
    """Each of the documents."""
    name: ApiName = request.param
    return served(demo_app, name)


def types_of(schema: Json) -> set[str]:
    told = schema.get("type", [])
    return {told} if isinstance(told, str) else set(told)


def test_no_two_values_of_an_enum_differ_by_case_alone(document: Json) -> None:
    """Generators write their names in capitals: `ShowText` and `showtext` would be one."""
    for place, schema in schemas_of(document):
        names = [value.lower() for value in schema.get("enum", ()) if isinstance(value, str)]
        assert [name for name, times in Counter(names).items() if times > 1] == [], place


def test_no_two_schemas_have_one_name_in_a_generated_client(document: Json) -> None:
    """Go makes `NewEvent()`, `NewEventWithDefaults()` and `NullableEvent` for `Event`; elsewhere case may not count."""
    names = list(document["components"]["schemas"])
    made = {f"{before}{name}{after}" for name in names for before, after in MADE_BY_GO}
    assert made & set(names) == set()
    assert len({name.lower() for name in names}) == len(names)


MADE_BY_GO = (("New", ""), ("New", "WithDefaults"), ("Nullable", ""))


def test_integers_that_may_pass_32_bits_say_so(document: Json) -> None:
    """Every integer without bounds that keep it within is `int64`, and none that has them."""
    for place, schema in schemas_of(document):
        if "integer" in types_of(schema):
            fits = schema.get("minimum", -1e99) >= LEAST_INT32 and schema.get("maximum", 1e99) <= MOST_INT32
            assert schema.get("format") == (None if fits else "int64"), place


@pytest.mark.parametrize(
    ("schema", "format_"),
    [
        ({"type": "integer"}, "int64"),
        ({"type": ["integer", "null"]}, "int64"),
        ({"type": "integer", "minimum": 0}, "int64"),
        ({"type": "integer", "minimum": 0, "maximum": 2**31}, "int64"),
        ({"type": "integer", "minimum": -(2**31) - 1, "maximum": 0}, "int64"),
        ({"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}, None),
        ({"type": "number"}, None),
    ],
)
def test_the_width_of_an_integer(schema: Json, format_: str | None) -> None:
    """At its bounds."""
    assert Components().hoisted(schema).get("format") == format_


def test_the_known_large_ones_are_wide(demo_app: Flask) -> None:
    """What generated clients have cut off."""
    schemas = served(demo_app, "hyperstudy")["components"]["schemas"]
    detail = schemas["SparseRating"]["properties"]["sparseRatingData"]["properties"]
    assert detail["pauseTimestamp"]["format"] == "int64"
    assert schemas["Recording"]["properties"]["fileSize"]["format"] == "int64"
    assert schemas["Event"]["properties"]["onset"]["format"] == "int64"
    assert schemas["Pagination"]["properties"]["total"]["format"] == "int64"


def test_formats_of_texts_are_what_is_taken(document: Json) -> None:
    """`date-time` is RFC 3339: what is written. What is read may be any ISO 8601, and has a format of our own name."""
    bodies = {place for place, _ in sent_schemas(document)}
    for place, schema in schemas_of(document):
        if "string" in types_of(schema) and "format" in schema:
            assert schema["format"] in ("date-time", "uri", ISO_8601_FORMAT), place
            if place.startswith("parameters ") or "?" in place or place in bodies:
                assert schema["format"] != "date-time", place


def sent_schemas(document: Json) -> Iterator[tuple[str, Json]]:
    """The schemas that are sent in bodies and never answered."""
    named = document["components"]["schemas"]
    for operation in by_id(document).values():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            yield from _with_named(content["schema"], named, set())


def _with_named(schema: Json, named: Json, seen: set[str]) -> Iterator[tuple[str, Json]]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name in seen:
            return
        seen.add(name)
        for place, inner in within(name, named[name]):
            yield place, inner
            if inner is not named[name] and "$ref" in inner:
                yield from _with_named(inner, named, seen)


def test_there_is_a_time_of_each_sort(demo_app: Flask) -> None:
    """One that is written, one that is asked, and one that is sent."""
    told = served(demo_app, "hyperstudy")
    schemas = told["components"]["schemas"]
    assert schemas["Event"]["properties"]["timestamp"]["format"] == "date-time"
    assert schemas["EventToRecord"]["properties"]["timestamp"]["format"] == ISO_8601_FORMAT
    assert told["components"]["parameters"]["startTime"]["schema"]["format"] == ISO_8601_FORMAT


def test_every_list_says_what_is_in_it(document: Json) -> None:
    """Without `items` some generators make nothing."""
    lists = [(place, schema) for place, schema in schemas_of(document) if "array" in types_of(schema)]
    assert [place for place, schema in lists if "items" not in schema] == []


def test_conditions_are_not_described(document: Json) -> None:
    """Of a schema with `if`, or with a choice of what is required, some generators make nothing."""
    for place, schema in schemas_of(document):
        assert not {"if", "then", "else"} & set(schema), place
        assert not any(set(inner) == {"required"} for inner in schema.get("anyOf", ())), place
        assert not any(schema.get(keyword) == [] for keyword in ("allOf", "anyOf", "oneOf")), place


# --- what fields are --------------------------------------------------------------------------------


def fields_of(document: Json) -> Iterator[tuple[str, Json]]:
    for place, schema in schemas_of(document):
        for name, field in schema.get("properties", {}).items():
            yield f"{place}.{name}", field


def test_every_field_says_what_it_is(document: Json) -> None:
    """In a sentence. What is missing goes into `mockserver/openapi/fields.toml`."""
    assert [
        place for place, field in fields_of(document) if not field.get("description", "").endswith((".", "`."))
    ] == []


def test_every_number_says_its_unit(document: Json) -> None:
    """Or what it counts, or from where to where it goes."""
    numbers = [(p, f) for p, f in fields_of(document) if {"null"} < types_of(f) | {"null"} <= NUMBERS]
    assert numbers
    silent = [p for p, field in numbers if not UNITS.search(field["description"]) and not p.endswith(NAMED_UNITS)]
    assert silent == []


def test_no_note_is_about_nothing(demo_app: Flask) -> None:
    """Each table is looked in, and each of its notes is told somewhere."""
    told = {f["description"] for api in APIS for _, f in fields_of(served(demo_app, api)) if "description" in f}
    unused = [
        f"{table}.{name}"
        for table, notes in field_notes().items()
        for name, note in notes.items()
        if not {note.about, note.described()["description"]} & told
    ]
    assert unused == []


def test_known_values_are_an_open_list(document: Json) -> None:
    """They stand beside the type and in the text, and close nothing."""
    for place, field in fields_of(document):
        if KNOWN_VALUES in field:
            assert "enum" not in field, place
            assert all(f"`{value}`" in field["description"] for value in field[KNOWN_VALUES]), place
            assert "others may come" in field["description"], place


def test_the_documented_lists_are_whole(demo_app: Flask) -> None:
    """Completion codes, categories and component types as the simulation has them."""
    schemas = served(demo_app, "hyperstudy")["components"]["schemas"]
    lists = {
        ("Participant", "completionCode"): COMPLETION_CODES,
        ("Event", "category"): CATEGORIES,
        ("ComponentRecord", "componentType"): COMPONENTS,
    }
    for (schema, name), values in lists.items():
        assert schemas[schema]["properties"][name][KNOWN_VALUES] == list(values)


def test_a_documented_list_stands_wherever_its_field_does(demo_app: Flask) -> None:
    """In what is answered and in what is sent; only what repeats a question has the words of the question."""
    names = {"completionCode", "category", "eventType", "componentType", "messageType"}
    fields = [(p, f) for p, f in fields_of(served(demo_app, "hyperstudy")) if p.rpartition(".")[2] in names]
    assert {place.rpartition(".")[2] for place, _ in fields} == names
    silent = [p for p, f in fields if ".metadata.query." not in p and not {KNOWN_VALUES, "enum"} & set(f)]
    assert silent == []


def test_the_clocks_of_sparse_ratings_are_told_as_they_are(demo_api: DataApi) -> None:
    """Which of them is ahead, where the offset is positive: a sign is easily told the wrong way round."""
    detail = served(demo_api.app, "hyperstudy")["components"]["schemas"]["SparseRating"]["properties"]
    assert "`onset` is `rawOnset` less this" in detail["clockOffsetApplied"]["description"]
    records = demo_api.ask("/data/ratings/sparse/experiment/exp_research_001").get_json()["data"]
    assert {one["rawOnset"] - one["clockOffsetApplied"] - one["onset"] for one in records} == {0}
    assert min(one["clockOffsetApplied"] for one in records) < 0 < max(one["clockOffsetApplied"] for one in records)


@pytest.mark.parametrize("scenario", ["demo_api", "pair_api"])
def test_every_value_that_is_served_is_known(scenario: str, request: pytest.FixtureRequest) -> None:
    """Of fields with a list of known values, in every record of every type."""
    api: DataApi = request.getfixturevalue(scenario)
    document = served(api.app, "hyperstudy")
    unknown = []
    for operation in by_id(document).values():
        if operation["operationId"].endswith("ByExperiment") and operation["operationId"].startswith("get"):
            schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
            path = operation_path(document, operation["operationId"])
            for experiment in api.ask("/experiments").get_json()["data"]:
                answer = api.ask(re.sub(r"\{\w+\}", experiment["id"], path), {"limit": 5000})
                if answer.status_code == 200:
                    unknown += unknown_values(document, schema, answer.get_json(), operation["operationId"])
    assert set(unknown) == set()


def operation_path(document: Json, operation_id: str) -> str:
    return next(
        path
        for path, methods in document["paths"].items()
        for operation in methods.values()
        if operation["operationId"] == operation_id
    )


def unknown_values(document: Json, schema: Json, value: Any, place: str) -> Iterator[str]:
    """Values outside the lists of their fields."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict):
        for name, part in value.items():
            inner = schema.get("properties", {}).get(name, {})
            if part is not None and KNOWN_VALUES in inner and part not in inner[KNOWN_VALUES]:
                yield f"{place}.{name}: {part}"
            yield from unknown_values(document, inner, part, f"{place}.{name}")
    if isinstance(value, list):
        for part in value:
            yield from unknown_values(document, schema.get("items", {}), part, place)


# --- errors -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("api", APIS)
def test_every_error_has_an_example_of_its_own_operation(demo_app: Flask, api: ApiName) -> None:
    """Where an error names a path, a scope or a parameter, it is the operation's."""
    found = served(demo_app, api)
    operations = by_id(found)
    templates = {o["operationId"]: path for path, methods in found["paths"].items() for o in methods.values()}
    for id_, status, response in errors_in(found):
        example = response["content"]["application/json"]["example"]
        details = example["error"].get("details", {}) if isinstance(example.get("error"), dict) else {}
        if "path" in details:
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(APIS[api].base_path + templates[id_]))
            assert re.fullmatch(pattern, details["path"]), (id_, status)
            assert details["method"].lower() in found["paths"][templates[id_]]
        if "parameter" in details:
            named = [_name(found, parameter) for parameter in operations[id_]["parameters"]]
            assert details["parameter"] in named, (id_, status)
        if status == "403" and response["description"].startswith("The key lacks the scope"):
            assert details["required"] == [operations[id_]["x-required-scope"]], id_


def _name(document: Json, parameter: Json) -> str:
    if "$ref" in parameter:
        parameter = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    return str(parameter["name"])


def test_the_empty_world_has_errors_to_show_too() -> None:
    """What names nothing needs no data."""
    found = served(create_app(Settings(scenario="empty")), "hyperstudy")
    without = [
        (id_, status) for id_, status, told in errors_in(found) if "example" not in told["content"]["application/json"]
    ]
    assert {status for _, status in without} <= {"404", "409", "416"}


def test_no_integer_that_is_sent_is_without_bounds(demo_app: Flask) -> None:
    """What the data API's document calls `int64` is refused beyond that; ingestion keeps whatever it is sent."""
    for place, schema in sent_schemas(served(demo_app, "hyperstudy")):
        if "integer" in types_of(schema):
            assert -(2**63) <= schema["minimum"] <= schema["maximum"] < 2**63, place
