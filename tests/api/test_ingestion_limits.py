"""Ingestion's documented limits: off by default, by plan when on."""

import pytest

from mockserver import Settings, create_app
from mockserver.ingestion.tokens import mint

BATCH = {"sessionId": "sess_001", "batch": []}


@pytest.fixture
def app():
    """An application with limits on, and a clock that only moves when told."""
    return create_app(Settings(scenario="pair", rate_limits=True))


def post(app, plan: str | None) -> tuple[int, dict[str, str]]:
    sandbox = app.extensions["mockserver"]
    headers = {}
    if plan is not None:
        token = mint(sandbox.settings.token_secret, 1_700_000_000_000, ttl_s=2**31, plan=plan)
        headers["Authorization"] = f"Bearer {token}"
    answer = app.test_client().post("/api/data/events", json=BATCH, headers=headers)
    return answer.status_code, dict(answer.headers)


@pytest.mark.parametrize(("plan", "most", "usual"), [(None, 30, 401), ("free", 120, 200), ("pro", 600, 200)])
def test_one_request_too_many_in_a_minute_is_refused(app, plan: str | None, most: int, usual: int) -> None:
    """Exactly as many as the plan allows pass; the next is told when to come back, and then passes."""
    assert {post(app, plan)[0] for _ in range(most)} == {usual}
    status, headers = post(app, plan)
    assert status == 429
    assert 1 <= int(headers["Retry-After"]) <= 60
    assert headers["X-RateLimit-Limit"] == str(most)
    assert headers["X-RateLimit-Remaining"] == "0"
    app.extensions["mockserver"].clock.advance(60_000)
    assert post(app, plan)[0] == usual


def test_the_refusal_is_in_the_envelope_and_says_what_is_allowed(app) -> None:
    """A client that reads only the body understands it too."""
    for _ in range(30):
        post(app, None)
    body = app.test_client().post("/api/data/events", json=BATCH).get_json()
    assert body["success"] is False
    assert body["data"] is None
    assert body["error"].startswith("Too many requests: 30 a minute for a client without credentials; try again in ")


def test_limits_are_off_by_default() -> None:
    """And then no header tells of any."""
    app = create_app(Settings(scenario="pair"))
    for _ in range(40):
        status, headers = post(app, None)
    assert status == 401
    assert not [name for name in headers if name.startswith("X-RateLimit")]


def test_a_token_for_the_pro_plan_is_minted_on_request(app) -> None:
    """The control endpoint takes the plan and refuses unknown ones."""
    client = app.test_client()
    token = client.post("/_mock/tokens", json={"plan": "pro"}).get_json()["token"]
    answer = client.post("/api/data/events", json=BATCH, headers={"Authorization": f"Bearer {token}"})
    assert answer.headers["X-RateLimit-Limit"] == "600"
    assert client.post("/_mock/tokens", json={"plan": "gold"}).status_code == 400
