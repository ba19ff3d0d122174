"""Rooms that a client launched, and stopped at any moment, keep every invariant too."""

from typing import Any

import pytest
from check_support import reader_for
from study_support import StudyApi

from mockserver.check.run import Run

STATES: list[dict[str, Any]] = [
    {"id": "talk", "focusComponent": {"type": "textchat", "id": "chat", "config": {"durationMs": 12_000}}},
    {
        "id": "film",
        "globalComponentsVisibility": {"continuousrating": True},
        "focusComponent": {"type": "showvideo", "id": "film", "config": {"url": "https://example.com/film.mp4"}},
        "transitionRules": {"type": "timed", "durationMs": 20_000},
    },
    {"id": "call", "focusComponent": {"type": "videochat", "id": "call", "config": {"durationMs": 15_000}}},
    {"id": "ask", "focusComponent": {"type": "vasrating", "id": "slider", "config": {"prompt": "How was it?"}}},
]
# From the start of the room: in each state, between states, and about when the last is answered.
STOPPED_AFTER_MS = (100, 3_000, 12_700, 21_500, 36_000, 50_500, 51_500, 52_500, 53_500)


@pytest.mark.parametrize("after_ms", STOPPED_AFTER_MS)
def test_a_stopped_room_keeps_the_invariants(after_ms: int) -> None:
    """And none is skipped because nobody can tell what to expect."""
    api = StudyApi("pair")
    experiment = api.create_experiment(states=STATES, globalComponents={"continuousrating": {}})
    deployment = api.deploy(experiment)
    (room,) = (session["id"] for session in api.sessions(deployment))
    api.advance(2_000 + after_ms)
    stopped = api.ask("POST", f"/deployments/{deployment}/rooms/{room}/stop")
    assert stopped.status_code == 200 or after_ms > 50_000
    run = Run(reader_for(api.app), [experiment])
    results = {result.invariant.number: result for result in run.results()}
    assert {number: result.broken for number, result in results.items() if result.broken} == {}
    assert {number: result.skipped for number, result in results.items() if result.skipped} == {}
