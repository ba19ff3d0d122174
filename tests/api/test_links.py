"""Recording links: they open one file until their time is up, whole or in parts, and nothing else."""

import io
import tracemalloc
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import av
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mockserver import Settings, create_app
from mockserver.hyperstudy.files import UnsatisfiableRangeError, byte_range, recording_path
from mockserver.hyperstudy.links import (
    LINK_TTL_MS,
    ExpiredLinkError,
    LinkError,
    TamperedLinkError,
    UnsignedLinkError,
    sign,
    verify,
)
from mockserver.simulation.media.files import smallest_size

BASE_PATH = "/api/v3"
KEY = {"X-API-Key": "hst_live_your_key_here"}
SEED_SIZE_BYTES = 145_678_901
WHOLE = (0, 1000)

paths = st.text(max_size=40).map(lambda tail: f"/{tail}")
times_ms = st.integers(0, 10**14)


@pytest.fixture
def app() -> Flask:
    return create_app(Settings(scenario="pair"))


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def recording(app: Flask, client: FlaskClient) -> dict[str, Any]:
    """The first record of a recording with a file, as the data API answers it."""
    return recordings(app, client)[0]


@pytest.fixture
def link(recording: dict[str, Any]) -> str:
    """Path and query of that recording's `downloadUrl`."""
    return below_host(recording["downloadUrl"])


def recordings(app: Flask, client: FlaskClient) -> list[dict[str, Any]]:
    room_id = app.extensions["mockserver"].default.world.sample_ids()["room"]
    answer = client.get(f"{BASE_PATH}/data/recordings/room/{room_id}", headers=KEY)
    return [record for record in answer.json["data"] if record["fileSize"] is not None]


def below_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def with_query(link: str, **changes: str | None) -> str:
    """The link with other parameters; None removes one."""
    parts = urlsplit(link)
    query = {**dict(parse_qsl(parts.query)), **changes}
    return f"{parts.path}?{urlencode({name: text for name, text in query.items() if text is not None})}"


def signed(app: Flask, path: str) -> str:
    """A good link to any path below the base path."""
    sandbox = app.extensions["mockserver"].default
    return sign(f"{BASE_PATH}{path}", sandbox.clock.now_ms() + LINK_TTL_MS, sandbox.settings.link_secret)


def replace_recording(app: Flask, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> str:
    """Let the world have one recording of these attributes, and link to it."""
    attributes = {"recording_id": "rec_1", "room_id": "room_pair", "format": "mp4", "duration_ms": 900_000}
    recording = SimpleNamespace(**{**attributes, "file_size_bytes": 50_000, **changes})
    world = type(app.extensions["mockserver"].default.world)
    monkeypatch.setattr(world, "recording", lambda *_: recording)
    return signed(app, recording_path("", "room_pair", "rec_1", recording.format))


def assert_error(answer: TestResponse, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.json["status"] == "error"
    assert answer.json["error"]["code"] == code
    assert answer.json["error"]["message"]


@given(paths, times_ms, st.text(), st.integers(0, 10**14))
def test_link_works_until_its_expiry(path: str, expires_at_ms: int, secret: str, now_ms: int) -> None:
    """A link opens its path before its time, which it rounds up to a second, and no longer after."""
    encoded_path, _, encoded_query = sign(path, expires_at_ms, secret).partition("?")
    assert unquote(encoded_path) == path
    query = dict(parse_qsl(encoded_query))
    assert 0 <= int(query["expires"]) * 1000 - expires_at_ms < 1000
    if now_ms < int(query["expires"]) * 1000:
        verify(path, query, secret, now_ms)
    else:
        with pytest.raises(ExpiredLinkError):
            verify(path, query, secret, now_ms)


@given(paths, times_ms, paths, st.text(), st.text())
def test_altered_link_is_tampered(path: str, expires_at_ms: int, other: str, expires: str, secret: str) -> None:
    """Another path, expiry, signature or secret under the same link is noticed, and nothing else crashes."""
    query = dict(parse_qsl(urlsplit(sign(path, expires_at_ms, "secret")).query))
    assume(other != path and expires not in ("", query["expires"]) and secret not in ("", "secret"))
    for altered_path, altered_query, key in [
        (other, query, "secret"),
        (path, {**query, "expires": expires}, "secret"),
        (path, {**query, "signature": expires}, "secret"),
        (path, query, secret),
    ]:
        with pytest.raises(TamperedLinkError):
            verify(altered_path, altered_query, key, 0)


@pytest.mark.parametrize("missing", ["expires", "signature"])
@pytest.mark.parametrize("form", ["absent", "empty"])
def test_link_without_a_part_is_unsigned(missing: str, form: str) -> None:
    """Both parameters are needed, with something in them."""
    query = dict(parse_qsl(urlsplit(sign("/path", 10_000, "secret")).query))
    del query[missing]
    with pytest.raises(UnsignedLinkError):
        verify("/path", query if form == "absent" else {**query, missing: ""}, "secret", 0)


def test_path_cannot_pass_for_a_piece_of_the_expiry() -> None:
    """Expiry and path are signed as two, not as one text that could be cut elsewhere."""
    query = dict(parse_qsl(sign("tail\n/path", 5000, "secret").partition("?")[2]))
    with pytest.raises(TamperedLinkError):
        verify("/path", {**query, "expires": "5\ntail"}, "secret", 0)


def test_link_errors_are_one_family() -> None:
    """So that a route can refuse them all at once."""
    for kind in (UnsignedLinkError, TamperedLinkError, ExpiredLinkError):
        assert issubclass(kind, LinkError)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-499", (0, 500)),
        ("bytes=500-", (500, 1000)),
        ("bytes=999-", (999, 1000)),
        ("bytes=-500", (500, 1000)),
        ("bytes=-1", (999, 1000)),
        ("bytes=-1000", WHOLE),
        ("bytes=-1001", WHOLE),
        ("bytes=900-5000", (900, 1000)),
        ("BYTES=0-499", (0, 500)),
        ("bytes= 0-499 ", (0, 500)),
    ],
)
def test_single_range_is_found(header: str, expected: tuple[int, int]) -> None:
    """First and last byte, an open end, a suffix; what reaches over the end is cut off there."""
    assert byte_range(header, 1000) == expected


