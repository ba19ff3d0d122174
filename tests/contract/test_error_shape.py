"""One rule for every route of the data API: whatever is wrong with a request, the answer is the envelope.

The routes are read from the application, so a new one is held to the rule without being listed here.
"""

import itertools
import logging
import re
from typing import Any
from urllib.parse import quote

import pytest
from emulator import PLACES, ROWS, DataApi, error_of
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver import Settings, create_app
from mockserver.hyperstudy.routes import BASE_PATH, operations

URLS = create_app(Settings(scenario="pair")).url_map.bind("localhost")
# Every address below the base path, with placeholders, and every method that does something there.
OPERATIONS = sorted(
    {
        (method, rule.rule.removeprefix(BASE_PATH))
        for rule in URLS.map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(BASE_PATH + "/")
    }
)
ROUTES = sorted({route for _, route in OPERATIONS})
WITH_ID = [(method, route) for method, route in OPERATIONS if "<" in route]
# Health and documentation are for everybody; a recording's link is its own key.
PUBLIC = [route for route in ROUTES if route.startswith(("/health", "/openapi", "/docs"))]
SIGNED = [route for route in ROUTES if route.startswith("/files/")]
KEYED = [(method, route) for method, route in OPERATIONS if route not in (*PUBLIC, *SIGNED)]
# What reads a body, and what can do without one.
WITH_BODY = [(op.method, op.path) for op in operations() if op.body is not None]
BODY_REQUIRED = [(op.method, op.path) for op in operations() if op.body is not None and op.body_required]

CODES = {401: "UNAUTHORIZED", 403: "FORBIDDEN", 400: "INVALID_PARAMETER", 404: "NOT_FOUND"}

# As they stand in a URL. None of them is an id, whatever the placeholder.
ODD_IDS = {
    "NUL": "%00",
    "NUL after a known id": "room_pair%00",
    "dots": "..",
    "encoded dots": "%2e%2e",
    "encoded slash": "room_pair%2Fevents",
    "path out": "..%2f..%2f..%2fetc%2fpasswd",
    "doubly encoded": "%252e%252e%252f",
    "backslashes": "..%5c..%5cwindows",
    "space": "%20",
    "space after a known id": "room_pair%20",
    "line break": "room_pair%0d%0aX-Injected:%20yes",
    "not UTF-8": "%ff%fe",
    "percent alone": "%",
    "no hexadecimal": "%zz",
    "unicode": "%F0%9F%98%80",
    "right to left": "%E2%80%AEmoor",
    "quote": "'%20OR%20'1'='1",
    "markup": "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
    "template": "%7B%7B7*7%7D%7D",
    "semicolon": "room_pair;x=1",
    "star": "*",
    "other case": "ROOM_PAIR",
    "long": "x" * 5000,
    "number": "-1",
    "null": "null",
}


def filled(route: str, value: str) -> str:
    """The route with the value in place of each placeholder."""
    return re.sub("<[^>]+>", lambda _: value, route)


def known(route: str) -> str:
    """The route with ids that exist in place of its placeholders, as far as its own words tell."""
    ids = {"participant": "user_two", "deployments": "dep_pair", "room": "room_pair", "rooms": "room_pair"}
    before = route.partition("<")[0].strip("/").rpartition("/")[2]
    return filled(route, ids.get(before, "exp_pair"))


def allowed(path: str) -> list[str]:
    """What may be done at an address; more than one route may lead there."""
    return sorted(URLS.allowed_methods(BASE_PATH + path))


@pytest.fixture(scope="module")
def api() -> DataApi:
    """An application of our own: this module also asks what could change it."""
    return DataApi(create_app(Settings(scenario="pair", max_body_bytes=1000)))


