"""The compiled rules and marshmallow's: the same verdicts, whatever is sent, and the faster way is really taken."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import EXCLUDE, Schema, ValidationError, fields

from mockserver.ingestion.batch import Accepted, check_batch, check_object
from mockserver.ingestion.compiled import compiled
from mockserver.ingestion.fields import Emotions, Number, Record, Text, Timestamp, Within
from mockserver.ingestion.lint import lint_batch
from mockserver.ingestion.reasons import reason_text
from mockserver.ingestion.schemas import KINDS, Kind
from mockserver.store import History
from mockserver.words import exact_json

# Of texts that are kept together.
SEPARATOR = ",\n,"
NOW_MS = 1_773_656_072_000

# Every character there is, half surrogate pairs and NUL among them.
_TEXT = st.text(st.characters(exclude_categories=()), max_size=6)
_TIMES = st.sampled_from([
    "2026-03-16T10:14:32.120Z", "2026-03-16T10:14:32Z", "2026-03-16T11:14:32.120345+00:00", "2026-03-16T10:14:32",
    "2026-03-16", "2026-W12-1", "2026-03-16T24:00:00Z", "2026-03-16T10:14:32.1234567Z", "2026-03-16 10:14:32+01:00",
    "2026-02-29T00:00:00Z", "2026-03-16T10:14.5Z", "2999-01-01T00:00:00Z", "yesterday", "",
])  # fmt: skip
_WORDS = st.sampled_from(["click", "error", "positive", "neutral", "tap", "Click"])
# JSON has no infinity: `written` makes a number of it that is too large to be kept.
_NUMBERS = st.sampled_from([
    0, 1, -1, 3.0, 0.5, 0.95, 1.05, 1.0500001, -0.0, 1.5, 2**53, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**400,
    1e-320, 1e308, float("inf"), float("-inf"),
])  # fmt: skip
_LEAVES = st.none() | st.booleans() | st.integers() | _NUMBERS | st.floats(allow_nan=False) | _TEXT | _TIMES | _WORDS
_NAMES = st.sampled_from([
    "eventType", "targetSelector", "timestamp", "x", "y", "scrollY", "inputLength", "viewport", "width", "height",
    "frameIndex", "emotions", "attentionScore", "gazeX", "gazeY", "segmentIndex", "startTime", "endTime", "transcript",
    "sentiment", "sentimentScore", "hesitationCount", "wordsPerMinute", "event_type", "frame_index",
])  # fmt: skip
_SCORES = st.dictionaries(
    _TEXT, st.sampled_from([0, 1, 0.5, 0.25, 0.05, 0.45, 1.5, True, None, float("inf")]), max_size=4
)
_SIDES = st.dictionaries(st.sampled_from(["width", "height", "depth"]), _LEAVES, max_size=3)
_INNER = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_TEXT | _NAMES, inner, max_size=2)
)


def nested(levels: int) -> Any:
    value: Any = 1
    for level in range(levels):
        value = [value] if level % 2 else {"in": value}
    return value


_ANY = _INNER | _SCORES | _SIDES | st.sampled_from([248, 249, 250, 260]).map(nested)
_GOOD: dict[str, dict[str, Any]] = {
    "events": {
        "eventType": _WORDS,
        "targetSelector": _TEXT,
        "timestamp": _TIMES,
        "x": _NUMBERS,
        "viewport": _SIDES,
    },
    "facial": {
        "frameIndex": st.integers(-2, 9) | _NUMBERS,
        "timestamp": _TIMES,
        "emotions": st.just({"calm": 0.5, "surprise": 0.5}) | _SCORES,
        "attentionScore": st.sampled_from([0, 0.5, 1.0]) | _NUMBERS,
    },
    "voice": {
        "segmentIndex": st.integers(-2, 9) | _NUMBERS,
        "startTime": _TIMES,
        "endTime": _TIMES,
        "transcript": _TEXT,
        "sentiment": _WORDS,
        "sentimentScore": st.sampled_from([-1, 0.5, 1.0]),
        "hesitationCount": st.integers(0, 3),
    },
}
Pairs = list[tuple[str, Any]]


@st.composite
def items(draw: st.DrawFn, kind: str) -> Pairs | Any:
    """The fields of an item in some order, most of them right; some missing, foreign, strange or there twice."""
    if draw(st.integers(0, 15)) == 0:
        return draw(_ANY)
    pairs = [(name, draw(values)) for name, values in _GOOD[kind].items()]
    for harm in draw(st.lists(st.sampled_from(["drop", "add", "change"]), max_size=2)):
        place = draw(st.integers(0, len(pairs)))
        if harm == "add":
            pairs.insert(place, (draw(_NAMES | _TEXT), draw(_ANY)))
        elif place < len(pairs):
            pairs[place : place + 1] = [] if harm == "drop" else [(pairs[place][0], draw(_ANY))]
    return pairs


BATCHES = st.sampled_from(list(KINDS)).flatmap(lambda kind: st.tuples(st.just(kind), st.lists(items(kind), max_size=5)))


def written(item: Pairs | Any) -> str:
    """An item as a client may send it, with a name twice where it has it twice."""
    if not isinstance(item, list) or not all(isinstance(pair, tuple) for pair in item):
        text = json.dumps(item)
    else:
        text = "{" + ", ".join(f"{json.dumps(name)}: {json.dumps(value)}" for name, value in item) + "}"
    return text.replace("Infinity", "1e999")


def judged_slowly(kind: Kind, batch: list[Any]) -> tuple[Accepted, dict[int, str]]:
    """The same as `check_batch` by marshmallow alone, item by item."""
    reasons: dict[int, str] = {}
    rows = []
    for index, item in enumerate(batch):
        values, problems = check_object(kind.schema, item)
        assert bool(problems) == (not passes_marshmallow(kind.schema, item))
        reasons |= {index: reason_text(problems)} if problems else {}
        try:
            text = "" if problems else exact_json.dumps(item)
        except exact_json.TooDeepError:
            reasons[index] = "Item nests deeper than 250 levels"
        except exact_json.TooLargeError as error:
            at = f" ({error.number.place.at})" if error.number.place else ""
            name = ".".join(error.path)
            reasons[index] = f"Value too large for {name}: expected at most 1.8e308, or 4300 digits{at}"
        if index not in reasons:
            rows.append((index, item, text, *(values[name] for name in kind.sequence)))
    indexes, kept, texts, *columns = zip(*rows, strict=True) if rows else [()] * (3 + len(kind.sequence))
    loaded = dict(zip(kind.sequence, columns, strict=True))
    return Accepted(indexes, kept, SEPARATOR.join(texts).encode(), loaded), reasons


def passes_marshmallow(schema: Schema, item: Any) -> bool:
    try:
        schema.load(item)
    except ValidationError:
        return False
    return True


def agree(drawn: tuple[str, list[Any]]) -> None:
    """One batch, read and judged in both ways."""
    kind = KINDS[drawn[0]]
    text = "[" + ",".join(map(written, drawn[1])) + "]"
    # A number that is too large is what only the slower reader knows.
    batch, slowly = exact_json.loads(text.encode()), exact_json.loads(f"[{text},1e999]".encode())[0]
    assert repr(batch) == repr(slowly)
    outcome = check_batch(kind, batch)
    accepted, reasons = judged_slowly(kind, batch)
    assert {one.index: reason_text(one.problems) for one in outcome.rejected} == reasons
    assert [one.index for one in outcome.rejected] == sorted(reasons)
    assert list(outcome.accepted.indexes) == list(accepted.indexes)
    assert outcome.accepted.texts == accepted.texts
    assert all(one is other for one, other in zip(outcome.accepted.items, accepted.items, strict=True))
    for name in kind.sequence:
        assert repr(list(outcome.accepted.loaded[name])) == repr(list(accepted.loaded[name]))
    history = History(highest=3, seen=frozenset({1, 2}))
    assert lint_batch(kind, outcome.accepted, history, NOW_MS) == lint_batch(kind, accepted, history, NOW_MS)


@pytest.mark.parametrize("examples", [300, pytest.param(6000, marks=pytest.mark.thorough)])
def test_both_ways_agree(examples: int) -> None:
    """On verdict and reason, on the text that is kept, on what was loaded, and on what is odd about it."""
    patient = settings(max_examples=examples, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    patient(given(BATCHES)(agree))()


ORDINARY: dict[str, dict[str, Any]] = {
    "events": {
        "eventType": "click",
        "targetSelector": "#a",
        "timestamp": "2026-03-16T10:00:00Z",
        "x": 1,
        "scrollY": 0.5,
        "inputLength": None,
        "viewport": {"width": 1440, "depth": 1},
        "more": {"x": None},
    },
    "facial": {
        "frameIndex": 3,
        "timestamp": "2026-03-16",
        "emotions": {"calm": 0.5, "sad": 0.45},
        "attentionScore": 1,
        "gazeX": 0.5,
    },
    "voice": {
        "segmentIndex": 2**70,
        "startTime": "2026-03-16T10:00:00",
        "endTime": "2026-03-16T10:00:00,5+01",
        "transcript": "",
        "sentiment": "neutral",
        "sentimentScore": -1,
        "hesitationCount": -3,
        "wordsPerMinute": 1e300,
    },
}


BAD = {"events": "timestamp", "facial": "timestamp", "voice": "sentiment"}


@pytest.mark.parametrize("kind", KINDS)
def test_ordinary_items_never_meet_marshmallow(kind: str) -> None:
    """Otherwise the faster way would be none; of a bad item, only the bad field does."""
    rules, item = compiled(KINDS[kind].schema), ORDINARY[kind]
    read = rules.read([item, {**item, "timestamp": 1, "sentiment": "tap"}, item], KINDS[kind].sequence)
    assert list(read.indexes) == [0, 2]
    assert rules.refused(item) == []
    assert rules.refused({**item, "timestamp": "?", "sentiment": "tap"}) == [BAD[kind]]


def schema_of(unknown: str = EXCLUDE, **members: Any) -> Schema:
    return Schema.from_dict(members)(unknown=unknown)


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (schema_of("raise", x=Number()), "does not overlook"),
        (schema_of(x=fields.Integer()), "nobody has compiled"),
        (schema_of(x=Text(validate=Within(0, 1))), "nobody has compiled"),
        (schema_of(x=Number(validate=[Within(0, 1), Within(0, 2)])), "nobody has compiled"),
        (schema_of(x=Timestamp()), "optional, or within"),
        (schema_of(x=Emotions()), "optional, or within"),
        (schema_of(x=Record(schema_of(at=Timestamp(required=True)))), "optional, or within"),
    ],
)
def test_what_nobody_has_compiled_is_told(schema: Schema, told: str) -> None:
    """Rather than being overlooked."""
    with pytest.raises(TypeError, match=told):
        compiled(schema)
