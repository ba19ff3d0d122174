"""A study as an analyst has it: its records through the API alone, and the truth to compare them with."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from emulator import app_of, make_sandbox
from numpy.typing import NDArray

from mockserver import Settings
from mockserver.sandbox.sandbox import Sandbox

Record = dict[str, Any]
Floats = NDArray[np.float64]
K = TypeVar("K")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Slider:
    """One participant's continuous ratings as columns; instants and onsets in ms, values from 0 to 1."""

    room: str
    at: Floats
    onset: Floats
    value: Floats

    @property
    def moved(self) -> bool:
        return bool((self.value != self.value[0]).any())


class Study:
    """One experiment of a world, asked over HTTP in this process.

    Args:
        scenario: Name or file. seed: None takes the scenario's.
        sandbox: Where the caller made it already.
        experiment: None takes the world's first.
    """

    def __init__(
        self,
        scenario: str = "",
        seed: int | None = None,
        *,
        sandbox: Sandbox | None = None,
        experiment: str | None = None,
    ) -> None:
        served = make_sandbox(Settings(scenario=scenario, seed=seed)) if sandbox is None else sandbox
        self.app = app_of(served)
        self.client = self.app.test_client(use_cookies=False)
        world = self.control("world")
        chosen = next(e for e in world["experiments"] if experiment in (None, e["id"]))
        self.experiment: str = chosen["id"]
        self.rooms: list[str] = chosen["rooms"]
        self.people: dict[str, list[str]] = chosen["participants"]

    def control(self, path: str) -> Any:
        """An answer of the emulator's own API."""
        answer = self.client.get(f"/_mock/{path}")
        assert answer.status_code == 200, answer.text
        return answer.get_json()

    def truth(self, room: str | None = None) -> Any:
        """What was planted: in a room, or in the experiment."""
        return self.control(f"truth/rooms/{room}" if room else f"truth/experiments/{self.experiment}")

    def page(self, data_type: str, *, room: str | None = None, person: str | None = None, **query: Any) -> Any:
        """One answer of the data API, at the narrowest scope that is named."""
        place = f"experiment/{self.experiment}"
        if person is not None:
            place, query["roomId"] = f"participant/{person}", room
        elif room is not None:
            place = f"room/{room}"
        return self.client.get(
            f"/api/v3/data/{data_type}/{place}",
            query_string=query,
            headers={"X-API-Key": "hst_live_your_key_here"},
        )

    def records(self, data_type: str, **query: Any) -> list[Record]:
        """All records, page by page."""
        found: list[Record] = []
        offset: int | None = 0
        while offset is not None:
            answer = self.page(data_type, **{"limit": 10_000, "offset": offset, **query})
            assert answer.status_code == 200, answer.text
            body = answer.get_json()
            found += body["data"]
            offset = body["metadata"]["pagination"].get("nextOffset")
        return found

    @cached_property
    def sliders(self) -> dict[str, Slider]:
        """Everybody's continuous ratings, for an experiment that is over."""
        columns: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
        room_of = {who: room for room, people in self.people.items() for who in people}
        offset: int | None = 0
        while offset is not None:
            body = self.page("ratings/continuous", limit=10_000, offset=offset).get_json()
            for sample in body["data"]:
                columns[sample["participantId"]].append((ms(sample["timestamp"]), sample["onset"], sample["value"]))
            offset = body["metadata"]["pagination"].get("nextOffset")
        return {who: Slider(room_of[who], *np.array(rows, dtype=float).T) for who, rows in columns.items()}


@cache
def shared_study(scenario: str, seed: int | None = None, experiment: str | None = None) -> Study:
    """One study for many tests; nothing may be written to it."""
    return Study(scenario, seed, experiment=experiment)


def variant(folder: Path, base: str, text: str, name: str = "variant") -> str:
    """Write a scenario that differs from its base by some TOML.

    Returns:
        Its path.
    """
    path = folder / f"{name}.toml"
    path.write_text(f'about = "A variant for a test"\nextends = "{base}"\n{text}', encoding="utf-8")
    return str(path)


def grouped(records: Iterable[Record], key: Callable[[Record], K]) -> dict[K, list[Record]]:
    """Records by something, in order."""
    groups: dict[K, list[Record]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return dict(groups)


def by_person(records: Iterable[Record]) -> dict[str, list[Record]]:
    """Records by their participant, in order."""
    return grouped(records, lambda record: record["participantId"])


def ms(timestamp: str) -> int:
    """A timestamp of a record in ms since the epoch."""
    return (datetime.fromisoformat(timestamp) - _EPOCH) // timedelta(milliseconds=1)


def column(records: Sequence[Record], name: str) -> list[Any]:
    """One field of many records."""
    return [record[name] for record in records]
