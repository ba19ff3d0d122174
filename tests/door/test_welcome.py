"""The bare address: what a person in a browser sees, and what programs that wait for a server take for ready."""

import pytest
from emulator import sandbox_of
from flask import Flask
from flask.testing import FlaskClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize("accept", [None, "*/*", "application/json, text/plain, */*"])
def test_programs_get_the_places_to_begin(pair_client: FlaskClient, accept: str | None) -> None:
    """For the host that they asked."""
    answer = pair_client.get("/", headers={"Host": "localhost:4747", **({"Accept": accept} if accept else {})})
    assert answer.status_code == 200
    places = answer.get_json()
    assert places["dataApi"] == "http://localhost:4747/api/v3"
    for name in ("reference", "health", "world"):
        assert pair_client.get(places[name].removeprefix("http://localhost:4747")).status_code == 200


def test_a_browser_gets_a_page(pair_client: FlaskClient) -> None:
    answer = pair_client.get("/", headers={"Accept": BROWSER})
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    assert '<a href="http://localhost/api/v3/docs">' in answer.text
    assert "scenario pair" in answer.text
    assert answer.headers.getlist("Cache-Control") == ["no-store"]
    assert "Accept" in answer.headers.getlist("Vary")


def test_head_tells_the_same_head(pair_client: FlaskClient) -> None:
    asked = pair_client.head("/")
    assert (asked.status_code, asked.data) == (200, b"")
    assert asked.headers["Content-Length"] == str(len(pair_client.get("/").data))


def test_a_host_cannot_write_into_the_page(pair_client: FlaskClient) -> None:
    answer = pair_client.get("/", headers={"Accept": BROWSER, "Host": 'x"><script>'})
    assert "<script" not in answer.text


def test_nothing_else_can_be_done_there(pair_client: FlaskClient) -> None:
    answer = pair_client.post("/")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")


def test_a_sandbox_has_a_page_of_its_own(pair_client: FlaskClient) -> None:
    for path in ("/_mock/s/default", "/_mock/s/default/"):
        assert pair_client.get(path).get_json()["dataApi"] == "http://localhost/_mock/s/default/api/v3"


def test_it_is_not_journalled(pair_app: Flask) -> None:
    """It belongs to no API that is emulated."""
    journal = sandbox_of(pair_app).journal
    before = len(journal)
    pair_app.test_client().get("/")
    assert len(journal) == before
