"""One rule for every query: a known parameter is given once, and what nobody reads is told to the developer.

Operations and their parameters are read from the tables that serve them, so that a new one is held to the rule.
"""

import logging
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from control_support import Control
from document_support import APIS, ROWS, ask_example, examples_of
from emulator import error_of
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from mockserver import Settings, create_app
from mockserver.door.operations import Operation
from mockserver.door.query import meant_by, read_query
from mockserver.sandbox.lint import MOST_KINDS

EMULATED = [row for api in APIS.values() if api.emulated for row in api.operations]
WITH_PARAMETERS = [row for row in EMULATED if row.parameters]
EVENTS = "/data/events/room/room_abc123"
KEY = {"X-API-Key": "hst_live_your_key_here"}


@pytest.fixture
def control() -> Control:
    return Control("demo")


@pytest.fixture(scope="module")
def app() -> Flask:
    """Nothing that is sent to it in here changes anything."""
    return create_app(Settings())


# --- refused ----------------------------------------------------------------------------------------


def misuses(name: str) -> Iterator[tuple[str, str]]:
    """Queries that do not give a parameter once, and what the details say of its values."""
    yield f"{name}=a&{name}=a", "a,a"
    yield f"{name}=a&{name}=b", "a,b"
    yield f"{name}=&{name}=a", ",a"
    for brackets in ("[]", "[0]", "[x]", "%5B%5D", "[a][b]", "["):
        yield f"{name}{brackets}=a", "a"
        yield f"{name}{brackets}=a&{name}=b", "a,b"
        yield f"{name}{brackets}=a&{name}{brackets}=b", "a,b"


def test_there_are_operations_with_parameters() -> None:
    """Of the first API; the second has none, and then nothing can be given twice."""
    assert len(WITH_PARAMETERS) > 30
    assert {row.tag for row in EMULATED} > {"ingestion", "events", "experiments", "files", "deployments", "agents"}


@pytest.mark.parametrize("row", WITH_PARAMETERS, ids=lambda row: row.id)
def test_a_parameter_that_is_not_given_once_is_refused(app: Flask, row: Operation) -> None:
    """With what to send, whatever the others say, and before anybody looks whether the thing is there."""
    example = examples_of(app).get(row.id)
    for there in (example, None):
        for name in row.parameter_names:
            for query, values in misuses(name):
                answer = ask_example(app, row, there, query_string=query, json=None)
                error = error_of(answer, 400, "INVALID_PARAMETER")
                expected = f"one {name}, without brackets"
                assert error["details"] == {"parameter": name, "value": values, "expected": expected}, query
                assert f"send {name}" in error["message"]


def test_the_refusals_say_what_to_send(app: Flask) -> None:
    """The cases of a list in a browser, of two values, and of both."""
    client = app.test_client()
    told = {
        "category[]=component": "category is given as category[], and takes one value: "
        "send category=component, without brackets.",
        "category=component&category=state": "category is given 2 times, and takes one value: send category once.",
        "category=a&category[0]=b": "category is given 2 times, as category and category[0], and takes one value: "
        "send category once.",
    }
    for query, message in told.items():
        answer = client.get(f"/api/v3{EVENTS}?{query}", headers=KEY)
        assert error_of(answer, 400, "INVALID_PARAMETER")["message"] == message


@pytest.mark.parametrize("query", ["limit=1&limit=1", "limit[]=1"])
def test_the_order_of_checks_holds(query: str) -> None:
    """Key (401), limit (429), scope (403), organisation (403), parameters (400), existence (404)."""
    client = create_app(Settings(rate_limits=True)).test_client(use_cookies=False)
    keys = client.application.extensions["mockserver"].default.world.scenario.keys

    def status(path: str, key: str | None) -> int:
        headers = {"X-API-Key": keys[key].value} if key else {}
        return client.get(f"/api/v3{path}?{query}", headers=headers).status_code

    assert status(EVENTS, None) == 401
    assert status("/data/chat/room/room_abc123", "events_only") == 403
    for path in ("/data/events/experiment", "/data/rooms/experiment", "/data/agent-decisions/experiment"):
        assert status(f"{path}/exp_other_004", "full") == 403
        assert status(f"{path}/nowhere", "full") == 400
    assert [status(EVENTS, "full") for _ in range(101)] == [400] * 100 + [429]


def test_deleting_what_is_not_ours_is_refused_before_the_query(app: Flask) -> None:
    """As for reading."""
    client = app.test_client()
    for experiment_id, status in (("exp_other_004", 403), ("nowhere", 400)):
        path = f"/api/v3/experiments/{experiment_id}?skipDataCheck=true&skipDataCheck=true"
        assert client.delete(path, headers=KEY).status_code == status


# --- told -------------------------------------------------------------------------------------------


