"""Sandboxes over HTTP: made, chosen, kept apart, reset and deleted."""

import dataclasses
import time
from typing import Any

import jwt
import pytest
from control_support import Control
from emulator import error_of
from sqlalchemy import create_engine, text

from mockserver import ProcessSettings, Settings, create_app
from mockserver.app import create_sandboxes
from mockserver.control.sandbox_orders import SettingsSchema
from mockserver.sandbox import sandboxes as sandboxes_module
from mockserver.sandbox.sandboxes import Order

ONE_BATCH = {"sessionId": "s1", "batch": []}


@pytest.fixture
def control() -> Control:
    return Control()


# --- making ---------------------------------------------------------------------------------------


def test_the_same_body_again_changes_nothing_and_another_is_refused(control: Control) -> None:
    """201, 200 and 409; what was written stays."""
    body = {"scenario": "pair", "seed": 3, "settings": {"reading": "observed"}, "clock": {"speed": 0}}
    made = control.make("one", body)
    control.add_persona("Mine", "/_mock/s/one")
    again = control.make("one", body, status=200)
    assert (made["seed"], made["settings"]["reading"], made["revision"]) == (3, "observed", 0)
    assert again == {**made, "revision": 1, "clock": again["clock"], "journal": again["journal"]}
    assert "Mine" in control.personas("/_mock/s/one")
    assert "made otherwise" in control.error("PUT", "/sandboxes/one", {**body, "seed": 4}, 409)
    assert control.ask("GET", "/sandboxes/one").get_json()["seed"] == 3


def test_what_a_body_leaves_out_is_as_the_server_was_started() -> None:
    """A seed of the default scenario is not used for another one."""
    control = Control(scenario="pair", seed=5, reading="observed", strict_sessions=True)
    assert control.make("same")["seed"] == 5
    other = control.make("other", {"scenario": "ratings"})
    assert (other["seed"], other["settings"]["reading"], other["settings"]["strictSessions"]) == (
        20241020,
        "observed",
        True,
    )
    assert control.make("default", status=200)["name"] == "default"


def test_every_setting_of_a_sandbox_can_be_ordered() -> None:
    """A new field of `Settings` has to find its place in the body."""
    told = {field.name for field in dataclasses.fields(Settings)} - {"scenario", "seed"}
    assert set(SettingsSchema().fields) == told


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("reading", "observed", "observed"),
        ("rateLimits", True, True),
        ("strictSessions", True, True),
        ("maxBodyBytes", 17, 17),
        ("allowedOrigins", ["http://a.example"], ["http://a.example"]),
        ("allowedOrigins", ["HTTPS://A.example:443/"], ["https://a.example"]),
        ("now", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("now", "machine", "machine"),
        ("journalEntries", 2, 2),
        ("journalBytes", 3000, 3000),
    ],
)
def test_a_setting_is_taken_and_told(control: Control, name: str, value: Any, seen: Any) -> None:
    """As the body would say it."""
    assert control.make("one", {"settings": {name: value}})["settings"][name] == seen


def test_secrets_are_used_and_not_told(control: Control) -> None:
    """By name only: which of them are no longer the public ones."""
    made = control.make("one", {"settings": {"tokenSecret": "pepper and salt, and more of both", "linkSecret": "oil"}})
    assert made["ownSecrets"] == ["tokenSecret", "linkSecret"]
    assert control.make("two")["ownSecrets"] == []
    text = control.ask("GET", "/sandboxes/one").text
    assert "pepper" not in text
    assert "oil" not in text
    token = control.client.post("/_mock/s/one/_mock/tokens").get_json()["token"]
    assert jwt.decode(token, "pepper and salt, and more of both", algorithms=["HS256"])["sandbox"] == "one"


