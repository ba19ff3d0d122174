"""A study that is running: records come, stay and never change, while a clock goes on that tests move."""

import dataclasses
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from analyst import Record, Study, by_person, column, ms, variant
from emulator import make_sandbox
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import Settings
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandbox import Sandbox
from mockserver.simulation.datasets.query import Query
from mockserver.simulation.library import load_scenario, scenario_names
from mockserver.simulation.story.entrance import LONGEST_ENTRANCE_MS
from mockserver.simulation.story.rooms import RoomRef
from mockserver.simulation.world import DataType, World

DATA_TYPES = (
    "events", "recordings", "chat", "videochat", "ratings/continuous", "ratings/sparse", "sync", "components",
)  # fmt: skip
SPEED = 20
# Three short rooms that overlap, in which people leave, lose their connection, or never begin.
SMALL = """
[experiments.exp_live]
rooms = 3
room_every_s = 10
[states.text_chat_state]
duration_s = 30
[states.video_chat_state]
duration_s = 25
[states.watching_state]
duration_s = 20
[states.watching_state.sparse]
at_s = [8, 15]
[behaviour]
abandoned = 0.2
technical = 0.1
no_consent = 0.1
timed_out = 0.1
disconnects_per_hour = 60
[recordings]
failed = 0.2
unfinished = 0.2
"""


class Running(Study):
    """A study whose real time only a test moves; twenty times as much passes in it.

    Args:
        made: Its world; the clock is replaced.
        now_ms: Where the clock begins, in ms since the epoch.
    """

    def __init__(self, made: Sandbox, now_ms: int) -> None:
        self.begins_ms = now_ms
        self.passed_ms = Fraction(0)
        self.clock = Clock(now_ms, speed=SPEED, passed=lambda: self.passed_ms)
        super().__init__(sandbox=dataclasses.replace(made, clock=self.clock))

    def wait(self, real_ms: int) -> None:
        """Let real time pass."""
        self.passed_ms += real_ms

    def go_to(self, now_ms: int) -> None:
        """Let it be another time in the study, even an earlier one."""
        self.passed_ms = Fraction(now_ms - self.begins_ms, SPEED)

    def there(self, data_type: str, **where: Any) -> list[Record]:
        """What is there now; nothing in a room that nobody has joined."""
        return steady(self.records(data_type, **where)) if self.total(data_type, **where) else []

    def total(self, data_type: str, **where: Any) -> int:
        """`pagination.total` now; none in a room that nobody has joined."""
        answer = self.page(data_type, limit=1, **where)
        if "room" in where and answer.status_code == 404:
            return 0
        return int(answer.get_json()["metadata"]["pagination"]["total"])

    def where(self, scope: str, number: int) -> dict[str, str]:
        """The n-th room or person, as arguments of a question."""
        people = [(room, who) for room in self.rooms for who in self.people[room]]
        room, who = people[number % len(people)]
        return {"experiment": {}, "room": {"room": room}, "participant": {"room": room, "person": who}}[scope]


def steady(records: list[Record]) -> list[Record]:
    """Records without their links, which are signed anew for every answer."""
    return [{k: v for k, v in record.items() if k not in ("downloadUrl", "url")} for record in records]


class Live:
    """A small live world, and what a client sees of it that comes when all is over.

    Attributes:
        first_ms, last_ms: Just before anybody joins, and just after everybody has left.
    """

    def __init__(self, path: str) -> None:
        self.sandbox = make_sandbox(Settings(scenario=path, seed=4))
        self.over = Running(self.sandbox, 2**41)
        self.late = {name: steady(self.over.records(name)) for name in (*DATA_TYPES, "rooms", "participants")}
        self.first_ms = min(ms(room["createdAt"]) for room in self.late["rooms"]) - 5000
        self.last_ms = max(ms(room["endedAt"]) for room in self.late["rooms"]) + 5000

        self._running = Running(self.sandbox, self.first_ms)

    def running(self) -> Running:
        """The study, before it begins; it can run as often as wanted, but only one at a time."""
        self._running.go_to(self.first_ms)
        return self._running


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Live:
    return Live(variant(tmp_path_factory.mktemp("live"), "live", SMALL))


# Real ms between two looks at the study; all of it takes about 12 s.
waits = st.lists(st.integers(1, 3000), min_size=2, max_size=8)
data_types = st.sampled_from(DATA_TYPES)
scopes = st.sampled_from(("experiment", "room", "participant"))