# --- routes and methods ---------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["x" * 300, "a b", "localhost:port", "[::1", "m\u00fcnchen", "a/b", "a@b", "a<b>"])
def test_a_host_that_is_none_is_told_what_to_send(api: DataApi, host: str) -> None:
    """Before any route is looked for, and in the envelope."""
    error = error_of(api.ask("/health", headers={"Host": host}), 400, "VALIDATION_ERROR")
    assert error["message"] == (
        "The request's Host header is not valid; send the name and port that this server is called by."
    )


@pytest.mark.parametrize("host", ["LOCALHOST:1", "my_service:4747", "[::1]:80", "10.0.0.1", "a.example.", "localhost:"])
def test_any_name_that_a_server_can_have_is_a_host(api: DataApi, host: str) -> None:
    """Names of containers have underscores; a port may be left empty (RFC 3986, 3.2.3)."""
    assert api.ask("/health", headers={"Host": host}).status_code == 200


def test_a_path_in_no_api_is_told_the_ways_in(api: DataApi) -> None:
    """What it names answers."""
    client = api.app.test_client()
    answer = client.get("/favicon.ico")
    assert answer.status_code == 404
    assert [client.get(path).status_code for path in answer.get_json()["try"]] == [200, 200, 200, 200]


def test_the_details_repeat_no_more_than_a_client_can_have_meant(api: DataApi) -> None:
    """Five thousand digits are told as a thousand."""
    error = error_of(api.ask("/data/events/room/room_pair", {"limit": "9" * 5000}), 400, "INVALID_PARAMETER")
    assert error["details"]["value"] == "9" * 1000


@pytest.mark.parametrize("route", ROUTES)
def test_other_methods_are_405_with_what_is_allowed(api: DataApi, route: str) -> None:
    """Header and message name the methods that the address has; the details say what was tried."""
    path = known(route)
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"}.difference(allowed(path)):
        answer = api.ask(path, method=method)
        error = error_of(answer, 405, "METHOD_NOT_ALLOWED")
        assert answer.headers["Allow"] == ", ".join(allowed(path))
        assert answer.headers["Allow"] in error["message"]
        assert error["details"] == {"method": method, "path": BASE_PATH + path}


def test_options_names_the_methods_in_a_fixed_order(api: DataApi) -> None:
    """For every address an empty answer that is no page, the same in every process."""
    for route in ROUTES:
        answer = api.ask(known(route), method="OPTIONS", key=None)
        assert answer.status_code in (200, 204)
        assert answer.data == b""
        assert "html" not in answer.headers.get("Content-Type", "")
        assert answer.headers["Allow"] == ", ".join(allowed(known(route)))


_EVENTS_ARE_AT = "/data/events/experiment/{id}, /data/events/room/{id}, /data/events/participant/{id}"
NO_ROUTES = {
    **dict.fromkeys(
        ["", "/", "/data", "/nope", "/health/more", "/files", "/files/recordings/room_pair", "/index.html"],
        "/api/v3/data/{dataType}/{experiment|room|participant}/{id}",
    ),
    **dict.fromkeys(
        [
            "/data/events", "/data/events/room", "/data/events/room/", "/data/events/planet/room_pair",
            "/data/events/room/room_pair/more",
        ],
        _EVENTS_ARE_AT,
    ),
    **dict.fromkeys(
        ["/data/", "/data/dreams/room/room_pair", "/data/Events/room/room_pair", "/data//events/room/room_pair"],
        "Data types are events, recordings, chat, ",
    ),
    "/data/ratings/room/room_pair": "Data types are ratings/continuous, ratings/sparse, at ",
    "/data/participants/participant/user_one": "/data/participants/experiment/{id}, /data/participants/room/{id};",
    "/data/rooms/room/room_pair": "This data type is at /data/rooms/experiment/{id};",
}  # fmt: skip


@pytest.mark.parametrize("path", NO_ROUTES)
def test_unknown_route_is_404_and_says_where_data_is(pair_api: DataApi, path: str) -> None:
    """With or without a key, since nothing is behind it that a key could open."""
    for key in ("full", None):
        error = error_of(pair_api.ask(path, key=key), 404, "NOT_FOUND")
        assert NO_ROUTES[path] in error["message"]
        assert error["details"] == {"method": "GET", "path": BASE_PATH + path}


