"""The journal over HTTP: what an entry tells, what it hides, how it is filtered, and its other forms."""

import base64
import gzip
import hashlib
import itertools
import json
import zlib
from typing import Any
from urllib.parse import quote

import pytest
from control_support import Control

from mockserver.control.journal_query import PARAMETERS
from mockserver.door import credentials
from mockserver.hyperstudy import keys as hyperstudy_keys
from mockserver.ingestion.tokens import mint

EVENT = {"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}
FORMATS = ("json", "har", "curl")


@pytest.fixture
def control() -> Control:
    return Control()


@pytest.fixture
def room(control: Control) -> str:
    room: str = control.client.get("/_mock/world").get_json()["experiments"][0]["rooms"][0]
    return room


def token_headers(control: Control, subject: str = "ada") -> dict[str, str]:
    token = control.client.post("/_mock/tokens", json={"subject": subject}).get_json()["token"]
    return {"Authorization": f"Bearer {token}"}


def header(entry: dict[str, Any], name: str, side: str = "request") -> str | None:
    return next((pair["value"] for pair in entry[side]["headers"] if pair["name"] == name), None)


# --- what an entry tells --------------------------------------------------------------------------


def test_an_entry_tells_a_request_and_its_answer(control: Control, room: str) -> None:
    """What was sent and what came back, byte by byte, with who asked."""
    answer = control.data_api(f"/data/events/room/{room}?limit=2", headers={"X-Mock-Test": "test_one"})
    (entry,) = control.journal()
    assert (entry["number"], entry["operation"], entry["test"]) == (1, "getEventsByRoom", "test_one")
    assert entry["request"]["method"] == "GET"
    assert entry["request"]["target"] == f"/api/v3/data/events/room/{room}?limit=2"
    assert entry["request"]["httpVersion"] == "1.1"
    assert entry["request"]["body"] is None
    assert entry["response"]["status"] == 200
    assert header(entry, "content-type", "response") == "application/json; charset=utf-8"
    assert entry["response"]["body"] == {
        "bytes": len(answer.data),
        "sha256": hashlib.sha256(answer.data).hexdigest(),
        "text": answer.text,
    }
    assert entry["key"] == {"name": "full", "fingerprint": credentials.fingerprint(control.key)}
    assert (entry["token"], entry["session"], entry["refusal"], entry["unread"]) == (None, None, None, [])
    assert (entry["outcome"], entry["preflight"], entry["internal"], entry["revision"]) == ("whole", False, False, 0)
    assert entry["clock"] == control.ask("GET", "/clock").get_json()["now"]
    assert entry["durationMs"] > 0


def test_a_batch_is_told_with_its_session_and_subject(control: Control) -> None:
    """And its body, as it was sent."""
    body = json.dumps({"sessionId": "sess_1", "batch": [EVENT]}, indent=1).encode()
    headers = {**token_headers(control), "Content-Type": "application/json"}
    control.client.post("/api/data/events", data=body, headers=headers)
    (entry,) = control.journal()
    assert (entry["operation"], entry["session"], entry["token"]["subject"]) == ("ingestEvents", "sess_1", "ada")
    assert entry["request"]["body"]["text"] == body.decode()
    assert entry["request"]["body"]["sha256"] == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize(("size", "is_kept"), [(64 * 1024, True), (64 * 1024 + 1, False)])
def test_a_body_over_64_kib_is_told_by_size_and_hash(control: Control, size: int, is_kept: bool) -> None:
    """Its session is told all the same."""
    body = json.dumps({"sessionId": "big", "batch": []}).encode().ljust(size)
    headers = {**token_headers(control), "Content-Type": "application/json"}
    assert control.client.post("/api/data/events", data=body, headers=headers).status_code == 200
    (entry,) = control.journal(session="big")
    told = entry["request"]["body"]
    assert (told["bytes"], told["sha256"]) == (size, hashlib.sha256(body).hexdigest())
    assert ("text" in told) is is_kept


def test_bytes_that_are_no_text_are_told_as_base64(control: Control) -> None:
    """Nothing of them is lost."""
    body = gzip.compress(b"{}", mtime=0)
    headers = {**token_headers(control), "Content-Type": "application/json"}
    control.client.post("/api/data/events", data=body, headers=headers)
    (entry,) = control.journal()
    assert base64.b64decode(entry["request"]["body"]["base64"]) == body


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate, gzip", "identity"])
def test_a_compressed_body_is_told_as_what_it_expands_to(control: Control, coding: str) -> None:
    """Without the credentials in it; size and hash are those of what was sent. A line for a shell sends it expanded."""
    text = json.dumps({"sessionId": f"é {control.key}", "batch": []}, ensure_ascii=False)
    body = text.encode()
    for name in coding.split(", "):
        body = {"deflate": zlib.compress, "identity": bytes}.get(name, gzip.compress)(body)
    headers = {**token_headers(control), "Content-Type": "application/json", "Content-Encoding": coding}
    assert control.client.post("/api/data/events", data=body, headers=headers).status_code == 200
    (entry,) = control.journal()
    shown = text.replace(control.key, "[redacted]")
    assert entry["request"]["body"] == {
        "bytes": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
        "text": shown,
    }
    assert header(entry, "content-encoding") == coding
    (har,) = control.client.get("/_mock/journal?format=har").get_json()["log"]["entries"]
    assert (har["request"]["postData"]["text"], har["request"]["bodySize"]) == (shown, len(body))
    line = control.client.get("/_mock/journal?format=curl").text
    assert f"--data-raw '{shown}'" in line
    assert ("content-encoding" in line) is (coding == "identity")


@pytest.mark.parametrize("path", ["/api/data/events", "/api/v3/personas"])
def test_another_coding_is_told_with_those_that_are_read(control: Control, path: str) -> None:
    """And not with the advice for another 415."""
    headers = {**token_headers(control), "X-API-Key": control.key, "Content-Type": "application/json"}
    control.client.post(path, data=b"x", headers={**headers, "Content-Encoding": "br"})
    (entry,) = control.journal()
    assert entry["refusal"]["status"] == 415
    assert entry["refusal"]["message"].startswith("The body is compressed with br")
    assert entry["refusal"]["nearest"]["advice"] == (
        "Send the body with one of these codings: gzip, deflate, identity."
    )


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(b"hst_live_key" * 99, mtime=0)[:-1]),
        ("gzip", b"not gzip"),
        ("br", b"\x8b\x00\x80"),
        ("gzip", gzip.compress(b" " * (64 * 1024 + 1), mtime=0)),
    ],
)
def test_a_body_that_cannot_be_expanded_is_told_by_size_and_hash(control: Control, coding: str, body: bytes) -> None:
    """What nobody can read, nothing can be redacted in; what is large is not kept, however it came."""
    headers = {**token_headers(control), "Content-Type": "application/json", "Content-Encoding": coding}
    control.client.post("/api/data/events", data=body, headers=headers)
    (entry,) = control.journal()
    digest = hashlib.sha256(body).hexdigest()
    assert entry["request"]["body"] == {"bytes": len(body), "sha256": digest}
    (har,) = control.client.get("/_mock/journal?format=har").get_json()["log"]["entries"]
    assert har["request"]["postData"]["comment"] == f"not kept as text; SHA-256 {digest}"
    comment, _ = control.client.get("/_mock/journal?format=curl").text.splitlines()
    assert comment == f"# The body of the next request is not kept: {len(body)} bytes, SHA-256 {digest}"