# --- records ---------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(data_type=data_types, scope=scopes, number=st.integers(0, 8), waits=waits)
def test_records_are_added_at_the_end_and_never_change(
    live: Live, data_type: str, scope: str, number: int, waits: list[int]
) -> None:
    """Whatever is looked at and when: what was there is the beginning of what is there."""
    study = live.running()
    where, before = study.where(scope, number), list[Record]()
    for wait_ms in waits:
        study.wait(wait_ms)
        now = study.there(data_type, **where)
        assert now[: len(before)] == before
        before = now
    whole = steady(live.over.records(data_type, **where))
    assert whole[: len(before)] == before


@settings(max_examples=30)
@given(
    data_type=data_types, scope=scopes, number=st.integers(0, 8), waits=waits, limit=st.integers(15, 200),
    by_next_offset=st.booleans(),
)  # fmt: skip
def test_a_client_that_polls_sees_every_record_exactly_once(
    live: Live, data_type: str, scope: str, number: int, waits: list[int], limit: int, by_next_offset: bool
) -> None:
    """Going on at `nextOffset`, or after what was returned, it ends with what a late client sees."""
    study, seen, offset = live.running(), list[Record](), 0
    where = study.where(scope, number)
    for wait_ms in [*waits, (live.last_ms - live.first_ms) // SPEED]:
        study.wait(wait_ms)
        more = True
        while more:
            answer = study.page(data_type, offset=offset, limit=limit, **where)
            if answer.status_code == 404:
                assert "room" in where
                break
            body = answer.get_json()
            pagination = body["metadata"]["pagination"]
            seen += steady(body["data"])
            after = offset + pagination["returned"]
            offset = pagination.get("nextOffset", after) if by_next_offset else after
            more = pagination["hasMore"]
    assert seen == steady(live.over.records(data_type, **where))


@pytest.mark.parametrize("data_type", DATA_TYPES)
def test_an_experiment_is_its_rooms_and_these_are_their_participants_at_every_instant(
    live: Live, data_type: str
) -> None:
    """`pagination.total` at each scope, in the middle of things: also where records wait for earlier ones."""
    study = live.running()
    waits_for_others = data_type in ("recordings", "components")
    begins_ms = min(ms(room["startedAt"]) for room in live.late["rooms"])
    for now_ms in range(begins_ms, live.last_ms, 7000 if waits_for_others else 60_000):
        study.go_to(now_ms)
        rooms = {room: study.total(data_type, room=room) for room in study.rooms}
        assert study.total(data_type) == sum(rooms.values())
        for room, total in rooms.items():
            assert total == sum(study.total(data_type, room=room, person=who) for who in study.people[room] if total)


@settings(max_examples=16)
@given(data_type=data_types, waits=waits, sort=st.sampled_from(("timestamp", "onset")))
def test_totals_never_fall_and_no_order_loses_a_record(live: Live, data_type: str, waits: list[int], sort: str) -> None:
    """Also where a later record does not come last: sorted by onset, and descending."""
    study, before = live.running(), list[str]()
    for wait_ms in waits:
        study.wait(wait_ms)
        now = [str(record) for record in study.there(data_type, sort=sort)]
        assert len(now) == study.total(data_type)
        assert set(before) <= set(now)
        reverse = study.there(data_type, sort=sort, order="desc")
        assert [str(record) for record in reversed(reverse)] == now
        before = now


@pytest.mark.parametrize("data_type", ["events", "recordings", "chat", "videochat", "ratings/sparse", "components"])
def test_nothing_is_there_before_it_is_over(live: Live, data_type: str) -> None:
    """Not before its instant, and where a record says how something ended, not before that end."""
    study = live.running()
    for now_ms in range(live.first_ms, live.last_ms, 9000):
        study.go_to(now_ms)
        for record in study.there(data_type):
            ends = [ms(record.get("timestamp") or record["startTime"])]
            if record.get("endTime"):
                ends.append(ms(record["endTime"]))
            if record.get("responseTime"):
                ends.append(ms(record["timestamp"]) + record["responseTime"])
            if "stateDuration" in record:
                ends.append(ms(record["stateStartTime"]) + record["stateDuration"])
            assert max(ends) <= now_ms


@pytest.mark.parametrize("data_type", ["ratings/continuous", "sync"])
def test_regular_samples_are_there_up_to_now(live: Live, data_type: str) -> None:
    """A sample is there from its own millisecond on, and not one before."""
    study = live.running()
    samples = live.late[data_type][:: len(live.late[data_type]) // 10]
    assert len(samples) >= 10
    for sample in samples:
        taken_ms = ms(sample["timestamp"])
        study.go_to(taken_ms - 1)
        before = study.page(data_type, order="desc", limit=20).get_json()["data"]
        assert sample not in before
        assert all(ms(other["timestamp"]) < taken_ms for other in before)
        study.go_to(taken_ms)
        assert sample in study.page(data_type, order="desc", limit=20).get_json()["data"]


def test_sampling_goes_on_while_a_film_is_watched(live: Live) -> None:
    """In the middle of the film, the host's last sample is less than half a second old; nobody's is missing."""
    study = live.running()
    room = live.late["rooms"][0]["id"]
    host = study.people[room][0]
    samples = by_person(live.over.records("ratings/continuous", room=room))
    events = live.over.records("events", room=room, category="media")
    played = next(event for event in events if event["eventType"] == "media.play")
    for later_ms in range(2000, 8000, 333):
        now_ms = ms(played["timestamp"]) + later_ms
        study.go_to(now_ms)
        there = by_person(study.records("ratings/continuous", room=room))
        assert there == {who: [s for s in found if ms(s["timestamp"]) <= now_ms] for who, found in samples.items()}
        assert ms(there[host][-1]["timestamp"]) > now_ms - 500


def test_a_recording_appears_when_it_ends_and_not_before(live: Live) -> None:
    """Unless one that began earlier is still running: it then waits for that one, to keep its place."""
    study = live.running()
    recordings = live.late["recordings"]
    final = [ms(r["endTime"] or r["startTime"]) for r in recordings]
    assert len(recordings) >= 6
    for number in range(len(recordings)):
        due_ms = max(final[: number + 1])
        study.go_to(due_ms - 1)
        assert recordings[number]["recordingId"] not in column(study.records("recordings"), "recordingId")
        study.go_to(due_ms)
        shown = study.records("recordings")[number]
        assert steady([shown]) == [recordings[number]]
        if shown["downloadUrl"] is not None:
            assert study.client.head(shown["downloadUrl"]).status_code == 200
    waited = [max(final[: n + 1]) - final[n] for n in range(len(final))]
    assert 0 < waited.count(0) < len(final)


def test_no_link_to_a_file_is_minted_before_its_recording_ends(live: Live) -> None:
    """The minting endpoint knows no more than the list of recordings."""
    study = live.running()
    recording = next(r for r in live.late["recordings"] if r["status"] == "completed")
    path, headers = f"/api/v3{recording['downloadPath']}", {"X-API-Key": "hst_live_your_key_here"}
    study.go_to(ms(recording["endTime"]) - 1)
    assert study.client.get(path, headers=headers).status_code == 404
    study.go_to(ms(recording["endTime"]))
    assert study.client.get(path, headers=headers).status_code == 200


# --- rooms and people ------------------------------------------------------------------------------


def test_rooms_are_not_there_then_waiting_then_active_then_completed(live: Live) -> None:
    """Each at the millisecond that the finished room names."""
    study = live.running()
    moments = sorted(
        (ms(room[field]), room["id"], expected)
        for room in live.late["rooms"]
        for field, expected in (
            ("createdAt", ("404", "waiting")),
            ("startedAt", ("waiting", "active")),
            ("endedAt", ("active", "completed")),
        )
    )

    def status(room_id: str) -> str:
        opened = study.page("events", room=room_id).status_code == 200
        listed = {room["id"]: room["status"] for room in study.records("rooms")}
        assert opened == (room_id in listed)
        return listed.get(room_id, "404")

    for at_ms, room_id, (before, after) in moments:
        study.go_to(at_ms - 1)
        assert status(room_id) == before
        study.go_to(at_ms)
        assert status(room_id) == after
    assert study.records("rooms") == live.late["rooms"]


@settings(max_examples=15)
@given(waits=waits)
def test_rooms_and_participants_only_go_forward(live: Live, waits: list[int]) -> None:
    """They come one after another; what is known of them stays, and their status never goes back."""
    order = ("waiting", "active", "left", "completed")
    growing = {"status", "completionCode", "participantCount"}
    study = live.running()
    known: dict[str, list[Record]] = {"rooms": [], "participants": []}
    for wait_ms in waits:
        study.wait(wait_ms)
        for data_type, before in known.items():
            now = study.records(data_type)
            assert column(now, "id")[: len(before)] == column(before, "id")
            for old, new in zip(before, now, strict=False):
                assert all(new[name] == old[name] for name in old if old[name] is not None and name not in growing)
                assert order.index(new["status"]) >= order.index(old["status"])
            known[data_type] = now
        for room in known["rooms"]:
            assert room["participantCount"] == study.total("participants", room=room["id"])


def test_participants_are_in_progress_until_they_have_finished(live: Live) -> None:
    """Then they have their code; those who completed have it from `completedAt` on."""
    study = live.running()
    for person in live.late["participants"]:
        study.go_to(ms(person["joinedAt"]))
        (joined,) = (p for p in study.records("participants") if p["id"] == person["id"])
        assert (joined["completionCode"], joined["completedAt"]) == ("IN_PROGRESS", None)
    completed = [p for p in live.late["participants"] if p["status"] == "completed"]
    assert len(completed) >= 3
    for person in completed:
        study.go_to(ms(person["completedAt"]) - 1)
        (before,) = (p for p in study.records("participants") if p["id"] == person["id"])
        assert (before["completionCode"], before["status"]) == ("IN_PROGRESS", "active")
        study.go_to(ms(person["completedAt"]))
        assert person in study.records("participants")
    codes = set(column(live.late["participants"], "completionCode"))
    assert "SUCCESS" in codes
    assert len(codes) >= 2
    assert "IN_PROGRESS" not in codes


def test_who_waits_in_vain_is_timed_out_after_five_minutes() -> None:
    """Until then they are waiting, as anybody else who has done the instructions."""
    made = make_sandbox(Settings(scenario="noconsent", seed=1))
    over = Running(made, 2**41)
    timed_out = over.records("participants", completionCode="TIMEOUT")
    assert timed_out
    last_ms = {
        person["id"]: ms(over.records("events", room=person["roomId"], person=person["id"])[-1]["timestamp"])
        for person in timed_out
    }
    for who, done_ms in last_ms.items():
        for waited_ms, expected in ((299_999, ("waiting", "IN_PROGRESS")), (300_000, ("left", "TIMEOUT"))):
            over.go_to(done_ms + waited_ms)
            (now,) = (p for p in over.records("participants") if p["id"] == who)
            assert (now["status"], now["completionCode"]) == expected


# --- the shipped scenario ---------------------------------------------------------------------------


def test_the_live_scenario_runs_a_minute_in_three_seconds() -> None:
    """As shipped: ten rooms come in five minutes, and all that is listed grows."""
    made = make_sandbox(Settings(scenario="live"))
    assert made.clock.speed == SPEED
    study = Running(made, made.world.scenario.clock.now_ms or 0)
    told = study.control("clock")
    assert (told["now"], told["speed"]) == ("2024-10-20T15:05:00.000Z", SPEED)
    rooms = study.records("rooms")
    assert {room["status"] for room in rooms} == {"active", "completed"}
    chat = study.total("chat")
    assert chat > 0
    study.wait(300_000)
    assert study.control("clock")["now"] == "2024-10-20T16:45:00.000Z"
    assert 9 <= len(study.records("rooms")) - len(rooms) <= 11
    assert study.total("chat") > 2 * chat


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_room_of_the_live_scenario_is_running_at_any_moment_of_eight_hours(seed: int | None) -> None:
    """Of real time, from the clock's now on."""
    scenario = load_scenario("live")
    world = World(scenario, scenario.seed if seed is None else seed)
    rooms = world.rooms("exp_live")
    now_ms = scenario.clock.now_ms or 0
    ends_ms = now_ms + 8 * 3_600_000 * SPEED
    covered_ms = now_ms
    for room in rooms:
        assert room.started_ms <= covered_ms or room.started_ms < now_ms or covered_ms >= ends_ms
        covered_ms = max(covered_ms, world.plan(room).ended_ms)
    assert covered_ms >= ends_ms


class AllAtOnce(World):
    """A world that looks at all rooms, whether they have begun or not."""

    def _begun(self, rooms: Sequence[RoomRef], now_ms: int) -> Sequence[RoomRef]:
        return rooms


@pytest.fixture(scope="module")
def many() -> tuple[World, World]:
    scenario = load_scenario("live")
    short = dataclasses.replace(scenario.experiments["exp_live"], rooms=80)
    scenario = dataclasses.replace(scenario, experiments={"exp_live": short})
    return World(scenario, 3), AllAtOnce(scenario, 3)


@given(
    data_type=st.sampled_from([*DATA_TYPES, "rooms", "participants"]),
    minutes=st.floats(-60, 14 * 60),
    first=st.integers(0, 79),
    count=st.integers(1, 80),
)
@settings(deadline=None, max_examples=60)
def test_rooms_that_nobody_can_have_joined_make_no_difference(
    many: tuple[World, World], data_type: DataType, minutes: float, first: int, count: int
) -> None:
    """The same records, whether the stories of rooms to come are told or not."""
    world, whole = many
    rooms = world.rooms("exp_live")
    now_ms = rooms[0].started_ms + int(minutes * 60_000)
    query = Query(now_ms=now_ms)
    found = world.select(data_type, rooms[first : first + count], query)
    expected = whole.select(data_type, rooms[first : first + count], query)
    assert found.total == expected.total
    last = max(expected.total - 50, 0)
    assert found.rows(last, expected.total) == expected.rows(last, expected.total)
    assert world.attendance("exp_live", now_ms) == whole.attendance("exp_live", now_ms)


def test_a_study_that_has_only_begun_costs_no_more_than_what_has_happened() -> None:
    """Of nine hundred rooms to come, a few are told."""
    scenario = load_scenario("live")
    world = World(scenario, scenario.seed)
    rooms = world.rooms("exp_live")
    for data_type in (*DATA_TYPES, "rooms", "participants"):
        world.select(data_type, rooms, Query(now_ms=scenario.clock.now_ms or 0))
    assert world.attendance("exp_live", scenario.clock.now_ms or 0)[0] == 4
    assert sum(world.has_told([room]) for room in rooms) <= 64


@pytest.mark.parametrize("name", scenario_names())
def test_nobody_joins_earlier_before_a_start_than_is_said(name: str) -> None:
    """In any room of the shipped scenarios, and with people who give up waiting."""
    scenario = load_scenario(name)
    behaviour = dataclasses.replace(scenario.behaviour, timed_out=0.5, no_consent=0.2)
    for one in (scenario, dataclasses.replace(scenario, behaviour=behaviour)):
        world = World(one, 5)
        for room in list(world.every_room())[:60]:
            assert room.started_ms - LONGEST_ENTRANCE_MS <= world.plan(room).created_ms


def test_a_room_that_nobody_has_joined_is_unknown_at_every_scope() -> None:
    """404 for its data and for its participants', and no trace of it in the experiment's lists."""
    made = make_sandbox(Settings(scenario="live"))
    study = Running(made, made.world.scenario.clock.now_ms or 0)
    room = study.rooms[-1]
    assert study.page("events", room=room).status_code == 404
    assert study.page("events", room=room, person=study.people[room][0]).status_code == 404
    assert study.page("participants", room=room).status_code == 404
    assert room not in column(study.records("rooms"), "id")
    assert not set(study.people[room]) & set(column(study.records("participants"), "id"))


def test_what_is_unknown_is_answered_with_an_id_that_is_there_by_now(tmp_path: Path) -> None:
    """Nothing while nobody has joined, then the room that is open, then the scenario's own sample."""
    text = (
        '[sample]\nroom = "room_b"\n[experiments.exp_live]\nrooms = 2\nroom_every_s = 900\n'
        'named_rooms = ["room_a", "room_b"]\n'
    )
    made = make_sandbox(Settings(scenario=variant(tmp_path, "live", text)))
    first, second = made.world.rooms("exp_live")
    study = Running(made, first.started_ms - 600_000)
    for now_ms, asked, hint in (
        (first.started_ms - 600_000, "room_b", ""),
        (first.started_ms, "room_b", " For example, room_a exists."),
        (second.started_ms, "room_c", " For example, room_b exists."),
    ):
        study.go_to(now_ms)
        answer = study.page("events", room=asked)
        assert answer.status_code == 404
        assert answer.get_json()["error"]["message"] == f"There is no room with the id '{asked}'.{hint}"


# --- clocks ----------------------------------------------------------------------------------------


def test_the_clock_is_advanced_over_http(live: Live) -> None:
    """And with it what is there."""
    study = Running(live.sandbox, live.first_ms)
    before = study.control("clock")
    by_ms = live.last_ms - live.first_ms
    answer = study.client.post("/_mock/clock", json={"advanceMs": by_ms})
    assert answer.status_code == 200
    assert ms(answer.get_json()["now"]) == ms(before["now"]) + by_ms
    assert study.control("clock")["now"] == answer.get_json()["now"]
    assert study.total("events") == len(live.late["events"])


@pytest.mark.parametrize(
    "body", [{}, {"advanceMs": -1}, {"advanceMs": 1.5}, {"advanceMs": True}, {"advanceMs": 2**53}, []]
)
def test_a_clock_that_cannot_be_moved_like_that_stays(live: Live, body: Any) -> None:
    """Anything but a whole number of ms forward is refused, and now is as before."""
    study = live.running()
    assert study.client.post("/_mock/clock", json=body).status_code == 400
    assert study.clock.now_ms() == live.first_ms
