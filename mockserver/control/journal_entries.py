"""An entry of the journal as it is told: named, explained, and without the credentials in it."""

import base64
from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from mockserver.control.nearest import NearestRequest, Refused, Served, nearest
from mockserver.control.redaction import Redaction
from mockserver.control.unread import explained
from mockserver.door.apis import Api
from mockserver.door.choice import PREFIX
from mockserver.door.credentials import API_KEY, BEARER, fingerprint
from mockserver.door.expansion import (
    ExpandsTooFarError,
    NotExpandableError,
    UnknownCodingError,
    codings_of,
    expanded,
)
from mockserver.door.operations import Operation
from mockserver.sandbox.journal import MOST_BODY_BYTES, Entry, Headers
from mockserver.sandbox.sandbox import Sandbox
from mockserver.words.json_schema import COUNT, FLAG, INSTANT, NUMBER, TEXT, Schema, list_of, object_of, optional
from mockserver.words.timestamps import iso_from_ms

__all__ = ["ENTRY", "Teller", "credential_of", "is_compressed", "key_name_of", "test_of"]

TEST_HEADER = b"x-mock-test"


def _nullable(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


_HEADERS = list_of(object_of(name=TEXT, value=TEXT))
_BODY = _nullable(
    {
        **object_of(bytes=optional(COUNT), sha256=optional(TEXT), text=TEXT, base64=TEXT),
        "required": ["bytes", "sha256"],
        "description": "With `text`, or with `base64` where it is no UTF-8, as far as it was kept. "
        "A request's body that came compressed is shown as what it expands to.",
    }
)
ENTRY = object_of(
    "JournalEntry",
    number=COUNT,
    time=INSTANT,
    clock=INSTANT,
    tokenTime=INSTANT,
    revision=COUNT,
    note=optional(TEXT),
    operation=optional(TEXT),
    test=optional(TEXT),
    request=object_of(method=TEXT, target=TEXT, httpVersion=TEXT, headers=_HEADERS, body=_BODY),
    response=object_of(status=COUNT, headers=_HEADERS, body=_BODY),
    durationMs=NUMBER,
    key=_nullable(object_of(name=optional(TEXT), fingerprint=TEXT)),
    token=_nullable(object_of(subject=optional(TEXT), fingerprint=TEXT)),
    session=optional(TEXT),
    unread=list_of(object_of(name=TEXT, reason=TEXT, resembles=optional(TEXT))),
    refusal=_nullable(
        object_of(
            status=COUNT,
            cause=TEXT,
            message=optional(TEXT),
            nearest=_nullable(object_of(method=TEXT, target=TEXT, advice=TEXT)),
        )
    ),
    outcome={"type": "string", "enum": ["open", "whole", "left", "cut", "failed"]},
    preflight=FLAG,
    internal=FLAG,
    faults=list_of(object_of(id=TEXT, fault=TEXT, when=TEXT)),
)


class Teller:
    """Tells the entries of one sandbox.

    Args:
        sandbox: Whose journal it is.
        apis: All that is served.
        names: Of all sandboxes.
    """

    def __init__(self, sandbox: Sandbox, apis: Sequence[Api], names: Sequence[str]) -> None:
        self._sandbox = sandbox
        shown = [api.shown(sandbox.settings.least_fidelity) for api in apis]
        self._rows = {row.id: row for api in shown for row in api.operations}
        emulated = [api for api in shown if api.emulated]
        self._served = Served(emulated, sandbox.world.sample_ids(), names, self._is_there)
        self.redaction = Redaction(sandbox.keys.values)
        # Whoever goes wrong once goes wrong again, and comparing paths takes a moment.
        self._nearest = lru_cache(maxsize=1024)(self._found)

    def tell(self, entry: Entry) -> dict[str, Any]:
        """An entry as JSON."""
        return {
            "number": entry.number,
            "time": iso_from_ms(entry.time_ms),
            "clock": iso_from_ms(entry.clock_ms),
            "tokenTime": iso_from_ms(entry.token_ms),
            "revision": entry.revision,
            "note": entry.note,
            "operation": entry.operation_id,
            "test": self._text(test_of(entry)),
            "request": self._request(entry),
            "response": self._response(entry),
            "durationMs": entry.duration_ns / 1e6,
            "key": self._key(entry),
            "token": self._token(entry),
            "session": self._text(entry.session),
            "unread": [asdict(explained(self.redaction.text(name), self._known(entry))) for name in entry.unread],
            "refusal": self._refusal(entry),
            "outcome": entry.outcome,
            "preflight": entry.preflight,
            "internal": entry.internal,
            "faults": [{"id": one.id, "fault": one.kind, "when": one.when} for one in entry.faults],
        }

    def target(self, entry: Entry) -> str:
        """Path and query as they were sent."""
        path, query = self.redaction.path(entry.head.path), self.redaction.query(entry.head.query)
        return f"{path}?{query}" if query else path

    def url(self, entry: Entry) -> str:
        """The whole address, as the client wrote it."""
        host = _header(entry, b"host") or "localhost"
        return f"{entry.head.scheme}://{host}{self.target(entry)}"

    def sent_body(self, entry: Entry) -> bytes | None:
        """The request's body as far as it may be shown: one that came compressed as what it expands to (inferred).

        Nobody can read the other, and nothing can be redacted in it. So one that cannot be expanded is not shown, and
        neither is one that has more than the journal keeps of any body.
        """
        if entry.body is None or not is_compressed(entry):
            return self._redacted(entry.body)
        try:
            codings = codings_of(_content_encoding(entry))
            return self._redacted(expanded(entry.body, codings, MOST_BODY_BYTES))
        except (UnknownCodingError, NotExpandableError, ExpandsTooFarError):
            return None

    def headers(self, headers: Headers) -> list[tuple[str, str]]:
        """Names in lower case and values, in order."""
        texts = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers]
        return [(name, self.redaction.header(name, value)) for name, value in texts]

    def _request(self, entry: Entry) -> dict[str, Any]:
        head = entry.head
        return {
            "method": head.method,
            "target": self.target(entry),
            "httpVersion": head.http_version,
            "headers": _pairs(self.headers(head.headers)),
            "body": self._body(self.sent_body(entry), entry.body_bytes, entry.body_sha256),
        }

    def _response(self, entry: Entry) -> dict[str, Any]:
        return {
            "status": entry.status,
            "headers": _pairs(self.headers(entry.headers)),
            "body": self._body(self._redacted(entry.answer), entry.answer_bytes, entry.answer_sha256),
        }

    def _body(self, body: bytes | None, size: int | None, sha256: str | None) -> dict[str, Any] | None:
        """Size and hash are those of what was sent, before anything was expanded or redacted."""
        if size == 0:
            return None
        told: dict[str, Any] = {"bytes": size, "sha256": sha256}
        return told if body is None else told | _written(body)

    def _redacted(self, body: bytes | None) -> bytes | None:
        return None if body is None else self.redaction.body(body)

    def _text(self, text: str | None) -> str | None:
        return None if text is None else self.redaction.text(text)

    def _key(self, entry: Entry) -> dict[str, Any] | None:
        value = credential_of(entry, API_KEY)
        if value is None:
            return None
        return {"name": key_name_of(entry, self._sandbox), "fingerprint": fingerprint(value)}

    def _token(self, entry: Entry) -> dict[str, Any] | None:
        value = credential_of(entry, BEARER)
        return None if value is None else {"subject": entry.subject, "fingerprint": fingerprint(value)}

    def _is_there(self, level: str, id_: str) -> bool:
        """Is that the id of an experiment or a room? Of a participant, only the room can say."""
        if level == "experiment":
            return self._sandbox.study.experiments.get(id_) is not None
        return level != "room" or self._sandbox.world.room(id_) is not None

    def _known(self, entry: Entry) -> list[str]:
        row = self._row(entry)
        return [parameter.name for parameter in row.parameters] if row else []

    def _row(self, entry: Entry) -> Operation | None:
        return None if entry.operation_id is None else self._rows.get(entry.operation_id)

    def _refusal(self, entry: Entry) -> dict[str, Any] | None:
        if entry.cause is None:
            return None
        prefix, path = _split(self.redaction.path(entry.head.path))
        query = self.redaction.query(entry.head.query)
        near = self._nearest(
            entry.head.method, prefix, path, query, entry.status, entry.cause, entry.operation_id,
            _may_be_beacon(entry),
        )  # fmt: skip
        return {
            "status": entry.status,
            "cause": entry.cause,
            "message": self._text(entry.message),
            "nearest": None if near is None else asdict(near),
        }

    def _found(
        self,
        method: str,
        prefix: str,
        path: str,
        query: str,
        status: int,
        cause: str,
        operation_id: str | None,
        may_be_beacon: bool,
    ) -> NearestRequest | None:
        row = self._rows.get(operation_id) if operation_id else None
        refused = Refused(method, prefix, path, query, status, cause, row, may_be_beacon)
        return nearest(refused, self._served)


