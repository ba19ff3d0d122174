"""Faults inside valid answers: what a client that believes every answer does not notice."""

from collections.abc import Sequence
from typing import Any

from mockserver.door.faults.answers import Change, records_of
from mockserver.door.faults.kinds import Case

__all__ = ["CHANGES"]

# Fields whose values come from a list that may grow.
_LISTED = ("eventType", "componentType", "messageType", "type", "status", "recordingType", "completionCode", "category")
_INSTANTS = ("timestamp", "startTime", "joinedAt", "createdAt")
_IDS = ("id", "ratingId", "messageId", "recordingId", "metricId", "sampleId", "participantId")


def _page(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = value["metadata"]["pagination"]
    return found


def _has_more_stuck(value: Any, case: Case) -> Any:
    page = _page(value)
    page["hasMore"] = True
    page.setdefault("nextOffset", page["offset"] + page["returned"])
    return value


def _next_offset(step: int | None) -> Change:
    """The next page begins so many records after it should; None says where this one began."""

    def change(value: Any, case: Case) -> Any:
        page = _page(value)
        page["nextOffset"] = page["offset"] if step is None else page["nextOffset"] + step
        return value

    return change


def _no_next_offset(value: Any, case: Case) -> Any:
    del _page(value)["nextOffset"]
    return value


def _total_shrinks(value: Any, case: Case) -> Any:
    page = _page(value)
    page["total"] = max(0, page["total"] - case.fault.fired)
    return value


def _record_repeated(value: Any, case: Case) -> Any:
    """The first record stands twice, and the last is pushed out."""
    records = records_of(value)
    records[:] = [records[0], *records[:-1]] if len(records) > 1 else records * 2
    return value


def _record_missing(value: Any, case: Case) -> Any:
    del records_of(value)[-1]
    return value


def _unordered(value: Any, case: Case) -> Any:
    """Of the first two records of different instants, the later comes first."""
    records = records_of(value)
    name = _first_of(_INSTANTS, records[0])
    place = next(n for n in range(1, len(records)) if records[n][name] != records[n - 1][name])
    records[place - 1], records[place] = records[place], records[place - 1]
    return value


def _duplicate_ids(value: Any, case: Case) -> Any:
    """The second record has the id of the first."""
    records = records_of(value)
    name = _first_of(_IDS, records[0])
    records[1][name] = records[0][name]
    return value


def _unknown_enum(value: Any, case: Case) -> Any:
    for record in records_of(value)[:1]:
        record[_first_of(_LISTED, record)] = "not_known_yet"
    return value


def _null_optional(value: Any, case: Case) -> Any:
    """The record's last field that is a plain value."""
    for record in records_of(value)[:1]:
        record[_plain(record)[-1]] = None
    return value


def _new_field(value: Any, case: Case) -> Any:
    for record in records_of(value):
        record["addedLater"] = {"since": "3.1.0"}
    return value


def _number_as_text(value: Any, case: Case) -> Any:
    for record in records_of(value)[:1]:
        name = next(name for name, one in record.items() if isinstance(one, int | float) and one is not True)
        record[name] = str(record[name])
    return value


def _reordered(value: Any, case: Case) -> Any:
    records = records_of(value)
    records[:] = [dict(reversed(record.items())) for record in records]
    return dict(reversed(value.items()))


def _tomorrow(value: Any, case: Case) -> Any:
    """All changes at once that an API may make without a new version."""
    for change in (_new_field, _unknown_enum, _null_optional, _reordered):
        try:
            value = change(value, case)
        except (KeyError, StopIteration, IndexError):
            continue
    return value


def _verdict_short(value: Any, case: Case) -> Any:
    """One item fewer was accepted than was kept."""
    value["data"]["accepted"] -= 1
    return value


def _first_of(names: Sequence[str], record: dict[str, Any]) -> str:
    return next(name for name in names if name in record)


def _plain(record: dict[str, Any]) -> list[str]:
    fixed = {*_IDS, *_INSTANTS, *_LISTED, "experimentId", "roomId", "onset"}
    return [name for name, one in record.items() if isinstance(one, str | int | float) and name not in fixed]


CHANGES: dict[str, Change] = {
    "has_more_stuck": _has_more_stuck,
    "next_offset_missing": _no_next_offset,
    "next_offset_repeated": _next_offset(None),
    "next_offset_skipping": _next_offset(1),
    "total_shrinks": _total_shrinks,
    "record_repeated": _record_repeated,
    "record_missing": _record_missing,
    "unordered": _unordered,
    "duplicate_ids": _duplicate_ids,
    "unknown_enum": _unknown_enum,
    "null_optional": _null_optional,
    "new_field": _new_field,
    "number_as_text": _number_as_text,
    "reordered_keys": _reordered,
    "tomorrow": _tomorrow,
    "verdict_short": _verdict_short,
}
