"""What is asked of every server, and what it has to answer: three requests, one of them also in endless variants.

The answers are the emulator's own. The peers are set up with them and so do the same work with the same bytes;
an answer is compared as a JSON value, since json-server indents.
"""

import http.client
import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["BATCH", "CASES", "HEALTH", "LARGE", "NEW", "SMALL", "Case", "WrongAnswer", "cases_of"]

SMALL = "small page"
NEW = "small page, new"
LARGE = "page of 1,000"
BATCH = "batch of 100"
CASES = (SMALL, NEW, LARGE, BATCH)

DATA = "/api/v3"
EVENTS = f"{DATA}/data/events/room/room_abc123"
RATINGS = f"{DATA}/data/ratings/continuous/room/room_abc123"
INGESTION = "/api"
# Records of a small page.
PAGE = 10


class WrongAnswer(Exception):
    """A server answered something else than the case asks for."""


@dataclass(frozen=True)
class Case:
    """One request and its right answer.

    Attributes:
        name: One of CASES.
        method: The HTTP method.
        path: Where to, without the query.
        query: The rest of the target, or nothing.
        credential: Name and value of the header that identifies the client, where there has to be one.
        document: The OpenAPI document that describes the operation, as the emulator serves it.
        base: The path before which the document's own paths begin.
        body: What is sent.
        answer: The JSON that has to come back.
        records: What the pages are cut from when each request is to be a new one; one is repeated if there are none.
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
    records: Sequence[Any] = ()

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return f"{self.path}?{self.query}" if self.query else self.path

    @property
    def offsets(self) -> int:
        """How many pages `offset` can choose from, where it chooses."""
        return len(self.records) - PAGE

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
        """Is it JSON of the right value?"""
        try:
            value = json.loads(answer)
        except ValueError:
            return False
        if not self.records:
            return bool(value == json.loads(self.answer))
        offset = number % self.offsets
        return isinstance(value, dict) and value.get("data") == self.records[offset : offset + PAGE]

    def whole(self, url: str) -> list[Any]:
        """All records that the pages are cut from, in one answer."""
        records: list[Any] = json.loads(self._fetch(url, f"{self.path}?limit=10000"))["data"]
        return records

    def _fetch(self, url: str, target: str) -> str:
        headers = {"Content-Type": "application/json", self.credential[0]: self.credential[1]}
        return _fetch(urllib.request.Request(url + target, self.body or None, headers, method=self.method))


HEALTH = Case("health", "GET", f"{DATA}/health")


def cases_of(url: str, key: str, token: str) -> list[Case]:
    """The cases with the answers of an emulator that runs with its default world.

    Args:
        url: Where it answers, without a path.
        key: An API key that may read.
        token: A bearer token of the ingestion API.
    """
    reading: dict[str, Any] = {
        "method": "GET",
        "credential": ("X-API-Key", key),
        "document": _document(url, DATA),
        "base": DATA,
    }
    sending: dict[str, Any] = {
        "method": "POST",
        "credential": ("Authorization", f"Bearer {token}"),
        "document": _document(url, INGESTION),
        "base": INGESTION,
        "body": events(),
    }
    small = _answered(url, Case(SMALL, path=EVENTS, query=f"limit={PAGE}", **reading))
    large = _answered(url, Case(LARGE, path=RATINGS, query="limit=1000", **reading))
    batch = _answered(url, Case(BATCH, path=f"{INGESTION}/data/events", **sending))
    return [small, replace(small, name=NEW, records=small.whole(url)), large, batch]


def _answered(url: str, case: Case) -> Case:
    return replace(case, answer=case.ask(url))


def _document(url: str, base: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_fetch(urllib.request.Request(f"{url}{base}/openapi.json")))
    return document


def _fetch(request: urllib.request.Request) -> str:
    # A proxy of the environment is none of a loopback server's business.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=10) as answer:
        text: str = answer.read().decode()
    return text


def events() -> bytes:
    """A hundred clicks, all valid and none suspicious: 16 kB."""
    clicks = [
        {
            "eventType": "click",
            "targetSelector": f"#checkout-button-{number}",
            "timestamp": f"2024-03-16T10:{number // 60:02}:{number % 60:02}.120Z",
            "x": 540,
            "y": 210,
            "viewport": {"width": 1440, "height": 900},
        }
        for number in range(100)
    ]
    return json.dumps({"sessionId": "sess_001", "batch": clicks}, separators=(",", ":")).encode()
