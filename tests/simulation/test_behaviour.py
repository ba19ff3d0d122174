"""Records look like people and networks: what they do, how fast, and how it goes wrong."""

import csv
import io
import json
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from analyst import Record, Study, by_person, column, grouped, ms, shared_study, variant

from mockserver.simulation.library import load_scenario
from mockserver.simulation.world import DATA_TYPES

SECOND_MS = 1000
SCENARIOS_WITH_FILM = ("demo", "pair", "edge", "group", "drift", "dropout", "technical", "ratings")


def intervals(study: Study) -> np.ndarray:
    """Between successive samples of each slider, in ms, without lost connections."""
    steps = np.concatenate([np.diff(slider.at) for slider in study.sliders.values()])
    return steps[steps < 2 * SECOND_MS]


# --- sliders ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCENARIOS_WITH_FILM)
def test_sliders_are_sampled_100_to_500_ms_apart_and_as_often_as_configured(name: str) -> None:
    """The mean interval is the component's `intervalMs`, whatever the timer's jitter."""
    study = shared_study(name)
    shown = study.records("components", componentType="ContinuousRating")
    (configured,) = {component["config"]["intervalMs"] for component in shown}
    measured = intervals(study)
    assert measured.min() >= 100
    assert measured.max() <= 500
    assert measured.mean() == pytest.approx(configured, rel=study.truth()["tolerances"]["interval"])
    # No timer is exact, but the shortest interval that is documented leaves none to be early.
    assert (measured.std() > 0.02 * configured) == (configured > 100)


def test_a_quarter_second_timer_jitters() -> None:
    """By tens of ms, both ways, and without adding up."""
    measured = intervals(shared_study("demo"))
    assert 20 < measured.std() < 50
    assert measured.min() < 200
    assert measured.max() > 300
    # What is early makes the next interval long: neighbouring intervals go opposite ways.
    for slider in shared_study("demo").sliders.values():
        steps = np.diff(slider.at)
        both = (steps[:-1] < SECOND_MS) & (steps[1:] < SECOND_MS)
        assert np.corrcoef(steps[:-1][both], steps[1:][both])[0, 1] < -0.3


@pytest.mark.parametrize("name", SCENARIOS_WITH_FILM)
def test_sliders_hold_and_move(name: str) -> None:
    """Most samples repeat the one before; over the film, a hand uses a third of the scale or more."""
    moving = [slider for slider in shared_study(name).sliders.values() if slider.moved]
    assert moving
    for slider in moving:
        steps = np.abs(np.diff(slider.value))
        connected = np.diff(slider.at) < SECOND_MS
        assert (steps[connected] == 0).mean() > 0.3
        assert np.ptp(slider.value) > 0.3
        # A hand takes more than one sample for a long way.
        assert steps[connected].max() < 0.3


def test_sliders_hold_while_the_film_stands_still() -> None:
    """From a second into a media pause to its end, nobody's value changes."""
    study = shared_study("demo")
    pauses = {
        (r["roomId"], r["sparseRatingData"]["mediaPauseOnset"], r["sparseRatingData"]["mediaResumeOnset"])
        for r in study.records("ratings/sparse")
        if r["sparseRatingData"]["pauseIndex"] is not None
    }
    assert len(pauses) == 3 * len(study.rooms)
    for room, paused, resumed in pauses:
        for slider in (slider for slider in study.sliders.values() if slider.room == room):
            still = slider.value[(slider.onset > paused + SECOND_MS) & (slider.onset < resumed)]
            assert len(set(still.tolist())) <= 1


# --- synchronisation -------------------------------------------------------------------------------


def viewers(study: Study) -> dict[str, list[Record]]:
    return by_person(study.records("sync"))


def seeks(study: Study) -> dict[str, list[int]]:
    """Onsets of each viewer's seeks, in ms."""
    events = study.records("events", category="media")
    return {
        who: [event["onset"] for event in found]
        for who, found in by_person(e for e in events if e["eventType"] == "media.seek").items()
    }


def test_the_default_network_keeps_most_drifts_excellent() -> None:
    """Below 100 ms in nine samples of ten, and below 500 ms in nearly all."""
    drift = np.abs(column(shared_study("demo").records("sync"), "timeDrift"))
    assert (drift < 100).mean() > 0.9
    assert (drift < 500).mean() > 0.98
    assert np.median(drift) < 25


