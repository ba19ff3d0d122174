"""No id, path, number or text is a bug of ours: what cannot be taken is refused, in all three APIs."""

import copy
import json
import re
import socket
from collections.abc import Iterator
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from document_support import APIS, ROWS, ask_example, credentials, examples_of, sandbox_named
from emulator import serving_app
from flask import Flask
from study_support import no_bugs

from mockserver import Settings, create_app
from mockserver.hyperstudy.links import sign
from mockserver.sandbox.settings import ProcessSettings

TEXTS = ["\0", "a\0b", "9" * 5000, "-" + "9" * 5000, "x" * 20_000, "\r\nX-A: b", "..", "%00", "😀", "1e999", "NaN", " "]
BYTES = [b"\xff", b"\xed\xa0\x80", *(text.encode() for text in TEXTS)]
JSON = [*TEXTS[:3], int("9" * 4000), 10**30, -1, 1e300, 2**64, "\ud800", None, True, [], {}, {"\0": "\0"}, ""]


@pytest.fixture(scope="module", params=["memory", "sqlite"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    path: Path = tmp_path_factory.mktemp("store") / "run.db"
    url = f"sqlite:///{path}" if request.param == "sqlite" else None
    made = create_app(Settings(scenario="pair"), ProcessSettings(store_url=url))
    yield made
    made.extensions["mockserver"].close()


@pytest.mark.parametrize("id_", ROWS)
def test_no_id_and_no_parameter_is_a_bug_of_ours(app: Flask, id_: str) -> None:
    """Each in the place of each, of every operation."""
    row = ROWS[id_]
    (api,) = [api for api in APIS.values() if id_ in {one.id for one in api.operations}]
    example = examples_of(app, api.name).get(id_)
    names = re.findall(r"<(\w+)>", row.path)
    known = example.path if example else dict.fromkeys(names, "nowhere")
    query = dict(example.query) if example else {}
    client = app.test_client(use_cookies=False)
    headers = credentials(sandbox_named(app, "default"), api.name)
    with no_bugs():
        for value in BYTES:
            for name in names:
                values = {one: value if one == name else known[one].encode() for one in names}
                path = api.base_path + re.sub(r"<(\w+)>", lambda match, v=values: quote(v[match[1]], safe=""), row.path)
                body = example.body if example else {} if row.body else None
                assert client.open(path, method=row.method, headers=headers, json=body).status_code < 500, value[:20]
            for name in (*row.parameter_names, "unknown"):
                sent = "&".join(f"{one}={quote(str(text))}" for one, text in query.items() if one != name)
                answer = ask_example(app, row, example, query_string=f"{sent}&{name}={quote(value, safe='')}")
                assert answer.status_code < 500, (name, value[:20])


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, itself included."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, (*at, name))


def changed(value: Any, at: tuple[Any, ...], new: Any) -> Any:
    """The same with something else in one place."""
    if not at:
        return new
    made = parent = copy.deepcopy(value)
    for name in at[:-1]:
        parent = parent[name]
    parent[at[-1]] = new
    return made


BODIES = {
    "changeClock": {"advanceMs": 1, "speed": 0},
    "createSandbox": {"scenario": "pair", "seed": 1, "settings": {"tokenSecret": "x" * 40}, "clock": {"now": "2024"}},
    "mintKey": {"scopes": ["*"], "organisation": "x", "expiresInSeconds": 4},
    "mintToken": {"subject": "x", "plan": "free", "ttlSeconds": 4},
}


@pytest.mark.parametrize("id_", [row.id for row in ROWS.values() if row.body is not None])
def test_nothing_in_a_body_is_a_bug_of_ours(app: Flask, id_: str) -> None:
    """Each in each place of the example."""
    row = ROWS[id_]
    (api,) = [api for api in APIS.values() if id_ in {one.id for one in api.operations}]
    example = examples_of(app, api.name).get(id_)
    body = BODIES.get(id_) or (example.body if example else None) or {}
    with no_bugs():
        for at in places(body):
            for value in JSON:
                data = json.dumps(changed(body, at, value))
                answer = ask_example(app, row, example, json=None, data=data, content_type="application/json")
                assert answer.status_code < 500, (at, str(value)[:20])


@pytest.mark.parametrize("expires", ["9" * 5000, "9" * 13, "0" * 5000])
def test_a_signed_link_with_a_very_long_expiry_is_refused(app: Flask, expires: str) -> None:
    """The secret is public, so that anybody can sign one."""
    sandbox, path = sandbox_named(app, "default"), "/api/v3/files/recordings/a/b.mp4"

    class Long(int):
        def __str__(self) -> str:
            return expires

        def __neg__(self) -> "Long":
            return self

        def __floordiv__(self, other: object) -> "Long":
            return self

    link = sign(path, Long(1), sandbox.settings.link_secret)
    assert f"expires={expires}&" in link
    with no_bugs():
        assert app.test_client().get(link).status_code == 403


@pytest.mark.parametrize("length", ["9" * 5000, "0" * 5000 + "9" * 5000, "9" * 25, "9" * 19, "²", "-1", "x"])
def test_no_content_length_is_a_bug_of_ours(app: Flask, length: str) -> None:
    """Without a socket too, where no parser stands before the door."""
    environ = {"CONTENT_LENGTH": length, "CONTENT_TYPE": "application/json"}
    with no_bugs():
        for path in ("/api/v3/personas", "/api/data/events", "/_mock/clock"):
            headers = credentials(sandbox_named(app, "default"), "hyperstudy")
            answer = app.test_client().post(path, headers=headers, environ_overrides=environ)
            assert 400 <= answer.status_code < 500, (path, answer.text)
            if len(length) > 18 and path != "/api/data/events":
                assert answer.status_code == 413


@pytest.mark.parametrize("zeros", [1, 30, 5000])
def test_zeros_before_a_content_length_are_part_of_it(app: Flask, zeros: int) -> None:
    """At a socket, where the parser takes them, with a body and without; the connection goes on."""
    body = b'{"advanceMs": 0}'
    with serving_app(app) as server, socket.create_connection(("127.0.0.1", server.port), 30) as raw:
        for method, sent in ((b"POST", body), (b"GET", b""), (b"GET", body)):
            length = b"0" * zeros + str(len(sent)).encode()
            head = b"%b /_mock/clock HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" % method
            with no_bugs():
                raw.sendall(head + b"Content-Length: " + length + b"\r\n\r\n" + sent)
                answer = HTTPResponse(raw)
                answer.begin()
                assert (answer.status, b"tokenNow" in answer.read()) == (200, True)
