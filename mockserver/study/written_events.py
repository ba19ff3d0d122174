"""Events that clients wrote, as records of the rooms they belong to."""

from collections.abc import Sequence
from typing import Any

from mockserver.simulation.records import WRITTEN, Entry, Event, ResponseRecord
from mockserver.store import Store

__all__ = ["keep_events", "written_entries"]

KIND = "event"


def keep_events(store: Store, events: Sequence[Event], now_ms: int) -> None:
    """Keep events; each is visible at once."""
    bodies = [(event.id, {**event._asdict(), "response": event.response and list(event.response)}) for event in events]
    store.documents.add_all(KIND, bodies, now_ms)


def written_entries(store: Store) -> dict[str, list[Entry]]:
    """Every written event, by room."""
    found: dict[str, list[Entry]] = {}
    for document in store.documents.all(KIND):
        event = _event(document.body)
        entry = Entry(event.timestamp_ms, event.participant_id, event.id, WRITTEN, event)
        found.setdefault(event.room_id, []).append(entry)
    return found


def _body(event: Event) -> dict[str, Any]:
    return {**event._asdict(), "response": None if event.response is None else list(event.response)}


def _event(body: dict[str, Any]) -> Event:
    response = body["response"]
    return Event(**{**body, "response": None if response is None else ResponseRecord(*response)})
