"""Breaking one invariant on purpose makes exactly its line red, with an address that shows the culprit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from check_support import KEY, Corruption, Record, broken, records_of, results_of
from flask import Flask

from mockserver import Settings, create_app
from mockserver.simulation import world
from mockserver.simulation.story.plan import Participant, Span, minus_gaps


def anyone(record: Record) -> bool:
    return True


def shift(name: str, by: float) -> Callable[[Record], None]:
    """Move a number of the record, or one inside it (`outer.inner`)."""

    def change(record: Record) -> None:
        *outer, last = name.split(".")
        for part in outer:
            record = record[part]
        record[last] = round(record[last] + by, 4)

    return change


def put(name: str, value: Any) -> Callable[[Record], None]:
    """Replace a field of the record, or one inside it."""

    def change(record: Record) -> None:
        *outer, last = name.split(".")
        for part in outer:
            record = record[part]
        record[last] = value

    return change


def later(text: str, ms: float) -> str:
    moved = datetime.fromisoformat(text) + timedelta(milliseconds=ms)
    return moved.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moved.microsecond // 1000:03d}Z"


def event(type_: str) -> Callable[[Record], bool]:
    return lambda record: record["eventType"] == type_


def completion(component: str) -> Callable[[Record], bool]:
    return lambda r: (r["eventType"], r["componentType"]) == ("component.complete", component)


def sixth(record: Record) -> bool:
    """Neither the first sample of a stretch nor the last."""
    return str(record["metricId"]).endswith("_000005")


def join_late(record: Record) -> None:
    """Joined after the first event."""
    record["joinedAt"] = "2024-10-20T14:31:00.000Z"


def name_the_sender(record: Record) -> None:
    record["recipientIds"] = [*record["recipientIds"], record["senderId"]]


CORRUPTIONS = {
    "onset of a message": (1, "chat", anyone, shift("onset", 1)),
    "onset of a component": (1, "components", anyone, shift("onset", -1)),
    "room of a message": (2, "chat", anyone, put("roomId", "room_other")),
    "experiment of a recording": (2, "recordings", anyone, put("experimentId", "exp_other")),
    "joined after the first event": (2, "participants", anyone, join_late),
    "left before the last event": (2, "participants", anyone, put("completedAt", "2024-10-20T14:31:00.000Z")),
    "response of a component": (
        3,
        "components",
        lambda r: r["componentType"] == "ShowVideo",
        put("response.value", "7000"),
    ),
    "response time in an event": (3, "events", completion("ShowVideo"), shift("response.responseTime", 1)),
    "completion that is none": (3, "events", completion("TextChat"), put("eventType", "component.update")),
    "start of another component": (
        3,
        "events",
        lambda r: (r["eventType"], r["componentType"]) == ("component.start", "TextChat"),
        put("componentId", "another"),
    ),
    "previous ratings": (
        4,
        "ratings/sparse",
        lambda r: r["sparseRatingData"]["pauseIndex"] == 1,
        put("sparseRatingData.previousRatings", []),
    ),
    "resumption of the video": (
        4,
        "ratings/sparse",
        anyone,
        shift("sparseRatingData.mediaResumeOnset", 1),
    ),
    "value of a sparse rating": (4, "ratings/sparse", anyone, shift("rawValue", 1)),
    "component of a sample": (5, "ratings/continuous", anyone, put("componentId", "no_such_slider")),
    "text of a message's event": (6, "events", event("communication.message"), put("content", "?")),
    "sender as recipient": (6, "chat", anyone, name_the_sender),
    "nobody's message": (6, "chat", anyone, put("recipientIds", ["user_nobody"])),
    "duration of a recording": (7, "recordings", anyone, shift("duration", 1)),
    "offset of a recording": (7, "recordings", anyone, shift("videoOffset", -1)),
    "size of a recording": (7, "recordings", anyone, shift("fileSize", 1)),
    "end of a recording": (
        7,
        "recordings",
        anyone,
        lambda r: r.update(endTime=later(r["endTime"], 9000), duration=r["duration"] + 9000),
    ),
    "rate of a sample": (8, "sync", anyone, shift("playbackRate", 0.011)),
    "drift without a cause": (8, "sync", sixth, shift("timeDrift", 400)),
    "drift faster than time": (8, "sync", sixth, shift("timeDrift", -1200)),
    "drift without a seek": (8, "sync", anyone, shift("timeDrift", -700)),
    "sample of the host": (8, "sync", anyone, put("participantId", "user_one")),
    "exit from another state": (9, "events", event("state.exit"), put("stateId", "watching_state")),
    "exit that is none": (9, "events", event("state.exit"), put("eventType", "state.update")),
    "code of who finished": (10, "participants", anyone, put("completionCode", "ABANDONED")),
    "code that is none": (10, "participants", anyone, put("completionCode", "GONE")),
    "number of participants": (11, "rooms", anyone, shift("participantCount", 1)),
}


# The others take a run of their own.
IN_EVERY_RUN = ("size of a recording", "drift without a cause")


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in IN_EVERY_RUN else pytest.mark.thorough) for name in CORRUPTIONS]
)
def test_one_wrong_record_breaks_exactly_its_invariant(
    name: str, pair_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line of that invariant is red, all others are as before; the address answers with a record."""
    number, data_type, chosen, change = CORRUPTIONS[name]
    Corruption(data_type, chosen, change).into(monkeypatch)
    results = results_of()
    assert broken(results) == [number]
    shown = results[number].broken
    assert shown is not None
    assert shown.sentence
    assert shown.url.startswith("http://127.0.0.1:4747/api/v3/")
    path = shown.url.removeprefix("http://127.0.0.1:4747")
    answer = pair_app.test_client().get(path, headers={"X-API-Key": KEY})
    assert answer.status_code == 200
    if "limit=1&" in path:
        assert len(answer.get_json()["data"]) == 1


