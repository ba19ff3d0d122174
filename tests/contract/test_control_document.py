"""The control API's document says what the control API does: every refusal that it names happens, and looks like it."""

from collections.abc import Iterator
from typing import Any

import pytest
from document_support import APIS, ROWS, Json, ask_example, by_id, examples_of, resolved, served
from flask import Flask
from jsonschema_rs import Draft202012Validator

from mockserver import Settings, create_app
from mockserver.door.operations import Operation

OPERATIONS = APIS["control"].operations
MOST_BYTES = 1000
# What can be had by asking: a conflict needs something to be in the way, and our own bugs are not for sale.
UNASKED = {"409", "500"}
ELSEWHERE = {"environ_base": {"REMOTE_ADDR": "203.0.113.9"}}


@pytest.fixture(scope="module")
def app() -> Flask:
    return create_app(Settings(scenario="pair", max_body_bytes=MOST_BYTES))


def refusals(row: Operation) -> Iterator[tuple[str, Json]]:
    """Status and what is changed about a request that works, for what can be wrong with this operation."""
    yield "403", ELSEWHERE
    yield "400", {"query_string": {"nobody": "1"}}
    if row.body is not None:
        yield "400", {"json": ["no object"]}
        yield "400", {"data": b"{", "json": None, "content_type": "application/json"}
        yield "415", {"environ_overrides": {"HTTP_CONTENT_ENCODING": "br"}, "data": b"x", "json": None}
        yield "413", {"data": b" " * (MOST_BYTES + 1), "json": None, "content_type": "application/json"}
    for parameter in row.parameters:
        if parameter.schema.get("type") == "integer" or "enum" in parameter.schema:
            yield "400", {"query_string": {parameter.name: "nonsense"}}


@pytest.mark.parametrize("id_", [row.id for row in OPERATIONS])
def test_every_refusal_is_described_and_happens(app: Flask, id_: str) -> None:
    """With its status and its envelope, which says something."""
    row, document = ROWS[id_], served(app, "control")
    responses, example = by_id(document)[id_]["responses"], examples_of(app, "control").get(id_)
    asked = [(status, ask_example(app, row, example, **changes)) for status, changes in refusals(row)]
    if "404" in responses:
        asked.append(("404", ask_example(app, row, None)))
    for status, answer in asked:
        assert str(answer.status_code) == status, answer.text
        schema = resolved(document, responses[status])["content"]["application/json"]["schema"]
        rules: Any = {**schema, "components": document["components"]}
        assert Draft202012Validator(rules).is_valid(answer.get_json())
    assert {status for status, _ in asked} == {status for status in responses if status >= "400"} - UNASKED


def test_the_parts_of_the_truth_are_described_field_by_field(app: Flask) -> None:
    """Its schemas are the ones that the truth itself is told by."""
    schemas = served(app, "control")["components"]["schemas"]
    told = ask_example(app, ROWS["getTruthSchema"], None).get_json()["$defs"]
    assert set(told) <= set(schemas)
    for name, schema in told.items():
        assert schemas[name]["properties"].keys() == schema["properties"].keys()
        assert schemas[name]["required"] == schema["required"]
