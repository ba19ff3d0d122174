"""What schemathesis has to be told, because a schema cannot say it: which ids there are, and how a window lies.

Without it nearly every request would end with "not found", and nothing behind that would be tried.
"""

import contextlib
import json
import os
import zlib
from typing import Any

import schemathesis

from mockserver.timestamps import parse_iso_us

# What a path begins with to placeholder to an id; the first that fits counts.
KNOWN: dict[str, dict[str, str]] = json.loads(os.environ.get("KNOWN_IDS", "{}"))
NEEDED = {id_ for ids in KNOWN.values() for id_ in ids.values()} | {"persona_undergrad"}
GONE = "gone"


@schemathesis.hook
def before_call(context: Any, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    """Put an id that exists in place of most made-up ones; in chains, links bring the right ones."""
    _order_window(case.query)
    _launch_few(case.body)
    if case.method == "DELETE":
        # All the others need these, and may have told of them.
        case.path_parameters = {name: GONE if v in NEEDED else v for name, v in case.path_parameters.items()}
        return
    if case.meta and case.meta.phase.name.name == "STATEFUL":
        return
    known = next((ids for path, ids in KNOWN.items() if case.path.startswith(path)), {})
    case.path_parameters = {name: _real(value, known.get(name)) for name, value in case.path_parameters.items()}
    if "roomId" in known and case.query and case.query.get("roomId"):
        case.query["roomId"] = _real(case.query["roomId"], known["roomId"])


def _real(value: Any, known: str | None) -> Any:
    # One in eight stays, so that what is not there is asked for too.
    replaced = known and isinstance(value, str) and value and zlib.crc32(value.encode()) % 8
    return known if replaced else value


def _launch_few(body: Any) -> None:
    """A hundred rooms, again and again, would leave a world that is slow to write to."""
    if isinstance(body, dict):
        config = body.get("config")
        for launch in (body, config.get("agentDeployment") if isinstance(config, dict) else None):
            if isinstance(launch, dict) and isinstance(launch.get("rooms"), int) and 1 <= launch["rooms"] <= 100:
                launch["rooms"] = 1 + launch["rooms"] % 2


def _order_window(query: dict[str, Any] | None) -> None:
    """A window begins before it ends; the other way round is a bad request, which other tests look at."""
    if query and "startTime" in query and "endTime" in query:
        with contextlib.suppress(TypeError, ValueError):
            if parse_iso_us(query["startTime"]) > parse_iso_us(query["endTime"]):
                query["startTime"], query["endTime"] = query["endTime"], query["startTime"]
