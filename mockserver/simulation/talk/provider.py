"""The words of a chat, from Faker with a provider of our own; the texts are arguments."""

import re
from collections.abc import Mapping, Sequence

from faker.providers import BaseProvider

from mockserver.simulation.talk.filling import PLACE, Words

__all__ = ["AWKWARD", "TaskTalk"]

# What a careless parser breaks on, up to 10,000 characters.
AWKWARD = (
    'She said "no, never", twice',
    "one, two,, three,",
    "first line\nsecond line\r\nthird line",
    "tab\there; semicolon; 'single'",
    "\u202bשלום, מה שלומך?\u202c",
    "مرحبا، كيف الحال؟",
    "你好,世界。",
    "नमस्ते दुनिया",
    "👩\u200d👩\u200d👧\u200d👦 🏳️\u200d🌈 👍🏽",
    "e\u0301 is not é",
    "=SUM(A1:A9)",
    "<b>bold</b> & <script>alert(1)</script>",
    "{{not a template}} %s %d \\n \\",
    "null",
    " leading and trailing ",
    "zero\u200bwidth",
    "a very long message " * 500,
)


class TaskTalk(BaseProvider):
    """A Faker provider of what can be said in a chat about a task with a video."""

    def wordings(
        self, texts: Sequence[str], words: Words, vocabulary: Mapping[str, Sequence[str]], most: int
    ) -> list[tuple[str, str]]:
        """Up to so many of the texts in a drawn order, each with what becomes of it.

        Args:
            words: What the texts' `{…}` stand for, taken as it is.
            vocabulary: From what everything else is drawn.
        """

        def word(place: re.Match[str]) -> str:
            name = place[1]
            return words[name] if name in words else written(str(self.random_element(vocabulary[name])))

        def written(text: str) -> str:
            return PLACE.sub(word, text)

        drawn = self.random_elements(texts, length=min(most, len(texts)), unique=True) if texts else ()
        return [(str(text), written(str(text))) for text in drawn]
