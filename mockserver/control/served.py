"""What is served: every operation of every API, for whoever stands at the entrance."""

from flask import Response

from mockserver.door.paths import template
from mockserver.web.requests import current_apis, current_asked
from mockserver.web.responses import json_response
from mockserver.words.json_schema import TEXT, list_of, object_of
from mockserver.words.version import VERSION

__all__ = ["SERVED", "list_served"]

SERVED = object_of(
    "Served",
    version=TEXT,
    sandbox=TEXT,
    operations=list_of(object_of(id=TEXT, api=TEXT, method=TEXT, path=TEXT, summary=TEXT)),
)


def list_served() -> Response:
    """The operations, with the paths that lead to the same sandbox as this request."""
    asked = current_asked()
    operations = [
        {
            "id": row.id,
            "api": api.name,
            "method": row.method,
            "path": asked.prefix + api.base_path + template(row.path),
            "summary": row.summary,
        }
        for api in (known.shown(asked.sandbox.settings.least_fidelity) for known in current_apis())
        for row in api.operations
    ]
    return json_response({"version": VERSION, "sandbox": asked.sandbox.name, "operations": operations})
