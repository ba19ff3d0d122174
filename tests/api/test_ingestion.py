"""Batches that are well-formed requests: what is accepted, what is rejected, and in which words."""

import json
import math
import tracemalloc
from typing import Any

import pytest
from ingestion_support import DOCUMENTED, KINDS, Ingestion, documented_items, make_app

EVENT_TYPES = "click, scroll, input, focus, blur, navigation, error"


@pytest.fixture(scope="module")
def api() -> Ingestion:
    return Ingestion(make_app())


@pytest.fixture
def fresh_api() -> Ingestion:
    return Ingestion(make_app())


def changed(kind: str, **fields: Any) -> dict[str, Any]:
    """The first documented item, with other values."""
    return documented_items(kind)[0] | fields


def without(kind: str, *names: str) -> dict[str, Any]:
    """The first documented item, without some fields."""
    return {name: value for name, value in documented_items(kind)[0].items() if name not in names}


class TestDocumentedExamples:
    @pytest.mark.parametrize(("kind", "accepted"), [("events", 3), ("facial", 2), ("voice", 2)])
    def test_documented_body_gets_the_documented_bytes(self, api: Ingestion, kind: str, accepted: int) -> None:
        """Every example body of the page gets its answer, key by key in the same order."""
        response = api.send(kind, DOCUMENTED[kind])
        assert response.status_code == 200
        assert response.content_type == "application/json; charset=utf-8"
        assert response.data.decode() == (
            f'{{"success":true,"data":{{"sessionId":"sess_001","accepted":{accepted},"rejected":0,"rejections":[]}},'
            '"error":null,"metadata":null}'
        )

    @pytest.mark.parametrize("kind", KINDS)
    def test_documented_items_are_read_back_as_sent(self, fresh_api: Ingestion, kind: str) -> None:
        """Write-only for its clients; the control API shows what arrived."""
        fresh_api.send(kind, DOCUMENTED[kind])
        assert [entry["item"] for entry in fresh_api.stored()] == documented_items(kind)

    def test_missing_event_type_at_index_2(self, api: Ingestion) -> None:
        """The documented rejection, in the whole answer."""
        batch = documented_items("events")
        del batch[2]["eventType"]
        response = api.post("events", batch)
        assert response.status_code == 200
        assert response.get_json() == {
            "success": True,
            "data": {
                "sessionId": "sess_001",
                "accepted": 2,
                "rejected": 1,
                "rejections": [{"index": 2, "reason": "Missing required field: eventType"}],
            },
            "error": None,
            "metadata": None,
        }
        assert list(response.get_json()["data"]) == ["sessionId", "accepted", "rejected", "rejections"]