def test_a_streamed_answer_is_told_by_size_and_hash(control: Control, room: str) -> None:
    """Of all that was sent."""
    data = control.data_api(f"/data/events/room/{room}?format=ndjson").data
    (entry,) = control.journal()
    assert entry["response"]["body"] == {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def test_an_entry_is_closed_before_the_last_byte_leaves() -> None:
    """Of a file in parts too, whose reader knows from its length that there is no more to wait for."""
    control = Control("demo")
    room = control.client.get("/_mock/world").get_json()["experiments"][0]["rooms"][0]
    link = control.data_api(f"/data/recordings/room/{room}").get_json()["data"][0]["downloadUrl"]
    answer = control.client.get(link.removeprefix("http://localhost"), buffered=False)
    parts, length = iter(answer.iter_encoded()), int(answer.headers["Content-Length"])
    read = 0
    while read < length:
        assert control.journal()[-1]["outcome"] == "open" or read == 0
        read += len(next(parts))
    entry = control.journal()[-1]
    assert (entry["outcome"], entry["response"]["body"]["bytes"]) == ("whole", length)
    assert entry["response"]["body"]["sha256"]


def test_a_kept_answer_is_told_like_a_new_one(control: Control, room: str) -> None:
    """Operation, key, unread parameters, refusal and hash."""
    for query in ("limit=2&limi=3", "limit=0"):
        for _ in range(2):
            control.data_api(f"/data/events/room/{room}?{query}")
    one, again, wrong, wrong_again = ({**entry, "durationMs": 0, "number": 0} for entry in control.journal())
    for first, second in ((one, again), (wrong, wrong_again)):
        for moment in ("time", "tokenTime"):
            assert first.pop(moment) <= second.pop(moment)
        assert first == second
    assert wrong["refusal"]["cause"] == "INVALID_PARAMETER"


@pytest.mark.parametrize(
    ("query", "unread"),
    [
        ("limti=2", [("limti", "misspelt", "limit")]),
        ("Limit=2", [("Limit", "other case", "limit")]),
        ("starttime=2024-01-01", [("starttime", "other case", "startTime")]),
        ("start_time=2024-01-01", [("start_time", "misspelt", "startTime")]),
        ("page[limit]=2", [("page[limit]", "misspelt", "limit")]),
        ("zzz=1", [("zzz", "unknown", None)]),
        ("limit=2", []),
    ],
)
def test_parameters_that_nobody_read_are_told_with_what_they_resemble(
    control: Control, room: str, query: str, unread: list[tuple[str, str, str | None]]
) -> None:
    """The answer is as if they had not been sent."""
    assert control.data_api(f"/data/events/room/{room}?{query}").status_code == 200
    (entry,) = control.journal()
    assert [(one["name"], one["reason"], one["resembles"]) for one in entry["unread"]] == unread


def test_what_is_journalled(control: Control) -> None:
    """Requests to the emulated APIs, refused ones and preflights included; the emulator's own API never."""
    control.data_api("/health")
    control.data_api("/nowhere")
    control.data_api("/health", method="POST")
    control.client.options("/api/v3/health", headers={"Origin": "http://localhost"})
    control.client.get("/")
    control.client.get("/elsewhere")
    control.client.get("/_mock/clock")
    control.client.get("/_mock/nowhere")
    control.data_api("/health", headers={"X-Mock-Sandbox": "gone"})
    told = [
        (entry["operation"], entry["response"]["status"], entry["preflight"], (entry["refusal"] or {}).get("cause"))
        for entry in control.journal()
    ]
    assert told == [
        ("getHealth", 200, False, None),
        (None, 404, False, "unknown_route"),
        (None, 405, False, "wrong_method"),
        (None, 204, True, None),
        (None, 404, False, "unknown_sandbox"),
    ]


def test_revision_and_clock_are_those_when_the_request_came(control: Control) -> None:
    """A write is told with the revision before it."""
    control.add_persona("One")
    control.client.post("/_mock/clock", json={"advanceMs": 1000})
    control.add_persona("Two")
    first, second = control.journal()
    assert [first["revision"], second["revision"]] == [0, 1]
    assert first["clock"] < second["clock"]
    assert first["tokenTime"] < second["tokenTime"]


def test_a_full_journal_drops_bodies_then_entries_and_never_a_request() -> None:
    """Each eviction is counted."""
    control = Control(journal_entries=3)
    for number in range(5):
        assert control.data_api("/health", headers={"X-Mock-Test": str(number)}).status_code == 200
    answer = control.client.get("/_mock/journal").get_json()
    assert [entry["test"] for entry in answer["entries"]] == ["2", "3", "4"]
    assert [entry["number"] for entry in answer["entries"]] == [3, 4, 5]
    assert (answer["total"], answer["evicted"]) == (3, 2)
    assert control.ask("GET", "/sandboxes/default").get_json()["journal"]["evicted"] == 2
    control = Control(journal_bytes=6_000)
    for _ in range(4):
        control.data_api("/experiments")
    bodies = ["text" in entry["response"]["body"] for entry in control.journal()]
    assert not bodies[0]
    assert all(entry["response"]["body"]["bytes"] for entry in control.journal())


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "headers", "cause", "nearest"),
    [
        ("GET", "/api/v3/data/event/room/{room}", {}, "unknown_route", ("GET", "/api/v3/data/events/room/{room}")),
        ("GET", "/data/events/room/{room}", {}, None, None),
        ("GET", "/api/v3/experiment", {}, "unknown_route", ("GET", "/api/v3/experiments")),
        ("GET", "/api/v3/v3/experiments", {}, "unknown_route", ("GET", "/api/v3/experiments")),
        ("PUT", "/api/v3/experiments", {}, "wrong_method", ("GET", "/api/v3/experiments")),
        ("POST", "/api/data/event", {}, "unknown_route", ("POST", "/api/data/events")),
        (
            "GET",
            "/api/v3/data/events/room/{room}?limit=99999&ordr=desk&startTime=soon",
            {},
            "INVALID_PARAMETER",
            ("GET", "/api/v3/data/events/room/{room}?limit=10000&order=desc&startTime=2024-10-20T14:30:00Z"),
        ),
        ("GET", "/api/v3/data/events/room/nowhere", {}, "NOT_FOUND", ("GET", "/api/v3/data/events/room/{room}")),
        (
            "GET",
            "/api/v3/experiments?limit=1",
            {"X-API-Key": ""},
            "missing",
            ("GET", "/api/v3/experiments?limit=1", "It takes an API key with the scope read:experiments in X-API-Key."),
        ),
        (
            "POST",
            "/api/data/events",
            {},
            None,
            ("POST", "/api/data/events", "It takes a token: Authorization: Bearer <JWT>."),
        ),
        ("GET", "/_mock/s/defalt/api/v3/health", {}, "unknown_sandbox", ("GET", "/_mock/s/default/api/v3/health")),
        ("GET", "/api/v3/" + "x" * 400, {}, "unknown_route", None),
    ],
)
def test_a_refusal_is_told_with_the_nearest_valid_request(
    control: Control,
    room: str,
    method: str,
    path: str,
    headers: dict[str, str],
    cause: str | None,
    nearest: tuple[str, ...] | None,
) -> None:
    """And with its cause, a word for programs."""
    sent = {"X-API-Key": control.key, **headers}
    answer = control.client.open(path.replace("{room}", room), method=method, headers=sent)
    entries = control.journal()
    if not path.startswith(("/api", "/_mock")):
        assert entries == []
        return
    refusal = entries[0]["refusal"]
    assert refusal["status"] == answer.status_code >= 400
    assert cause in (None, refusal["cause"])
    if nearest is None:
        assert refusal["nearest"] is None
        return
    told = (refusal["nearest"]["method"], refusal["nearest"]["target"], refusal["nearest"]["advice"])
    assert told[: len(nearest)] == tuple(part.replace("{room}", room) for part in nearest)


