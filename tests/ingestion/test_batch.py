"""Batches as values: accepted and rejected items, and the one place that has words for them."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from mockserver.ingestion.batch import check_batch
from mockserver.ingestion.problems import Missing, NotOneOf, OutOfRange, WrongSum, WrongType
from mockserver.ingestion.reasons import reason_text
from mockserver.ingestion.schemas import KINDS
from mockserver.words.timestamps import parse_iso_us

FRAME = {"frameIndex": 3.0, "timestamp": "2026-03-16T10:00:00Z", "emotions": {"calm": 1}, "attentionScore": 1}

# Anything that JSON can say, with the API's own names among the keys.
_NAMES = st.sampled_from(["eventType", "targetSelector", "timestamp", "x", "viewport", "width", "frameIndex"])
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["click", "positive", "2026-03-16T10:00:00Z"])
)
JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES | st.text(max_size=3), inner)
)


def test_accepted_item_is_kept_as_sent_and_loaded_beside() -> None:
    """The same object, as text, and its fields by attribute name in our own units."""
    (accepted,) = check_batch(KINDS["facial"].schema, [FRAME]).accepted
    assert accepted.index == 0
    assert accepted.item is FRAME
    assert json.loads(accepted.text) == FRAME
    assert accepted.loaded == {
        "frame_index": 3,
        "timestamp": parse_iso_us("2026-03-16T10:00:00Z"),
        "emotions": {"calm": 1},
        "attention_score": 1,
    }
    assert isinstance(accepted.loaded["frame_index"], int)


def test_rejected_item_is_a_value_with_typed_problems() -> None:
    """In schema order, with the path as the client spells it."""
    item = {"viewport": {"width": "1"}, "eventType": "tap", "timestamp": "2026-03-16"}
    outcome = check_batch(KINDS["events"].schema, [item, None])
    assert outcome.accepted == []
    assert [rejected.index for rejected in outcome.rejected] == [0, 1]
    assert outcome.rejected[0].problems == [
        NotOneOf(
            path=("eventType",),
            allowed=("click", "scroll", "input", "focus", "blur", "navigation", "error"),
        ),
        Missing(path=("targetSelector",)),
        WrongType(path=("viewport", "width"), expected="number"),
    ]
    assert outcome.rejected[1].problems == [WrongType(expected="object")]


def test_emotion_problems_name_their_label() -> None:
    """Even where a label looks like a path, or like a word of marshmallow's."""
    emotions = {"a.b": 2, "_schema": "x", "": None}
    outcome = check_batch(KINDS["facial"].schema, [FRAME | {"emotions": emotions}])
    assert outcome.rejected[0].problems == [
        OutOfRange(path=("emotions", "a.b"), low=0, high=1),
        WrongType(path=("emotions", "_schema"), expected="number"),
        WrongType(path=("emotions", ""), expected="number"),
    ]


def test_reasons_are_joined_in_the_given_order() -> None:
    """The words are made from problems, and from nothing else."""
    problems = [WrongSum(path=("emotions",), total=0.5, tolerance=0.05), Missing(path=("a", "b"))]
    assert reason_text(problems) == (
        "Emotion scores must sum to approximately 1.0 (got 0.50); Missing required field: a.b"
    )
    assert reason_text([WrongType(expected="object")]) == "Item must be an object"
    assert reason_text([WrongType(expected="object")], whole="The body") == "The body must be an object"


@pytest.mark.parametrize(
    ("total", "told"),
    [
        (0.0, "0.00"),
        (0.94, "0.94"),
        (1.37, "1.37"),
        (0.9499999, "0.9499999"),
        (1.0500001, "1.0500001"),
        (1.0512, "1.051"),
        (0.949, "0.949"),
        (0.05, "0.05"),
        (-3.5, "-3.50"),
        (1e300, "1.00e+300"),
        (float("inf"), "inf"),
    ],
)
def test_a_sum_is_told_as_one_that_is_not_accepted(total: float, told: str) -> None:
    """With two decimals, or more until it lies outside."""
    assert reason_text([WrongSum(total=total, tolerance=0.05)]).endswith(f"(got {told})")


@given(st.floats(0, 0.95 - 2e-9) | st.floats(1.05 + 2e-9, 10))
def test_no_told_sum_would_be_accepted(total: float) -> None:
    """Whoever reads the number sees why it was refused."""
    told = float(reason_text([WrongSum(total=total, tolerance=0.05)]).partition("(got ")[2].rstrip(")"))
    assert abs(told - 1) > 0.05 + 1e-12


def _passes(kind: str, item: Any) -> bool:
    """Marshmallow's own verdict."""
    try:
        KINDS[kind].schema.load(item)
    except ValidationError:
        return False
    return True


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(JSON, max_size=8), st.sampled_from(list(KINDS)))
def test_every_item_is_accepted_or_rejected_as_if_alone(batch: list[Any], kind: str) -> None:
    """Once, in order, by the schema; whatever its neighbours are."""
    schema = KINDS[kind].schema
    outcome = check_batch(schema, batch)
    assert [item.index for item in outcome.accepted] == [n for n, item in enumerate(batch) if _passes(kind, item)]
    assert [item.index for item in outcome.rejected] == [n for n, item in enumerate(batch) if not _passes(kind, item)]
    for accepted in outcome.accepted:
        assert accepted.loaded == schema.load(accepted.item)
    for rejected in outcome.rejected:
        (alone,) = check_batch(schema, [batch[rejected.index]]).rejected
        assert rejected.problems == alone.problems
        assert reason_text(rejected.problems)