def test_the_clock_begins_where_the_body_says(control: Control) -> None:
    """Now and speed."""
    made = control.make("one", {"clock": {"now": "2031-02-03T04:05:06Z", "speed": 0}})
    assert made["clock"]["now"] == "2031-02-03T04:05:06.000Z"
    assert control.ask("GET", "/clock").get_json()["now"] != made["clock"]["now"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "The body must be an object"),
        ({"scenari": "pair"}, "Unknown field 'scenari'. Did you mean scenario? Known are scenario, seed"),
        ({"settings": {"ratelimits": True}}, "Unknown field 'settings.ratelimits'. Did you mean rateLimits?"),
        ({"clock": {"tick": 1}}, "Unknown field 'clock.tick'. Known are now, speed"),
        ({"scenario": 3}, "Invalid type for scenario: expected string"),
        ({"scenario": ""}, "Invalid value for scenario: expected a non-empty string"),
        ({"scenario": "nowhere"}, "no scenario 'nowhere': expected the path of a TOML file or one of agents, demo"),
        ({"seed": "7"}, "Invalid type for seed: expected integer"),
        ({"seed": -1}, "Value out of range for seed"),
        ({"settings": []}, "Invalid type for settings: expected object"),
        ({"settings": {"rateLimits": 1}}, "Invalid type for settings.rateLimits: expected boolean"),
        ({"settings": {"strictSessions": None}}, "Invalid type for settings.strictSessions: expected boolean"),
        ({"settings": {"maxBodyBytes": 0}}, "Value out of range for settings.maxBodyBytes: expected 1 to"),
        ({"settings": {"allowedOrigins": "*"}}, "Invalid type for settings.allowedOrigins: expected array"),
        ({"settings": {"allowedOrigins": ["*", 1]}}, "Invalid type for settings.allowedOrigins.1: expected string"),
        (
            {"settings": {"allowedOrigins": ["default", "a.example"]}},
            "Invalid value for settings.allowedOrigins: no origin of web pages: 'a.example'; it needs a scheme: write",
        ),
        ({"settings": {"tokenSecret": ""}}, "Invalid value for settings.tokenSecret: expected a non-empty string"),
        ({"settings": {"tokenSecret": "-----BEGIN PUBLIC KEY-----\nAA\n-----END PUBLIC KEY-----\n"}}, "cannot sign"),
        ({"settings": {"now": "soon"}}, "Invalid settings.now: expected ISO 8601"),
        ({"clock": {"now": 5}}, "Invalid type for clock.now: expected ISO 8601 string, such as"),
        ({"clock": {"speed": -1}}, "Value out of range for clock.speed: expected 0 to 1000000"),
    ],
)
def test_a_body_that_is_wrong_makes_nothing(control: Control, body: Any, message: str) -> None:
    """The message names the field, and what would be right."""
    assert message in control.error("PUT", "/sandboxes/one", body)
    assert control.ask("GET", "/sandboxes").get_json()["total"] == 1


def test_an_invalid_scenario_file_is_told_by_line(control: Control, tmp_path: Any) -> None:
    """Every mistake, as the command line would tell it."""
    path = tmp_path / "wrong.toml"
    path.write_text('extends = "pair"\nsede = 3\n', encoding="utf-8")
    message = control.error("PUT", "/sandboxes/one", {"scenario": str(path)})
    assert "wrong.toml:2: sede: 3: unknown key; did you mean 'seed'" in message


@pytest.mark.parametrize(
    "name", ["A", "-a", ".a", "..", "%2e%2e", "a%20b", "a%00", "a" * 65, "ä", "a_b%0a", "default%0a", "a%5cb"]
)
def test_a_name_with_tricks_is_refused(control: Control, name: str) -> None:
    """Nothing is made under any name."""
    assert "A sandbox's name is 1 to 64 of a-z 0-9 . _ -" in control.error("PUT", f"/sandboxes/{name}", {})
    assert control.ask("GET", "/sandboxes").get_json()["total"] == 1


@pytest.mark.parametrize("name", ["a%2fb", "a/b", "../world", "%2e%2e%2fworld", ""])
def test_a_name_of_more_segments_is_no_name(control: Control, name: str) -> None:
    """Such a path is not served."""
    assert control.ask("PUT", f"/sandboxes/{name}", {}).status_code in (404, 405)
    assert control.ask("GET", "/sandboxes").get_json()["total"] == 1