@pytest.mark.parametrize(
    ("path", "credential"),
    [("/api/data/events", "Authorization: Bearer <JWT>."), ("/api/v3/data/events/batch", "in X-API-Key.")],
)
def test_a_beacon_is_told_what_it_cannot_do(control: Control, path: str, credential: str) -> None:
    """A page's post without a credential; one with a bad credential, or from elsewhere, is none."""
    page, bad = {"Origin": "http://localhost:3000"}, {"Authorization": "Bearer x", "X-API-Key": "x"}
    for headers in (page, {}, page | bad):
        assert control.client.post(path, data=b"{}", headers=headers).status_code == 401
    advice = [entry["refusal"]["nearest"]["advice"] for entry in control.journal()]
    said = " A page's navigator.sendBeacon cannot send one; fetch with keepalive: true can, up to 64 KiB."
    assert advice[0].endswith(credential + said)
    assert advice[1:] == [advice[0].removesuffix(said)] * 2


@pytest.mark.parametrize(
    "path",
    [
        "/experimens?limt=3",
        "/data/events/rooms/{room}?format=xml&limit=-5",
        "/data/events/room/none?sort=timestmp",
        "/persona",
        "/data/sync/room/{room}?aggregationWindow=0&limit=0",
    ],
)
def test_the_nearest_valid_request_is_valid(control: Control, room: str, path: str) -> None:
    """Sent as it is told, it is answered."""
    assert control.data_api(path.replace("{room}", room)).status_code >= 400
    near = control.journal()[-1]["refusal"]["nearest"]
    target = near["target"].replace("<roomId>", room)
    again = control.client.open(target, method=near["method"], headers={"X-API-Key": control.key})
    assert again.status_code == 200, (target, again.text)


