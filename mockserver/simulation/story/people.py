"""Who takes part: names and words from Faker, re-seeded for every person, so that nobody shifts another."""

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mockserver.simulation.chance import Chance
from mockserver.simulation.talk.filling import Words

if TYPE_CHECKING:
    from faker import Faker

__all__ = ["Namer", "Person"]

# Scripts that go from right to left, that combine, and that need more than one byte a letter.
_LOCALES = ("ja_JP", "ar_SA", "he_IL", "hi_IN", "el_GR", "de_DE")
# Names are all that is taken from it; each other provider would be loaded too.
_PROVIDERS = ["faker.providers.person"]
# From so many ways to put it somebody chooses the first that has not been used and can still be sent.
_CHOICE = 12
# What a mailbox does without, in lower case.
_UNSAFE = re.compile("[^a-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Person:
    """A name as the experiment's variables hold it, and an address that leads nowhere."""

    first_name: str
    email: str


class Namer:
    """Makes names and words. Faker is slow to set up and keeps a state, so it is shared under a lock.

    Args:
        awkward: Names and messages that break parsers (`scenario.Text`).
    """

    def __init__(self, *, awkward: bool = False) -> None:
        self._awkward = awkward
        self._fakers: dict[str, Faker] = {}
        self._lock = threading.Lock()

    def person(self, chance: Chance) -> Person:
        """The person that this stream of chance belongs to."""
        locale = chance.pick(_LOCALES, "locale") if self._awkward else "en_US"
        with self._lock:
            faker = self._faker(locale, chance)
            first, last = str(faker.first_name()), str(faker.last_name())
        mailbox = _UNSAFE.sub("", f"{first}.{last}".lower())
        return Person(first_name=first, email=f"{mailbox.strip('.') or chance.code(8, 'mailbox')}@example.com")

    def awkward(self, number: int) -> str | None:
        """The `number`-th message that breaks parsers; None where people write plain English."""
        if not self._awkward:
            return None
        from mockserver.simulation.talk.provider import AWKWARD

        return AWKWARD[number % len(AWKWARD)]

    def wordings(
        self, chance: Chance, texts: Sequence[str], words: Words, vocabulary: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, str]]:
        """Some of the texts in a drawn order, each with what became of it (`talk.wording`)."""
        with self._lock:
            made: list[tuple[str, str]] = self._faker("en_US", chance).wordings(texts, words, vocabulary, _CHOICE)
        return made

    def _faker(self, locale: str, chance: Chance) -> "Faker":
        """The locale's Faker, made when first needed, seeded for this stream of chance."""
        if locale not in self._fakers:
            # It looks through all of its languages while it is loaded.
            from faker import Faker

            from mockserver.simulation.talk.provider import TaskTalk

            self._fakers[locale] = Faker(locale, providers=_PROVIDERS)
            self._fakers[locale].add_provider(TaskTalk)
        faker = self._fakers[locale]
        faker.seed_instance(chance.stream("faker"))
        return faker