class TestBatch:
    @pytest.mark.parametrize("kind", KINDS)
    def test_empty_batch_is_accepted(self, api: Ingestion, kind: str) -> None:
        """Nothing came, and nothing is wrong."""
        data = api.post(kind, [], "sess_empty").get_json()["data"]
        assert data == {"sessionId": "sess_empty", "accepted": 0, "rejected": 0, "rejections": []}

    def test_rejections_keep_batch_order_and_leave_the_rest_alone(self, fresh_api: Ingestion) -> None:
        """Bad items are listed by their place; the good ones between them are stored with theirs."""
        good = documented_items("events")
        batch = [7, good[0], {}, good[1], None, good[2], "x"]
        data = fresh_api.post("events", batch).get_json()["data"]
        missing = "; ".join(f"Missing required field: {name}" for name in ("eventType", "targetSelector", "timestamp"))
        assert data["accepted"] == 3
        assert data["rejected"] == 4
        assert data["rejections"] == [
            {"index": 0, "reason": "Item must be an object"},
            {"index": 2, "reason": missing},
            {"index": 4, "reason": "Item must be an object"},
            {"index": 6, "reason": "Item must be an object"},
        ]
        assert [(entry["index"], entry["item"]) for entry in fresh_api.stored()] == [
            (1, good[0]),
            (3, good[1]),
            (5, good[2]),
        ]

    @pytest.mark.parametrize("item", [None, True, 1, 1.5, "click", [], [{}]])
    def test_item_that_is_no_object_is_rejected(self, api: Ingestion, item: Any) -> None:
        """Whatever JSON has beside objects."""
        assert api.reasons("events", item) == ["Item must be an object"]

    def test_unknown_fields_are_kept(self, fresh_api: Ingestion) -> None:
        """Also one that is called like an attribute of ours, and one inside a known object."""
        item = changed("events", note={"a": [1, None]}, event_type="boo", viewport=None)
        item["viewport"] = {"width": 1, "height": 2, "dpr": 3}
        assert fresh_api.reasons("events", item) == []
        assert fresh_api.stored()[0]["item"] == item

    @pytest.mark.parametrize("session_id", ["\\u0000", "sess\\u0000001"])
    def test_a_session_has_no_nul_in_its_id(self, api: Ingestion, session_id: str) -> None:
        """The reason names the field; a text of an item may have one."""
        response = api.send("events", f'{{"sessionId": "{session_id}", "batch": []}}')
        assert response.status_code == 400
        assert "Invalid value for sessionId: expected a string without NUL" in response.get_json()["error"]

    def test_unknown_fields_of_the_envelope_are_overlooked(self, api: Ingestion) -> None:
        """A client may send more than the two documented ones."""
        response = api.send("events", '{"extra": 1, "sessionId": "s", "batch": []}')
        assert response.get_json()["data"]["sessionId"] == "s"

    def test_text_of_any_script_comes_back_as_sent(self, fresh_api: Ingestion) -> None:
        """UTF-8, escapes, and a session with a name of its own."""
        item = changed("voice", transcript="¿dónde? 設定 🎧\u0000\n\"'; DROP TABLE ingested")
        assert fresh_api.post("voice", [item], "sesión 1").get_json()["data"]["sessionId"] == "sesión 1"
        assert fresh_api.stored(sessionId="sesión 1")[0]["item"] == item

    def test_text_cut_inside_an_emoji_is_text(self, fresh_api: Ingestion) -> None:
        """`JSON.stringify` writes the half that is left as an escape; no batch is lost over it."""
        body = (
            r'{"sessionId":"s\udc8f","batch":[{"eventType":"click","targetSelector":"\ud83c",'
            r'"timestamp":"2026-03-16T10:14:32Z","\udfa7":["\ud83c\ud83c"]},{"eventType":"\ud83c"}]}'
        )
        response = fresh_api.send("events", body)
        assert response.status_code == 200
        data = response.get_json()["data"]
        assert (data["sessionId"], data["accepted"], data["rejected"]) == ("s\udc8f", 1, 1)
        shown = fresh_api.client.get("/_mock/ingested")
        assert [(entry["sessionId"], entry["item"]) for entry in shown.get_json()["items"]] == [
            ("s\udc8f", json.loads(body)["batch"][0])
        ]
        assert shown.data.decode().isascii()

    @pytest.mark.parametrize("number", [2**63, 2**64 - 1, 2**64, -(2**63) - 1, 10**30, -(10**400), 10**4299])
    def test_integers_of_any_size_come_back_whole(self, fresh_api: Ingestion, number: int) -> None:
        """Also where 64 bits do not hold them: in fields that are known, and in others."""
        item = changed("facial", frameIndex=number, extra={"id": [number]})
        assert fresh_api.reasons("facial", item) == []
        (stored,) = fresh_api.stored()
        assert repr(stored["item"]) == repr(item)

    @pytest.mark.parametrize("number", ["1e400", "-1e999", "9" * 4301])
    def test_number_too_large_to_keep_rejects_its_item_alone(self, fresh_api: Ingestion, number: str) -> None:
        """JSON has it, but no reader; wherever it stands in the item, and its field and its place are told."""
        good = json.dumps(documented_items("facial")[0])
        calm = good.replace('"neutral": 0.72', f'"neutral": {number}')
        known, unknown = good.replace('"frameIndex": 0', f'"frameIndex": {number}'), good[:-1] + f',"a":[{number}]}}'
        gaze = good.replace('"gazeX": 0.53', f'"gazeX": {number}')
        response = fresh_api.send("facial", f'{{"sessionId":"s","batch":[{known},{good},\n{unknown},{gaze},\n{calm}]}}')
        data = response.get_json()["data"]
        assert (data["accepted"], [entry["index"] for entry in data["rejections"]]) == (1, [0, 2, 3, 4])
        gaze_column = len(unknown) + 2 + gaze.index(number, gaze.index("gazeX"))
        assert [entry["reason"] for entry in data["rejections"]] == [
            f"Value too large for {name}: expected at most 1.8e308, or 4300 digits (line {line} column {column})"
            for name, line, column in (
                ("frameIndex", 1, len('{"sessionId":"s","batch":[') + 1 + known.index(number)),
                ("a.0", 2, unknown.index(f"[{number}") + 2),
                ("gazeX", 2, gaze_column),
                ("emotions.neutral", 3, calm.index(number) + 1),
            )
        ]
        assert [entry["index"] for entry in fresh_api.stored()] == [1]

    @pytest.mark.parametrize("innermost", [0, 2**80])
    @pytest.mark.parametrize("levels", [248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 300])
    def test_accepted_means_readable(self, fresh_api: Ingestion, levels: int, innermost: int) -> None:
        """At every depth an item is either rejected alone or shown again; the others are stored and shown."""
        good, deep = documented_items("events")[:2]
        nested: Any = innermost
        for _ in range(levels - 1):
            nested = [nested]
        data = fresh_api.post("events", [good, deep | {"extra": nested}, good]).get_json()["data"]
        kept = [good, deep | {"extra": nested}, good] if levels <= 250 else [good, good]
        reason = {"index": 1, "reason": "Item nests deeper than 250 levels"}
        assert data["rejections"] == ([] if levels <= 250 else [reason])
        shown = fresh_api.client.get("/_mock/ingested")
        assert shown.status_code == 200
        assert [entry["item"] for entry in shown.get_json()["items"]] == kept


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *[("events", name) for name in ("eventType", "targetSelector", "timestamp")],
        *[("facial", name) for name in ("frameIndex", "timestamp", "emotions", "attentionScore")],
        *[
            ("voice", name)
            for name in ("segmentIndex", "startTime", "endTime", "transcript", "sentiment", "sentimentScore")
        ],
    ],
)
def test_required_field_is_required(api: Ingestion, kind: str, name: str) -> None:
    """Every field that the page calls required, in the documented words."""
    assert api.reasons(kind, without(kind, name)) == [f"Missing required field: {name}"]


