"""What tests of the documents share: the APIs as they describe themselves, and how to send an example again."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from mockserver.control import routes as control
from mockserver.door.apis import Api, ApiName
from mockserver.door.operations import Operation
from mockserver.door.paths import filled
from mockserver.hyperstudy import routes as hyperstudy
from mockserver.ingestion import routes as ingestion
from mockserver.ingestion.tokens import mint
from mockserver.openapi.documents import Documents
from mockserver.openapi.example import Example
from mockserver.openapi.notes import ORIGIN
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.web.reference import reference

Json = dict[str, Any]

APIS: dict[ApiName, Api] = {api.name: api for api in (hyperstudy.api(), ingestion.api(), control.api(None))}
ROWS = {row.id: row for api in APIS.values() for row in api.operations}


def sandbox_named(app: Flask, name: str) -> Sandbox:
    """One of the application's sandboxes."""
    sandboxes: Sandboxes = app.extensions["mockserver"]
    found = sandboxes.get(name)
    assert found is not None
    return found


def prefix_of(name: str) -> str:
    """What paths begin with that are for a sandbox."""
    return "" if name == "default" else f"/_mock/s/{name}"


def served(app: Flask, api: ApiName, sandbox: str = "default") -> Json:
    """An API's document, as an application serves it."""
    answer = app.test_client().get(f"{prefix_of(sandbox)}{APIS[api].base_path}/openapi.json")
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


def examples_of(app: Flask, api: ApiName = "hyperstudy", sandbox: str = "default") -> dict[str, Example]:
    """The requests that an application's documents show."""
    with app.app_context():
        documents = reference()
    assert isinstance(documents, Documents)
    return dict(documents.of(sandbox_named(app, sandbox)).examples(api).operations)


def ask_example(
    app: Flask, row: Operation, example: Example | None, sandbox: str = "default", **changes: Any
) -> TestResponse:
    """Send an example again; without one, the bare operation."""
    path = example.path if example else dict.fromkeys(re.findall(r"<(\w+)>", row.path), "nowhere")
    (api,) = [api for api in APIS.values() if row.id in {one.id for one in api.operations}]
    return app.test_client(use_cookies=False).open(
        prefix_of(sandbox) + api.base_path + filled(row.path, path),
        method=row.method,
        headers=credentials(sandbox_named(app, sandbox), api.name),
        base_url=ORIGIN,
        **{
            "query_string": example.query if example else {},
            "json": example.body if example else {} if row.body else None,
            **changes,
        },
    )


def credentials(sandbox: Sandbox, api: ApiName) -> dict[str, str]:
    """What lets a caller into an API."""
    if api == "hyperstudy":
        return {"X-API-Key": sandbox.world.scenario.keys["full"].value}
    token = mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms())
    return {"Authorization": f"Bearer {token}"} if api == "ingestion" else {}


def errors_in(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Operation, status and response of everything that may fail."""
    for _, _, operation in described(document):
        for status, response in operation["responses"].items():
            if status >= "400":
                yield operation["operationId"], status, response


def error_named(document: Json, name: str) -> Json:
    """The example of an operation's error whose schema has that name, of the first that has one."""
    return next(
        response["content"]["application/json"]["example"]
        for _, _, response in errors_in(document)
        if response["content"]["application/json"]["schema"]["$ref"].endswith(f"/{name}Error")
    )


def parameters_of(document: Json, operation_id: str) -> list[Json]:
    return [resolved(document, parameter) for parameter in by_id(document)[operation_id].get("parameters", [])]


def resolved(document: Json, value: Json) -> Json:
    """The component that a reference stands for."""
    while "$ref" in value:
        _, kind, name = value["$ref"].removeprefix("#/").split("/")
        value = document["components"][kind][name]
    return value