@pytest.mark.parametrize(("method", "route"), OPERATIONS)
def test_crash_is_an_envelope_and_a_traceback_in_the_log(
    caplog: pytest.LogCaptureFixture, method: str, route: str
) -> None:
    """The client learns that it is not to blame; what went wrong stays with the developer."""
    app = create_app(Settings(scenario="pair"))

    def crash(**ids: str) -> None:
        raise RuntimeError("a secret of the inside")

    app.view_functions.update(dict.fromkeys(app.view_functions, crash))
    with caplog.at_level(logging.ERROR, "mockserver"):
        answer = DataApi(app).ask(known(route), method=method)
    error = error_of(answer, 500, "INTERNAL_SERVER_ERROR")
    assert "bug of its own" in error["message"]
    assert "secret" not in answer.text
    assert "a secret of the inside" in caplog.text


# --- keys -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("method", "route"), KEYED)
def test_everything_else_needs_a_key(api: DataApi, method: str, route: str) -> None:
    """What is neither public nor signed answers 401, with what is wrong with the key in the details."""
    path = known(route)
    answers = {reason: api.ask(path, method=method, key=reason) for reason in ("expired", "revoked")}
    answers["missing"] = api.ask(path, method=method, key=None)
    answers["unknown"] = api.ask(path, method=method, key=None, headers={"X-API-Key": "hst_test_nobody"})
    for reason, answer in answers.items():
        assert error_of(answer, 401, "UNAUTHORIZED")["details"] == {"reason": reason}


@pytest.mark.parametrize("route", [route for route in PUBLIC if "<" not in route])
def test_health_and_documentation_need_no_key_and_mind_none(api: DataApi, route: str) -> None:
    """They are the same for anybody."""
    answers = [api.ask(route, key=key) for key in (None, "full", "expired", "revoked")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.data for answer in answers}) == 1


@pytest.mark.parametrize("route", SIGNED)
def test_a_key_does_not_open_an_unsigned_file(api: DataApi, route: str) -> None:
    """403, and the message says what a link needs."""
    error = error_of(api.ask(known(route)), 403, "FORBIDDEN")
    assert "needs expires and signature" in error["message"]


# --- ids ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", ODD_IDS.values(), ids=ODD_IDS)
def test_odd_ids_are_not_found(api: DataApi, odd: str) -> None:
    """As any part of any address. A file's link is not signed, and a body is looked at first."""
    for method, route in WITH_ID:
        answer = api.ask(filled(route, odd), {"roomId": "room_pair"}, method=method)
        if answer.status_code == 403:
            assert route in SIGNED
            error_of(answer, 403, "FORBIDDEN")
        elif answer.status_code == 400:
            assert (method, route) in BODY_REQUIRED
            error_of(answer, 400, "VALIDATION_ERROR")
        else:
            error_of(answer, 404, "NOT_FOUND")
        assert "X-Injected" not in answer.headers


@pytest.mark.parametrize("odd", ODD_IDS.values(), ids=ODD_IDS)
def test_odd_room_of_a_participant_is_not_found(pair_api: DataApi, odd: str) -> None:
    """The room in the query is an id like any other."""
    for data_type, scope in PLACES:
        if scope == "participant":
            answer = pair_api.ask(pair_api.path(data_type, scope), f"roomId={odd}")
            error = error_of(answer, 404, "NOT_FOUND")
            assert error["details"]["resource"] == "room"


def test_long_ids_are_not_repeated_at_length(pair_api: DataApi) -> None:
    """A message stays readable, whatever was sent."""
    error = error_of(pair_api.ask("/data/events/room/" + "x" * 5000), 404, "NOT_FOUND")
    assert len(error["message"]) < 300
    assert len(error["details"]["id"]) <= 200