@pytest.mark.parametrize("name", ["a", "0", "a.b", "a..b", "a_b-c.d", "9" * 64])
def test_a_name_as_it_should_be_is_taken(control: Control, name: str) -> None:
    """And leads to the sandbox."""
    assert control.make(name)["prefix"] == f"/_mock/s/{name}"
    assert control.data_api("/health", f"/_mock/s/{name}").status_code == 200


def test_there_is_a_limit_to_how_many(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more is refused; one that is there already is not."""
    monkeypatch.setattr(sandboxes_module, "MOST", 2)
    control.make("one")
    assert "delete some first" in control.error("PUT", "/sandboxes/two", {}, 409)
    control.make("one", status=200)
    assert sandboxes_module.Sandboxes.create.__doc__
    control.ask("DELETE", "/sandboxes/one", status=200)
    control.make("two")


def test_an_oversized_or_deep_body_makes_nothing() -> None:
    """413 and 400, and the control API goes on."""
    control = Control(max_body_bytes=1000)
    assert "larger than 1000 bytes" in control.error("PUT", "/sandboxes/one", {"scenario": "x" * 1000}, 413)
    deep = '{"settings":' * 20_000
    control = Control()
    assert control.error("PUT", "/sandboxes/one", data=deep + "1" + "}" * 20_000)
    assert control.error("PUT", "/sandboxes/one", data="[" * 100_000)
    assert control.ask("GET", "/sandboxes").get_json()["total"] == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/sandboxes/one"),
        ("DELETE", "/sandboxes/kept"),
        ("POST", "/sandboxes/kept/reset"),
        ("POST", "/sandboxes/kept/keys"),
    ],
)
def test_a_page_of_another_origin_changes_nothing(control: Control, method: str, path: str) -> None:
    """Nor does another machine."""
    control.make("kept")
    before = control.ask("GET", "/sandboxes").text, control.ask("GET", "/sandboxes/kept").get_json()["keys"]
    assert "evil.example" in control.error(method, path, {}, 403, headers={"Origin": "https://evil.example"})
    assert control.ask(method, path, {}, 403, environ_base={"REMOTE_ADDR": "192.168.1.20"})
    assert before == (control.ask("GET", "/sandboxes").text, control.ask("GET", "/sandboxes/kept").get_json()["keys"])


@pytest.mark.parametrize("path", ["/sandboxes/one", "/sandboxes/one/reset", "/sandboxes/one/keys", "/sandboxes"])
def test_nothing_changes_by_get(control: Control, path: str) -> None:
    """A link in a page can do nothing."""
    control.make("one")
    before = control.ask("GET", "/sandboxes/one").get_json()
    assert control.ask("GET", path).status_code in (200, 405)
    after = control.ask("GET", "/sandboxes/one").get_json()
    assert {**before, "clock": None} == {**after, "clock": None}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/sandboxes/other"),
        ("DELETE", "/sandboxes/other"),
        ("POST", "/sandboxes/other/reset"),
        ("POST", "/sandboxes/other/keys"),
    ],
)
def test_an_unknown_sandbox_is_told_with_the_known(control: Control, method: str, path: str) -> None:
    """404, and how to make one."""
    control.make("one")
    message = control.error(method, path, status=404)
    assert "There is no sandbox 'other'. Known are default, one; PUT /_mock/sandboxes/{name}" in message


# --- choosing -------------------------------------------------------------------------------------


def test_prefix_header_key_and_token_each_choose(control: Control) -> None:
    """The default one where nothing does."""
    control.make("one", {"seed": 11})
    key = control.ask("POST", "/sandboxes/one/keys", {}, 201).get_json()["key"]
    token = control.client.post("/_mock/s/one/_mock/tokens").get_json()["token"]
    control.data_api("/health", "/_mock/s/one")
    control.data_api("/health", headers={"X-Mock-Sandbox": "one"})
    control.data_api("/health", headers={"X-API-Key": key})
    answer = control.client.post("/api/data/events", json=ONE_BATCH, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200, answer.text
    assert [entry["operation"] for entry in control.journal("/_mock/s/one")] == ["getHealth"] * 3 + ["ingestEvents"]
    assert control.journal() == []


def test_two_that_disagree_are_refused_naming_both(control: Control) -> None:
    """In the envelope of the path, and in the default sandbox's journal."""
    control.make("one")
    control.make("two")
    key = control.ask("POST", "/sandboxes/two/keys", {}, 201).get_json()["key"]
    answer = control.data_api("/experiments", "/_mock/s/one", headers={"X-API-Key": key})
    message = error_of(answer, 400, "VALIDATION_ERROR")["message"]
    assert "the path names 'one' and the API key names 'two'" in message
    both = control.client.get("/_mock/s/one/_mock/clock", headers={"X-Mock-Sandbox": "two"})
    assert (both.status_code, both.get_json()["error"]) == (
        400,
        "The request is for two sandboxes: the path names 'one' and the header X-Mock-Sandbox names 'two'. Name one.",
    )
    assert [entry["refusal"]["cause"] for entry in control.journal()] == ["two_sandboxes"]
    assert control.journal("/_mock/s/one") == control.journal("/_mock/s/two") == []


def test_two_that_agree_are_one(control: Control) -> None:
    """All four at once."""
    control.make("one")
    token = control.client.post("/_mock/tokens", headers={"X-Mock-Sandbox": "one"}).get_json()["token"]
    headers = {"Authorization": f"Bearer {token}", "X-Mock-Sandbox": "one"}
    answer = control.client.post("/_mock/s/one/api/data/events", json=ONE_BATCH, headers=headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("/api/v3/health", ["status", "error"]),
        ("/api/data/events", ["success", "data", "error", "metadata"]),
        ("/_mock/clock", ["error"]),
        ("/elsewhere", ["error", "try"]),
    ],
)
@pytest.mark.parametrize("by", ["path", "header", "token"])
def test_an_unknown_sandbox_is_404_in_the_envelope_of_the_path(
    control: Control, path: str, keys: list[str], by: str
) -> None:
    """Listing the known ones."""
    control.make("one")
    token = jwt.encode({"sandbox": "gone"}, "any" * 12)
    headers = {"header": {"X-Mock-Sandbox": "gone"}, "token": {"Authorization": f"Bearer {token}"}, "path": {}}[by]
    answer = control.client.get(("/_mock/s/gone" if by == "path" else "") + path, headers=headers)
    assert (answer.status_code, list(answer.get_json())) == (404, keys)
    assert "There is no sandbox 'gone'. Known are default, one;" in answer.text