def test_a_bug_of_the_emulator_is_told_as_one(control: Control) -> None:
    """It is never mistaken for the client's."""

    def crash(**names: str) -> None:
        raise RuntimeError("a bug")

    views = control.app.view_functions
    control.app.view_functions = dict.fromkeys(views, crash)
    assert control.data_api("/health").status_code == 500
    control.app.view_functions = views
    (entry,) = control.journal()
    assert (entry["internal"], entry["refusal"]["cause"], entry["refusal"]["nearest"]) == (True, "crash", None)


# --- filters --------------------------------------------------------------------------------------


@pytest.fixture
def filled(control: Control, room: str) -> Control:
    """Five requests that differ in what can be asked for."""
    minted = control.ask("POST", "/sandboxes/default/keys", {"scopes": ["read:events"]}, 201).get_json()["key"]
    control.data_api("/health", headers={"X-Mock-Test": "a"})
    control.data_api(f"/data/events/room/{room}", headers={"X-API-Key": minted, "X-Mock-Test": "a"})
    control.data_api("/experiments", headers={"X-API-Key": minted})
    headers = token_headers(control)
    control.client.post("/api/data/events", json={"sessionId": "s1", "batch": []}, headers=headers)
    control.data_api("/nowhere", headers={"X-Mock-Test": "b"})
    return control


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"operation": "getHealth"}, [1]),
        ({"operation": "listPersonas"}, []),
        ({"status": "200"}, [1, 2, 4]),
        ({"status": "4xx"}, [3, 5]),
        ({"status": "404-499"}, [5]),
        ({"status": "403-404"}, [3, 5]),
        ({"key": "minted_1"}, [2, 3]),
        ({"key": "full"}, [1, 5]),
        ({"key": "nobody"}, []),
        ({"session": "s1"}, [4]),
        ({"test": "a"}, [1, 2]),
        ({"test": "a", "operation": "getEventsByRoom"}, [2]),
        ({"outcome": "whole"}, [1, 2, 3, 4, 5]),
        ({"outcome": "left"}, []),
        ({"after": 3}, [4, 5]),
        ({"limit": 2}, [1, 2]),
        ({"after": 2, "limit": 1}, [3]),
        ({"since": "2020-01-01"}, [1, 2, 3, 4, 5]),
        ({"until": "2020-01-01"}, []),
    ],
)
def test_filters_leave_what_they_name(filled: Control, query: dict[str, Any], numbers: list[int]) -> None:
    """All of them at once, where there are several."""
    assert [entry["number"] for entry in filled.journal(**query)] == numbers