@pytest.mark.parametrize(
    "header",
    [
        *(
            None,
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=a-b",
            "bytes=5-2",
            "bytes=1.5-2",
            "bytes=--5",
            "0-5",
        ),
        *("lines=0-5", "bytes=0-5,7-9", "bytes=0-5, -1", "bytes 0-5", "bytes=+1-2", "bytes=\u0661-5"),
    ],
)
def test_malformed_foreign_and_several_ranges_mean_the_whole(header: str | None) -> None:
    """What cannot be understood is not an error, and of several ranges a server may answer the whole."""
    assert byte_range(header, 1000) is None


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=1000-1000", "bytes=5000-6000", "bytes=-0", f"bytes={'9' * 999}-"]
)
def test_range_behind_the_end_is_unsatisfiable(header: str) -> None:
    """No byte of the file is in it."""
    with pytest.raises(UnsatisfiableRangeError):
        byte_range(header, 1000)


def test_link_opens_the_recording_without_a_key(app: Flask, client: FlaskClient) -> None:
    """Every recording of a room downloads: as long, as large and of the kind that its record says."""
    for record in recordings(app, client):
        answer = client.get(below_host(record["downloadUrl"]))
        assert answer.status_code == 200
        assert answer.content_length == len(answer.data) == record["fileSize"]
        assert answer.content_type == {"mp4": "video/mp4", "webm": "audio/webm"}[record["format"]]
        assert answer.headers["Accept-Ranges"] == "bytes"
        name = f"{record['recordingId']}.{record['format']}"
        assert answer.headers["Content-Disposition"] == f"inline; filename={name}"
        with av.open(io.BytesIO(answer.data)) as container:
            assert abs(container.duration / 1000 - record["duration"]) <= 50
            assert sum(1 for _ in container.decode()) > 0