@pytest.mark.parametrize("prefix", ["/_mock/s/", "/_mock/s/One", "/_mock/s/..", "/_mock/s/%6fne", "/_mock/s/one%2f"])
def test_a_prefix_with_tricks_names_no_sandbox(control: Control, prefix: str) -> None:
    """Neither that of another name nor the default one."""
    control.make("one")
    assert control.data_api("/health", prefix).status_code == 404


def test_control_operations_work_below_a_prefix(control: Control) -> None:
    """On that sandbox alone."""
    control.make("one")
    before = control.ask("GET", "/clock").get_json()
    moved = control.client.post("/_mock/s/one/_mock/clock", json={"advanceMs": 60_000})
    assert (moved.status_code, moved.get_json()["advancedMs"]) == (200, 60_000)
    after = control.ask("GET", "/clock").get_json()
    assert {**before, "tokenNow": None} == {**after, "tokenNow": None}
    assert control.client.get("/_mock/s/one/_mock/world").status_code == 200


def test_the_guard_looks_below_the_prefix(control: Control) -> None:
    """The data of a sandbox is for everybody, and its clock is not."""
    control.make("one")
    there = {"REMOTE_ADDR": "192.168.1.20"}
    assert control.data_api("/health", "/_mock/s/one", environ_base=there).status_code == 200
    assert control.client.get("/_mock/s/one/_mock/clock", environ_base=there).status_code == 403


