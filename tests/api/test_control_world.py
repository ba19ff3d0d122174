"""The control API's view of the world: ids, clock, truth."""

import pytest

from mockserver import Settings, create_app


@pytest.fixture
def client():
    """A client of a small world of its own."""
    return create_app(Settings(scenario="pair")).test_client()


def test_the_world_tells_its_ids_and_its_digest(client) -> None:
    """Enough for a tool to find its way."""
    world = client.get("/_mock/world").get_json()
    assert world["scenario"] == "pair"
    assert world["seed"] == 7
    assert world["digest"] == client.application.extensions["mockserver"].world.digest()
    assert world["experiments"] == [
        {"id": "exp_pair", "rooms": ["room_pair"], "participants": {"room_pair": ["user_one", "user_two"]}}
    ]


def test_the_clock_moves_forward_by_what_is_asked(client) -> None:
    """And stands still otherwise."""
    before = client.get("/_mock/clock").get_json()
    assert before == {"now": "2024-11-01T00:00:00.000Z", "speed": 0.0}
    assert client.post("/_mock/clock", json={"advanceMs": 1500}).get_json()["now"] == "2024-11-01T00:00:01.500Z"
    assert client.get("/_mock/clock").get_json()["now"] == "2024-11-01T00:00:01.500Z"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"advanceMs": -1}', b'{"advanceMs": 1.5}',
                                  b'{"advanceMs": true}', b'{"advanceMs": "1"}', b'{"advanceMs": 9e30}',
                                  b'{"advanceMs": 999999999999999}'])  # fmt: skip
def test_a_bad_order_to_the_clock_is_refused_and_changes_nothing(client, body: bytes) -> None:
    """Each with a sentence, none with a crash."""
    answer = client.post("/_mock/clock", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.get_json()["error"]
    assert client.get("/_mock/clock").get_json()["now"] == "2024-11-01T00:00:00.000Z"


def test_truth_is_told_for_every_participant_and_room(client) -> None:
    """The same people as in the records, and a drift for every sync sample."""
    truth = client.get("/_mock/truth/experiments/exp_pair").get_json()
    assert [one["participantId"] for one in truth["participants"]] == ["user_one", "user_two"]
    assert truth["agreement"] == {"correlation": 0.5}
    assert (truth["tolerances"]["agreement"], truth["tolerances"]["skewPpm"]) == (0.25, 150.0)
    room = client.get("/_mock/truth/rooms/room_pair").get_json()
    headers = {"X-API-Key": "hst_live_your_key_here"}
    total = client.get("/api/v3/data/sync/room/room_pair", headers=headers).get_json()["metadata"]["pagination"][
        "total"
    ]
    assert sum(len(one["driftMs"]) for one in room["drift"]) == total
    assert {one["participantId"] for one in room["feelings"]} == {None, "user_one", "user_two"}


@pytest.mark.parametrize("path", ["experiments/nope", "rooms/nope"])
def test_unknown_truth_is_refused_with_what_there_is(client, path: str) -> None:
    """A sentence that helps."""
    answer = client.get(f"/_mock/truth/{path}")
    assert answer.status_code == 400
    assert "'nope'" in answer.get_json()["error"]
