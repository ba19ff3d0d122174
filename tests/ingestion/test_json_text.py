"""What is asked of a JSON text itself: how long a list in it is, and where in it something stands."""

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.words.json_lengths import is_longer
from mockserver.words.json_places import CONSTANTS, Place, beyond_a_double, places

TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from('{}[],:"\\'), max_size=6)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT | st.just("batch"), inner, max_size=3),
    max_leaves=20,
)
INDENTS = st.none() | st.integers(0, 3)


def written(value: Any, indent: int | None) -> bytes:
    return json.dumps(value, indent=indent).encode()


class TestLengths:
    @given(st.dictionaries(TEXT, VALUES, max_size=3), VALUES, st.integers(1, 5), INDENTS)
    def test_a_list_is_as_long_as_it_is_when_it_is_read(
        self, around: dict[str, Any], batch: Any, most: int, indent: int | None
    ) -> None:
        """Whatever its items are, whatever stands before and behind it, and however it is written."""
        for body in ({**around, "batch": batch}, {"batch": batch, **around}):
            longer = isinstance(body["batch"], list) and len(body["batch"]) > most
            assert is_longer(written(body, indent), "batch", most) is longer

    @given(VALUES, st.integers(1, 5))
    def test_only_the_outermost_object_counts(self, value: Any, most: int) -> None:
        """And no other list, of whatever length."""
        other = {"other": [value] * 9, "inner": {"batch": [value] * 9}, "text": "batch", "list": [[value] * 9]}
        assert not is_longer(written(other, None), "batch", most)
        assert not is_longer(written([{"batch": [value] * 9}], None), "batch", most)
        assert not is_longer(written({"x": "batch", "y": [value] * 9}, None), "batch", most)

    def test_a_name_may_be_spelled_with_escapes(self) -> None:
        """It is the same one."""
        assert is_longer(b'{"b\\u0061tch": [1, 2]}', "batch", 1)
        assert not is_longer(b'{"b\\u0061tch": [1, 2]}', "batch", 2)

    @given(st.binary(max_size=60) | st.text(alphabet='{}[],:"\\ab1').map(str.encode))
    @example(b"]]],,,,,,,,,,")
    @example(b'{"batch\\')
    def test_what_is_no_json_gets_some_answer(self, text: bytes) -> None:
        """And nothing crashes."""
        assert is_longer(text, "batch", 1) in (True, False)

    @pytest.mark.parametrize("item", [b"1", b"{}", b"[]", b'{"a":"b"}', b'{"a":{"b":[1,2]}}', b'"x"'])
    def test_a_long_list_costs_next_to_nothing(self, item: bytes) -> None:
        """Whoever has found one item too many reads no more of it."""
        text = b'{"sessionId":"s","batch":[' + b",".join([item] * 1_000_000) + b"]}"
        tracemalloc.start()
        assert is_longer(text, "batch", 100_000)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100_000

    @pytest.mark.parametrize(
        "text",
        [
            b'["' + b"\\" * 999_999,
            b'["' + b'\\"' * 999_999,
            b'{"a":' * 400_000,
            b'{"a":"' * 400_000,
            b'{"a" ' * 400_000,
        ],
    )
    def test_a_text_that_never_ends_is_read_once(self, text: bytes) -> None:
        """No matter what it begins, the time does not grow with the square."""
        started = time.process_time()
        is_longer(b'{"a":1,' + text, "batch", 1)
        assert time.process_time() - started < 5


def found(value: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Where the constants of a value are, in order."""
    if isinstance(value, dict):
        return [place for name, inner in value.items() for place in found(inner, (*path, name))]
    if isinstance(value, list):
        return [place for position, inner in enumerate(value) for place in found(inner, (*path, str(position)))]
    return [path] if isinstance(value, float) and not float("-inf") < value < float("inf") else []


class TestPlaces:
    @given(VALUES, INDENTS)
    def test_every_constant_is_found_where_it_is(self, value: Any, indent: int | None) -> None:
        """By its path, and by line and column of the text."""
        text = written(value, indent).decode()
        there = list(places(text, CONSTANTS.__contains__))
        assert [place.path for place in there] == found(value)
        for place in there:
            line = text.split("\n")[place.line - 1]
            assert line[place.column - 1 :].startswith(("NaN", "Infinity", "-Infinity"))

    def test_a_place_is_told_in_words(self) -> None:
        """The whole has no field."""
        assert str(Place(("batch", "0", "x"), 1, 36)) == "line 1 column 36, field batch.0.x"
        assert str(Place((), 2, 1)) == "line 2 column 1"
        assert str(Place(("x" * 1000, "y"), 2, 1)) == f"line 2 column 1, field {'x' * 100}…"

    def test_columns_are_those_of_pythons_own_errors(self) -> None:
        """Characters from 1, whatever they are made of."""
        text = '{"é🎧":\n  [1, "\\n", NaN]}'
        (place,) = places(text, CONSTANTS.__contains__)
        with pytest.raises(json.JSONDecodeError) as caught:
            json.loads(text.replace("NaN", "nan"))
        assert (place.line, place.column) == (caught.value.lineno, caught.value.colno)
        assert place.path == ("é🎧", "2")

    def test_numbers_beyond_a_double_are_those_that_are_infinite(self) -> None:
        """However they are written."""
        text = '[1e308, 1e309, "1e309", {"1e309": -1E+999}, 9, %s, 0.0000001e314]' % ("9" * 400)
        assert [place.path for place in places(text, beyond_a_double)] == [("1",), ("3", "1e309"), ("5",)]

    def test_finding_all_places_takes_time_that_grows_with_the_text(self) -> None:
        """Not with its square: the text is one line."""
        text = "[" + ",".join(["NaN"] * 200_000) + "]"
        started = time.process_time()
        *_, last = places(text, CONSTANTS.__contains__)
        assert time.process_time() - started < 5
        assert last == Place(("199999",), 1, 2 + 199_999 * 4)
