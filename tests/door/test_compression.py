"""`--compress`: the same text in fewer bytes, for clients that accept it, and for nobody else."""

import gzip
import zlib
from collections.abc import Iterator

import pytest
from emulator import DataApi
from flask import Flask
from werkzeug.test import TestResponse

from mockserver import ProcessSettings, Settings, create_app
from mockserver.door.compression import compressed
from mockserver.door.replies import Reply

TEXT = b'{"a": 1}' * 500


@pytest.fixture(scope="module")
def api() -> DataApi:
    return DataApi(create_app(Settings(scenario="pair"), ProcessSettings(compress=True)))


def page(api: DataApi, accepted: str | None, **query: str) -> TestResponse:
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    return api.ask(api.path("events", "room"), query, headers=headers)


@pytest.mark.parametrize("form", ["json", "csv", "ndjson"])
def test_the_same_bytes_come_out(api: DataApi, form: str) -> None:
    """Asked again, from the kept answers too."""
    plain = page(api, None, format=form)
    for _ in range(2):
        packed = page(api, "br, GZIP;q=0.5", format=form)
        assert packed.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in packed.headers.getlist("Vary")
        assert len(packed.data) < len(plain.data) / 4
        assert gzip.decompress(packed.data) == plain.data
    again = page(api, None, format=form)
    assert "Content-Encoding" not in again.headers
    assert again.data == plain.data


@pytest.mark.parametrize("accepted", [None, "", "br", "gzip;q=0", "gzip; q=0.000", "identity, *", "xgzip"])
def test_who_does_not_accept_it_gets_it_plain(api: DataApi, accepted: str | None) -> None:
    answer = page(api, accepted)
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers.getlist("Vary")
    assert answer.get_json()["status"] == "success"


def test_head_tells_of_the_body_that_get_would_send(api: DataApi) -> None:
    answer = api.ask(api.path("events", "room"), method="HEAD", headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.data, answer.headers["Content-Encoding"]) == (200, b"", "gzip")
    assert "Content-Length" not in answer.headers


def test_without_the_flag_nothing_is_compressed(pair_app: Flask) -> None:
    answer = page(DataApi(pair_app), "gzip")
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" not in answer.headers.getlist("Vary")


@pytest.mark.parametrize(("kind", "status"), [(b"video/mp4", 200), (b"application/json", 206)])
def test_what_is_no_text_or_not_whole_is_left_alone(kind: bytes, status: int) -> None:
    reply = Reply(status, [(b"content-type", kind)], TEXT)
    assert compressed(reply, b"gzip") is reply


def test_a_stream_is_compressed_part_by_part_and_closed() -> None:
    """Nothing is made before it is asked for."""
    made, closed = [], []

    def parts() -> Iterator[bytes]:
        try:
            for number in range(3):
                made.append(number)
                yield TEXT
        finally:
            closed.append(True)

    body = compressed(Reply(200, [(b"content-type", b"text/csv")], parts()), b"gzip").body
    assert not isinstance(body, bytes)
    first = next(body)
    assert made == [0]
    assert zlib.decompress(first + b"".join(body), wbits=31) == TEXT * 3
    assert closed == [True]