def test_the_total_counts_what_the_limit_leaves_out(filled: Control) -> None:
    """So that a reader knows that there is more."""
    answer = filled.client.get("/_mock/journal?status=200&limit=1").get_json()
    assert (len(answer["entries"]), answer["total"], answer["evicted"]) == (1, 3, 0)


def test_times_and_fingerprints_can_be_filtered_as_they_are_told(filled: Control) -> None:
    """Both ends of a time are included."""
    entries = filled.journal()
    second = entries[1]
    same = filled.journal(since=second["time"], until=second["time"])
    assert second["number"] in [entry["number"] for entry in same]
    assert {entry["time"] for entry in same} == {second["time"]}
    by_print = filled.journal(key=second["key"]["fingerprint"])
    assert [entry["number"] for entry in by_print] == [2, 3]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("stat=200", "Unknown parameter 'stat'. Did you mean status? Known are operation, status, key"),
        ("operation=getHelth", "Unknown operation 'getHelth'. Did you mean getHealth? GET /_mock lists all"),
        ("operation=getClock", "Unknown operation 'getClock'"),
        ("status=9xx", "Invalid status '9xx': expected one such as 200, 4xx or 400-499"),
        ("status=499-400", "Invalid status '499-400'"),
        ("status=2000", "Invalid status '2000'"),
        ("outcome=done", "Invalid outcome 'done': expected one of open, whole, left, cut, failed"),
        ("since=soon", "Invalid since 'soon': expected an ISO 8601 instant"),
        ("since=2025-01-02&until=2025-01-01", "since is later than until: swap them"),
        ("limit=0", "Invalid limit '0': expected a whole number from 1 to 10000"),
        ("limit=10001", "Invalid limit '10001'"),
        ("after=-1", "Invalid after '-1'"),
        ("after=%C2%B2", "Invalid after"),
        ("format=xml", "Invalid format 'xml': expected one of json, har, curl"),
        *((f"{parameter.name}=", f"{parameter.name} is empty") for parameter in PARAMETERS),
        *((f"{parameter.name}=1&{parameter.name}=1", f"{parameter.name} is given 2 times") for parameter in PARAMETERS),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(control: Control, query: str, message: str) -> None:
    """With what would be right."""
    assert message in control.error("GET", f"/journal?{query}")


