"""Events that clients wrote, as records of the rooms they belong to."""

from collections.abc import Sequence
from typing import Any

from mockserver.simulation.datasets.entry import WRITTEN, Entry
from mockserver.simulation.records.records import Event, ResponseRecord
from mockserver.store import Store

__all__ = ["KIND", "keep_events", "written_entries"]

KIND = "event"


def keep_events(store: Store, events: Sequence[Event], now_ms: int) -> None:
    """Keep events; each is visible at once.

    Their ids are numbers that go on counting, whatever `id` was: of events at one instant those of a participant
    are in the order of their ids, which is that of writing then. Nobody else may write at the same time.
    """
    first = store.documents.count(KIND) + 1
    named = [event._replace(id=f"event_written_{number:06d}") for number, event in enumerate(events, first)]
    store.documents.add_all(KIND, [(event.id, _body(event)) for event in named], now_ms)


def written_entries(store: Store, *, skip: int = 0) -> list[tuple[str, Entry]]:
    """Every written event in the order of arrival, but for the first `skip`, each with the id of its room."""
    events = [_event(document.body) for document in store.documents.all(KIND, skip=skip)]
    return [
        (event.room_id, Entry(event.timestamp_ms, event.participant_id, event.id, WRITTEN, event)) for event in events
    ]


def _body(event: Event) -> dict[str, Any]:
    return {**event._asdict(), "response": None if event.response is None else list(event.response)}


def _event(body: dict[str, Any]) -> Event:
    response = body["response"]
    return Event(**{**body, "response": None if response is None else ResponseRecord(*response)})
