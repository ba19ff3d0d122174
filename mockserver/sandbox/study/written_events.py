"""Events that clients wrote, as records of the rooms they belong to."""

from collections.abc import Iterable, Sequence
from typing import Any

from mockserver.simulation.datasets.entry import WRITTEN, Entry
from mockserver.simulation.records.records import Event, ResponseRecord
from mockserver.store import Document

__all__ = ["KIND", "body_of", "entries_by_room", "event_of", "numbered"]

KIND = "event"


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


def body_of(event: Event) -> dict[str, Any]:
    """The event as it is stored."""
    return {**event._asdict(), "response": None if event.response is None else list(event.response)}


def event_of(document: Document) -> Event:
    """The event that was stored."""
    response = document.body["response"]
    return Event(**{**document.body, "response": None if response is None else ResponseRecord(*response)})
