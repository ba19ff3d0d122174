"""A study that is running: records come, stay, and never change, while the clock goes on."""

import dataclasses
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from analyst import Record, Study, ms, shared_study, variant
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver import Settings
from mockserver.app import create_sandbox
from mockserver.clock import Clock
from mockserver.sandbox import Sandbox

DATA_TYPES = (
    "events", "recordings", "chat", "videochat", "ratings/continuous", "ratings/sparse", "sync", "components",
)  # fmt: skip
SCOPES = ("experiment", "room", "participant")
SPEED = 60
# Three short rooms that overlap, in which people leave, lose their connection, or never begin.
SMALL = """
[clock]
now = 2024-10-20T14:00:00Z
[experiments.exp_live]
rooms = 3
room_every_s = 70
[states.text_chat_state]
duration_s = 30
[states.video_chat_state]
duration_s = 20
[states.watching_state]
duration_s = 20
[states.watching_state.sparse]
at_s = [8, 15]
[behaviour]
abandoned = 0.2
technical = 0.1
no_consent = 0.1
timed_out = 0.1
disconnects_per_hour = 60
[recordings]
failed = 0.2
unfinished = 0.2
"""


class Machine:
    """A machine's time that only a test moves, in ms."""

    def __init__(self) -> None:
        self.passed_ms = 0

    def passed(self) -> int:
        return self.passed_ms


@pytest.fixture(scope="module")
def small_live(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """A small live world, from which every test makes its own running study."""
    path = variant(tmp_path_factory.mktemp("live"), "live", SMALL)
    return create_sandbox(Settings(scenario=path, seed=4))


class Running(Study):
    """A study whose time a test moves.

    Args:
        made: The world; its clock is replaced.
        now_ms: Where the clock begins, in ms since the epoch.
    """

    def __init__(self, made: Sandbox, now_ms: int) -> None:
        self.machine = Machine()
        self.clock = Clock(now_ms, speed=SPEED, passed=self.machine.passed)
        super().__init__(sandbox=dataclasses.replace(made, clock=self.clock))

    def wait(self, real_ms: int) -> None:
        """Let real time pass; sixty times as much passes in the study."""
        self.machine.passed_ms += real_ms

    def there(self, data_type: str, **where: Any) -> list[Record]:
        """What is there now; nothing in a room that nobody has joined."""
        opened = self.page(data_type, limit=1, **where).status_code
        assert opened == 200 or (opened == 404 and where)
        return self.records(data_type, **where) if opened == 200 else []

    def count(self, data_type: str, **where: Any) -> int:
        """`pagination.total` now; nothing in a room that nobody has joined."""
        answer = self.page(data_type, limit=1, **where)
        if answer.status_code == 404:
            return 0
        return int(answer.get_json()["metadata"]["pagination"]["total"])

    def place(self, scope: str, number: int) -> dict[str, str]:
        """The n-th room or person, as the arguments of a question."""
        people = [(room, who) for room in self.rooms for who in self.people[room]]
        room, who = people[number % len(people)]
        return {"experiment": {}, "room": {"room": room}, "participant": {"room": room, "person": who}}[scope]


@cache
def story(made_id: int, made: "Once") -> dict[str, Any]:
    """What a client that comes when all is over sees: every record of every type, and both ends of it."""
    late = Running(made.sandbox, 2**41)
    found: dict[str, Any] = {data_type: late.records(data_type) for data_type in DATA_TYPES}
    found["rooms"] = late.records("rooms")
    found["participants"] = late.records("participants")
    found["first_ms"] = min(ms(room["createdAt"]) for room in found["rooms"]) - 10_000
    found["last_ms"] = max(ms(room["endedAt"]) for room in found["rooms"]) + 10_000
    return found