def test_links_lead_back_to_the_sandbox(control: Control) -> None:
    """However it was chosen: a browser that follows a link sends no header."""
    control.make("one", {"scenario": "demo", "settings": {"linkSecret": "of one"}})
    room = control.client.get("/_mock/s/one/_mock/world").get_json()["experiments"][0]["rooms"][0]
    key = control.ask("POST", "/sandboxes/one/keys", {}, 201).get_json()["key"]
    for prefix, headers in (("/_mock/s/one", {}), ("", {"X-Mock-Sandbox": "one"}), ("", {"X-API-Key": key})):
        records = control.data_api(f"/data/recordings/room/{room}", prefix, headers=headers).get_json()["data"]
        link = records[0]["downloadUrl"]
        assert link.startswith("http://localhost/_mock/s/one/api/v3/files/recordings/")
        assert control.client.get(link.removeprefix("http://localhost")).status_code == 200
        document = control.data_api("/openapi.json", prefix, headers=headers).get_json()
        assert document["servers"][0]["url"] == "/_mock/s/one/api/v3"


def test_a_preflight_without_a_prefix_is_allowed_if_any_sandbox_allows_the_origin(control: Control) -> None:
    """The request itself is then for the sandbox that it names."""
    control.make("one", {"settings": {"allowedOrigins": ["https://app.example"]}})
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "GET"}
    path = "/api/v3/experiments"
    allowed = {
        place: control.client.options(place + path, headers=asked).headers.get("Access-Control-Allow-Origin")
        for place in ("", "/_mock/s/one", "/_mock/s/default")
    }
    assert allowed == {"": "https://app.example", "/_mock/s/one": "https://app.example", "/_mock/s/default": None}
    answers = [
        control.data_api("/experiments", headers={"Origin": "https://app.example", **named}).headers
        for named in ({}, {"X-Mock-Sandbox": "one"})
    ]
    assert [headers.get("Access-Control-Allow-Origin") for headers in answers] == [None, "https://app.example"]
    control.ask("DELETE", "/sandboxes/one")
    assert "Access-Control-Allow-Origin" not in control.client.options(path, headers=asked).headers


# --- keys -----------------------------------------------------------------------------------------


def test_a_minted_key_permits_what_was_ordered(control: Control) -> None:
    """Its scopes, in its sandbox, until it expires."""
    control.make("one")
    order = {"scopes": ["read:experiments"], "organisation": "org_main", "expiresInSeconds": 60}
    minted = control.ask("POST", "/sandboxes/one/keys", order, 201).get_json()
    assert minted["key"].startswith("hst_test_")
    assert len(minted["key"]) == len("hst_test_") + 64
    headers = {"X-API-Key": minted["key"]}
    assert control.data_api("/experiments", headers=headers).status_code == 200
    assert control.data_api("/personas", headers=headers).status_code == 403
    shown = control.ask("GET", "/sandboxes/one").get_json()["keys"]
    assert shown == [{name: value for name, value in minted.items() if name != "key"}]
    control.client.post("/_mock/s/one/_mock/clock", json={"advanceMs": 60_000})
    assert error_of(control.data_api("/experiments", headers=headers), 401, "UNAUTHORIZED")


def test_a_key_of_a_deleted_sandbox_is_unknown(control: Control) -> None:
    """It does not lead anywhere else; made again, the sandbox mints the same keys."""
    control.make("one")
    key = control.ask("POST", "/sandboxes/one/keys", {}, 201).get_json()["key"]
    control.ask("DELETE", "/sandboxes/one", status=200)
    assert error_of(control.data_api("/experiments", headers={"X-API-Key": key}), 401, "UNAUTHORIZED")
    control.make("one")
    assert control.ask("POST", "/sandboxes/one/keys", {}, 201).get_json()["key"] == key


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"scopes": ["read:event"]}, "Invalid value for scopes.0: expected one of *, read:*, read:events"),
        ({"scopes": "read:events"}, "Invalid type for scopes: expected array"),
        ({"scope": ["*"]}, "Unknown field 'scope'. Did you mean scopes?"),
        ({"organisation": ""}, "Invalid value for organisation"),
        ({"expiresInSeconds": 1.5}, "Invalid type for expiresInSeconds: expected integer"),
    ],
)
def test_an_order_for_a_key_that_is_wrong_mints_nothing(control: Control, body: Any, message: str) -> None:
    """The message says what would be right."""
    assert message in control.error("POST", "/sandboxes/default/keys", body)
    assert control.ask("GET", "/sandboxes/default").get_json()["keys"] == []


