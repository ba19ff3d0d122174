"""Who takes part: names and words from Faker, re-seeded for every person, so that nobody shifts another."""

import threading
from dataclasses import dataclass

from faker import Faker

from mockserver.simulation.chance import Chance
from mockserver.simulation.words import TaskTalk

__all__ = ["Namer", "Person", "role_name"]


@dataclass(frozen=True, slots=True)
class Person:
    """A name as the experiment's variables hold it, and an address that leads nowhere."""

    first_name: str
    email: str


class Namer:
    """Makes names and words. Faker is slow to set up and keeps a state, so one is shared under a lock."""

    def __init__(self, locale: str = "en_US") -> None:
        self._faker = Faker(locale)
        self._faker.add_provider(TaskTalk)
        self._lock = threading.Lock()

    def person(self, chance: Chance) -> Person:
        """The person that this stream of chance belongs to."""
        with self._lock:
            self._faker.seed_instance(chance.stream("faker"))
            first, last = self._faker.first_name(), self._faker.last_name()
        mailbox = "".join(c for c in f"{first}.{last}".lower() if c.isascii() and (c.isalnum() or c == "."))
        return Person(first_name=first, email=f"{mailbox.strip('.') or 'someone'}@example.com")

    def opener(self, chance: Chance, *, plain: bool) -> str:
        """A first message; `plain` is the data page's own example, for a room's very first."""
        if plain:
            return "Hello, everyone!"
        with self._lock:
            self._faker.seed_instance(chance.stream("faker"))
            return str(self._faker.opener())

    def remark(self, chance: Chance) -> str:
        """A message about the task."""
        with self._lock:
            self._faker.seed_instance(chance.stream("faker"))
            return str(self._faker.remark())


def role_name(index: int) -> str:
    """`a`, `b`, … `z`, `aa`, … for the n-th participant of a room, from 0."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = "abcdefghijklmnopqrstuvwxyz"[rest] + letters
    return letters
