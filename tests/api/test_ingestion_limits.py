"""Ingestion's documented limits: off by default, by plan when on."""

import json
from typing import Any

import jwt
import pytest

from mockserver import Settings, create_app
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.counters import Counters, Limit

BATCH = {"sessionId": "sess_001", "batch": []}


@pytest.fixture
def app():
    """An application with limits on, and a clock that only moves when told."""
    return create_app(Settings(scenario="pair", rate_limits=True))


def post(app, plan: str | None) -> tuple[int, dict[str, str]]:
    return send(app, None if plan is None else minted(app, plan=plan))


def minted(app, *, at_ms: int = 1_700_000_000_000, **order: Any) -> str:
    return mint(app.extensions["mockserver"].default.settings.token_secret, at_ms, ttl_s=2**31, **order)


def send(app, token: str | None, address: str = "127.0.0.1") -> tuple[int, dict[str, str]]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    answer = app.test_client().post(
        "/api/data/events", json=BATCH, headers=headers, environ_base={"REMOTE_ADDR": address}
    )
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
    app.extensions["mockserver"].default.clock.advance(60_000)
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


def test_a_token_for_each_request_does_not_help(app) -> None:
    """Whoever mints one for each request is one subject all the same, from wherever it sends."""
    tokens = [minted(app, at_ms=1_700_000_000_000 + 1000 * n, subject="ada") for n in range(121)]
    assert len(set(tokens)) == 121
    statuses = [send(app, token, address=f"10.0.0.{n}")[0] for n, token in enumerate(tokens)]
    assert statuses == [200] * 120 + [429]


def test_two_subjects_have_a_limit_each(app) -> None:
    """Also where they share an address; and neither has that of those without credentials."""
    ada, ben = minted(app, subject="ada"), minted(app, subject="127.0.0.1")
    for _ in range(120):
        assert send(app, ada)[0] == 200
    assert send(app, ada)[0] == 429
    assert send(app, ben)[1]["X-RateLimit-Remaining"] == "119"
    assert send(app, None)[1]["X-RateLimit-Remaining"] == "29"


@pytest.mark.parametrize("claims", [{}, {"sub": None}, {"sub": 7}, {"sub": ["ada"]}])
def test_tokens_without_a_subject_are_counted_by_address(app, claims: dict[str, Any]) -> None:
    """Since nothing else tells their bearers apart."""
    secret = app.extensions["mockserver"].default.settings.token_secret
    payloads = [json.dumps({**claims, "exp": 10**10 + n}).encode() for n in range(2)]
    tokens = [jwt.PyJWS().encode(payload, secret) for payload in payloads]
    assert [send(app, token)[1]["X-RateLimit-Remaining"] for token in tokens] == ["119", "118"]
    assert send(app, tokens[0], address="10.0.0.1")[1]["X-RateLimit-Remaining"] == "119"


def test_clients_without_credentials_are_counted_by_address(app) -> None:
    """A token that is not valid is none."""
    for token in (None, "nonsense", minted(app)[:-2]):
        status, headers = send(app, token)
    assert (status, headers["X-RateLimit-Remaining"]) == (401, "27")
    assert send(app, None, address="10.0.0.1")[1]["X-RateLimit-Remaining"] == "29"


def test_windows_that_are_over_are_forgotten() -> None:
    """However many clients come by; those whose window goes on are remembered."""
    counters, minute, hour = Counters(), Limit("m", 2, 60), Limit("h", 2, 3600)
    counters.count(hour, ("stays",), 0)
    for n in range(20_000):
        counters.count(minute, (f"client {n}",), n * 150)
        assert len(counters) < 1000
    assert counters.count(hour, ("stays",), 3_599_999).left == 0
    assert counters.count(hour, ("stays",), 3_600_000).left == 1


def test_many_windows_at_once_are_all_remembered() -> None:
    """Tidying up forgets nobody whose minute is not over."""
    counters, limit = Counters(), Limit("m", 1, 60)
    for n in range(5000):
        assert counters.count(limit, (f"client {n}",), n).allowed
    assert not any(counters.count(limit, (f"client {n}",), 59_999).allowed for n in range(5000))