def lint(control: Control) -> list[tuple[str, str, int]]:
    """Operation, message and how often, of what the lint found in requests."""
    warnings = control.ask("GET", "/lint").get_json()["warnings"]
    assert all((one["rule"], one["kind"], one["batch"]) == ("unread_parameter", None, None) for one in warnings)
    return [(one["operation"], one["message"], one["times"]) for one in warnings]


@pytest.mark.parametrize("row", EMULATED, ids=lambda row: row.id)
def test_an_unknown_parameter_changes_nothing_and_is_told(row: Operation, caplog: pytest.LogCaptureFixture) -> None:
    """In the journal, in the lint and in the log, for every operation of both APIs."""
    control = Control()
    (api,) = [api.name for api in APIS.values() if row in api.operations or row.id in {o.id for o in api.operations}]
    example = examples_of(control.app, api).get(row.id)
    query = {**(example.query if example else {}), "zzzz": "1"}
    with caplog.at_level(logging.WARNING, logger="mockserver.lint"):
        odd = ask_example(control.app, row, example, query_string=query)
    assert odd.status_code != 500
    assert [(entry["unread"][0]["name"], entry["operation"]) for entry in control.journal()[-1:]] == [("zzzz", row.id)]
    message = f"{row.id} does not read the parameter 'zzzz'"
    assert lint(control) == [(row.id, message, 1)]
    assert [record.getMessage() for record in caplog.records if record.name == "mockserver.lint"] == [message]