def test_a_poor_network_has_more_of_everything() -> None:
    """Drift, latency, seeks and lost quality, `drift` against `demo`."""
    good, poor = shared_study("demo").records("sync"), shared_study("drift").records("sync")
    assert (np.abs(column(poor, "timeDrift")) > 100).mean() > 0.1 > (np.abs(column(good, "timeDrift")) > 100).mean()
    assert np.mean(column(poor, "latency")) > 2 * np.mean(column(good, "latency"))
    assert np.mean(column(poor, "syncQuality")) < np.mean(column(good, "syncQuality"))
    assert sum(map(len, seeks(shared_study("drift")).values())) >= 10


@pytest.mark.parametrize("name", ["demo", "drift", "group", "technical"])
def test_the_controller_stays_within_its_limits(name: str) -> None:
    """The rate within 0.05 of 1, its change within 0.01 a sample (and the rounding of two)."""
    for samples in viewers(shared_study(name)).values():
        rate = np.array(column(samples, "playbackRate"))
        assert np.abs(rate - 1).max() <= 0.05
        successive = np.diff(column(samples, "onset")) < 1500
        assert np.abs(np.diff(rate))[successive].max() <= 0.01 + 0.0001


def test_a_drift_above_600_ms_is_seeked_away_and_nothing_else_is(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A seek follows within 3 s, never two within the cooldown of 2.5 s, and each has its reason."""
    text = "[network]\nstalls_per_minute = 3\nstall_ms = 900\n[experiments.exp_drift]\nrooms = 12\n"
    stormy = variant(tmp_path_factory.mktemp("stormy"), "drift", text)
    for study in (shared_study("drift"), shared_study("demo"), Study(stormy, 5)):
        made, much = seeks(study), 0
        for who, samples in viewers(study).items():
            far = [s["onset"] for s in samples if abs(s["timeDrift"]) > 600]
            much += len(far)
            at = made.get(who, [])
            assert all(any(0 < seek - onset <= 3000 for seek in at) for onset in far)
            assert all(any(0 < seek - onset <= 3000 for onset in far) for seek in at)
            assert all(after - before >= 2500 for before, after in pairwise(at))
        assert much > 0 or study is shared_study("demo")
        for room in study.rooms:
            for stalls in by_person(study.truth(room)["stalls"]).values():
                # Two stalls within a cooldown could leave a drift above 600 ms without a seek.
                assert all(after - before > 2500 for before, after in pairwise(column(stalls, "atMs")))


def test_quality_falls_as_drift_and_latency_grow_and_buffers_run_dry_in_stalls() -> None:
    """Rank by rank over all samples of `drift`."""
    samples = pd.DataFrame(shared_study("drift").records("sync"))
    far = samples["timeDrift"].abs().rank()
    latency, quality = samples["latency"].rank(), samples["syncQuality"].rank()
    assert far.corr(quality) < -0.4
    assert latency.corr(quality) < -0.4
    stalled = samples.groupby("participantId")["timeDrift"].diff() < -300
    assert stalled.sum() > 20
    assert samples["bufferHealth"][stalled].mean() < samples["bufferHealth"][~stalled].mean() - 0.1


# --- chat ------------------------------------------------------------------------------------------

CHATTY = (("demo", "exp_research_001"), ("group", "exp_group"), ("dropout", "exp_dropout"))


def conversations(name: str, experiment: str) -> list[list[Record]]:
    messages = shared_study(name, experiment=experiment).records("chat")
    return list(grouped(messages, lambda message: message["roomId"]).values())


@pytest.mark.parametrize(("name", "experiment"), CHATTY)
def test_people_take_turns(name: str, experiment: str) -> None:
    """After a message, it is mostly somebody else's turn, also where only two are left."""
    turns = [
        before["senderId"] == after["senderId"]
        for messages in conversations(name, experiment)
        for before, after in pairwise(messages)
    ]
    assert np.mean(turns) < 0.25


@pytest.mark.parametrize(("name", "experiment"), CHATTY)
def test_typing_takes_the_persons_time_for_every_character(name: str, experiment: str) -> None:
    """Between two messages lie a thought of 0.6 s or more and the typing; long messages come late."""
    study = shared_study(name, experiment=experiment)
    typing_ms = {p["participantId"]: p["typingMs"] for p in study.truth()["participants"]}
    typing, waited = [], []
    for messages in conversations(name, experiment):
        for before, after in pairwise(messages):
            typing.append(typing_ms[after["senderId"]] * len(after["content"]))
            waited.append(after["onset"] - before["onset"])
            assert waited[-1] >= typing[-1] + 600
    # Now and then somebody thinks twice, because they have nothing to say, or those who would say it are away.
    typed, passed = np.array(typing), np.array(waited)
    once = passed - typed <= 4200
    assert once.mean() > 0.85
    slope, thinking = np.polyfit(typed[once], passed[once], 1)
    assert slope == pytest.approx(1, abs=0.15)
    assert 600 < thinking < 4200
    assert np.corrcoef(typed[once], passed[once])[0, 1] > 0.75


def test_messages_are_short_varied_english() -> None:
    """Sentences of plain letters about the task, no filler, and no conversation like another."""
    rooms = conversations("demo", "exp_research_001")
    texts = [message["content"] for messages in rooms for message in messages]
    for text in texts:
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9 ,.:;?!'()-]{1,119}", text), text
        assert not re.search(r"lorem|ipsum|dolor|[{}_]|  ", text.lower())
    assert len(texts) >= 60
    assert len(set(texts)) >= 40
    assert max(map(texts.count, texts)) <= len(texts) / 5
    assert len({tuple(column(messages, "content")) for messages in rooms}) == len(rooms)
    assert len(set(re.findall(r"[a-z']+", " ".join(texts).lower()))) >= 150


def test_two_chats_of_one_room_are_two_conversations(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Other messages, other ids, in a room that talks before and after."""
    text = (
        '[states.second_chat]\ncomponent = "TextChat"\ncomponent_id = "chat_2"\nduration_s = 300\n'
        "[states.text_chat_state]\nduration_s = 300\n"
        '[experiments.exp_pair]\nrooms = 4\nstates = ["text_chat_state", "second_chat"]\n'
    )
    study = Study(variant(tmp_path_factory.mktemp("twice"), "pair", text), 1)
    ids = column(study.records("chat"), "messageId")
    assert len(ids) == len(set(ids)) > 100
    for room in study.rooms:
        by_state = grouped(study.records("events", room=room, category="communication"), lambda event: event["stateId"])
        first, second = (column(by_state[state], "content") for state in ("text_chat_state", "second_chat"))
        assert first[:5] != second[:5]


# --- video chat and recordings -----------------------------------------------------------------------


@pytest.fixture(scope="module", params=[0, 1, 2, 2**63 - 1])
def breaking(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Twelve rooms of a video chat alone, in which every guest's connection is lost, and every other fails for good."""
    text = (
        '[experiments.exp_dropout]\nrooms = 12\nstates = ["video_chat_state"]\n'
        "[behaviour]\ntechnical = 0.5\ndisconnects_per_hour = 600\n"
    )
    return Study(variant(tmp_path_factory.mktemp("breaking"), "technical", text), request.param)


def test_video_chat_connections_begin_end_and_come_back(breaking: Study) -> None:
    """Each connection has one start and one end; after a loss, the same person returns, or is lost for good."""
    failed = set(column(breaking.records("participants", completionCode="TECHNICAL"), "participantId"))
    lost = returned = broken_off = 0
    for who, events in by_person(breaking.records("videochat")).items():
        assert column(events, "eventType") == [
            "participant_connected",
            "participant_disconnected",
        ] * (len(events) // 2)
        for begins, ends in zip(events[::2], events[1::2], strict=True):
            assert begins["connectionId"] == ends["connectionId"]
            assert ends["duration"] == ends["onset"] - begins["onset"] >= 1000
            assert (begins["duration"], begins["reason"]) == (None, None)
        assert len(set(column(events, "connectionId"))) == len(events) // 2, who
        reasons = column(events[1::2], "reason")
        lost += reasons.count("connection_lost")
        returned += len(events) // 2 - 1
        broken_off += reasons[-1] == "connection_lost" and who in failed
    assert returned + broken_off == lost
    # Of 36 guests about half return and half do not; none of either kind is no matter of luck any more.
    assert returned >= 5
    assert broken_off >= 5


def test_lost_video_connections_are_the_planted_ones() -> None:
    """A connection ends when the truth's gap begins, and the next begins when it ends."""
    study = shared_study("technical")
    gaps = {
        (gap["participantId"], gap["fromMs"], gap["toMs"]) for room in study.rooms for gap in study.truth(room)["gaps"]
    }
    for who, events in by_person(study.records("videochat")).items():
        for ends, begins in pairwise(events[1:]):
            if begins["eventType"] == "participant_connected":
                assert (who, ms(ends["timestamp"]), ms(begins["timestamp"])) in gaps


def test_recordings_end_in_every_way_that_the_scenario_names() -> None:
    """Completed, failed, aborted and cut by the limit in `technical`; still active in `unfinished`."""
    technical = shared_study("technical").records("recordings")
    assert set(column(technical, "status")) == {"completed", "failed", "aborted", "limit_reached"}
    unfinished = shared_study("unfinished").records("recordings")
    assert set(column(unfinished, "status")) == {"completed", "active"}
    assert set(column(shared_study("demo").records("recordings"), "status")) == {"completed"}
    kinds = {(r["metadata"]["type"], r["format"]) for r in technical}
    assert kinds == {("video", "mp4"), ("audio", "webm")}


@pytest.mark.parametrize("name", ["technical", "unfinished", "demo"])
def test_a_recording_has_links_exactly_when_it_has_a_file(name: str) -> None:
    """And `HEAD` of each link says the recording's `fileSize`."""
    study = shared_study(name)
    for recording in study.records("recordings"):
        has_file = recording["status"] in ("completed", "limit_reached")
        links = [recording[field] for field in ("downloadUrl", "url", "downloadPath", "fileSize")]
        assert [link is not None for link in links] == [has_file] * 4
        if has_file:
            answer = study.client.head(recording["downloadUrl"])
            assert answer.status_code == 200
            assert int(answer.headers["Content-Length"]) == recording["fileSize"]


def test_a_recording_is_as_long_as_its_status_says() -> None:
    """An active one has no end; one that was cut has exactly the limit's length, no other is longer."""
    for recording in shared_study("unfinished").records("recordings"):
        active = recording["status"] == "active"
        assert [recording[field] is None for field in ("endTime", "duration")] == [active] * 2
    recordings = shared_study("technical").records("recordings")
    for recording in recordings:
        assert recording["duration"] == ms(recording["endTime"]) - ms(recording["startTime"]) > 0
    cut = [r["duration"] for r in recordings if r["status"] == "limit_reached"]
    assert set(cut) == {30_000}
    connected = by_person(shared_study("technical").records("videochat"))
    for recording in recordings:
        events = connected[recording["participantId"]]
        stays = [(column(events[n : n + 2], "timestamp")) for n in range(0, len(events), 2)]
        assert any(start < recording["startTime"] < recording["endTime"] < end for start, end in stays)


# --- people who misbehave -------------------------------------------------------------------------


def told(name: str, code: str) -> list[tuple[Study, Record, list[Record]]]:
    """Everybody with a completion code in two worlds of a scenario, with their events."""
    found = []
    for seed in (1, 2):
        study = shared_study(name, seed)
        events = by_person(study.records("events"))
        found += [
            (study, person, events[person["participantId"]])
            for person in study.records("participants", completionCode=code)
        ]
    assert found
    return found


def of_type(events: list[Record], event_type: str) -> list[Record]:
    return [event for event in events if event["eventType"].startswith(event_type)]


def test_who_does_not_consent_sees_nothing_of_the_study() -> None:
    """The refusal is the last event, and there is no component and no rating."""
    for study, person, events in told("noconsent", "NOCONSENT"):
        assert column(events, "eventType") == ["consent.declined"]
        who = {"room": person["roomId"], "person": person["participantId"]}
        for data_type in ("components", "ratings/continuous", "ratings/sparse", "sync", "recordings"):
            assert study.records(data_type, **who) == []
        assert (person["status"], person["completedAt"]) == ("left", None)


def test_who_fails_the_comprehension_check_goes_without_beginning() -> None:
    """The wrong answer is the last event."""
    failed = [events for _, _, events in told("noconsent", "ABANDONED") if not of_type(events, "state.enter")]
    assert failed
    for events in failed:
        last = events[-1]
        assert (last["eventType"], last["response"]["value"]) == (
            "instructions.comprehension_check",
            "incorrect",
        )


def test_who_is_timed_out_had_waited_five_minutes() -> None:
    """Consent and instructions are done, and the room starts more than five minutes later."""
    for study, person, events in told("noconsent", "TIMEOUT"):
        (room,) = (r for r in study.records("rooms") if r["id"] == person["roomId"])
        assert events[-1]["eventType"] == "instructions.comprehension_check"
        assert ms(room["startedAt"]) - ms(events[-1]["timestamp"]) >= 5 * 60 * SECOND_MS
        assert study.records("components", room=person["roomId"], person=person["participantId"]) == []


@pytest.mark.parametrize(("name", "code"), [("dropout", "ABANDONED"), ("technical", "TECHNICAL")])
def test_who_leaves_in_the_middle_leaves_a_component_unfinished(name: str, code: str) -> None:
    """The last one they saw, which ends their story: no questionnaire, nothing later."""
    for study, person, events in told(name, code):
        shown = study.records("components", room=person["roomId"], person=person["participantId"])
        unfinished = [component for component in shown if not component["completed"]]
        assert {component["stateId"] for component in unfinished} == {shown[-1]["stateId"]}
        assert all(component["response"] is None for component in unfinished)
        assert events[-1]["eventType"] in ("state.exit", "sync.metrics")
        assert of_type(events, "questionnaire") == []
        assert (person["status"], person["completedAt"]) == ("left", None)


def test_who_completes_without_a_code_skips_the_questionnaire() -> None:
    """Everything else is completed; who has the code SUCCESS and is no outlier answers it."""
    for study, person, events in told("dropout", "COMPLETED_NO_CODE"):
        shown = study.records("components", room=person["roomId"], person=person["participantId"])
        assert all(component["completed"] for component in shown)
        assert of_type(events, "questionnaire") == []
        assert person["status"] == "completed"
    outliers = {
        p["participantId"]
        for seed in (1, 2)
        for p in shared_study("dropout", seed).truth()["participants"]
        if p["outlier"]
    }
    for _, person, events in told("dropout", "SUCCESS"):
        asked = len(of_type(events, "questionnaire"))
        assert asked == (0 if person["participantId"] in outliers else 1)


# --- what breaks parsers ---------------------------------------------------------------------------


def test_the_edge_scenario_has_everything_that_breaks_parsers() -> None:
    """In the chat: other scripts, emoji, quotes, commas, newlines, markup, formulas, great length."""
    for seed in (None, 1, 2):
        texts = column(shared_study("edge", seed).records("chat"), "content")
        everything = "".join(texts)
        for letters in ("א-ת", "؀-ۿ", "一-鿿", "ऀ-ॿ", "\U0001f300-\U0001faff", "\u200b\u200d", "\u202b"):
            assert re.search(f"[{letters}]", everything), letters
        for text in ('"', ",,", "\r\n", "\n", "\t", ";", "'", "<b>", "=SUM(", "\\n", "%s", "e\u0301"):
            assert text in everything, text
        assert max(map(len, texts)) > 5000
        assert any(text != text.strip() for text in texts)
        assert "null" in texts


def test_the_edge_scenario_has_awkward_names_conditions_and_settings() -> None:
    """Names in other scripts, quotes and commas in conditions, a newline in a prompt, and nulls."""
    shown = shared_study("edge").records("components")
    names = "".join(component["variableSnapshot"]["participant_name"] for component in shown)
    assert not names.isascii()
    conditions = {component["variableSnapshot"]["condition"] for component in shown}
    assert conditions == {"treatment, with a comma", 'control "quoted"'}
    assert any("\n" in (component["config"]["prompt"] or "") for component in shown)
    assert any(component["config"]["prompt"] is None for component in shown)


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_people_go_by_awkward_names_wherever_a_record_names_them(seed: int | None) -> None:
    """In chats, video chats and recordings the name that the components' variables hold, in other scripts too."""
    study = shared_study("edge", seed)
    names = {c["participantId"]: c["variableSnapshot"]["participant_name"] for c in study.records("components")}
    assert any(not name.isascii() for name in names.values())
    for data_type in ("recordings", "videochat"):
        records = study.records(data_type)
        assert records
        assert all(record["participantName"] == names[record["participantId"]] for record in records)
    messages = study.records("chat")
    assert messages
    assert all(message["senderName"] == names[message["senderId"]] for message in messages)


def test_people_go_by_the_documented_names_elsewhere() -> None:
    """Participant A and so on, by their seats; an agent is Agent B."""
    for name, experiment, said in (("demo", "exp_research_001", "Participant"), ("agents", None, "Agent")):
        study = shared_study(name, experiment=experiment)
        seats = {who: seat for people in study.people.values() for seat, who in enumerate(people)}
        called = {m["senderName"]: seats[m["senderId"]] for m in study.records("chat")}
        assert called["Participant A"] == 0
        assert called[f"{said} B"] == 1


def test_the_edge_scenario_has_odd_instants() -> None:
    """Negative onsets, ties, and samples in the last second before a leap second and the first after."""
    study = shared_study("edge")
    events = study.records("events")
    assert min(column(events, "onset")) < -60_000
    assert len(set(column(events, "timestamp"))) < len(events)
    instants = [
        record["timestamp"]
        for data_type in ("events", "ratings/continuous", "sync", "chat")
        for record in study.records(data_type)
    ]
    for second in ("2016-12-31T23:59:59.", "2017-01-01T00:00:00."):
        assert any(instant.startswith(second) for instant in instants), second


@pytest.mark.parametrize("data_type", ["chat", "events", "components", "participants", "rooms"])
def test_awkward_records_survive_csv_and_json(data_type: str) -> None:
    """As read by Python's csv, by pandas, and from NDJSON: the very same texts as in JSON."""
    study = shared_study("edge")
    records = study.records(data_type)
    flat = pd.json_normalize(records).to_dict("records")
    text = study.page(data_type, format="csv", limit=10_000).data.decode()
    by_csv = list(csv.DictReader(io.StringIO(text, newline="")))
    frame = pd.read_csv(io.BytesIO(text.encode()), dtype=str, keep_default_na=False)
    by_pandas = frame.to_dict("records")
    lines = study.page(data_type, format="ndjson", limit=10_000).data.decode().split("\n")
    assert [json.loads(line) for line in lines if line] == records
    assert len(by_csv) == len(by_pandas) == len(records) > 0
    texts = 0
    for record, row, row_of_pandas in zip(flat, by_csv, by_pandas, strict=True):
        for name, value in record.items():
            if isinstance(value, str):
                texts += 1
                assert row[name] == value
                assert row_of_pandas[name] == value
    assert texts >= 5 * len(records)


# --- what a scenario says it is ----------------------------------------------------------------------


def test_pair_has_a_few_hundred_records_in_all() -> None:
    """As it says of itself: small enough to read, of every type together."""
    study = shared_study("pair")
    totals = [study.page(kind, limit=1).get_json()["metadata"]["pagination"]["total"] for kind in DATA_TYPES]
    assert 200 < sum(totals) < 1000
    assert "a few hundred records in all" in load_scenario("pair").about


# --- ratings in states of their own ------------------------------------------------------------------


def test_answers_to_rating_components_are_sparse_ratings_too() -> None:
    """What a VAS or a choice was answered, with its scale; a choice as the number of the option."""
    study = shared_study("demo")
    components = [c for c in study.records("components") if c["componentType"] in ("VasRating", "MultipleChoice")]
    ratings = {
        (r["participantId"], r["componentId"]): r
        for r in study.records("ratings/sparse")
        if r["sparseRatingData"]["pauseIndex"] is None
    }
    answered = {(c["participantId"], c["componentId"]): c for c in components if c["response"] is not None}
    assert ratings.keys() == answered.keys()
    assert {c["componentType"] for c in answered.values()} == {"VasRating", "MultipleChoice"}
    for key, component in answered.items():
        rating, options = ratings[key], component["config"]["options"]
        assert (rating["timestamp"], rating["responseTime"]) == (component["timestamp"], component["responseTime"])
        assert (rating["stimulusId"], rating["stimulusTime"]) == (None, None)
        assert rating["metadata"]["question"] == component["config"]["prompt"]
        if options:
            assert options[int(rating["value"]) - 1] == component["response"]["value"]
            assert rating["labels"] == {"min": options[0], "max": options[-1]}
            assert (rating["scaleMin"], rating["scaleMax"]) == (1, len(options))
        else:
            assert f"{rating['value']:g}" == component["response"]["value"]
            assert (rating["scaleMin"], rating["scaleMax"]) == (0, 100)
