"""Reads a HyperStudy API: keys, envelopes, pages and totals. Knows nothing of what the records mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from mockserver.check.errors import CheckError, RefusedError, UnreadableError
from mockserver.check.instants import iso_from_ms, ms_from_iso
from mockserver.check.transport import Received, Transport

__all__ = ["API_PATH", "MAX_LIMIT", "Horizon", "Page", "Reader", "data_path"]

API_PATH = "/api/v3"
# The most that one page holds (inferred).
MAX_LIMIT = 10_000


def data_path(data_type: str, scope: str, scope_id: str) -> str:
    """Where a data type of an experiment, a room or a participant is served."""
    return f"{API_PATH}/data/{data_type}/{scope}/{quote(scope_id, safe='')}"


@dataclass(frozen=True, slots=True)
class Page:
    """One answer with data.

    Attributes:
        data: A list of records, or what an endpoint without records answers.
        url: What was asked.
    """

    data: Any
    metadata: Mapping[str, Any]
    url: str

    @property
    def total(self) -> int:
        """Records in the whole list.

        Raises:
            UnreadableError: The answer does not say.
        """
        return self._paginated("total")

    @property
    def next_offset(self) -> int | None:
        """Where the next page begins; None after the last.

        Raises:
            UnreadableError: There is more, and the answer does not say where.
        """
        return self._paginated("nextOffset") if self.metadata.get("pagination", {}).get("hasMore") else None

    @property
    def started_ms(self) -> int:
        """The start that onsets count from, in ms since the epoch.

        Raises:
            UnreadableError: The answer does not say.
        """
        text = self.metadata.get("processing", {}).get("experimentStartedAt")
        try:
            return int(ms_from_iso([text])[0])
        except (TypeError, ValueError):
            raise UnreadableError(f"experimentStartedAt is {text!r}, no timestamp", self.url) from None

    def _paginated(self, name: str) -> int:
        value = self.metadata.get("pagination", {}).get(name)
        if not isinstance(value, int):
            raise UnreadableError(f"pagination.{name} is {value!r}, no whole number", self.url)
        return value


@dataclass(frozen=True, slots=True)
class Horizon:
    """The latest instant that a reading asks for, in ms since the epoch, and the parameters that say so.

    There are none while the server's clock stands still, since nothing can be added then.
    """

    at_ms: int
    query: Mapping[str, str]


class Reader:
    """Asks an API through a transport.

    Args:
        transport: The way to the server.
        keys: API keys, tried in turn for each experiment, since a key is one organisation's.
        control_headers: What the emulator's own API wants of callers from elsewhere.

    Attributes:
        now_ms: The time in the world, in ms since the epoch, as the server last said it.
        moving: It has said two different times.
    """

    def __init__(
        self, transport: Transport, keys: Sequence[str], control_headers: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self._transport = transport
        self._control_headers = control_headers
        self._keys = list(keys)
        self._key = self._keys[0] if self._keys else ""
        self.moving = False
        self.now_ms = self._first_time()

    def url(self, path: str, query: Mapping[str, Any]) -> str:
        """The whole address of a request, for people to look at."""
        return self._transport.base_url + _target(path, query)

    def use_key_for(self, experiment_id: str) -> bool:
        """Take the first key that may read the experiment; False where none may.

        Raises:
            CheckError: No key is accepted, or there is no such experiment.
        """
        path = data_path("events", "experiment", experiment_id)
        refusals = []
        for key in self._keys:
            self._key = key
            answer = self._ask("GET", _target(path, {"limit": 1}))
            if answer.status not in (401, 403):
                self._refuse_errors(answer, self.url(path, {"limit": 1}))
                return True
            refusals.append(answer)
        if all(answer.status == 401 for answer in refusals):
            said = _message(refusals[0]) if refusals else "there is none"
            raise CheckError(f"the API key is not accepted at {self._transport.base_url}: {said}")
        return False

    def each_key(self) -> Iterator[None]:
        """Take each key in turn, and then again the one that was taken before."""
        before = self._key
        for key in self._keys:
            self._key = key
            yield
        self._key = before

    def answer(self, path: str, query: Mapping[str, Any]) -> Received:
        """An answer as it came.

        Raises:
            CheckError: It is an error; RefusedError, if the key may not read that.
        """
        answer = self._ask("GET", _target(path, query))
        self._refuse_errors(answer, self.url(path, query))
        return answer

    def page(self, path: str, query: Mapping[str, Any] | None = None) -> Page:
        """One answer with data.

        Raises:
            CheckError: It is an error, or no JSON.
        """
        answer = self.answer(path, query or {})
        return self._page(answer, self.url(path, query or {}))

    def optional(self, path: str, query: Mapping[str, Any] | None = None) -> Page | None:
        """One answer with data; None where the server has no such route.

        Raises:
            CheckError: Any other error.
        """
        answer = self._ask("GET", _target(path, query or {}))
        if _has_no_route(answer):
            return None
        url = self.url(path, query or {})
        self._refuse_errors(answer, url)
        return self._page(answer, url)

    def control(self, path: str) -> Any:
        """What the emulator's own API answers; None where the server has none, or no such route.

        Raises:
            RefusedError: It does not let this caller in.
        """
        answer = self._transport.ask("GET", path, self._control_headers)
        if answer.status == 403:
            raise RefusedError(f"{path} is not for this caller: {_plain_error(answer)}")
        if answer.status != 200:
            return None
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError:
            return None

    def pages(self, path: str, query: Mapping[str, Any] | None = None) -> Iterator[Page]:
        """All pages of a list as a client follows them, from `offset` by `nextOffset` to the end.

        Raises:
            UnreadableError: A page sends the client back or round in circles.
        """
        asked = {"limit": MAX_LIMIT, "offset": 0, **(query or {})}
        while True:
            page = self.page(path, asked)
            yield page
            following = page.next_offset
            if following is None:
                return
            if following <= asked["offset"]:
                raise UnreadableError(f"nextOffset is {following}, which leads back", page.url)
            asked = {**asked, "offset": following}

    def total(self, path: str, query: Mapping[str, Any] | None = None) -> int:
        """How many records a list has, without reading them."""
        return self.page(path, {**(query or {}), "limit": 1}).total

    def file(self, method: str, url: str, headers: Mapping[str, str] | None = None) -> Received:
        """A recording's file or a part of it; no key is sent, since the link is one."""
        return self._transport.ask(method, url, headers or {})

    def horizon(self) -> Horizon:
        """What there is now."""
        query = {"endTime": iso_from_ms(self.now_ms)} if self.moving else {}
        return Horizon(self.now_ms, query)

    def _ask(self, method: str, target: str) -> Received:
        return self._transport.ask(method, target, {"X-API-Key": self._key})

    def _page(self, answer: Received, url: str) -> Page:
        try:
            body = orjson.loads(answer.body)
            page = Page(body["data"], body["metadata"], url)
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise CheckError(f"{url} answers with no envelope of the HyperStudy API") from None
        self._hear_time(page.metadata)
        return page

    def _first_time(self) -> int:
        path = f"{API_PATH}/health"
        try:
            return int(ms_from_iso([orjson.loads(self.answer(path, {}).body)["timestamp"]])[0])
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
            raise CheckError(f"{self.url(path, {})} is not the health of a HyperStudy API") from None

    def _hear_time(self, metadata: Mapping[str, Any]) -> None:
        text = metadata.get("timestamp")
        if isinstance(text, str):
            heard_ms = int(ms_from_iso([text])[0])
            self.moving = self.moving or heard_ms != self.now_ms
            self.now_ms = heard_ms

    def _refuse_errors(self, answer: Received, url: str) -> None:
        if answer.status == 401:
            raise RefusedError(f"the API key is not accepted at {self._transport.base_url}: {_message(answer)}")
        if answer.status != 200:
            kind = RefusedError if answer.status == 403 else CheckError
            raise kind(f"{url} answers {answer.status}: {_message(answer)}")


def _target(path: str, query: Mapping[str, Any]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _has_no_route(answer: Received) -> bool:
    """An unknown route names the path, an unknown id the resource, in the error's details."""
    if answer.status != 404:
        return False
    return "resource" not in (_error(answer).get("details") or {})


def _message(answer: Received) -> str:
    return str(_error(answer).get("message") or f"HTTP {answer.status}")


def _plain_error(answer: Received) -> str:
    """The sentence of a refusal by the emulator's own API, which has no more than that."""
    try:
        return str(orjson.loads(answer.body)["error"])
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"HTTP {answer.status}"


def _error(answer: Received) -> dict[str, Any]:
    try:
        error = orjson.loads(answer.body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return {}
    return error if isinstance(error, dict) else {}