# --- resetting and deleting -----------------------------------------------------------------------


def test_each_part_goes_back_by_itself(control: Control) -> None:
    """Writes, journal and clock; all of them where none is named."""
    prefix = "/_mock/s/one"

    def spoil() -> None:
        control.add_persona("Mine", prefix)
        control.client.post(f"{prefix}/_mock/clock", json={"advanceMs": 5000})

    def state() -> tuple[bool, bool, bool]:
        sandbox = control.ask("GET", "/sandboxes/one").get_json()
        journal = bool(sandbox["journal"]["entries"])
        return "Mine" in control.personas(prefix), journal, sandbox["clock"]["advancedMs"] > 0

    def reset(body: Any) -> None:
        control.ask("POST", "/sandboxes/one/reset", body, 200)

    control.make("one")
    spoil()
    assert state() == (True, True, True)
    reset({"only": ["clock"]})
    assert state() == (True, True, False)
    spoil()
    reset({"only": ["journal"]})
    assert state() == (True, False, True)
    reset({"only": ["writes", "clock"]})
    assert state() == (False, True, False)
    spoil()
    nothing: tuple[Any, ...] = ({}, None)
    for body in nothing:
        reset(body)
        assert state() == (False, False, False)


def test_the_clock_alone_cannot_go_back_before_what_was_written(control: Control) -> None:
    """409, and nothing changes; together with the writes it can."""
    control.make("one")
    control.client.post("/_mock/s/one/_mock/clock", json={"advanceMs": 5000})
    control.add_persona("Late", "/_mock/s/one")
    assert "reset writes too" in control.error("POST", "/sandboxes/one/reset", {"only": ["clock"]}, 409)
    assert control.ask("GET", "/sandboxes/one").get_json()["clock"]["advancedMs"] == 5000
    control.ask("POST", "/sandboxes/one/reset", {"only": ["clock", "writes"]}, 200)
    assert control.ask("GET", "/sandboxes/one").get_json()["clock"]["advancedMs"] == 0


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"only": ["write"]}, "Invalid value for only.0: expected one of writes, journal, clock, faults"),
        ({"only": []}, "only is empty"),
        ({"only": "writes"}, "Invalid type for only: expected array"),
        ({"parts": ["writes"]}, "Unknown field 'parts'. Known are only"),
    ],
)
def test_a_reset_that_names_something_else_resets_nothing(control: Control, body: Any, message: str) -> None:
    """Not even what it names beside."""
    control.add_persona("Mine")
    assert message in control.error("POST", "/sandboxes/default/reset", body)
    assert "Mine" in control.personas()


def test_the_default_sandbox_can_be_reset_and_not_deleted(control: Control) -> None:
    """It is there from the start to the end."""
    control.add_persona("Mine")
    assert "cannot be deleted" in control.error("DELETE", "/sandboxes/default", status=409)
    assert "Mine" in control.personas()
    control.ask("POST", "/sandboxes/default/reset", status=200)
    assert "Mine" not in control.personas()


def test_a_reset_leaves_the_others_alone(control: Control) -> None:
    """As does a deletion."""
    for name in ("one", "two", "three"):
        control.make(name)
        control.add_persona(f"Of {name}", f"/_mock/s/{name}")
    control.ask("POST", "/sandboxes/one/reset", status=200)
    control.ask("DELETE", "/sandboxes/two", status=200)
    assert "Of three" in control.personas("/_mock/s/three")
    control.make("two")
    assert not {"Of one", "Of two"} & {*control.personas("/_mock/s/one"), *control.personas("/_mock/s/two")}