SEGMENTS = st.text(min_size=1, max_size=20)
NAMES = [
    "roomId", "deploymentId", "startTime", "endTime", "limit", "offset", "sort", "order", "format",
    "category", "componentType", "completed", "stateId", "completionCode", "apiKey", "expires", "signature",
]  # fmt: skip
# Some text leads to another address, such as a slash at the end, which may not have the method.
REFUSALS = {*CODES.items(), (400, "VALIDATION_ERROR"), (405, "METHOD_NOT_ALLOWED")}
EVENTS = ("GET", "/data/events/room/<scope_id>")
FILE = ("GET", "/files/recordings/<room_id>/<recording_id>.<format>")
QUERIES = st.dictionaries(st.sampled_from(NAMES), st.text(max_size=20), max_size=4)


@given(st.sampled_from(OPERATIONS), SEGMENTS, QUERIES)
@example(EVENTS, "room_pair", {"startTime": "0001-01-01T00:00:00+01:00"})
@example(EVENTS, "room_pair", {"startTime": "9999-12-31T23:59:59.999999Z"})
@example(EVENTS, "room_pair", {"endTime": "9999-12-31T23:59:59-01:00"})
@example(FILE, "a", {"expires": "9" * 5000, "signature": "x"})
def test_no_text_anywhere_makes_a_bad_answer(
    api: DataApi, operation: tuple[str, str], segment: str, query: dict[str, str]
) -> None:
    """Any id with any query is answered well or refused well, and never is a bug of ours."""
    method, route = operation
    answer = api.ask(filled(route, quote(segment, safe="")), query, method=method)
    if answer.status_code != 200:
        code = answer.get_json()["error"]["code"]
        assert (answer.status_code, code) in REFUSALS, answer.text
        error_of(answer, answer.status_code, code)


# --- bodies ---------------------------------------------------------------------------------------

