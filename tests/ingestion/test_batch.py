"""Batches as values: accepted and rejected items, and the one place that has words for them."""

import json
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.ingestion.batch import check_batch
from mockserver.ingestion.problems import Missing, NotOneOf, OutOfRange, WrongSum, WrongType
from mockserver.ingestion.reasons import reason_text
from mockserver.ingestion.schemas import KINDS

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
    accepted = check_batch(KINDS["facial"], [None, FRAME]).accepted
    assert list(accepted.indexes) == [1]
    assert accepted.items[0] is FRAME
    assert json.loads(accepted.texts) == FRAME
    (number,), (instant,) = accepted.loaded["frame_index"], accepted.loaded["timestamp"]
    assert (number, instant) == (3, datetime.fromisoformat("2026-03-16T10:00:00Z"))
    assert isinstance(number, int)


def test_rejected_item_is_a_value_with_typed_problems() -> None:
    """In schema order, with the path as the client spells it."""
    item = {"viewport": {"width": "1"}, "eventType": "tap", "timestamp": "2026-03-16"}
    outcome = check_batch(KINDS["events"], [item, None])
    assert (list(outcome.accepted.indexes), outcome.accepted.texts) == ([], b"")
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
    outcome = check_batch(KINDS["facial"], [FRAME | {"emotions": emotions}])
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
