"""Where sources disagree, a setting chooses; and the flags that choose it reach the emulator."""

from collections.abc import Callable
from typing import Any, Literal

import pytest
from emulator import DataApi

from mockserver import Settings, create_app
from mockserver.command.cli import main
from mockserver.openapi.labels import DISAGREEMENTS, Disagreement


def rated_58_of_80(api: DataApi) -> str:
    """How a rating would be shown, from how the first one is."""
    record = api.records("ratings/sparse", "room")[0]
    low, high, raw = record["scaleMin"], record["scaleMax"], record["rawValue"]
    assert low < raw < high
    shown = {raw: 58.0, 100 * (raw - low) / (high - low): 100 * 58 / 80}
    assert len(shown) == 2
    return str(shown[record["value"]])


# How to ask for each of the rows.
ASKED: dict[str, Callable[[DataApi], str]] = {
    "`error.code` of an answer with status 401": lambda api: api.ask("/personas", key=None).get_json()["error"]["code"],
    "`status` of `GET /health`": lambda api: api.ask("/health").get_json()["status"],
    "`value` of a sparse rating of 58 on a scale from 0 to 80": rated_58_of_80,
    "`status` of a finished recording": lambda api: api.records("recordings", "room")[0]["status"],
}


@pytest.fixture(scope="module", params=["documented", "observed"])
def read_as(request: pytest.FixtureRequest) -> tuple[Literal["documented", "observed"], DataApi]:
    reading = request.param
    return reading, DataApi(create_app(Settings(scenario="pair", reading=reading)))


@pytest.mark.parametrize("row", DISAGREEMENTS, ids=lambda row: row.about)
def test_the_setting_chooses(read_as: tuple[Literal["documented", "observed"], DataApi], row: Disagreement) -> None:
    """Every row of the table of disagreements, in both readings."""
    reading, api = read_as
    assert ASKED[row.about](api) == getattr(row, reading)


def test_the_documented_reading_is_the_default(pair_api: DataApi) -> None:
    """Whoever says nothing gets what the documentation says."""
    for row in DISAGREEMENTS:
        assert ASKED[row.about](pair_api) == row.documented


def test_both_readings_are_described(demo_app: Any) -> None:
    """A client that was made from the document understands either."""
    text = demo_app.test_client().get("/api/v3/openapi.yaml").text
    for row in DISAGREEMENTS:
        assert row.about in text
        assert row.documented in text
        assert row.observed in text


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings with which the command line would have served."""
    seen: list[Settings] = []
    monkeypatch.setattr("mockserver.command.serve.serve", lambda settings, process, *_, **__: seen.append(settings))
    return seen


def test_flags_reach_the_settings(started: list[Settings]) -> None:
    """Without them, the documented reading and no limits."""
    assert main([]) == 0
    assert main(["--reading", "observed", "--rate-limits"]) == 0
    assert [(one.reading, one.rate_limits) for one in started] == [("documented", False), ("observed", True)]


def test_their_twins_reach_the_settings(started: list[Settings], monkeypatch: pytest.MonkeyPatch) -> None:
    """As for every flag; a flag wins."""
    monkeypatch.setenv("MOCKSERVER_READING", "observed")
    monkeypatch.setenv("MOCKSERVER_RATE_LIMITS", "1")
    assert main([]) == 0
    assert main(["--reading", "documented"]) == 0
    assert [(one.reading, one.rate_limits) for one in started] == [("observed", True), ("documented", True)]


def test_an_unknown_reading_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    """It names the flag and what would be right."""
    assert main(["--reading", "guessed"]) == 2
    said = capsys.readouterr().err
    assert "--reading" in said
    assert "documented" in said


def test_limits_are_enforced_where_they_are_asked_for() -> None:
    """The hundred and first request in a minute is refused, and says when to come back; without, none is."""
    for limited, status in ((True, 429), (False, 200)):
        api = DataApi(create_app(Settings(scenario="pair", rate_limits=limited)))
        answers = [api.ask("/data/check-access/experiment/exp_pair") for _ in range(101)]
        assert [answer.status_code for answer in answers] == [200] * 100 + [status]
        assert ("Retry-After" in answers[-1].headers) is limited
        assert ("X-RateLimit-Limit" in answers[0].headers) is limited
