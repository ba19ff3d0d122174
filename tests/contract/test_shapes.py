"""Records and the tables that write them are bound by name: what does not fit is noticed when it is imported."""

import json
from typing import Any, NamedTuple

import pytest

from mockserver.hyperstudy.rows import Rows
from mockserver.hyperstudy.shape import Field, Shape
from mockserver.hyperstudy.shapes import SHAPES
from mockserver.simulation.datasets.columns import Told


class Answer(NamedTuple):
    """A record to write."""

    given_ms: int
    text: str
    room_id: str


class Wrapped(NamedTuple):
    """A record with another in it."""

    answer: Answer | None


def written_by(shape: Shape, records: list[Any]) -> list[dict[str, Any]]:
    """The records as objects."""
    written = Rows("ndjson", shape).block(Told(records))
    return [json.loads(line) for line in written.splitlines()]


GIVEN = Field("given", "timestamp", of="given_ms")
TEXT, ROOM = Field("text", "string"), Field("roomId", "string")


def test_fields_may_stand_in_another_order_than_attributes() -> None:
    """Each value is found by its name, nested or not, whatever the order is."""
    shape = Shape(Answer, (ROOM, TEXT, GIVEN))
    written = {"roomId": "room_1", "text": "yes", "given": "1970-01-01T00:00:01.000Z"}
    assert written_by(shape, [Answer(1000, "yes", "room_1")]) == [written]
    wrapped = Shape(Wrapped, (Field("answer", "object", shape=shape),))
    records = [Wrapped(Answer(1000, "yes", "room_1")), Wrapped(None)]
    assert written_by(wrapped, records) == [{"answer": written}, {"answer": None}]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ((GIVEN, TEXT, Field("sessionId", "string")), "it has no session_id"),
        ((Field("given", "timestamp"), TEXT, ROOM), "it has no given"),
        ((GIVEN, TEXT), "room_id is not written"),
        ((GIVEN, TEXT, ROOM, ROOM), "it has no second room_id"),
    ],
)
def test_a_field_that_does_not_fit_its_record_is_an_error(fields: tuple[Field, ...], said: str) -> None:
    """With the class and the name that is wrong."""
    with pytest.raises(TypeError, match=f"the shape of Answer does not fit: {said}$"):
        Shape(Answer, fields)


def test_every_shape_names_the_class_of_its_records() -> None:
    """No two data types share one."""
    assert len({shape.record for shape in SHAPES.values()}) == len(SHAPES) == 11
