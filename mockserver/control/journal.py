"""The journal of a sandbox over HTTP: JSON, HAR, or lines for a shell."""

from collections.abc import Sequence

from flask import Response

from mockserver.control.curl_lines import curl_lines
from mockserver.control.journal_entries import ENTRY, Teller
from mockserver.control.journal_query import PARAMETERS, read_query
from mockserver.sandbox.journal import Entry
from mockserver.web.requests import current_apis, current_asked, current_sandbox, current_sandboxes
from mockserver.web.responses import json_response
from mockserver.words.json_schema import COUNT, list_of, object_of
from mockserver.words.media_types import JSON

__all__ = ["JOURNAL", "PARAMETERS", "read_journal"]

JOURNAL = object_of("Journal", entries=list_of(ENTRY), total=COUNT, evicted=COUNT)


def read_journal() -> Response:
    """The entries that the query leaves, oldest first; `total` counts them all, `evicted` those that are gone.

    Raises:
        ControlError: A parameter has a wrong value.
    """
    sandbox, apis, sent = current_sandbox(), current_apis(), current_asked().query.arguments
    query = read_query(sent, [row.id for api in apis for row in api.operations if api.emulated])
    journal = sandbox.journal
    selected = query.select(journal, sandbox)
    page = selected[: query.limit]
    teller = Teller(sandbox, apis, [other.name for other in current_sandboxes().all()])
    asked = [entry for entry in page if entry.note is None]
    if query.format == "curl":
        return Response(curl_lines(asked, teller), content_type="text/plain; charset=utf-8")
    if query.format == "har":
        return Response(_har(asked, teller), content_type=JSON)
    entries = [teller.tell(entry) for entry in page]
    return json_response({"entries": entries, "total": len(selected), "evicted": journal.evicted})


def _har(entries: Sequence[Entry], teller: Teller) -> str:
    # Hardly anybody asks for one, so nobody waits for the library at the start.
    from mockserver.control.har import har_text

    return har_text(entries, teller)