TYPES = {
    "string": [("events", "eventType"), ("events", "targetSelector"), ("events", "timestamp")]
    + [("facial", "timestamp"), ("voice", "startTime"), ("voice", "endTime")]
    + [("voice", "transcript"), ("voice", "sentiment")],
    "number": [("events", name) for name in ("x", "y", "scrollY", "inputLength")]
    + [("facial", name) for name in ("attentionScore", "gazeX", "gazeY")]
    + [("voice", name) for name in ("sentimentScore", "wordsPerMinute")],
    "integer": [("facial", "frameIndex"), ("voice", "segmentIndex"), ("voice", "hesitationCount")],
    "object": [("events", "viewport"), ("facial", "emotions")],
}
WRONG = {
    "string": [5, 1773656072.12, True, [], {}],
    "number": ["5", True, False, [], {}],
    "integer": ["5", True, False, 1.5, -0.1, [], {}],
    "object": ["{}", 5, True, []],
}
TIMESTAMPS = ("timestamp", "startTime", "endTime")
OPTIONAL = [("events", name) for name in ("x", "y", "scrollY", "inputLength", "viewport")]
OPTIONAL += [("facial", name) for name in ("gazeX", "gazeY")]
OPTIONAL += [("voice", name) for name in ("hesitationCount", "wordsPerMinute")]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [(kind, name, expected) for expected, fields in TYPES.items() for kind, name in fields],
)
def test_value_of_another_type_is_rejected(api: Ingestion, kind: str, name: str, expected: str) -> None:
    """JSON types are taken strictly; null is one, where a value is required. What a timestamp is, is told at once."""
    told = "ISO 8601 string, such as 2026-03-16T10:14:32.120Z" if name in TIMESTAMPS else expected
    for value in [*WRONG[expected], *([] if (kind, name) in OPTIONAL else [None])]:
        reasons = api.reasons(kind, changed(kind, **{name: value}))
        assert reasons == [f"Invalid type for {name}: expected {told}"], value


@pytest.mark.parametrize(("kind", "name"), OPTIONAL)
def test_null_in_an_optional_field_is_stored_as_sent_and_linted(kind: str, name: str) -> None:
    """Only documented rules reject, and no page says that such a field may not be null."""
    api = Ingestion(make_app())
    item = changed(kind, **{name: None})
    assert api.reasons(kind, item) == []
    (stored,) = api.stored()
    assert stored["item"] == item
    assert name in stored["item"]
    (warning,) = api.client.get("/_mock/lint").get_json()["warnings"]
    assert (warning["rule"], warning["indexes"]) == ("null_field", [0])
    assert warning["message"] == f"{name} is null; leave out what has no value"


