"""JSON that loses nothing: whatever is read is written as the same value, or it is said that it cannot be."""

import json
import math
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.words import exact_json

# Every character there is, half surrogate pairs and NUL among them.
TEXT = st.text(st.characters(exclude_categories=()), max_size=10)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3))


def nested(levels: int, innermost: Any = 1) -> Any:
    """Objects and arrays in turn, so many of them."""
    value = innermost
    for level in range(levels):
        value = [value] if level % 2 else {"in": value}
    return value


@given(VALUES)
def test_a_value_survives_reading_and_writing(value: Any) -> None:
    """To the type and the last digit; as JSON that every reader and every database takes."""
    written = exact_json.dumps(value)
    assert repr(exact_json.loads(written.encode())) == repr(value)
    assert repr(json.loads(written)) == repr(value)
    assert "\0" not in written
    assert exact_json.dumps(exact_json.loads(written.encode())) == written
    assert repr(exact_json.loads(json.dumps(value).encode())) == repr(value)
    assert repr(json.loads(exact_json.dumps_any([value]))) == repr([value])


@given(VALUES)
def test_text_that_was_kept_can_stand_in_an_answer(value: Any) -> None:
    """Which is written by orjson, and knows nothing of what is in it."""
    answer = orjson.dumps({"items": [{"item": orjson.Fragment(exact_json.dumps(value))}]})
    assert repr(json.loads(answer)["items"][0]["item"]) == repr(value)


@pytest.mark.parametrize("innermost", [1, 2**70, "\ud83c"])
@pytest.mark.parametrize("levels", [*range(246, 258), 300, 900])
def test_every_value_up_to_the_limit_is_written(levels: int, innermost: Any) -> None:
    """And none beyond it, whoever has to write it."""
    if levels <= exact_json.MOST_LEVELS:
        assert json.loads(exact_json.dumps(nested(levels, innermost))) == nested(levels, innermost)
    else:
        with pytest.raises(exact_json.TooDeepError):
            exact_json.dumps(nested(levels, innermost))


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1.5E+99999", "9" * 5000, "-" + "9" * 5000])
def test_a_number_too_large_to_keep_is_read_and_not_written(number: str) -> None:
    """Whoever reads it sees infinity; its neighbours are not harmed."""
    large, small = exact_json.loads(f'[{{"a":{number}}}, 1]'.encode())
    assert large["a"] == float("inf")
    assert small == 1
    with pytest.raises(exact_json.TooLargeError) as caught:
        exact_json.dumps([1, large])
    assert caught.value.path == ("1", "a")
    assert str(caught.value.number.place) == "line 1 column 7, field 0.a"


def test_the_largest_numbers_are_kept() -> None:
    """A double's, and an integer of 4300 digits."""
    for number in ("1.7976931348623157e+308", "9" * 4300, "-" + "9" * 4300, "5e-324"):
        assert exact_json.dumps(exact_json.loads(number.encode())) == number


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "Expecting value"),
        (b"[1,]", "Expecting value|Illegal trailing comma"),
        (b"[1] 2", "Extra data"),
        (b"[01]", "Expecting ',' delimiter"),
        (b'["\x01"]', "Invalid control character"),
        (b'["\xff"]', "can't decode byte 0xff"),
        (b"NaN", "^NaN at line 1 column 1: NaN and Infinity are not JSON$"),
        (b"[-Infinity]", "^-Infinity at line 1 column 2, field 0: NaN and Infinity are not JSON$"),
        (b"[" * 100_000, "^it nests too deep to be read$"),
    ],
)
def test_what_is_no_json_is_refused(text: bytes, told: str) -> None:
    """Strictly, and with a reason."""
    with pytest.raises(ValueError, match=told):
        exact_json.loads(text)


TOKENS = st.sampled_from(
    [
        *'{}[]:, \t\n"\\', '"a"', '"\\ud83c"', '"\\udf89\\ud83c"', '"\\ud83c\\udf89"', '"\\u0000\\/"', '"é\x7f"',
        "0", "-0", "-0.0", "01", "1.", ".5", "+1", "-", "1e5", "1E+5", "1e-400", "1e309", "1.7976931348623159e308",
        "9007199254740993.0", "18446744073709551616", "-9223372036854775809", "9" * 400, "9" * 4301, "0." + "1" * 400,
        "true", "nul", "null", "NaN", "-Infinity", "'a'", "\ufeff", "\xa0", "// a", '{"a":1,"b":2,"a":3}',
        '{"\\u0061":1,"a":2}', '"\x1f"',
    ]
)  # fmt: skip


def whole(digits: str) -> float:
    """Beyond what Python converts, it is as if infinite."""
    return int(digits) if len(digits.lstrip("-")) <= 4300 else math.inf


def double(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else math.inf


@given(st.lists(TOKENS, max_size=12).map("".join) | VALUES.map(json.dumps))
def test_both_readers_read_the_same(text: str) -> None:
    """The faster one and the one behind it, which alone knows a number that is too large; or both refuse."""
    try:
        known = json.loads(text, parse_int=whole, parse_float=double, parse_constant=pytest.fail)
    except (ValueError, pytest.fail.Exception):
        with pytest.raises(ValueError, match=".+"):
            exact_json.loads(text.encode())
        return
    value, behind = exact_json.loads(text.encode()), exact_json.loads(f"[{text},1e999]".encode())[0]
    assert repr(value) == repr(behind) == repr(known)


@given(st.lists(VALUES, max_size=4))
def test_many_are_written_as_each(values: list[Any]) -> None:
    """And taken apart again."""
    assert exact_json.texts_of(exact_json.dumps_all(values)) == list(map(exact_json.dumps, values))


@pytest.mark.parametrize("innermost", [1, 2**70, "\ud83c"])
@pytest.mark.parametrize("levels", [*range(246, 258)])
def test_many_go_as_deep_as_one(levels: int, innermost: Any) -> None:
    """And no deeper, whoever has to write them."""
    values = [1, nested(levels, innermost), {}]
    if levels <= exact_json.MOST_LEVELS:
        assert exact_json.texts_of(exact_json.dumps_all(values)) == list(map(exact_json.dumps, values))
    else:
        with pytest.raises(exact_json.TooDeepError):
            exact_json.dumps_all(values)
