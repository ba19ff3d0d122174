"""What is asked of every server, and what it has to answer: requests that are repeated, and ones in endless variants.

The answers are the emulator's own. The peers are set up with them and so do the same work with the same bytes;
an answer is compared as a JSON value, since json-server indents.
"""

import http.client
import json
import urllib.request
from dataclasses import dataclass, field, replace
from typing import Any

from comparison.variations import Variation

__all__ = [
    "BATCH",
    "CASES",
    "DATA",
    "DEMO",
    "HEALTH",
    "HUGE",
    "INGESTION",
    "LARGE",
    "LARGE_EVENTS",
    "LARGE_SYNC",
    "NEW",
    "SMALL",
    "Case",
    "WrongAnswer",
    "fetch",
]

SMALL = "small page"
NEW = "small page, new"
LARGE = "page of 1,000"
BATCH = "batch of 100"
CASES = (SMALL, NEW, LARGE, BATCH)
# Pages of other lists, that some peers repeat beside this project's new ones.
LARGE_EVENTS = "page of 1,000 events"
LARGE_SYNC = "page of 1,000 sync samples"

DATA = "/api/v3"
INGESTION = "/api"
DEMO, HUGE = "demo", "huge"
# A first page of a large world tells its stories, which may take seconds.
LIMIT_S = 30


class WrongAnswer(Exception):
    """A server answered something else than the case asks for."""


@dataclass(frozen=True)
class Case:
    """One request and its right answer.

    Attributes:
        name: What the tables call it.
        method: The HTTP method.
        path: Where to, without the query.
        query: The rest of the target, or nothing.
        credential: Name and value of the header that identifies the client, where there has to be one.
        document: The OpenAPI document that describes the operation, as the emulator serves it.
        base: The path before which the document's own paths begin.
        body: What is sent.
        answer: The JSON that has to come back.
        variation: What makes each request a new one; the same is repeated if there is none.
        world: The scenario with which this project is started.
        is_main: Is it timed in full? What no target speaks of is timed for a second, after another.
        host: What the client calls the server, where answers have links, which begin with it; else its address.
    """

    name: str
    method: str
    path: str
    query: str = ""
    credential: tuple[str, str] = ("Accept", "application/json")
    document: dict[str, Any] = field(default_factory=dict)
    base: str = ""
    body: bytes = b""
    answer: str = ""
    variation: Variation | None = None
    world: str = DEMO
    is_main: bool = True
    host: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """What every request says."""
        host = {"Host": self.host} if self.host else {}
        return {"Content-Type": "application/json", self.credential[0]: self.credential[1], **host}

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def ask(self, url: str) -> str:
        """Put the request to a server once.

        Raises:
            OSError: Nobody answers, or with an error.
            http.client.HTTPException: What answers is not HTTP.
        """
        return self._fetch(url, self.target)

    def check(self, url: str) -> None:
        """Ask once and hold the answer against the right one.

        Raises:
            WrongAnswer: With what is wrong about it.
        """
        try:
            answer = self.ask(url)
        except (OSError, http.client.HTTPException) as error:
            raise WrongAnswer(f"{error}") from None
        self.verify(answer)

    def verify(self, answer: str, number: int = 0) -> None:
        """Hold an answer against the right one.

        Args:
            answer: The body that came.
            number: Of the request, where each is a new one.

        Raises:
            WrongAnswer: They are not the same value.
        """
        if not self.is_right(answer, number):
            raise WrongAnswer(f"another body: {answer[:300]!r}")

    def is_right(self, answer: str, number: int) -> bool:
        """Is it the right answer, as a value?"""
        if self.variation is not None:
            return self.variation.is_right(answer, number)
        try:
            return bool(json.loads(answer) == json.loads(self.answer))
        except ValueError:
            return False

    def answered(self, url: str) -> "Case":
        """The case with what a server answers now for its right answer."""
        return replace(self, answer=self.ask(url))

    def _fetch(self, url: str, target: str) -> str:
        return fetch(urllib.request.Request(url + target, self.body or None, self.headers, method=self.method))


HEALTH = Case("health", "GET", f"{DATA}/health")


def fetch(request: urllib.request.Request) -> str:
    """The body of a request's answer.

    Raises:
        OSError: Nobody answers, or with an error.
        http.client.HTTPException: What answers is not HTTP.
    """
    # A proxy of the environment is none of a loopback server's business.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=LIMIT_S) as answer:
        text: str = answer.read().decode()
    return text
