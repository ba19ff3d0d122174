"""What schemathesis has to be told, because a schema cannot say it."""

import contextlib
from typing import Any

import schemathesis

from mockserver.timestamps import parse_iso_us


@schemathesis.hook
def map_query(context: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """A window begins before it ends; the other way round is a bad request, which other tests look at."""
    if query and "startTime" in query and "endTime" in query:
        with contextlib.suppress(TypeError, ValueError):
            if parse_iso_us(query["startTime"]) > parse_iso_us(query["endTime"]):
                return {**query, "startTime": query["endTime"], "endTime": query["startTime"]}
    return query