# --- what is hidden -------------------------------------------------------------------------------


def in_headers(secret: str, *names: str) -> list[tuple[str, dict[str, str]]]:
    return [("/api/v3/experiments", {name: f"{scheme}{secret}"}) for name in names for scheme in ("", "Bearer ")]


def places(secret: str) -> list[tuple[str, dict[str, str]]]:
    """Every place in which a credential is accepted, or known to be put by mistake: a path, and headers."""
    accepted = (
        credentials.API_KEY,
        credentials.BEARER,
        credentials.CONTROL_TOKEN,
        *credentials.MISPLACED_KEY,
        "Cookie",
        "Proxy-Authorization",
    )
    queries = ("api_key", "apiKey", "key", "X-API-Key", "api%5Fkey", credentials.SIGNATURE, "Signature")
    return [
        *in_headers(secret, *accepted),
        *((f"/api/v3/experiments?limit=1&{name}={secret}&offset=0", {}) for name in queries),
        *((f"/api/v3/nowhere?{name}={secret}", {}) for name in queries),
    ]


def test_every_place_of_a_credential_is_in_the_list() -> None:
    """What lets callers in, and what hides, read one list."""
    assert {name.lower() for name in hyperstudy_keys.HEADERS} - credentials.HEADERS == {"x-organization-id"}
    for path, headers in places("s3cret"):
        names = [name.lower() for name in headers]
        assert set(names) <= credentials.HEADERS
        assert names or "=s3cret" in path


def test_a_credential_in_any_place_is_in_no_form_of_the_journal(control: Control) -> None:
    """Whether it is good for anything or not."""
    secret = "s3cr3t-0f-s0meb0dy"
    for path, headers in places(secret):
        control.client.get(path, headers=headers)
    assert len(control.journal()) == len(places(secret))
    for form in FORMATS:
        text = control.client.get(f"/_mock/journal?format={form}").text
        assert secret not in text
        assert text.count("[redacted]" if form != "curl" else '"$') >= len(places(secret))


