"""Which entries of a journal a request asks for. Every parameter is checked: one that does nothing would mislead."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

from mockserver.control.errors import ControlError
from mockserver.control.journal_entries import credential_of, key_name_of, test_of
from mockserver.control.queries import whole_number
from mockserver.door.credentials import API_KEY, fingerprint
from mockserver.door.operations import Parameter
from mockserver.sandbox.journal import Entry, Outcome
from mockserver.sandbox.sandbox import Sandbox
from mockserver.words.json_schema import COUNT, ISO_8601, TEXT, Schema
from mockserver.words.resembling import resembling
from mockserver.words.timestamps import has_lost_plus, parse_iso_us

__all__ = ["PARAMETERS", "Format", "JournalQuery", "read_query"]

Format = Literal["json", "har", "curl"]
_FORMATS: tuple[Format, ...] = get_args(Format)
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_MOST = 10_000
_DEFAULT_LIMIT = 1_000
_STATUS = re.compile(r"([1-5])xx|([1-5][0-9]{2})(?:-([1-5][0-9]{2}))?", re.ASCII)


def _parameter(name: str, schema: Schema, description: str) -> Parameter:
    return Parameter(name, schema, description, fidelity="inferred")


PARAMETERS = (
    _parameter("operation", TEXT, "Only this operation, by its id; `GET /_mock` lists them."),
    _parameter("status", {**TEXT, "pattern": _STATUS.pattern}, "Only this status, such as 200, 4xx or 400-499."),
    _parameter("key", TEXT, "Only this API key, by its name or its fingerprint."),
    _parameter("session", TEXT, "Only batches for this ingestion session."),
    _parameter("test", TEXT, "Only requests whose `X-Mock-Test` header says so."),
    _parameter("outcome", {**TEXT, "enum": list(_OUTCOMES)}, "Only answers that ended like this."),
    _parameter("since", ISO_8601, "Only requests from this instant of the machine's time on, itself included."),
    _parameter("until", ISO_8601, "Only requests up to this instant of the machine's time, itself included."),
    _parameter("after", COUNT, "Only entries with a larger number, to read on where the last page ended."),
    _parameter(
        "limit", {"type": "integer", "minimum": 1, "maximum": _MOST, "default": _DEFAULT_LIMIT}, "The most entries."
    ),
    _parameter("format", {**TEXT, "enum": list(_FORMATS), "default": "json"}, "JSON, HAR 1.2, or lines for a shell."),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalQuery:
    """What is asked for; None asks for all.

    Attributes:
        status: The lowest and the highest, both included.
        key: Name or fingerprint.
        since_ms, until_ms: Machine's time, ms since the epoch, both included.
        after: The number of an entry.
    """

    operation: str | None
    status: tuple[int, int] | None
    key: str | None
    session: str | None
    test: str | None
    outcome: str | None
    since_ms: int | None
    until_ms: int | None
    after: int
    limit: int
    format: Format

    def select(self, entries: Iterable[Entry], sandbox: Sandbox) -> list[Entry]:
        """All entries that are asked for, in order, whatever the limit."""
        checks = list(self._checks(sandbox))
        return [entry for entry in entries if all(check(entry) for check in checks)]

    def _checks(self, sandbox: Sandbox) -> Iterable[Callable[[Entry], bool]]:
        """A question for each filter that is set."""
        low, high = self.status or (0, 0)
        since_ms, until_ms = self.since_ms or 0, self.until_ms or 0
        possible: Sequence[tuple[object, Callable[[Entry], bool]]] = (
            (self.operation, lambda entry: entry.operation_id == self.operation),
            (self.status, lambda entry: low <= entry.status <= high),
            (self.key, lambda entry: self.key in _key_names(entry, sandbox)),
            (self.session, lambda entry: entry.session == self.session),
            (self.test, lambda entry: test_of(entry) == self.test),
            (self.outcome, lambda entry: entry.outcome == self.outcome),
            (self.since_ms, lambda entry: entry.time_ms >= since_ms),
            (self.until_ms, lambda entry: entry.time_ms <= until_ms),
            (self.after, lambda entry: entry.number > self.after),
        )
        return (check for wanted, check in possible if wanted is not None)


def read_query(sent: Mapping[str, str], operations: Collection[str]) -> JournalQuery:
    """What a query asks for.

    Args:
        sent: The parameters.
        operations: The ids that there are.

    Raises:
        ControlError: A parameter has a wrong value.
    """
    since_ms, until_ms = _instant_ms(sent, "since"), _instant_ms(sent, "until")
    if since_ms is not None and until_ms is not None and since_ms > until_ms:
        raise ControlError("since is later than until: swap them")
    return JournalQuery(
        operation=_operation(sent.get("operation"), operations),
        status=_status(sent.get("status")),
        key=sent.get("key"),
        session=sent.get("session"),
        test=sent.get("test"),
        outcome=_choice(sent, "outcome", _OUTCOMES),
        since_ms=since_ms,
        # A journal counts whole milliseconds, and the one that is named belongs to it.
        until_ms=until_ms,
        after=whole_number(sent, "after", 0, 2**53, 0),
        limit=whole_number(sent, "limit", 1, _MOST, _DEFAULT_LIMIT),
        format=cast(Format, _choice(sent, "format", _FORMATS) or "json"),
    )


def _operation(id_: str | None, operations: Collection[str]) -> str | None:
    if id_ is None or id_ in operations:
        return id_
    meant = resembling(id_, list(operations))
    did_you_mean = f" Did you mean {meant}?" if meant else ""
    raise ControlError(f"Unknown operation {id_[:60]!r}.{did_you_mean} GET /_mock lists all")


def _status(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    match = _STATUS.fullmatch(text)
    if match is None or (match[3] and match[3] < match[2]):
        raise ControlError(f"Invalid status {text[:40]!r}: expected one such as 200, 4xx or 400-499")
    if match[1]:
        return int(match[1]) * 100, int(match[1]) * 100 + 99
    return int(match[2]), int(match[3] or match[2])


def _choice(sent: Mapping[str, str], name: str, options: Sequence[Any]) -> Any:
    value = sent.get(name)
    if value is not None and value not in options:
        raise ControlError(f"Invalid {name} {value[:40]!r}: expected one of {', '.join(options)}")
    return value


def _instant_ms(sent: Mapping[str, str], name: str) -> int | None:
    text = sent.get(name)
    if text is None:
        return None
    try:
        return parse_iso_us(text) // 1000
    except ValueError:
        hint = "; in a URL, write the + of an offset as %2B" if has_lost_plus(text) else ""
        expected = "expected an ISO 8601 instant, such as 2024-10-20T14:30:00Z"
        raise ControlError(f"Invalid {name} {text[:60]!r}: {expected}{hint}") from None


def _key_names(entry: Entry, sandbox: Sandbox) -> tuple[str | None, ...]:
    value = credential_of(entry, API_KEY)
    return () if value is None else (key_name_of(entry, sandbox), fingerprint(value))