NOT_JSON = {
    "empty": b"",
    "cut": b'{"name": "x"',
    "text": b"name=x",
    "single quotes": b"{'name': 'x'}",
    "trailing comma": b'{"name": "x",}',
    "trailing text": b'{"name": "x"} x',
    "NaN": b'{"name": NaN}',
    "not UTF-8": b'{"name": "\xff"}',
    "deep": b"[" * 900,
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize(("method", "route"), BODY_REQUIRED)
def test_malformed_json_is_refused_with_what_is_wrong(api: DataApi, method: str, route: str, body: bytes) -> None:
    """400 with at least one error in the details, whatever the address."""
    error = error_of(api.ask(known(route), method=method, body=body), 400, "VALIDATION_ERROR")
    assert error["message"].startswith("The body is not valid JSON: ")
    assert len(error["details"]["errors"]) == 1


@pytest.mark.parametrize("body", [b"null", b"[]", b'"text"', b"1", b"true"])
@pytest.mark.parametrize(("method", "route"), BODY_REQUIRED)
def test_body_must_be_an_object(api: DataApi, method: str, route: str, body: bytes) -> None:
    """Any other JSON is refused."""
    error = error_of(api.ask(known(route), method=method, body=body), 400, "VALIDATION_ERROR")
    assert "object" in error["message"]
    assert error["details"]["errors"] != []


@pytest.mark.parametrize(("method", "route"), WITH_BODY)
def test_body_over_the_limit_is_413(api: DataApi, method: str, route: str) -> None:
    """Before anything in it is looked at."""
    body = b'{"name": "' + b"x" * 1000 + b'"}'
    error = error_of(api.ask(known(route), method=method, body=body), 413, "PAYLOAD_TOO_LARGE")
    assert error["message"] == "The body is larger than the 1000 bytes that are accepted; send smaller parts."


@pytest.mark.parametrize(("method", "route"), WITH_BODY)
def test_body_is_looked_at_after_key_and_scope(api: DataApi, method: str, route: str) -> None:
    """401, then 403, also where the body is no JSON at all."""
    for key, status, code in ((None, 401, "UNAUTHORIZED"), ("events_only", 403, "FORBIDDEN")):
        error_of(api.ask(known(route), method=method, key=key, body=b"{"), status, code)


# --- order of checks ------------------------------------------------------------------------------

# What can be wrong with a request, in the order in which it is looked for.
FAULTS = {"key": 401, "scope": 403, "parameter": 400, "id": 404}
SETS = [faults for size in range(1, 5) for faults in itertools.combinations(FAULTS, size)]


@pytest.fixture(scope="module")
def strict_api(tmp_path_factory: pytest.TempPathFactory) -> DataApi:
    """The small scenario with two keys that may read nothing, one of them expired."""
    scenario = tmp_path_factory.mktemp("scenarios") / "strict.toml"
    key = 'owner = "a@example.com"\norganisation = "org_main"\nscopes = ["write:experiments"]\n'
    scenario.write_text(
        'extends = "pair"\nabout = "Keys that may read nothing"\n'
        f'[keys.no_scope]\nvalue = "no_scope"\n{key}'
        f'[keys.nothing]\nvalue = "nothing"\nexpires = 2024-01-01T00:00:00Z\n{key}',
        encoding="utf-8",
    )
    return DataApi(create_app(Settings(scenario=str(scenario))))


@pytest.mark.parametrize("faults", SETS, ids="+".join)
def test_first_fault_in_order_decides(strict_api: DataApi, faults: tuple[str, ...]) -> None:
    """Key (401) before scope (403) before parameters (400) before existence (404), for every data type."""
    status = FAULTS[faults[0]]
    for data_type, scope in PLACES:
        scope_id = "nobody" if "id" in faults else strict_api.ids[scope]
        query: dict[str, Any] = strict_api.query(scope, limit=0 if "parameter" in faults else 1)
        key = {"key": "expired", "scope": "no_scope", "key+scope": "nothing"}.get(
            "+".join(fault for fault in faults if fault in ("key", "scope")), "full"
        )
        answer = strict_api.ask(f"/data/{data_type}/{scope}/{scope_id}", query, key=key)
        error_of(answer, status, CODES[status])


@pytest.mark.parametrize("fault", ["parameter", "id"])
def test_another_organisation_is_refused_before_parameters_and_ids(pair_api: DataApi, fault: str) -> None:
    """A header that names another organisation counts as a matter of scope."""
    for data_type, scope in PLACES:
        scope_id = "nobody" if fault == "id" else pair_api.ids[scope]
        answer = pair_api.ask(
            f"/data/{data_type}/{scope}/{scope_id}",
            pair_api.query(scope, limit=0 if fault == "parameter" else 1),
            headers={"X-Organization-Id": "org_other"},
        )
        error_of(answer, 403, "FORBIDDEN")


def test_head_of_an_error_is_the_error_without_its_body(pair_api: DataApi) -> None:
    """Same status, same headers, for each of the four checks."""
    for key, path in [
        (None, "/data/events/room/room_pair"),
        ("events_only", "/data/chat/room/room_pair"),
        ("full", "/data/events/room/room_pair?limit=0"),
        ("full", "/data/events/room/nowhere"),
    ]:
        got, headed = (pair_api.ask(path, method=method, key=key) for method in ("GET", "HEAD"))
        assert headed.status_code == got.status_code >= 400
        assert dict(headed.headers) == dict(got.headers)
        assert headed.data == b""


def test_every_data_type_is_held_to_the_rules() -> None:
    """The routes that the tests above walk are those of the catalogue, and some more."""
    assert {f"/data/{name}/{scope}/<scope_id>" for name, scope in PLACES} <= set(ROUTES)
    assert {(method, route) for method, route in OPERATIONS if method in ("POST", "PUT")} >= set(WITH_BODY)
    assert len(ROWS) >= 7
