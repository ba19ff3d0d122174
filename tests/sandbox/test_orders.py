"""What sandboxes cannot be made of is refused, and what is edited keeps what belongs to the client."""

from pathlib import Path

import pytest
from emulator import sandbox_of

from mockserver import Settings, create_app


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"settings": {"now": "0001-01-01T00:00:00Z"}}, "year"),
        ({"settings": {"now": "9999-12-31T00:00:00Z"}}, "year"),
        ({"scenario": "a" * 5000}, "scenario"),
        ({"scenario": "nothing/of/that/name.toml"}, "scenario"),
    ],
)
def test_an_order_that_cannot_be_served_is_refused(order: dict[str, object], said: str) -> None:
    """With a sentence, and nothing is made."""
    client = create_app(Settings(scenario="pair")).test_client()
    answer = client.put("/_mock/sandboxes/mine", json=order)
    assert answer.status_code == 400
    assert said in answer.get_json()["error"]
    assert client.get("/_mock/sandboxes/mine").status_code == 404


def test_keys_that_were_minted_outlive_an_edited_scenario(tmp_path: Path) -> None:
    """The file is read again, and the key still chooses its sandbox."""
    path = tmp_path / "mine.toml"
    path.write_text('extends = "pair"\nabout = "Mine"\n', encoding="utf-8")
    app = create_app(Settings(scenario=str(path)))
    client = app.test_client()
    key = client.post("/_mock/sandboxes/default/keys", json={"scopes": ["*"]}).get_json()["key"]
    path.write_text('extends = "pair"\nabout = "Mine"\nseed = 7\n', encoding="utf-8")
    app.extensions["mockserver"].reload(str(path))
    assert sandbox_of(app).world.seed == 7
    assert client.get("/api/v3/experiments", headers={"X-API-Key": key}).status_code == 200