def credential_of(entry: Entry, header: str) -> str | None:
    """The credential that a header held, without its scheme; None where there was none."""
    value = _header(entry, header.lower().encode())
    if not value:
        return None
    return value.strip().rpartition(" ")[2] if header == BEARER else value


def key_name_of(entry: Entry, sandbox: Sandbox) -> str | None:
    """The name of the caller's API key, be it revoked or expired; None where it is not known."""
    value = credential_of(entry, API_KEY)
    known = None if value is None else sandbox.keys.find(value)
    return entry.key_name or (known[0] if known else None)


def is_compressed(entry: Entry) -> bool:
    """Did the request's body come compressed, or say so?"""
    return _content_encoding(entry).strip().lower() not in ("", "identity")


def test_of(entry: Entry) -> str | None:
    """The test that a request was sent by; None where it does not say."""
    return _header(entry, TEST_HEADER)


def _may_be_beacon(entry: Entry) -> bool:
    has_credential = any(credential_of(entry, header) for header in (API_KEY, BEARER))
    return entry.head.method == "POST" and _header(entry, b"origin") is not None and not has_credential


def _written(body: bytes) -> dict[str, Any]:
    """Bytes as `text` where they are UTF-8, else as `base64`."""
    try:
        return {"text": body.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(body).decode()}


def _header(entry: Entry, name: bytes) -> str | None:
    return next((value.decode("latin-1") for known, value in entry.head.headers if known == name), None)


def _content_encoding(entry: Entry) -> str:
    return ",".join(value.decode("latin-1") for name, value in entry.head.headers if name == b"content-encoding")


def _pairs(headers: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _split(path: str) -> tuple[str, str]:
    """A sandbox's prefix, and the rest of a path."""
    if not path.startswith(PREFIX):
        return "", path
    name, slash, rest = path.removeprefix(PREFIX).partition("/")
    return PREFIX + name, slash + rest or "/"
