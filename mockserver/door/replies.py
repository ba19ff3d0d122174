"""What is answered, before and after the door has added what every answer carries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from mockserver.door.apis import Api
from mockserver.door.refusals import Refusal
from mockserver.words.media_types import JSON

__all__ = ["Headers", "Reply", "encoded", "refusal_reply"]

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(slots=True)
class Reply:
    """An answer.

    Attributes:
        body: All of it, or its parts, made one by one while they are sent.
    """

    status: int
    headers: Headers
    body: bytes | Iterator[bytes]


def encoded(name: str, value: str) -> tuple[bytes, bytes]:
    """A header as it is sent; a server may write its name in lower case."""
    return name.encode("latin-1"), value.encode("latin-1", "replace")


def refusal_reply(refusal: Refusal, api: Api | None) -> Reply:
    """A refusal in the envelope of the API that its path lies in."""
    body = orjson.dumps(_outside(refusal) if api is None else api.wrap(refusal))
    headers = [encoded("Content-Type", JSON), encoded("Content-Length", str(len(body)))]
    if refusal.allow:
        headers.append(encoded("Allow", ", ".join(refusal.allow)))
    return Reply(refusal.status, headers, b"" if refusal.method == "HEAD" else body)


# Where somebody who called the bare address finds their way.
_BEGIN_AT = ("/", "/api/v3/docs", "/api/v3/health", "/_mock/world")


def _outside(refusal: Refusal) -> dict[str, object]:
    """A path in no API."""
    said = refusal.message or f"Nothing is served at {refusal.path[:200]}."
    return {"error": said, "try": list(_BEGIN_AT)}