@pytest.mark.parametrize(("kind", "name"), OPTIONAL)
def test_optional_field_may_be_absent(api: Ingestion, kind: str, name: str) -> None:
    """Every field that the page does not call required."""
    assert api.reasons(kind, without(kind, name)) == []


@pytest.mark.parametrize("value", [0, 3, 3.0, -1, 1e300, 2**63, 2**64, 10**30])
def test_whole_numbers_of_any_size_are_integers(api: Ingestion, value: float) -> None:
    """3.0 is one, and only documented rules reject: no sign, no size."""
    assert api.reasons("facial", changed("facial", frameIndex=value)) == []


class TestValues:
    @pytest.mark.parametrize("value", EVENT_TYPES.split(", "))
    def test_documented_event_types_are_accepted(self, api: Ingestion, value: str) -> None:
        """All seven of them."""
        assert api.reasons("events", changed("events", eventType=value)) == []

    @pytest.mark.parametrize("value", ["Click", "hover", "", " click"])
    def test_other_event_types_are_rejected(self, api: Ingestion, value: str) -> None:
        """The reason lists all seven in documented order."""
        assert api.reasons("events", changed("events", eventType=value)) == [
            f"Invalid value for eventType: expected one of {EVENT_TYPES}"
        ]

    @pytest.mark.parametrize("value", ["positive", "neutral", "negative"])
    def test_documented_sentiments_are_accepted(self, api: Ingestion, value: str) -> None:
        """All three of them."""
        assert api.reasons("voice", changed("voice", sentiment=value)) == []

    def test_other_sentiments_are_rejected(self, api: Ingestion) -> None:
        """The reason lists all three in documented order."""
        assert api.reasons("voice", changed("voice", sentiment="mixed")) == [
            "Invalid value for sentiment: expected one of positive, neutral, negative"
        ]

    @pytest.mark.parametrize(
        ("kind", "name", "low"),
        [
            ("facial", "attentionScore", 0),
            ("facial", "gazeX", 0),
            ("facial", "gazeY", 0),
            ("voice", "sentimentScore", -1),
        ],
    )
    def test_ranges_include_their_ends(self, api: Ingestion, kind: str, name: str, low: int) -> None:
        """The ends are accepted, the next numbers beyond are not."""
        for value in (low, float(low), 0.5, 1, 1.0):
            assert api.reasons(kind, changed(kind, **{name: value})) == [], value
        for value in (math.nextafter(low, -2), math.nextafter(1, 2), -7, 1e300):
            reasons = api.reasons(kind, changed(kind, **{name: value}))
            assert reasons == [f"Value out of range for {name}: expected {low} to 1"], value

    @pytest.mark.parametrize(
        "value",
        [
            "2026-03-16T10:14:32.120Z",
            "2026-03-16T10:14:32Z",
            "2026-03-16T11:14:32.120+01:00",
            "2026-03-16T10:14:32.120123",
            "2026-03-16T10:14:32,120Z",
            "2026-03-16T10Z",
            "2026-W12-1T10:14−05",
            "2026-03-16",
        ],
    )
    def test_iso_8601_is_accepted(self, api: Ingestion, value: str) -> None:
        """With and without decimals, zone or time; a date alone is ISO 8601 too. `test_timestamps.py` has all forms."""
        assert api.reasons("events", changed("events", timestamp=value)) == []

    @pytest.mark.parametrize(("kind", "name"), [("events", "timestamp"), ("facial", "timestamp"), ("voice", "endTime")])
    def test_other_text_is_no_timestamp(self, api: Ingestion, kind: str, name: str) -> None:
        """Nor are days and times that do not exist."""
        for value in (
            "",
            "yesterday",
            "16.03.2026",
            "1773656072",
            "2026-03",
            "2026-02-30T00:00:00Z",
            "2026-03-16T25:00:00Z",
        ):
            reasons = api.reasons(kind, changed(kind, **{name: value}))
            assert reasons == [f"Invalid {name}: expected ISO 8601"], value

    @pytest.mark.parametrize("value", ["", "  "])
    def test_required_text_may_be_empty(self, api: Ingestion, value: str) -> None:
        """The page asks for a string, not for what is in it."""
        assert api.reasons("voice", changed("voice", transcript=value)) == []