@pytest.mark.parametrize(
    ("host", "begins"),
    [
        ("api.example:8080", "http://api.example:8080/api/v3/"),
        ("127.0.0.1:80", "http://127.0.0.1:80/api/v3/"),
        ("mock_server:4747", "http://mock_server:4747/api/v3/"),
        ("[::1]:4747", "http://[::1]:4747/api/v3/"),
        ("", "http://server.local:4747/api/v3/"),
        ("example.com:99999", "http://server.local:4747/api/v3/"),
    ],
)
def test_links_follow_the_host_of_the_request(app: Flask, client: FlaskClient, host: str, begins: str) -> None:
    """As the client calls it; what no link can begin with gives way to the server's own address."""
    own = {"SERVER_NAME": "server.local", "SERVER_PORT": "4747", "HTTP_HOST": host}
    room_id = app.extensions["mockserver"].default.world.sample_ids()["room"]
    answer = client.get(f"{BASE_PATH}/data/recordings/room/{room_id}", headers=KEY, environ_overrides=own)
    links = [record[name] for record in answer.json["data"] for name in ("downloadUrl", "url") if record[name]]
    assert links
    assert all(link.startswith(begins) for link in links)


def test_link_lasts_seven_days(app: Flask, client: FlaskClient, link: str) -> None:
    """It says until when, works until then and is refused from then on."""
    clock = app.extensions["mockserver"].default.clock
    expires_s = int(dict(parse_qsl(urlsplit(link).query))["expires"])
    assert LINK_TTL_MS == 7 * 24 * 60 * 60 * 1000
    assert 0 <= expires_s * 1000 - (clock.now_ms() + LINK_TTL_MS) < 1000
    clock.advance(LINK_TTL_MS - 1)
    assert client.head(link).status_code == 200
    clock.advance(1001)
    assert_error(client.get(link), 403, "FORBIDDEN")


@pytest.mark.parametrize(
    "tamper",
    [
        lambda link: with_query(link, signature=None),
        lambda link: with_query(link, expires=None),
        lambda link: with_query(link, signature="0" * 64),
        lambda link: with_query(link, signature="é"),
        lambda link: with_query(link, expires="99999999999"),
        lambda link: with_query(link, expires="soon"),
        lambda link: link.replace("/recordings/", "/recordings/x"),
        lambda link: urlsplit(link).path,
    ],
)
def test_tampered_link_is_refused(client: FlaskClient, link: str, tamper: Callable[[str], str]) -> None:
    """Whatever part of it was changed or left out, and a key does not help."""
    assert_error(client.get(tamper(link), headers=KEY), 403, "FORBIDDEN")


def test_link_does_not_open_another_recording(app: Flask, client: FlaskClient) -> None:
    """The signature of one file is worth nothing for another."""
    one, other, *_ = (urlsplit(record["downloadUrl"]) for record in recordings(app, client))
    assert_error(client.get(f"{other.path}?{one.query}"), 403, "FORBIDDEN")


@pytest.mark.parametrize("unknown", ["room", "recording", "format"])
def test_unknown_recording_is_not_found(
    app: Flask, client: FlaskClient, recording: dict[str, Any], unknown: str
) -> None:
    """A good signature of something that does not exist: 404, in the envelope."""
    known = {
        "room": recording["roomId"],
        "recording": recording["recordingId"],
        "format": recording["format"],
    }
    ids = {**known, unknown: "nothing"}
    assert_error(client.get(signed(app, recording_path("", *ids.values()))), 404, "NOT_FOUND")