def test_the_address_shows_the_record_that_is_wrong(pair_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not just some record of the room."""
    wrong = records_of(pair_app, "chat")[2]["messageId"]
    Corruption("chat", lambda r: r["messageId"] == wrong, shift("onset", 1)).into(monkeypatch)
    shown = results_of()[1].broken
    assert shown is not None
    assert repr(wrong) in shown.sentence
    path = shown.url.removeprefix("http://127.0.0.1:4747")
    answer = pair_app.test_client().get(path, headers={"X-API-Key": KEY})
    assert [record["messageId"] for record in answer.get_json()["data"]] == [wrong]


@pytest.mark.thorough
def test_samples_too_close_break_invariant_5(pair_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample that comes less than 100 ms after the one before, in an order that is still right."""
    samples = records_of(pair_app, "ratings/continuous")
    victim, onset_ms = next(filter(None, map(_can_move, *_neighbours(samples))))

    def move(record: Record) -> None:
        record["timestamp"] = later(record["timestamp"], onset_ms - record["onset"])
        record["onset"] = onset_ms

    Corruption("ratings/continuous", lambda r: r["ratingId"] == victim, move).into(monkeypatch)
    results = results_of()
    assert broken(results) == [5]
    assert "less than 100 ms" in str(results[5].broken)


def _neighbours(samples: list[Record]) -> tuple[list[Record], list[Record], list[Record]]:
    """Each sample from the fourth on, the one before it, and the one before it of the same participant."""
    before_of = []
    for n in range(3, len(samples)):
        same = [s for s in samples[:n] if s["participantId"] == samples[n]["participantId"]]
        before_of.append(same[-1])
    return samples[3:], samples[2:-1], before_of


def _can_move(sample: Record, before: Record, own: Record) -> tuple[str, int] | None:
    """The sample and the onset to move it to: right behind the one before it, and too close to its own."""
    onset_ms = before["onset"] + 1
    near = 0 < onset_ms - own["onset"] < 100 and onset_ms < sample["onset"]
    return (sample["ratingId"], onset_ms) if near else None


@pytest.mark.thorough
@pytest.mark.parametrize(("lanes", "number"), [("continuous_lanes", 5), ("sync_lanes", 8)], ids=["ratings", "sync"])
def test_a_gap_in_one_stream_alone_breaks_its_invariant(
    lanes: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Samples are missing from before the first pause until after it, though the viewer's events tell of both ends."""
    make, present_in = getattr(world, lanes), Participant.present_in
    moments = [_ms(event) for event in records_of(create_app(Settings(scenario="pair")), "events") if _is_moved(event)]
    gap = (moments[1] - 3000, moments[2] + 3000)

    def with_gap(person: Participant, start_ms: int, end_ms: int) -> list[Span]:
        spans = present_in(person, start_ms, end_ms)
        return spans if person.index == 0 else minus_gaps(start_ms, end_ms, [gap])

    def make_with_gap(*given: Any) -> Any:
        with monkeypatch.context() as inner:
            inner.setattr(Participant, "present_in", with_gap)
            return make(*given)

    monkeypatch.setattr(world, lanes, make_with_gap)
    results = results_of()
    assert broken(results) == [number]
    assert "user_two was connected at onset" in str(results[number].broken)


def _is_moved(event: Record) -> bool:
    """Does the video play or pause for the viewer?"""
    return event["eventType"] in ("media.play", "media.pause") and event["participantId"] == "user_two"


def _ms(event: Record) -> int:
    return round(datetime.fromisoformat(event["timestamp"]).timestamp() * 1000)
