"""Events that clients wrote, as records of the rooms they belong to."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from mockserver.simulation.datasets.entry import WRITTEN, Entry
from mockserver.simulation.records.records import Event, ResponseRecord
from mockserver.store import Document

__all__ = ["KIND", "ValueAsText", "body_of", "entries_by_room", "event_of", "numbered", "value_as_text_of"]

KIND = "event"
# Beside the event's own fields: what JSON calls the value of its response, where that was no text.
_VALUE_TYPE = "value_type"


class ValueAsText(NamedTuple):
    """An event whose `response.value` was sent as another type than the text that it reads back as.

    Attributes:
        json_type: What was sent: `number`, `boolean`, `array` or `object`.
        written_ms: When, in the sandbox's time, ms since the epoch.
    """

    event_id: str
    json_type: str
    written_ms: int


def numbered(events: Sequence[Event], before: int) -> list[Event]:
    """Events with ids that go on counting, whatever `id` was.

    Of events at one instant those of a participant are in the order of their ids, which is that of writing then.

    Args:
        before: How many were written before.
    """
    return [event._replace(id=f"event_written_{number:06d}") for number, event in enumerate(events, before + 1)]


def entries_by_room(events: Iterable[Event]) -> dict[str, list[Entry]]:
    """The events of each room, in the order of arrival."""
    rooms: dict[str, list[Entry]] = {}
    for event in events:
        entry = Entry(event.timestamp_ms, event.participant_id, event.id, WRITTEN, event)
        rooms.setdefault(event.room_id, []).append(entry)
    return rooms


def body_of(event: Event, value_type: str | None) -> dict[str, Any]:
    """The event as it is stored.

    Args:
        value_type: What JSON calls the value of its response as it was sent; None of a text, or where there is none.
    """
    response = None if event.response is None else list(event.response)
    return {**event._asdict(), "response": response, _VALUE_TYPE: value_type}


def event_of(document: Document) -> Event:
    """The event that was stored."""
    fields = {name: value for name, value in document.body.items() if name != _VALUE_TYPE}
    response = fields["response"]
    return Event(**{**fields, "response": None if response is None else ResponseRecord(*response)})


def value_as_text_of(document: Document) -> ValueAsText | None:
    """What the stored event's value was before it became text; None where it was text, or there is none."""
    value_type = document.body.get(_VALUE_TYPE)
    return None if value_type is None else ValueAsText(document.id, value_type, document.created_ms)