class TestViewport:
    @pytest.mark.parametrize(
        ("viewport", "reason"),
        [
            ({"width": "1", "height": 1}, "Invalid type for viewport.width: expected number"),
            ({"height": True}, "Invalid type for viewport.height: expected number"),
        ],
    )
    def test_sides_are_numbers(self, api: Ingestion, viewport: Any, reason: str) -> None:
        """Those that are there."""
        assert api.reasons("events", changed("events", viewport=viewport)) == [reason]

    @pytest.mark.parametrize(
        ("viewport", "rule", "message"),
        [
            ({"width": 1440}, "partial_viewport", "viewport has no height"),
            ({"height": 1, "dpr": 2}, "partial_viewport", "viewport has no width"),
            ({}, "partial_viewport", "viewport has no width and no height"),
            ({"width": 1, "height": None}, "null_field", "viewport.height is null; leave out what has no value"),
        ],
    )
    def test_a_side_may_be_absent_and_is_linted(
        self, fresh_api: Ingestion, viewport: Any, rule: str, message: str
    ) -> None:
        """Both are documented; that one without the other is wrong is not."""
        item = changed("events", viewport=viewport)
        assert fresh_api.reasons("events", item) == []
        assert fresh_api.stored()[0]["item"] == item
        (warning,) = fresh_api.client.get("/_mock/lint").get_json()["warnings"]
        assert (warning["rule"], warning["indexes"], warning["message"]) == (rule, [0], message)


class TestEmotions:
    @pytest.mark.parametrize(
        "scores", [(1,), (1.0,), (0.65, 0.4), (0.55, 0.4), (0.95,), (0.1,) * 10, (0.35, 0.35, 0.35)]
    )
    def test_sums_within_five_hundredths_are_approximately_one(self, api: Ingestion, scores: tuple[float, ...]) -> None:
        """Both ends included, whatever floating point makes of 0.65 + 0.4."""
        emotions = {f"emotion {n}": score for n, score in enumerate(scores)}
        assert api.reasons("facial", changed("facial", emotions=emotions)) == []

    @pytest.mark.parametrize(
        ("scores", "got"),
        [
            ((0.72, 0.65), "1.37"),
            ((), "0.00"),
            ((0,), "0.00"),
            ((0.94,), "0.94"),
            ((0.66, 0.4), "1.06"),
            ((0.5, 0.5512), "1.051"),
            ((0.9499,), "0.9499"),
            ((0.9499999,), "0.9499999"),
            ((0.5, 0.5500001), "1.0500001"),
        ],
    )
    def test_other_sums_are_rejected(self, api: Ingestion, scores: tuple[float, ...], got: str) -> None:
        """The reason tells the sum: two decimals, or as many as it takes for a sum that is not accepted."""
        emotions = {f"emotion {n}": score for n, score in enumerate(scores)}
        assert api.reasons("facial", changed("facial", emotions=emotions)) == [
            f"Emotion scores must sum to approximately 1.0 (got {got})"
        ]

    @pytest.mark.parametrize("score", [None, "1", True, [], {}])
    def test_score_that_is_no_number_is_rejected(self, api: Ingestion, score: Any) -> None:
        """By its label; no sum is told, since there is none."""
        item = changed("facial", emotions={"calm": 1, "joy": score})
        assert api.reasons("facial", item) == ["Invalid type for emotions.joy: expected number"]

    def test_score_out_of_range_is_told_with_the_sum(self, api: Ingestion) -> None:
        """Each broken rule is told."""
        assert api.reasons("facial", changed("facial", emotions={"calm": 1.5, "joy": -0.5})) == [
            "Value out of range for emotions.calm: expected 0 to 1; "
            "Value out of range for emotions.joy: expected 0 to 1"
        ]
        assert api.reasons("facial", changed("facial", emotions={"calm": 1.37})) == [
            "Value out of range for emotions.calm: expected 0 to 1; "
            "Emotion scores must sum to approximately 1.0 (got 1.37)"
        ]

    def test_absurd_scores_make_no_absurd_answer(self, api: Ingestion) -> None:
        """A sum beyond all numbers is still a sum that is not 1."""
        (reason,) = api.reasons("facial", changed("facial", emotions={"a": 1e308, "b": 1e308}))
        assert reason.endswith("Emotion scores must sum to approximately 1.0 (got inf)")
        (reason,) = api.reasons("facial", changed("facial", emotions={"a": 1e300}))
        assert reason.endswith("(got 1.00e+300)")
        for emotions in ({"a": 10**400}, {"a": 10**400, "b": 0.5}):
            (reason,) = api.reasons("facial", changed("facial", emotions=emotions))
            assert reason.endswith("expected 0 to 1; Emotion scores must sum to approximately 1.0 (got inf)")


