"""Requests that are refused as a whole: in which order, with which status, and in whose envelope."""

import gzip
import json

import jwt
import pytest
from ingestion_support import DOCUMENTED, KINDS, WALL_MS, Ingestion, documented_items, make_app, make_app_at
from werkzeug.test import TestResponse

from mockserver.ingestion import tokens

LIMIT = 5_000
BEARER = "send 'Authorization: Bearer <JWT>'"


@pytest.fixture(scope="module")
def api() -> Ingestion:
    return Ingestion(make_app(max_body_bytes=LIMIT))


@pytest.fixture
def fresh_api() -> Ingestion:
    return Ingestion(make_app())


def refused(response: TestResponse, status: int) -> str:
    """The text of a refusal, once its envelope is right to the byte."""
    assert response.status_code == status
    assert response.content_type == "application/json; charset=utf-8"
    message = response.get_json()["error"]
    envelope = {"success": False, "data": None, "error": message, "metadata": None}
    assert response.data.decode() == json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
    assert isinstance(message, str)
    return message


class TestToken:
    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ("", f"Missing Authorization header: {BEARER}"),
            ("Bearer", f"Missing token: {BEARER}"),
            ("Bearer ", f"Missing token: {BEARER}"),
            ("Basic dXNlcjpwYXNz", f"Unsupported authorization scheme: {BEARER}"),
            ("Token abc", f"Unsupported authorization scheme: {BEARER}"),
            ("Bearer abc", "Token is malformed: it must be a JWT (header.payload.signature)"),
            ("Bearer a.b.c", "Token is malformed: it must be a JWT (header.payload.signature)"),
            ("Bearer é.é.é", "Token is malformed: it must be a JWT (header.payload.signature)"),
        ],
    )
    def test_header_without_a_jwt_is_refused(self, api: Ingestion, header: str, message: str) -> None:
        """The message names what is wrong with it."""
        response = api.send("events", DOCUMENTED["events"], Authorization=header)
        assert refused(response, 401) == message
        assert response.headers["WWW-Authenticate"] == "Bearer"

    def test_request_without_the_header_is_refused(self, api: Ingestion) -> None:
        """At every endpoint."""
        for kind in KINDS:
            response = api.client.post(f"/api/data/{kind}", json={"sessionId": "s", "batch": []})
            assert refused(response, 401) == f"Missing Authorization header: {BEARER}"

    def test_scheme_is_read_in_any_case(self, api: Ingestion) -> None:
        """As HTTP has it."""
        response = api.send("events", DOCUMENTED["events"], Authorization=f"bearer  {api.token} ")
        assert response.status_code == 200

    def test_token_of_another_secret_is_refused(self, api: Ingestion) -> None:
        """And so is one of no secret at all."""
        now_ms = api.sandbox.clock.token_now_ms()
        other = tokens.mint("another secret", now_ms)
        response = api.send("events", DOCUMENTED["events"], Authorization=f"Bearer {other}")
        assert refused(response, 401) == "Token signature is invalid: it was signed with another secret"
        unsigned = jwt.encode({"exp": now_ms // 1000 + 60}, "", algorithm="none")
        response = api.send("events", DOCUMENTED["events"], Authorization=f"Bearer {unsigned}")
        assert refused(response, 401) == "Token must be signed with HS256: no other alg is accepted"

    @pytest.mark.parametrize(
        ("issued_s", "expires_s", "status"),
        [(0, 60, 200), (2, 60, 200), (3600, 7200, 200), (-60, 1, 200), (-60, 0, 401), (-61, -1, 401)],
    )
    def test_client_may_mint_its_own_with_its_own_clock(self, issued_s: int, expires_s: int, status: int) -> None:
        """The secret is public, the frozen date of the world does not matter; nor does it if the client's is ahead."""
        here = Ingestion(make_app_at(WALL_MS))
        now_s = WALL_MS // 1000
        secret = "mockserver development secret, not for production"
        claims = {"sub": "me", "iat": now_s + issued_s, "exp": now_s + expires_s}
        own = jwt.encode(claims, secret, algorithm="HS256")
        response = here.send("events", DOCUMENTED["events"], Authorization=f"Bearer {own}")
        assert response.status_code == status

    def test_token_expires_when_the_clock_is_advanced(self, fresh_api: Ingestion) -> None:
        """A day later, as documented, without waiting for it."""
        clock = fresh_api.client.application.extensions["mockserver"].default.clock
        clock.advance(86_400_000 - 60_000)
        assert fresh_api.send("events", DOCUMENTED["events"]).status_code == 200
        clock.advance(60_000)
        response = fresh_api.send("events", DOCUMENTED["events"])
        assert refused(response, 401) == "Token has expired: log in again, or mint another"


class TestBody:
    @pytest.mark.parametrize(
        "content_type",
        [
            "application/json",
            "application/json; charset=utf-8",
            'application/json;CHARSET="UTF8"',
            "application/json; charset=",
            "application/vnd.scout+json",
        ],
    )
    def test_json_media_types_are_read(self, api: Ingestion, content_type: str) -> None:
        """With parameters or a suffix."""
        response = api.send("events", DOCUMENTED["events"], Content_Type=content_type)
        assert response.status_code == 200

    @pytest.mark.parametrize(
        "content_type", ["text/plain", "application/x-www-form-urlencoded", "text/json", "application/jsonp"]
    )
    def test_other_media_types_are_refused(self, api: Ingestion, content_type: str) -> None:
        """Whatever is in the body."""
        response = api.send("events", DOCUMENTED["events"], Content_Type=content_type)
        assert refused(response, 415) == f"Content-Type must be application/json (got {content_type})"

    def test_missing_media_type_is_refused(self, api: Ingestion) -> None:
        """The message says what to send."""
        response = api.client.post("/api/data/events", data=b"{}", headers={"Authorization": f"Bearer {api.token}"})
        assert refused(response, 415) == "Missing Content-Type header: send 'Content-Type: application/json'"

    def test_body_over_the_limit_is_refused(self, api: Ingestion) -> None:
        """One byte decides, and nothing is stored."""
        body = DOCUMENTED["events"].strip()
        assert api.send("events", body.ljust(LIMIT)).status_code == 200
        before = len(api.stored())
        response = api.send("events", body.ljust(LIMIT + 1))
        assert refused(response, 413) == "The body is larger than 5000 bytes: send smaller batches"
        assert len(api.stored()) == before

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b"sessionId=s",
            b'{"sessionId": "s", "batch": []} {}',
            b'{"sessionId": "s", "batch": [NaN]}',
            b'{"sessionId": "s", "batch": [Infinity]}',
            b'{"sessionId": "s", "batch": ["\xff"]}',
            b"{'sessionId': 's', 'batch': []}",
            b'{"sessionId": "s", "batch": [],}',
        ],
    )
    def test_malformed_json_is_refused(self, api: Ingestion, body: bytes) -> None:
        """Strictly: what is no JSON is not read at all."""
        message = refused(api.send("events", body), 400)
        assert message.startswith("Malformed JSON: ")
        assert len(message) > len("Malformed JSON: ")

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            (b'\xef\xbb\xbf{"sessionId": "s", "batch": []}', "send UTF-8 without a byte order mark"),
            ('{"sessionId": "s", "batch": []}'.encode("utf-16"), "the body is not UTF-8; send it in UTF-8"),
            (
                b'{"sessionId": "s", "batch": [{"x": NaN}]}',
                ": NaN at line 1 column 36, field batch.0.x: NaN and Infinity are not JSON",
            ),
            (
                b'{"sessionId": "s",\r\n"batch": [{}, {"\\u00e9": {"y": [1, -Infinity]}}]}',
                ": -Infinity at line 2 column 36, field batch.1.é.y.1: NaN and Infinity are not JSON",
            ),
            (b'{"sessionId": "s", "batch": ' + b"[" * 100_000, "it nests too deep to be read"),
            (b"", "the body is empty"),
        ],
    )
    def test_message_says_what_to_send_instead(self, body: bytes, told: str) -> None:
        """For the mistakes whose reason is hard to see."""
        message = refused(Ingestion(make_app()).send("events", body), 400)
        assert message.startswith("Malformed JSON: ")
        assert message.endswith(told)

    def test_compressed_body_is_read(self, api: Ingestion) -> None:
        """By its name; what is not encoded may be said to be so, or say nothing. `br` is not read."""
        zipped = gzip.compress(DOCUMENTED["events"].encode())
        for encoding in ("gzip", "GZIP", "x-gzip"):
            response = api.send("events", zipped, Content_Encoding=encoding)
            assert response.get_json()["data"]["accepted"] == 3
        for encoding in ("", " ", "identity", "Identity"):
            assert api.send("events", DOCUMENTED["events"], Content_Encoding=encoding).status_code == 200
        response = api.send("events", zipped, Content_Encoding="br")
        assert refused(response, 415).startswith("The body is compressed with br (Content-Encoding); send it as gzip")
        assert response.headers["Accept-Encoding"] == "gzip, deflate, identity"
        assert refused(api.send("events", zipped), 400) == (
            "Malformed JSON: the body is compressed with gzip and does not say so; send Content-Encoding: gzip"
        )

    @pytest.mark.parametrize(
        "charset",
        ["us-ascii", "US-ASCII", "ascii", "ANSI_X3.4-1968", "iso-ir-6", "utf-8", "UTF8", "utf_8", "csUTF8", "cp65001"],
    )
    def test_every_name_of_utf_8_and_of_its_part_ascii_is_one(self, api: Ingestion, charset: str) -> None:
        """Also where the body has other letters, as Java's clients send it."""
        body = '{"sessionId": "Köln", "batch": []}'
        response = api.send("events", body, Content_Type=f"application/json; charset={charset}")
        assert response.get_json()["data"]["sessionId"] == "Köln"

    @pytest.mark.parametrize(
        "charset", ["latin-1", "utf-16", "ISO-8859-1", '"windows-1252"', "utf-8-sig", "utf-7", "none"]
    )
    def test_other_charset_is_refused(self, api: Ingestion, charset: str) -> None:
        """Even where the bytes would do: a client that says so will send others."""
        response = api.send("events", DOCUMENTED["events"], Content_Type=f"application/json; charset={charset}")
        name = charset.strip('"')
        said = f"the Content-Type says charset={name}; send the body in UTF-8, and say so"
        assert refused(response, 400) == f"Malformed JSON: {said}"

    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("[]", "The body must be an object with sessionId and batch"),
            ('[{"eventType": "click"}]', "The body must be an object with sessionId and batch"),
            ("null", "The body must be an object with sessionId and batch"),
            ('"x"', "The body must be an object with sessionId and batch"),
            ("80", "The body must be an object with sessionId and batch"),
            ("{}", "Missing required field: sessionId; Missing required field: batch"),
            ('{"batch": []}', "Missing required field: sessionId"),
            ('{"sessionId": "s"}', "Missing required field: batch"),
            ('{"sessionId": 1, "batch": []}', "Invalid type for sessionId: expected string"),
            ('{"sessionId": null, "batch": []}', "Invalid type for sessionId: expected string"),
            ('{"sessionId": "", "batch": []}', "Invalid value for sessionId: expected a non-empty string"),
            ('{"sessionId": "s", "batch": {}}', "Invalid type for batch: expected array"),
            ('{"sessionId": "s", "batch": null}', "Invalid type for batch: expected array"),
            (
                '{"batch": "x", "sessionId": ""}',
                "Invalid value for sessionId: expected a non-empty string; Invalid type for batch: expected array",
            ),
        ],
    )
    def test_body_that_is_no_batch_is_refused(self, api: Ingestion, body: str, message: str) -> None:
        """All that is wrong with it is told."""
        assert refused(api.send("events", body), 400) == message


