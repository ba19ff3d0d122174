"""What clients write is theirs: it is counted and paged, and never held against the story."""

import pytest
from check_support import reader_for
from click.testing import CliRunner
from emulator import app_of, serving_app
from study_support import Record, StudyApi

from mockserver.check.invariants import Invariant
from mockserver.check.observed_room import ObservedRoom
from mockserver.check.rule import Counterexample, Counterexamples, RoomRule
from mockserver.check.run import Result, Run
from mockserver.command.check import check_command

STATE = {"stateId": "watching_state", "componentType": "ShowVideo", "componentId": "video_main"}
KINDS: list[Record] = [
    {"eventType": kind, **place}
    for kind in (
        "component.start", "component.update", "component.complete", "state.enter", "state.exit", "media.play",
        "media.pause", "media.seek", "media.ended", "communication.message", "sync.metrics", "consent.declined",
        "instructions.page_view", "questionnaire.response", "custom.thing",
    )
    for place in ({}, STATE)
]  # fmt: skip
# Long before anybody came, in the chat, while the video plays, and (without a time) when all is over.
TIMES: list[Record] = [{"onset": -86_400_000}, {"onset": 20_000}, {"onset": 63_333}, {}]


def written_to(api: StudyApi, room: str, people: list[str]) -> int:
    """Write events of all kinds at all times; how many."""
    events = [
        {**kind, **at, "roomId": room, "participantId": people[n % len(people)]}
        for n, (kind, at) in enumerate((kind, at) for kind in KINDS for at in TIMES)
    ]
    for start in range(0, len(events), 100):
        batch = events[start : start + 100]
        assert api.answer("POST", "/data/events/batch", {"events": batch})["data"]["recorded"] == len(batch)
    return len(events)


@pytest.fixture(scope="module")
def written() -> tuple[StudyApi, int]:
    """A world with events of clients, and how many."""
    api = StudyApi("pair")
    return api, written_to(api, "room_pair", ["user_one", "user_two"])


def checked(api: StudyApi) -> dict[int, Result]:
    run = Run(reader_for(api.app))
    return {result.invariant.number: result for result in run.results()}


def told(results: dict[int, Result]) -> dict[int, Counterexample]:
    return {number: result.broken for number, result in results.items() if result.broken}


def test_written_events_break_no_invariant(written: tuple[StudyApi, int]) -> None:
    """Nor does one become silent: as much is looked at as before, and 1, 11 and 12 look at what was written too."""
    api, count = written
    results, before = checked(api), checked(StudyApi("pair"))
    assert told(results) == {}
    assert {number: result.skipped for number, result in results.items() if result.skipped} == {}
    grown = {number: results[number].looked_at - before[number].looked_at for number in results}
    # A room's events and the experiment's are two lists.
    assert {number: n for number, n in grown.items() if n} == {1: count, 12: 2 * count}
    left_out = {number: result.left_out for number, result in results.items()}
    assert left_out == {number: 0 if number in (1, 11, 12) else count for number in results}


def test_the_lines_say_how_many_were_left_out(written: tuple[StudyApi, int]) -> None:
    """Over a real socket, as a client would check its server: all green."""
    api, count = written
    with serving_app(app_of(api.sandbox)) as server:
        result = CliRunner().invoke(check_command, ["--url", server.url])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()[:-1]
    assert [line.endswith(f"; events of clients left out: {count}") for line in lines] == [
        number not in (1, 11, 12) for number in range(1, 14)
    ]


def test_written_events_do_not_tell_whether_a_room_is_over(
    written: tuple[StudyApi, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a server does not list its rooms, silence tells it; an event of a client is no sound."""
    reader = reader_for(written[0].app)
    optional = reader.optional
    monkeypatch.setattr(
        reader, "optional", lambda path, query=None: None if "/data/rooms/" in path else optional(path, query)
    )
    over: list[bool] = []

    def look(observed: ObservedRoom) -> Counterexamples:
        over.append(observed.is_over)
        return iter(())

    Run(reader, invariants=[Invariant(1, "Looked into", lambda: RoomRule(look, "events"))]).results()
    assert over == [True]


def test_a_running_room_with_written_events_keeps_the_invariants() -> None:
    """Launched by a client, written to while it runs, with an event that lies behind what is still to come."""
    api = StudyApi("pair")
    experiment = api.create_experiment()
    (session,) = api.sessions(api.deploy(experiment))
    for by_ms in (5_000, 10_000, 600_000):
        api.advance(by_ms)
        people = [one["id"] for one in api.get(f"/data/participants/room/{session['id']}")]
        for at in TIMES:
            event = {"eventType": "state.enter", "stateId": "talk", "roomId": session["id"], **at}
            body = {"events": [{**event, "participantId": who} for who in people]}
            assert api.answer("POST", "/data/events/batch", body)["data"]["rejected"] == 0
        run = Run(reader_for(api.app), [experiment])
        assert told({result.invariant.number: result for result in run.results()}) == {}