def test_another_spelling_is_told_with_the_parameter_it_resembles(
    control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    """As often as it comes, from what was kept too; the log says it once."""
    plain = control.data_api(EVENTS)
    with caplog.at_level(logging.WARNING, logger="mockserver.lint"):
        answers = [control.data_api(f"{EVENTS}?Limit=1&start_time=2024-10-20T00:00:00Z") for _ in range(3)]
        tag = answers[0].headers["ETag"]
        again = control.data_api(f"{EVENTS}?Limit=1&start_time=2024-10-20T00:00:00Z", headers={"If-None-Match": tag})
        control.data_api(f"{EVENTS}?Start-Time=x")
    assert {answer.text for answer in answers} == {plain.text}
    assert again.status_code == 304
    messages = [
        "getEventsByRoom does not read the parameter 'Limit': did you mean limit?",
        "getEventsByRoom does not read the parameter 'start_time': did you mean startTime?",
        "getEventsByRoom does not read the parameter 'Start-Time': did you mean startTime?",
    ]
    assert [record.getMessage() for record in caplog.records] == messages
    assert lint(control) == [
        ("getEventsByRoom", message, times) for message, times in zip(messages, (4, 4, 1), strict=True)
    ]
    told = [[(one["name"], one["resembles"]) for one in entry["unread"]] for entry in control.journal()]
    assert told == [[], *[[("Limit", "limit"), ("start_time", "startTime")]] * 4, [("Start-Time", "startTime")]]


def test_a_first_answer_that_is_304_is_told_too(control: Control) -> None:
    """No view runs for it; a client that comes back after a restart sends the tag of before."""
    tag = control.data_api(EVENTS + "?Limit=1").headers["ETag"]
    restarted = Control("demo")
    assert restarted.data_api(EVENTS + "?Limit=1", headers={"If-None-Match": tag}).status_code == 304
    assert [(operation, times) for operation, _, times in lint(restarted)] == [("getEventsByRoom", 1)]


def test_the_lint_is_bounded_and_says_so_once(control: Control, caplog: pytest.LogCaptureFixture) -> None:
    """Made-up names fill neither the memory nor the log; what was told before is counted on."""
    with caplog.at_level(logging.WARNING, logger="mockserver.lint"):
        names = "&".join(f"made_up_{number}={number}" for number in range(MOST_KINDS + 200))
        for _ in range(2):
            control.data_api(f"/health?{names}")
    assert len(caplog.records) == MOST_KINDS + 1
    assert caplog.records[-1].getMessage().startswith(f"{MOST_KINDS} kinds of odd requests were told")
    assert [times for _, _, times in lint(control)] == [2] * MOST_KINDS


def test_the_lint_is_the_sandboxs_own_and_ends_with_its_journal(control: Control) -> None:
    """Other resets leave it."""
    control.make("one")
    control.data_api("/health?x=1", "/_mock/s/one")
    assert control.ask("GET", "/lint").get_json() == {"warnings": [], "total": 0}
    for part, left in (("writes", 1), ("journal", 0)):
        control.ask("POST", "/sandboxes/one/reset", {"only": [part]}, 200)
        assert control.client.get("/_mock/s/one/_mock/lint").get_json()["total"] == left


def test_batches_and_requests_are_told_in_one_list_of_pages(control: Control) -> None:
    """Batches first; a filter for a session or a kind of data leaves only those."""
    token = control.ask("POST", "/tokens").get_json()["token"]
    item = {"eventType": "click", "targetSelector": "#x", "timestamp": "2020-01-01T00:00:00"}
    for session_id in ("s1", "s2"):
        control.client.post(
            "/api/data/events?trace=1",
            json={"sessionId": session_id, "batch": [item]},
            headers={"Authorization": f"Bearer {token}"},
        )
    control.data_api("/health?x=1")
    everything = control.ask("GET", "/lint").get_json()
    assert [(one["operation"], one["rule"], one["times"]) for one in everything["warnings"]] == [
        ("ingestEvents", "timestamp_without_zone", 1),
        ("ingestEvents", "timestamp_without_zone", 1),
        ("ingestEvents", "unread_parameter", 2),
        ("getHealth", "unread_parameter", 1),
    ]
    pages = [control.ask("GET", f"/lint?limit=1&offset={offset}").get_json() for offset in range(5)]
    assert [one for page in pages for one in page["warnings"]] == everything["warnings"]
    assert {page["total"] for page in pages} == {4}
    assert control.ask("GET", "/lint?kind=events").get_json()["total"] == 2
    assert control.ask("GET", "/lint?sessionId=s1").get_json()["total"] == 1


def test_a_name_that_holds_a_key_is_not_shown_by_the_lint(control: Control) -> None:
    """As everywhere in the control API."""
    control.data_api(f"/health?{control.key}=1")
    assert control.key not in control.ask("GET", "/lint").text


# --- the control API --------------------------------------------------------------------------------


@pytest.mark.parametrize("row", APIS["control"].operations, ids=lambda row: row.id)
def test_the_control_api_refuses_what_says_nothing(app: Flask, row: Operation) -> None:
    """Unknown, empty, repeated and bracketed parameters, of every operation."""
    example = examples_of(app, "control").get(row.id)

    def error(query: str) -> str:
        answer = ask_example(app, row, example, query_string=query)
        assert answer.status_code == 400, query
        said: str = answer.get_json()["error"]
        return said

    assert error("nobody=1").startswith("Unknown parameter 'nobody'.")
    for name in row.parameter_names:
        assert f"Did you mean {name}?" in error(f"{name.upper()}_=1")
        assert error(f"{name}=") == f"{name} is empty: give it a value, or leave it out"
        assert error(f"{name}=1&{name}=1").startswith(f"{name} is given 2 times")
        assert error(f"{name}[]=1").startswith(f"{name} is given as {name}[]")


# --- reading, as a pure function --------------------------------------------------------------------

DECLARED = ("limit", "startTime", "category")
NAMES = st.sampled_from([*DECLARED, "limit[]", "category[0]", "Limit", "start_time", "x", "ö", ""])
PAIRS = st.lists(st.tuples(NAMES, st.text(max_size=5)), max_size=6)


@given(PAIRS)
def test_every_pair_is_read_or_misused_or_unread(pairs: list[tuple[str, str]]) -> None:
    """And nothing is both: a value counts only where it is the one that was sent."""
    query = "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()
    found = read_query(query, DECLARED)
    by_name: dict[str, list[tuple[str, str]]] = {}
    for name, value in pairs:
        by_name.setdefault(name.partition("[")[0], []).append((name, value))
    once = {name for name, sent in by_name.items() if name in DECLARED and [one for one, _ in sent] == [name]}
    assert found.arguments == {name: by_name[name][0][1] for name in once}
    wrong = [name for name in by_name if name in DECLARED and name not in once]
    assert (found.misused.name if found.misused else None) == (wrong[0] if wrong else None)
    assert found.unread == tuple(name for name in by_name if name not in DECLARED)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_query(query: bytes) -> None:
    """What is no UTF-8 becomes replacement characters, so that every text can be written again."""
    found = read_query(query, DECLARED)
    for text in (*found.arguments.values(), *found.unread):
        text.encode()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Limit", "limit"), ("LIMIT", "limit"), ("start_time", "startTime"), ("start-time", "startTime"),
        ("StartTime", "startTime"), ("START.TIME", "startTime"), ("limt", "limit"), ("categories", "category"),
        ("Category[]", "category"), ("page[limit]", "limit"), ("filter[category]", "category"), ("amp;limit", "limit"),
        ("zzz", None), ("", None), ("[]", None), ("_", None),
    ],
)  # fmt: skip
def test_what_a_name_resembles(name: str, meant: str | None) -> None:
    """The same but for case and separators first, then what is near."""
    assert meant_by(name, DECLARED) == meant


def test_rows_are_what_is_served() -> None:
    """The rule above is over all operations of the emulated APIs."""
    assert {row.id for row in EMULATED} == {row.id for row in ROWS.values()} - {
        row.id for row in APIS["control"].operations
    }