def test_checks_come_in_the_stated_order(api: Ingestion) -> None:
    """Token, media type, size, JSON, envelope: a request that fails them all meets them one by one."""
    long, malformed = "x" * (LIMIT + 1), "{"
    wrong = {"Authorization": "Bearer x", "Content_Type": "text/plain"}
    refused(api.send("events", long, **wrong), 401)
    refused(api.send("events", long, Content_Type="text/plain"), 415)
    refused(api.send("events", long), 413)
    assert refused(api.send("events", malformed), 400).startswith("Malformed JSON")
    assert refused(api.send("events", "{}"), 400).startswith("Missing required field")


class TestSession:
    def test_unknown_session_is_taken_by_default(self, api: Ingestion) -> None:
        """A new session needs no setting up."""
        assert api.post("events", [], "never heard of").status_code == 200

    def test_strict_profile_knows_the_sessions_of_its_scenario(self) -> None:
        """All others are 404, once everything else about the request is right."""
        strict = Ingestion(make_app(strict_sessions=True))
        known = strict.client.application.extensions["mockserver"].default.world.scenario.sessions
        for session_id in known:
            assert strict.post("events", [], session_id).status_code == 200
        assert refused(strict.post("events", documented_items("events"), "sess_none"), 404) == "Session not found"
        assert refused(strict.send("events", '{"sessionId": "sess_none"}'), 400)
        assert strict.stored() == []


