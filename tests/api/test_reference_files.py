"""The files of the reference page: a browser may keep them, and asks whether they are still the same."""

import pytest

from mockserver import Settings, create_app
from mockserver.openapi.page import page_file

NAMES = ["swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "page.js", "page.css"]
WORLDS = {
    "clock stands": Settings(scenario="pair"),
    "another world": Settings(scenario="empty", seed=5),
    "clock runs": Settings(scenario="live"),
    "limits": Settings(scenario="pair", rate_limits=True),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_the_same_whatever_is_served(name: str) -> None:
    """In every world, at every moment, after every write, one tag; and who has it is told so."""
    asset = page_file(name)
    assert asset is not None
    path, tags = f"/api/v3/docs/files/{name}", set()
    for settings in WORLDS.values():
        client = create_app(settings).test_client(use_cookies=False)
        for _ in range(2):
            answer = client.get(path)
            assert (answer.status_code, answer.data) == (200, asset.content)
            assert answer.headers["Cache-Control"] == "no-cache"
            tags.add(answer.headers["ETag"])
            client.post("/_mock/clock", json={"advanceMs": 1000})
        for asked in (answer.headers["ETag"], f'"x", W/{answer.headers["ETag"]}', "*"):
            again = client.get(path, headers={"If-None-Match": asked})
            assert (again.status_code, again.data) == (304, b"")
            assert again.headers["ETag"] == answer.headers["ETag"]
        assert client.get(path, headers={"If-None-Match": '"another"'}).status_code == 200
    assert len(tags) == 1


def test_other_bytes_have_another_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each file, and of one that an update has changed."""
    client = create_app(Settings(scenario="empty")).test_client()
    tags = {client.get(f"/api/v3/docs/files/{name}").headers["ETag"] for name in NAMES}
    assert len(tags) == len(NAMES)
    assert client.get("/api/v3/docs/files/nothing.js").status_code == 404
    changed = page_file("page.css")
    monkeypatch.setattr("mockserver.openapi.documents.page_file", lambda name: changed)
    updated = create_app(Settings(scenario="empty")).test_client().get("/api/v3/docs/files/page.js")
    assert updated.headers["ETag"] == client.get("/api/v3/docs/files/page.css").headers["ETag"]


def test_other_answers_have_the_tag_that_they_had() -> None:
    """A tag of what an answer depends on: the same world has the same one, another world another."""
    paths = ("/api/v3/docs", "/api/v3/openapi.json")
    clients = [create_app(WORLDS[name]).test_client() for name in ("clock stands", "clock stands", "another world")]
    for path in paths:
        first, again, other = (client.get(path).headers["ETag"] for client in clients)
        assert first == again != other
        assert clients[0].get(path, headers={"If-None-Match": first}).status_code == 304
        assert clients[0].get(path, headers={"If-None-Match": other}).status_code == 200