def test_a_request_in_flight_ends_on_the_world_that_it_began_with(control: Control) -> None:
    """An answer of which half is sent goes on, and its entry stays out of the new journal."""
    control.make("one")
    room = control.client.get("/_mock/s/one/_mock/world").get_json()["experiments"][0]["rooms"][0]
    path = f"/data/events/room/{room}?format=ndjson&limit=10000"
    whole = control.data_api(path, "/_mock/s/one").data
    begun = control.client.get(f"/_mock/s/one/api/v3{path}", headers={"X-API-Key": control.key}, buffered=False)
    control.ask("DELETE", "/sandboxes/one", status=200)
    control.make("one", {"scenario": "empty"})
    assert begun.data == whole
    assert control.journal("/_mock/s/one") == []
    assert control.data_api(path, "/_mock/s/one").status_code == 404


def test_worlds_are_shared_and_writes_are_not(control: Control) -> None:
    """The same scenario and seed is one world in memory, under any name."""
    control.make("one")
    control.make("two")
    sandboxes = control.app.extensions["mockserver"]
    assert sandboxes.get("one").study.base is sandboxes.get("two").study.base
    control.add_persona("Mine", "/_mock/s/one")
    assert "Mine" not in control.personas("/_mock/s/two")


@pytest.mark.parametrize("scenario", ["pair", "demo"])
def test_creating_and_resetting_take_little_time(scenario: str) -> None:
    """Under 2 ms each once the world is known, by the median of many."""
    sandboxes, order = create_sandboxes(Settings(scenario=scenario)), Order(Settings(scenario=scenario))
    took_ms: dict[str, list[float]] = {"create": [], "reset": []}
    for number in range(200):
        started = time.perf_counter()
        sandboxes.create(f"s{number}", order)
        made = time.perf_counter()
        sandboxes.reset(f"s{number}")
        took_ms["create"].append((made - started) * 1000)
        took_ms["reset"].append((time.perf_counter() - made) * 1000)
    medians = {what: sorted(times)[100] for what, times in took_ms.items()}
    print(f"{scenario}: {medians}")
    assert max(medians.values()) < 2


def test_with_a_store_old_rows_go_after_a_reset(tmp_path: Any) -> None:
    """The file holds what there is now and nothing else."""
    url = f"sqlite:///{tmp_path / 'kept.db'}"
    control = Control()
    control.app = create_app(Settings(scenario="pair"), ProcessSettings(store_url=url))
    control.client = control.app.test_client(use_cookies=False)
    control.make("one")
    control.add_persona("Old", "/_mock/s/one")
    control.ask("POST", "/sandboxes/one/reset", status=200)
    control.add_persona("New", "/_mock/s/one")
    assert "Old" not in control.personas("/_mock/s/one")
    control.app.extensions["mockserver"].close()
    with create_engine(url).connect() as connection:
        assert connection.execute(text("select count(*) from documents")).scalar() == 1


# --- what is served -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/_mock", "/_mock/", "/_mock/s/one/_mock", "/_mock/s/one/_mock/"])
def test_the_entrance_lists_what_is_served(control: Control, path: str) -> None:
    """One resource with and without the slash, in each sandbox with the paths that lead there."""
    control.make("one")
    served = control.client.get(path).get_json()
    prefix = path.partition("/_mock")[0] if "/s/" not in path else "/_mock/s/one"
    by_id = {row["id"]: row for row in served["operations"]}
    rules = {rule.endpoint for rule in control.app.url_map.iter_rules()}
    assert set(by_id) == rules
    assert by_id["getEventsByRoom"]["path"] == f"{prefix}/api/v3/data/events/room/{{scopeId}}"
    assert by_id["mintKey"] == {
        "id": "mintKey",
        "api": "control",
        "method": "POST",
        "path": f"{prefix}/_mock/sandboxes/{{name}}/keys",
        "summary": "An API key that chooses this sandbox",
    }


def test_an_unknown_path_and_a_wrong_method_are_told_what_would_be_right(control: Control) -> None:
    """Of the control API."""
    assert control.error("GET", "/sandbox", status=404) == (
        "Nothing is served at /_mock/sandbox: GET /_mock lists what is"
    )
    assert control.error("POST", "/sandboxes/one", status=405) == (
        "POST is not possible at /_mock/sandboxes/one: use DELETE, GET, HEAD, OPTIONS, PUT"
    )
