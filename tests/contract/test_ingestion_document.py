"""The ingestion document says what the ingestion API does: the same rules, the same refusals."""

from collections.abc import Callable
from typing import Any

import pytest
from emulator import sandbox_of
from flask import Flask
from jsonschema_rs import Draft202012Validator
from marshmallow import Schema, fields, validate
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.ingestion.batch import check_object
from mockserver.ingestion.described import rules_schema
from mockserver.ingestion.schemas import ENVELOPE, KINDS
from mockserver.ingestion.tokens import mint
from mockserver.words.json_schema import ISO_8601_FORMAT
from mockserver.words.timestamps import parse_iso_us

Json = dict[str, Any]

NAMES = {"events": "InteractionEvent", "facial": "FacialFrame", "voice": "VoiceSegment"}
# A value of each JSON type, at and around every bound that there is.
VALUES: list[Any] = [
    None, True, False, "", "x", "5", "click", "happy", "positive", "2026-03-16T10:14:32Z", "16.3.2026",
    -2, -1.0, -0.5, 0, 0.5, 1, 1.5, 3.0, 10**30, [], [1], ["x"], {"width": 1}, {"width": 1, "height": "2"},
    {"joy": 1.0}, {"joy": 0.5, "fear": 0.5}, {"joy": 1.2}, {"joy": "1"}, {"joy": None},
]  # fmt: skip


def is_iso_8601(text: str) -> bool:
    """What our own name for a format means."""
    try:
        parse_iso_us(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def document(demo_app: Flask) -> Json:
    found: Json = demo_app.test_client().get("/api/openapi.json").get_json()
    return found


def example_of(document: Json, kind: str) -> Json:
    """A body all of whose items are accepted."""
    content = document["paths"][f"/data/{kind}"]["post"]["requestBody"]["content"]["application/json"]
    body: Json = content["examples"]["accepted"]["value"]
    return body


def validator(document: Json, name: str) -> Draft202012Validator:
    rules = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return Draft202012Validator(rules, formats={ISO_8601_FORMAT: is_iso_8601}, validate_formats=True)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_and_the_rules_accept_the_same(document: Json, kind: str) -> None:
    """Every field with a value of every sort, and without it; what it is for a document, it is for the API."""
    described, item = validator(document, NAMES[kind]), example_of(document, kind)["batch"][0]
    fields = document["components"]["schemas"][NAMES[kind]]["properties"]
    cases = [{**item, name: value} for name in fields for value in VALUES]
    cases += [{key: value for key, value in item.items() if key != name} for name in fields]
    for case in [*cases, {}, [], "x", None]:
        accepted = not check_object(KINDS[kind].schema, case)[1]
        assert described.is_valid(case) == accepted, case


def test_the_envelope_is_described_by_the_same_rules(document: Json) -> None:
    """What the body needs, beside its items."""
    described = validator(document, "InteractionEventBatch")
    for case in ({}, {"sessionId": "", "batch": []}, {"sessionId": "s", "batch": []}, {"sessionId": "s"}, [], 5):
        assert described.is_valid(case) == (not check_object(ENVELOPE, case)[1]), case


def test_unknown_rules_are_noticed() -> None:
    """A validator that the document could not describe is an error, not a gap."""

    class Field(fields.String):
        expected = "string"

    schema = Schema.from_dict({"name": Field(validate=validate.Regexp("x"))})
    with pytest.raises(TypeError, match="no JSON Schema is known"):
        rules_schema(schema())


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_real_answers(demo_app: Flask, document: Json, kind: str) -> None:
    """Each body gets the answer that stands beside it."""
    operation = document["paths"][f"/data/{kind}"]["post"]
    bodies = operation["requestBody"]["content"]["application/json"]["examples"]
    answers = operation["responses"]["200"]["content"]["application/json"]["examples"]
    app = create_app(Settings())
    for case in ("accepted", "mixed"):
        assert post(app, kind, json=bodies[case]["value"]).get_json() == answers[case]["value"]
    assert answers["mixed"]["value"]["data"]["rejected"] == 1


def post(app: Flask, kind: str, **request: Any) -> TestResponse:
    """Send a batch with a good token."""
    sandbox = sandbox_of(app)
    token = mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    headers = {"Authorization": f"Bearer {token}", **request.pop("headers", {})}
    return app.test_client().post(f"/api/data/{kind}", headers=headers, **request)


REFUSED: dict[int, Callable[[Flask, str], TestResponse]] = {
    400: lambda app, kind: post(app, kind, json={}),
    401: lambda app, kind: post(app, kind, json={}, headers={"Authorization": ""}),
    404: lambda app, kind: post(app, kind, json={"sessionId": "nobody", "batch": []}),
    413: lambda app, kind: post(app, kind, json={"sessionId": "x" * 2000, "batch": []}),
    415: lambda app, kind: post(app, kind, data=b"{}", content_type="text/plain"),
    429: lambda app, kind: [post(app, kind, json={}, headers={"Authorization": ""}) for _ in range(31)][-1],
}


def test_every_refusal_is_described_and_happens(document: Json) -> None:
    """With its status, its envelope and its headers, at each endpoint; 500 is a bug, and there is none to show."""
    for kind in KINDS:
        app = create_app(Settings(strict_sessions=True, rate_limits=True, max_body_bytes=1000))
        responses = document["paths"][f"/data/{kind}"]["post"]["responses"]
        assert {int(status) for status in responses} == {200, 500, *REFUSED}
        for status, refused in REFUSED.items():
            answer = refused(app, kind)
            assert answer.status_code == status
            told = responses[str(status)]
            assert validator(document, "Error").is_valid(answer.get_json())
            for name, header in told["headers"].items():
                required = document["components"]["headers"][header["$ref"].rsplit("/")[-1]].get("required")
                assert name in answer.headers or not required, (status, name)