def test_what_is_accepted_as_a_credential_is_hidden_wherever_it_stands(control: Control) -> None:
    """The sandbox's keys, tokens and signatures: in bodies, answers, paths, referrers and answers of the page too."""
    minted = control.ask("POST", "/sandboxes/default/keys", {}, 201).get_json()["key"]
    token = mint("a secret", 0)
    signature = "0123456789abcdef" * 4
    link = f"http://localhost/api/v3/files/recordings/r/x.mp4?expires=1&signature={signature}"
    for secret in (control.key, minted, token, link):
        body = {"name": secret, "visibility": "public"}
        control.data_api("/personas", method="POST", json=body)
        control.data_api(f"/experiments/{quote(secret, safe='')}")
        control.data_api("/health", headers={"Referer": secret, "X-Mock-Test": secret})
        control.data_api(f"/data/events/room/{quote(secret, safe='')}?{quote(secret)}=1")
        control.client.post("/api/data/events", json={"sessionId": secret, "batch": []}, headers=token_headers(control))
    control.client.get("/api/v3/docs")
    for form, secret in itertools.product(FORMATS, (control.key, minted, token, signature)):
        text = control.client.get(f"/_mock/journal?format={form}").text
        assert len(text) > 1000
        assert secret not in text, form


def test_signed_links_in_answers_are_hidden() -> None:
    """Whoever reads the journal cannot download what it tells of."""
    control = Control("demo")
    room = control.client.get("/_mock/world").get_json()["experiments"][0]["rooms"][0]
    link = control.data_api(f"/data/recordings/room/{room}").get_json()["data"][0]["downloadUrl"]
    signature = link.partition("signature=")[2]
    assert len(signature) == 64
    assert control.client.get(link.removeprefix("http://localhost")).status_code == 200
    for form in FORMATS:
        assert signature not in control.client.get(f"/_mock/journal?format={form}").text


# --- other forms ----------------------------------------------------------------------------------


def test_the_archive_has_the_same_entries(filled: Control) -> None:
    """HAR 1.2, in the same order."""
    log = json.loads(filled.client.get("/_mock/journal?format=har&status=200").text)["log"]
    entries = filled.journal(status="200")
    assert (log["version"], log["creator"]["name"]) == ("1.2", "mockserver")
    assert len(log["entries"]) == len(entries) == 3
    for archived, entry in zip(log["entries"], entries, strict=True):
        assert archived["comment"] == entry["operation"]
        assert archived["startedDateTime"] == entry["time"]
        assert archived["time"] == entry["durationMs"]
        assert archived["request"]["method"] == entry["request"]["method"]
        assert archived["request"]["url"] == "http://localhost" + entry["request"]["target"]
        assert archived["request"]["headers"] == entry["request"]["headers"]
        assert archived["response"]["status"] == entry["response"]["status"]
        assert archived["response"]["content"]["text"] == entry["response"]["body"]["text"]
        assert archived["response"]["content"]["size"] == entry["response"]["body"]["bytes"]
    assert json.loads(log["entries"][2]["request"]["postData"]["text"]) == {"sessionId": "s1", "batch": []}


def test_curl_lines_name_what_has_to_be_set(filled: Control) -> None:
    """One line an entry, a variable for each credential."""
    lines = filled.client.get("/_mock/journal?format=curl").text.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("curl --globoff --path-as-is ") for line in lines)
    assert "'x-api-key: '\"$HYPERSTUDY_API_KEY\"''" in lines[0]
    assert "'authorization: Bearer '\"$OPENSCOUTER_TOKEN\"''" in lines[3]
    assert """--data-raw '{"batch": [], "sessionId": "s1"}'""" in lines[3]


def test_curl_lines_say_which_body_is_not_kept(control: Control) -> None:
    """A comment above the line."""
    body = b" " * 70_000
    control.client.post("/api/data/events", data=body, headers=token_headers(control))
    comment, line = control.client.get("/_mock/journal?format=curl").text.splitlines()
    assert comment == (
        f"# The body of the next request is not kept: 70000 bytes, SHA-256 {hashlib.sha256(body).hexdigest()}"
    )
    assert line.startswith("curl ")