class TestOtherRequests:
    @pytest.mark.parametrize("path", ["/api", "/api/", "/api/data", "/api/data/gaze", "/api/data/events/x"])
    def test_unknown_paths_are_enveloped(self, api: Ingestion, path: str) -> None:
        """With the paths that there are."""
        assert refused(api.client.get(path), 404) == (
            f"Nothing is served at {path}: batches are posted to /api/data/events, /api/data/facial, /api/data/voice"
        )

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_other_methods_are_not_allowed(self, api: Ingestion, kind: str, method: str) -> None:
        """The API is write-only; `Allow` says how to write."""
        response = api.client.open(f"/api/data/{kind}", method=method)
        assert refused(response, 405) == (
            f"{method} /api/data/{kind} is not possible, this API is write-only: POST a batch instead"
        )
        assert response.headers["Allow"] == "OPTIONS, POST"

    def test_crash_is_enveloped_and_logged(
        self, fresh_api: Ingestion, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A bug of ours looks like any other error to a client, and not at all to its developer."""

        def crash(*_: object) -> None:
            raise ZeroDivisionError("a bug")

        monkeypatch.setattr("mockserver.ingestion.routes.take_in", crash)
        message = refused(fresh_api.send("events", DOCUMENTED["events"]), 500)
        assert message == "Internal error of the emulator: this is a bug in it, and its log says more"
        assert "ZeroDivisionError: a bug" in caplog.text


class TestBrowsers:
    @pytest.mark.parametrize("origin", ["http://localhost:3000", "chrome-extension://abcdefgh"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_preflight_needs_no_token(self, api: Ingestion, kind: str, origin: str) -> None:
        """It is empty, no HTML, and allows what the browser asks for."""
        response = api.client.options(
            f"/api/data/{kind}",
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type",
            },
        )
        assert (response.status_code, response.data) == (204, b"")
        assert "Content-Type" not in response.headers
        assert response.headers["Allow"] == "OPTIONS, POST"
        assert response.headers["Access-Control-Allow-Origin"] == origin
        assert "POST" in response.headers["Access-Control-Allow-Methods"]
        assert response.headers["Access-Control-Allow-Headers"] == "authorization,content-type"

    def test_refusals_can_be_read_by_the_page(self, api: Ingestion) -> None:
        """Without the header, a page would see a network error instead of the reason."""
        for headers in ({"Content_Type": "text/plain"}, {"Authorization": ""}, {}):
            response = api.send("events", "{}", Origin="http://localhost:3000", **headers)
            assert response.status_code >= 400
            assert response.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"

    @pytest.mark.parametrize(
        "origin",
        [
            f"{scheme}://{host}{port}"
            for scheme in ("http", "https")
            for host in ("localhost", "127.0.0.1", "[::1]", "app.localhost", "a.b.localhost")
            for port in ("", ":1", ":3000", ":65535")
        ]
        + ["chrome-extension://abcdefgh", "moz-extension://0-1-2", "safari-web-extension://A-B"],
    )
    def test_pages_of_this_machine_are_allowed(self, api: Ingestion, origin: str) -> None:
        """With and without a port, and extensions of browsers."""
        response = api.send("events", "{}", Origin=origin)
        assert response.headers["Access-Control-Allow-Origin"] == origin

    @pytest.mark.parametrize(
        "origin",
        [
            "https://example.com",
            "http://localhost:3000.evil.com",
            "http://localhost.evil.com",
            "http://localhost:evil",
            "http://localhost:",
            "http://localhost/",
            "http://evil-localhost",
            "http://evillocalhost:80",
            "http://127.0.0.1.evil.com",
            "http://127x0x0x1",
            "http://[::1].evil.com",
            "http://[::2]",
            "ftp://localhost",
            "file://",
            "null",
        ],
    )
    def test_other_origins_are_not_allowed(self, api: Ingestion, origin: str) -> None:
        """The preflight is answered, and allows nothing."""
        response = api.client.options("/api/data/events", headers={"Origin": origin})
        assert response.status_code == 204
        assert "Access-Control-Allow-Origin" not in response.headers

    @pytest.mark.parametrize(
        ("pattern", "allowed", "refused"),
        [
            ("*", ["https://example.com:8443", "null"], []),
            ("https://example.com", ["https://example.com"], ["https://example.com:443", "https://example.org"]),
            ("https://*.example.com", ["https://a.example.com", "https://a.b.example.com"], ["https://example.com"]),
            ("https://example.com:*", ["https://example.com", "https://example.com:1"], ["https://example.com:x"]),
            ("http://example.com:30*", ["http://example.com:30", "http://example.com:3000"], ["http://example.com:80"]),
            ("http://example.com:80", ["http://example.com"], ["http://example.com:80", "http://example.com:8080"]),
            ("http://example.com:81", ["http://example.com:81"], ["http://example.com", "http://example.com:8181"]),
            ("app://*", ["app://any.thing"], ["app://any/thing", "apps://x"]),
            ("http://a+b.c", ["http://a+b.c"], ["http://aab.c", "http://a+bxc"]),
        ],
    )
    def test_a_pattern_is_taken_by_its_word(self, pattern: str, allowed: list[str], refused: list[str]) -> None:
        """A star is anything but a slash, and as a port it is a port, or none."""
        client = make_app(allowed_origins=(pattern,)).test_client()
        answers = {one: client.options("/api/data/events", headers={"Origin": one}) for one in allowed + refused}
        assert [one for one, answer in answers.items() if "Access-Control-Allow-Origin" in answer.headers] == allowed
