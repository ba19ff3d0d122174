"""Faults that put an answer in place of the real one, or change what it says."""

import copy
from collections.abc import Callable, Generator, Sequence
from typing import Any

import jsonpatch
import orjson

from mockserver.door.faults.kinds import Case, Play, Played
from mockserver.door.faults.transport import whole, with_body
from mockserver.door.replies import Reply, encoded
from mockserver.door.steps import Compute, Step
from mockserver.words import exact_json
from mockserver.words.media_types import JSON

__all__ = ["Change", "answer", "changed", "patch", "records_of"]

Playing = Generator[Step, Any, Played]
# What is done to a decoded answer, in place; it may give another one back.
Change = Callable[[Any, Case], Any]


def answer(case: Case) -> Playing:
    """Exactly these bytes under this status and these headers, and nothing that every answer carries."""
    knobs = case.knobs
    body: bytes = knobs["body"].encode()
    named = {name.lower() for name in knobs["headers"]}
    headers = [encoded(name, value) for name, value in knobs["headers"].items()]
    if "content-type" not in named:
        headers.append(encoded("Content-Type", JSON))
    if "content-length" not in named:
        headers.append(encoded("Content-Length", str(len(body))))
    case.entry.cause = "injected"
    return Reply(knobs["status"], headers, body)
    yield


def patch(case: Case) -> Playing:
    """Apply a JSON Patch (RFC 6902) to the decoded answer, or to its first, last or every record."""
    which = case.knobs["records"]

    def change(value: Any, case: Case) -> Any:
        operations = case.knobs["patch"]
        if which == "none":
            return jsonpatch.apply_patch(value, operations)
        records = records_of(value)
        for place in _places(len(records), which):
            records[place] = jsonpatch.apply_patch(records[place], operations)
        return value

    return (yield from changed(change)(case))


def changed(change: Change) -> Play:
    """The play that changes what an answer says; one that has not what is to be changed stays as it is."""

    def play(case: Case) -> Playing:
        reply = yield from whole(case)
        body = yield Compute(lambda: _changed(reply.body, change, case), long=True)
        if body is None:
            return reply
        return with_body(reply, body)

    return play


def records_of(value: Any) -> list[Any]:
    """The records of a decoded answer; none where it is no list of them."""
    found = value.get("data") if isinstance(value, dict) else None
    return found if isinstance(found, list) else []


def _places(count: int, which: str) -> Sequence[int]:
    if which == "every":
        return range(count)
    return [place for place in ([0] if which == "first" else [count - 1]) if 0 <= place < count]


def _changed(body: Any, change: Change, case: Case) -> bytes | None:
    try:
        value = orjson.loads(body)
        return exact_json.dumps_any(change(copy.deepcopy(value), case))
    except (orjson.JSONDecodeError, jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        return None
    except (KeyError, IndexError, TypeError, StopIteration):
        # It has not what was to be changed.
        return None