@pytest.mark.parametrize(
    ("kind", "item", "reason"),
    [
        (
            "events",
            {"viewport": 1, "y": "1", "timestamp": "x", "eventType": "tap"},
            f"Invalid value for eventType: expected one of {EVENT_TYPES}; "
            "Missing required field: targetSelector; Invalid timestamp: expected ISO 8601; "
            "Invalid type for y: expected number; Invalid type for viewport: expected object",
        ),
        (
            "facial",
            {"gazeY": 2, "gazeX": -1, "emotions": {"a": 0.2}, "frameIndex": 0.5},
            "Invalid type for frameIndex: expected integer; Missing required field: timestamp; "
            "Emotion scores must sum to approximately 1.0 (got 0.20); "
            "Missing required field: attentionScore; Value out of range for gazeX: expected 0 to 1; "
            "Value out of range for gazeY: expected 0 to 1",
        ),
        (
            "voice",
            {"wordsPerMinute": "fast", "sentimentScore": 2, "sentiment": 1, "endTime": "x"},
            "Missing required field: segmentIndex; Missing required field: startTime; "
            "Invalid endTime: expected ISO 8601; Missing required field: transcript; "
            "Invalid type for sentiment: expected string; "
            "Value out of range for sentimentScore: expected -1 to 1; "
            "Invalid type for wordsPerMinute: expected number",
        ),
    ],
)
def test_all_problems_are_told_in_schema_order(api: Ingestion, kind: str, item: Any, reason: str) -> None:
    """However the item orders its fields."""
    assert api.reasons(kind, item) == [reason]


class TestManyItems:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_hundred_thousand_items_are_the_most(self, kind: str) -> None:
        """One more is 413 in the envelope, and none of them is looked at or stored."""
        api = Ingestion(make_app())
        response = api.post(kind, [1] * 100_000)
        assert (response.status_code, response.get_json()["data"]["rejected"]) == (200, 100_000)
        response = api.post(kind, [1] * 100_001)
        assert response.status_code == 413
        assert response.get_json() == {
            "success": False,
            "data": None,
            "error": "The batch has more than 100000 items: send smaller batches",
            "metadata": None,
        }
        assert api.stored() == []

    @pytest.mark.parametrize("item", ["1", "{}", "[]", '""'])
    def test_millions_of_items_cost_no_more_than_their_text(self, item: str) -> None:
        """They are counted before anything is made of them."""
        api = Ingestion(make_app(max_body_bytes=20_000_000))
        body = '{"sessionId": "s", "batch": [' + ",".join([item] * 3_000_000) + "]}"
        tracemalloc.start()
        response = api.send("events", body.encode())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert response.status_code == 413
        assert peak < 6 * len(body)

    def test_other_lists_may_be_longer(self, api: Ingestion) -> None:
        """Of an item, or beside the batch: no rule forbids it."""
        item = changed("events", extra=[0] * 100_001)
        body = {"batch": [item], "other": [0] * 100_001, "sessionId": "s"}
        assert api.send("events", json.dumps(body)).get_json()["data"]["accepted"] == 1


def test_kinds_do_not_mix(fresh_api: Ingestion) -> None:
    """Each endpoint holds items against its own schema, and stores them as its own kind."""
    for kind in KINDS:
        for other in KINDS:
            data = fresh_api.post(kind, documented_items(other)[:1]).get_json()["data"]
            assert data["accepted"] == (1 if kind == other else 0)
    assert [entry["kind"] for entry in fresh_api.stored()] == list(KINDS)


def test_large_batch_is_taken_whole(fresh_api: Ingestion) -> None:
    """A thousand items, none of them lost."""
    batch = [changed("facial", frameIndex=n) for n in range(1000)]
    body = json.dumps({"sessionId": "long", "batch": batch})
    assert fresh_api.send("facial", body).get_json()["data"]["accepted"] == 1000
    assert [entry["item"]["frameIndex"] for entry in fresh_api.stored()] == list(range(1000))