def test_recording_without_a_file_is_not_found(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A recording that failed has a record and no file."""
    link = replace_recording(app, monkeypatch, file_size_bytes=None)
    assert_error(client.get(link), 404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("header", "pick"),
    [
        ("bytes=100-299", slice(100, 300)),
        ("bytes=6000-", slice(6000, None)),
        ("bytes=-500", slice(-500, None)),
        ("bytes=0-999999999999", slice(0, None)),
    ],
)
def test_range_is_that_part_of_the_whole(client: FlaskClient, link: str, header: str, pick: slice) -> None:
    """206 with the bytes that the whole has there, and where they are from."""
    whole = client.get(link).data
    answer = client.get(link, headers={"Range": header})
    start, stop, _ = pick.indices(len(whole))
    assert answer.status_code == 206
    assert answer.data == whole[pick]
    assert answer.content_length == stop - start
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(whole)}"


def test_interrupted_download_resumes(client: FlaskClient, link: str) -> None:
    """Parts fetched one after the other make the whole."""
    whole, parts = client.get(link).data, b""
    while len(parts) < len(whole):
        parts += client.get(link, headers={"Range": f"bytes={len(parts)}-{len(parts) + 6999}"}).data
    assert parts == whole


@pytest.mark.parametrize("header", ["bytes=0-5,7-9", "bytes=5-2", "lines=1-2"])
def test_range_that_is_not_served_gets_the_whole(
    client: FlaskClient, link: str, recording: dict[str, Any], header: str
) -> None:
    """Several ranges, malformed and foreign ones: 200 and everything."""
    answer = client.get(link, headers={"Range": header})
    assert (answer.status_code, len(answer.data)) == (200, recording["fileSize"])
    assert "Content-Range" not in answer.headers


def test_unsatisfiable_range_names_the_size(client: FlaskClient, link: str, recording: dict[str, Any]) -> None:
    """416, the size in the header that RFC 9110 asks for, and the API's envelope."""
    answer = client.get(link, headers={"Range": f"bytes={recording['fileSize']}-"})
    assert_error(answer, 416, "RANGE_NOT_SATISFIABLE")
    assert answer.headers["Content-Range"] == f"bytes */{recording['fileSize']}"
    assert answer.json["error"]["details"]["size"] == recording["fileSize"]


def test_head_is_get_without_the_body(client: FlaskClient, link: str) -> None:
    """The same headers, no bytes; a range counts for GET alone."""
    get, head = client.get(link), client.head(link, headers={"Range": "bytes=0-9"})
    assert (head.status_code, head.data) == (200, b"")
    for name in ("Content-Length", "Content-Type", "Accept-Ranges", "ETag", "Content-Disposition"):
        assert head.headers[name] == get.headers[name]


def test_if_range_serves_the_part_of_the_same_file_only(client: FlaskClient, link: str) -> None:
    """Another, a weak or a dated validator: the file may have changed, so all of it comes."""
    etag = client.get(link).headers["ETag"]
    statuses = {
        validator: client.get(link, headers={"Range": "bytes=0-9", "If-Range": validator}).status_code
        for validator in (etag, '"other"', f"W/{etag}", "Sun, 20 Oct 2024 14:30:00 GMT")
    }
    assert list(statuses.values()) == [206, 200, 200, 200]


def test_known_file_is_not_sent_again(client: FlaskClient, link: str) -> None:
    """304 without a body for a client that has it, and all of it for one that has another."""
    etag = client.get(link).headers["ETag"]
    known = client.get(link, headers={"If-None-Match": f'"other", {etag}'})
    assert (known.status_code, known.data, known.headers["ETag"]) == (304, b"", etag)
    assert client.get(link, headers={"If-None-Match": '"other"'}).status_code == 200


def test_etags_are_strong_and_differ(app: Flask, client: FlaskClient) -> None:
    """One per recording, and the same at every request."""
    links = [below_host(record["downloadUrl"]) for record in recordings(app, client)]
    etags = [client.head(link).headers["ETag"] for link in links]
    assert etags == [client.head(link).headers["ETag"] for link in links]
    assert len(set(etags)) == len(links) > 1
    assert all(etag.startswith('"') and etag.endswith('"') for etag in etags)


def test_other_methods_are_refused(client: FlaskClient, link: str) -> None:
    """405 in the envelope, with what would work."""
    answer = client.delete(link)
    assert (answer.status_code, answer.json["status"]) == (405, "error")
    assert {"GET", "HEAD"} <= set(answer.headers["Allow"].split(", "))


@pytest.mark.parametrize("format", ["mp4", "webm"])
def test_file_of_the_seeds_size_is_streamed(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    """145 MB arrive whole while the server never holds a megabyte of them."""
    link = replace_recording(app, monkeypatch, format=format, file_size_bytes=SEED_SIZE_BYTES)
    client.head(link)
    tracemalloc.start()
    try:
        answer = client.get(link, buffered=False)
        received_bytes = sum(len(chunk) for chunk in answer.response)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert answer.content_length == received_bytes == SEED_SIZE_BYTES
    assert peak_bytes < 1_000_000


def test_end_of_a_file_over_4_gib_is_served(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A range is made without what comes before it."""
    size_bytes = smallest_size("mp4", 900_000) + (5 << 30)
    link = replace_recording(app, monkeypatch, file_size_bytes=size_bytes)
    answer = client.get(link, headers={"Range": "bytes=-1000"})
    assert answer.headers["Content-Range"] == f"bytes {size_bytes - 1000}-{size_bytes - 1}/{size_bytes}"
    assert len(answer.data) == 1000
