"""Entries of the journal as an HTTP Archive, for browsers and tools that read such files."""

import base64
import io
from collections.abc import Sequence
from urllib.parse import parse_qsl

import harfile

from mockserver.control.journal_entries import Teller
from mockserver.sandbox.journal import Entry
from mockserver.words.timestamps import iso_from_ms
from mockserver.words.version import VERSION

__all__ = ["har_text"]


def har_text(entries: Sequence[Entry], teller: Teller) -> str:
    """The entries as HAR 1.2: JSON."""
    written = io.StringIO()
    with harfile.HarFile(written, creator=harfile.Creator("mockserver", VERSION)) as har:
        for entry in entries:
            duration_ms = entry.duration_ns / 1e6
            har.add_entry(
                startedDateTime=iso_from_ms(entry.time_ms),
                time=duration_ms,
                request=_request(entry, teller),
                response=_response(entry, teller),
                timings=harfile.Timings(send=0, wait=duration_ms, receive=0),
                comment=entry.operation_id,
            )
    return written.getvalue()


def _request(entry: Entry, teller: Teller) -> harfile.Request:
    head = entry.head
    return harfile.Request(
        method=head.method,
        url=teller.url(entry),
        httpVersion=f"HTTP/{head.http_version}",
        headers=_records(teller.headers(head.headers)),
        queryString=_records(parse_qsl(teller.redaction.query(head.query), keep_blank_values=True)),
        postData=_posted(entry, teller),
        bodySize=-1 if entry.body_bytes is None else entry.body_bytes,
    )


def _posted(entry: Entry, teller: Teller) -> harfile.PostData | None:
    """The request's body; HAR has text alone, so other bytes are told by their hash."""
    if entry.body_bytes == 0:
        return None
    media_type = dict(teller.headers(entry.head.headers)).get("content-type", "")
    try:
        body = teller.sent_body(entry)
        text = None if body is None else body.decode()
    except UnicodeDecodeError:
        text = None
    comment = None if text is not None else f"not kept as text; SHA-256 {entry.body_sha256}"
    return harfile.PostData(mimeType=media_type, text=text, comment=comment)


def _response(entry: Entry, teller: Teller) -> harfile.Response:
    headers = teller.headers(entry.headers)
    return harfile.Response(
        status=entry.status,
        statusText="",
        httpVersion=f"HTTP/{entry.head.http_version}",
        headers=_records(headers),
        content=_content(entry, teller, dict(headers).get("content-type", "")),
        redirectURL="",
        bodySize=entry.answer_bytes,
    )


def _content(entry: Entry, teller: Teller, media_type: str) -> harfile.Content:
    size = entry.answer_bytes
    if entry.answer is None:
        comment = f"not kept; SHA-256 {entry.answer_sha256}" if size else None
        return harfile.Content(size=size, mimeType=media_type, comment=comment)
    body = teller.redaction.body(entry.answer)
    try:
        return harfile.Content(size=size, mimeType=media_type, text=body.decode())
    except UnicodeDecodeError:
        text = base64.b64encode(body).decode()
        return harfile.Content(size=size, mimeType=media_type, text=text, encoding="base64")


def _records(pairs: Sequence[tuple[str, str]]) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in pairs]
