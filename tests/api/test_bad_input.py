"""Bad input to the data API is refused with what would be right; what looks odd but is right is taken."""

import http.client
import json
import re
import socket
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit

import pytest
from emulator import FULL_PLACES, PLACES, ROWS, DataApi, Emulator, error_of
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from mockserver.simulation.records.events import CATEGORIES
from mockserver.words.timestamps import iso_from_ms

TIMEOUT_S = 10
MAX_LIMIT = 10_000
# Between which Hypothesis looks for timestamps; it wants them without a zone.
YEARS = datetime.fromisoformat("1900-01-01"), datetime.fromisoformat("2100-01-01")


def refused(answer: TestResponse, parameter: str, value: str | None, expected: str) -> None:
    """The answer is the 400 for that parameter, and its message says the same as its details."""
    error = error_of(answer, 400, "INVALID_PARAMETER")
    assert error["details"] == {"parameter": parameter, "value": value, "expected": expected}
    assert parameter in error["message"]


def records(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["data"]
    return found


# --- parameters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    ["0", "10001", "-1", "+5", "1.0", "1e3", "abc", "", " 5", "5 ", "0x10", "1_000", "٣", "9" * 400, "\0"],
)
def test_limit_must_be_a_whole_number_from_1_to_10000(pair_api: DataApi, value: str) -> None:
    """Written with digits alone, for every data type at every scope; of rooms there may be any, see below."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, limit=value)
        if data_type != "rooms":
            refused(answer, "limit", value, "a whole number from 1 to 10000")
        elif not (value.isascii() and value.isdigit() and int(value)):
            refused(answer, "limit", value, "a whole number of at least 1")


@pytest.mark.parametrize("value", ["5000", "5001", "10000", "10001", "9" * 30, "9" * 5000, "0" * 30 + "5001"])
def test_more_rooms_than_five_thousand_are_answered_with_as_many(pair_api: DataApi, value: str) -> None:
    """However large the number is; the query block says what counts."""
    answer = pair_api.data("rooms", "experiment", limit=value)
    assert answer.status_code == 200
    assert answer.get_json()["metadata"]["query"]["limit"] == 5000


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        *((value, "100000") for value in ("1e+05", "1e5", "1E+05", "1e 05", "1e+005", "100000.0", "100000.", "1.0e5")),
        *((value, "100000") for value in ("100,000", "100_000", "100 000", "+100000", " 100000")),
        *((value, "1000") for value in ("1,000", "1_000")),
        *((value, None) for value in ("1.000", "1.5", "1e99", "x1e5", "1,00", "-1e5", "1e-5", "", "9" * 50)),
    ],
)
def test_a_whole_number_that_is_written_otherwise_is_told_in_digits(
    pair_api: DataApi, value: str, digits: str | None
) -> None:
    """As R, JavaScript and spreadsheets write them; nothing is told of what is none, or may be two."""
    for data_type, scope in PLACES:
        message = error_of(pair_api.data(data_type, scope, offset=value), 400, "INVALID_PARAMETER")["message"]
        told = re.search(r"Write it in digits alone: ([0-9]+)\.$", message)
        assert (told and told[1]) == digits, message


def test_a_whole_number_out_of_range_is_not_told_to_be_written(pair_api: DataApi) -> None:
    """It is told what it is, as 1e5 may not be sent for a limit in any form."""
    message = error_of(pair_api.data("events", "room", limit="1e5"), 400, "INVALID_PARAMETER")["message"]
    assert message.endswith("from 1 to 10000, got '1e5'. In digits alone, that is 100000.")


@pytest.mark.parametrize(
    "value",
    [
        "2024-10-20 16:30:00 02:00", "2024-10-20T16:30:00 02:00", "2024-10-20T16:30:00 0200", "2024-10-20T16:30 02",
        "20241020T163000 0200",
    ],
)  # fmt: skip
def test_a_plus_that_arrived_as_a_blank_is_told_to_be_encoded(pair_api: DataApi, value: str) -> None:
    """For both ends of the window, with a T or a blank before the time."""
    for name in ("startTime", "endTime"):
        for data_type, scope in PLACES:
            error = error_of(pair_api.data(data_type, scope, **{name: value}), 400, "INVALID_PARAMETER")
            assert error["message"].endswith(" In a URL, write the + of an offset as %2B.")
        other = error_of(pair_api.data("events", "room", **{name: "2024-10-20 at noon"}), 400, "INVALID_PARAMETER")
        assert "%2B" not in other["message"]


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        ("2024-10-20T23:59:60Z", True), ("2024-10-20T23:59:60", True), ("2024-10-20T23:59:60.999Z", True),
        ("2024-10-21T01:59:60+02:00", True), ("2024-10-20T18:29:60-05:30", True), ("20241020T235960Z", True),
        ("2024-10-20T12:00:60Z", False), ("2024-10-20T23:58:60Z", False), ("2024-10-20T23:59:60+02:00", False),
        ("2024-10-21T00:59:60+02:00", False), ("2024-10-20T00:00:60Z", False), ("2024-10-20T23:59:61Z", False),
    ],
)  # fmt: skip
def test_a_leap_second_is_the_last_of_a_utc_day(pair_api: DataApi, value: str, is_one: bool) -> None:
    """Whatever the offset is; there is none at the end of an hour."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, startTime=value)
        assert answer.status_code == (200 if is_one else 400)
        if is_one:
            start = answer.get_json()["metadata"]["query"]["startTime"]
            assert start[:19] == "2024-10-21T00:00:00"


@pytest.mark.parametrize("value", ["-1", "+5", "1.0", "abc", "", " 5", "9" * 400, "9007199254740993"])
def test_offset_must_be_a_whole_number_from_0(pair_api: DataApi, value: str) -> None:
    """Written with digits alone, for every data type at every scope."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, offset=value)
        refused(answer, "offset", value, "a whole number from 0 to 9007199254740992")


@pytest.mark.parametrize("value", ["loudness", "Timestamp", "timestamp,onset", "-onset", ""])
def test_sort_must_be_a_field_of_the_data_type(pair_api: DataApi, value: str) -> None:
    """The error lists the fields that there are."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, sort=value)
        refused(answer, "sort", value, "one of " + ", ".join(ROWS[data_type].sorts))


def test_sort_fields_are_those_of_the_documentation() -> None:
    """By time everywhere; recordings by their start too, participants by who they are."""
    for data_type, row in ROWS.items():
        fields = {
            "recordings": {"startTime", "timestamp", "onset"},
            "participants": {"joinedAt", "completedAt", "id", "email", "role", "status", "completionCode"},
            "rooms": {"createdAt"},
        }.get(data_type, {"timestamp", "onset"})
        assert fields <= set(row.sorts)
        first = {"recordings": "startTime", "participants": "joinedAt", "rooms": "createdAt"}
        assert next(iter(row.sorts)) == first.get(data_type, "timestamp")


@pytest.mark.parametrize(
    ("parameter", "value", "expected"),
    [
        ("order", "up", "one of asc, desc"),
        ("order", "DESC", "one of asc, desc"),
        ("order", "", "one of asc, desc"),
        ("format", "xml", "one of json, csv, ndjson"),
        ("format", "JSON", "one of json, csv, ndjson"),
        ("format", "", "one of json, csv, ndjson"),
        ("roomId", "", "a room's id"),
        ("startTime", "yesterday", "ISO 8601 timestamp"),
        ("endTime", "yesterday", "ISO 8601 timestamp"),
    ],
)
def test_choices_are_listed_in_the_error(pair_api: DataApi, parameter: str, value: str, expected: str) -> None:
    """For every data type at every scope."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, **{parameter: value})
        refused(answer, parameter, value, expected)


@pytest.mark.parametrize(
    ("data_type", "parameter", "value", "expected"),
    [
        ("events", "category", "gossip", "one of " + ", ".join(CATEGORIES)),
        ("events", "category", "", "one of " + ", ".join(CATEGORIES)),
        ("components", "completed", "yes", "one of true, false"),
        ("components", "completed", "1", "one of true, false"),
        ("components", "stateId", "", "a value"),
        ("sync", "aggregationWindow", "0", "a whole number from 1 to 86400000"),
        ("sync", "aggregationWindow", "1s", "a whole number from 1 to 86400000"),
    ],
)
def test_filters_are_checked(pair_api: DataApi, data_type: str, parameter: str, value: str, expected: str) -> None:
    """At every scope of the data type that has the filter."""
    for scope in ROWS[data_type].levels:
        answer = pair_api.data(data_type, scope, **{parameter: value})
        refused(answer, parameter, value, expected)


@pytest.mark.parametrize("value", ["Telepathy", "SHOWVIDEO", "ShowVideo,TextChat", ""])
def test_unknown_component_type_is_refused_with_the_known_ones(pair_api: DataApi, value: str) -> None:
    """The error lists every type that a record can have."""
    answer = pair_api.data("components", "room", componentType=value)
    error = error_of(answer, 400, "INVALID_PARAMETER")
    options = error["details"]["expected"].removeprefix("one of ").split(", ")
    assert (error["details"]["parameter"], error["details"]["value"]) == ("componentType", value)
    assert {record["componentType"] for record in pair_api.records("components", "room")} <= set(options)
    for option in options:
        assert pair_api.data("components", "room", componentType=option).status_code == 200


def test_all_categories_of_the_contract_are_known(pair_api: DataApi) -> None:
    """The five documented ones and the two that the client asks for, each with its records."""
    assert set(CATEGORIES) == {
        "component", "state", "media", "communication", "sync", "pre_experiment", "questionnaire",
    }  # fmt: skip
    for category in CATEGORIES:
        found = pair_api.records("events", "room", category=category)
        assert {record["category"] for record in found} == {category}


def test_participant_scope_needs_a_room(pair_api: DataApi) -> None:
    """Without it there is no saying which session is meant; the message shows how to write it."""
    for data_type, scope in PLACES:
        if scope == "participant":
            answer = pair_api.ask(pair_api.path(data_type, scope))
            refused(answer, "roomId", None, "the id of the room in which the participant took part")
            assert "?roomId=" in answer.get_json()["error"]["message"]


def test_message_repeats_the_value_in_short(pair_api: DataApi) -> None:
    """What was sent is shown, quoted, with its odd characters escaped, and not at any length."""
    error = error_of(pair_api.data("events", "room", limit="\n" + "x" * 5000), 400, "INVALID_PARAMETER")
    assert error["message"].startswith(r"Invalid value for limit: expected a whole number from 1 to 10000, got '\nxxx")
    assert len(error["message"]) < 200


def test_unknown_parameters_are_ignored(pair_api: DataApi) -> None:
    """Also those that only other data types know."""
    plain = pair_api.data("chat", "room").get_json()
    assert pair_api.data("chat", "room", nonsense="1", category="gossip", completed="x").get_json() == plain


# --- time -----------------------------------------------------------------------------------------

BROKEN = [
    "", " ", "now", "2024", "2024-10", "2024-W43", "2024-1-2", "2024-10-20T", "2024-10-20T1", "2024-10-20T14:3",
    "2024-1020", "202410-20T143000Z", "2023-366", "2024-W53-1", "20/10/2024", "1729434600", "1729434600000",
    "2024-13-01", "2024-00-10", "2024-02-30", "2023-02-29", "2024-10-20T24:00:01Z", "2024-10-20T25:00:00Z",
    "2024-10-20T14:60:00Z", "2024-10-20T14:30:61Z", "2024-10-20T14:30:00.Z", "2024-10-20T14:30:00ZZ",
    "2024-10-20T14:30:00Z+01:00", "2024-10-20T14:30:00+25:00", "2024-10-20T14:30:00+02:60",
    "2024-10-20T14:30:00 Europe/Paris", "2024-10-20T14:30:00Z ", " 2024-10-20T14:30:00Z",
    "2024-10-20TT14:30:00Z", "-2024-10-20", "+12024-10-20T00:00:00Z", "0000-01-01", "2024-10-20T14:30:00Z\0",
    "２０２４-10-20", "null", "NaN", "{}", "2024-10-20T14:30:00Z;DROP",
]  # fmt: skip


@pytest.mark.parametrize("name", ["startTime", "endTime"])
@pytest.mark.parametrize("value", BROKEN)
def test_broken_timestamp_is_refused_with_an_example(pair_api: DataApi, name: str, value: str) -> None:
    """The error names the form, and the message shows a timestamp that has it."""
    answer = pair_api.data("events", "room", **{name: value})
    refused(answer, name, value, "ISO 8601 timestamp")
    assert "such as 2024-10-20T14:30:00Z" in answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20241020T143000Z", "2024-10-20T14:30:00.000Z"),
        ("20241020", "2024-10-20T00:00:00.000Z"),
        ("2024-10-20T14", "2024-10-20T14:00:00.000Z"),
        ("2024-294T14,5Z", "2024-10-20T14:30:00.000Z"),
        ("2024-W42-7T14:30Z", "2024-10-20T14:30:00.000Z"),
        ("2024-10-20T24:00:00Z", "2024-10-21T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999999", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_other_forms_of_iso_8601_are_understood(pair_api: DataApi, written: str, meant: str) -> None:
    """The basic form, hours alone, days of the year and of the week, the end of a day, Python's `datetime.max`."""
    for name in ("startTime", "endTime"):
        query = pair_api.data("events", "room", **{name: written}).get_json()["metadata"]["query"]
        assert query[name] == meant


@pytest.mark.parametrize("name", ["startTime", "endTime"])
def test_offset_with_a_bare_plus_says_how_to_write_it(pair_api: DataApi, name: str) -> None:
    """A plus in a query string is a space; the message tells, since nothing shows it."""
    answer = pair_api.ask(pair_api.path("events", "room"), f"{name}=2024-10-20T14:30:00+02:00")
    refused(answer, name, "2024-10-20T14:30:00 02:00", "ISO 8601 timestamp")
    assert "write the + of an offset as %2B" in answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2024-10-21", "2024-10-20"),
        ("2024-10-20T14:30:00.001Z", "2024-10-20T14:30:00.000Z"),
        ("2024-10-20T14:30:00Z", "2024-10-20T14:30:00+02:00"),
        ("2024-10-20T14:30:00.000001Z", "2024-10-20T14:30:00Z"),
    ],
)
def test_window_that_ends_before_it_starts_is_refused(pair_api: DataApi, start: str, end: str) -> None:
    """For every data type at every scope, by the instants and not by the texts."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, startTime=start, endTime=end)
        refused(answer, "startTime", start, "an ISO 8601 timestamp not later than endTime")


@st.composite
def broken_timestamps(draw: st.DrawFn) -> str:
    """A good timestamp with one thing wrong with it."""
    instant = draw(st.datetimes(*YEARS))
    zone = draw(st.sampled_from(["", "Z", "+02:00", "-0530"]))
    good = instant.isoformat(timespec="milliseconds") + zone
    harms = [
        lambda t: f"{t[:5]}{draw(st.sampled_from(['00', '13', '1', '011']))}{t[7:]}",
        lambda t: f"{t[:8]}{draw(st.sampled_from(['00', '32', '1', '011']))}{t[10:]}",
        lambda t: f"{t[:11]}{draw(st.integers(25, 99))}{t[13:]}",
        lambda t: f"{t[:14]}{draw(st.integers(60, 99))}{t[16:]}",
        lambda t: f"{t[:17]}{draw(st.integers(62, 99))}{t[19:]}",
        lambda t: t[: draw(st.sampled_from([*range(1, 10), 11, 12, 14, 15, 17, 18, 20]))],
        lambda t: t + draw(st.text("abcxy:;,.!?", min_size=1, max_size=5)),
        lambda t: draw(st.text("abcxyz:;,.!?-+ ", min_size=1, max_size=5)) + t,
        lambda t: t.replace(":", draw(st.sampled_from(["", ".", "::", "-"])), 1),
        lambda t: t.replace("-", draw(st.sampled_from(["", "/", "--", "."])), 1),
        lambda t: t.replace("T", draw(st.sampled_from(["", "  ", "_", "TT"])), 1),
    ]
    harm = draw(st.sampled_from(harms))
    return harm(good)


@given(broken_timestamps(), st.sampled_from(["startTime", "endTime"]))
def test_any_broken_timestamp_is_refused(pair_api: DataApi, value: str, name: str) -> None:
    """Whatever is wrong with it, and never with a bug of ours."""
    refused(pair_api.data("sync", "room", **{name: value}), name, value, "ISO 8601 timestamp")


@given(
    st.datetimes(
        timezones=st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m))),
        min_value=YEARS[0],
        max_value=YEARS[1],
    )
)
def test_any_timestamp_of_python_is_understood(pair_api: DataApi, instant: datetime) -> None:
    """What `isoformat()` writes comes back in the metadata as the same instant, to the millisecond above."""
    answer = pair_api.data("sync", "room", startTime=instant.isoformat(), limit=1)
    understood = answer.get_json()["metadata"]["query"]["startTime"]
    late = datetime.fromisoformat(understood) - instant.astimezone(UTC)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", understood)
    assert timedelta(0) <= late < timedelta(milliseconds=1)


@pytest.mark.parametrize(
    "value",
    [
        "0001-01-01", "0001-01-01T00:00:00+01:00", "0999-12-31T23:59:59Z", "9999-12-31",
        "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-01:00",
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["startTime", "endTime"])
def test_first_and_last_years_are_instants_or_refused(pair_api: DataApi, name: str, value: str) -> None:
    """What cannot be written as a timestamp of four-digit years is refused; the rest comes back whole."""
    answer = pair_api.data("events", "room", **{name: value})
    if answer.status_code != 200:
        refused(answer, name, value, "ISO 8601 timestamp")
        return
    understood = answer.get_json()["metadata"]["query"][name]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", understood)
    assert understood[:4] == value[:4]


def same_instant(text: str) -> dict[str, str]:
    """A record's timestamp in every form that is understood."""
    instant = datetime.fromisoformat(text)
    east, west = (instant.astimezone(timezone(timedelta(hours=h))) for h in (2, -5))
    return {
        "Z": text,
        "lower case": text.lower(),
        "zero offset": instant.isoformat(timespec="milliseconds"),
        "east": east.isoformat(timespec="milliseconds"),
        "west": west.isoformat(timespec="milliseconds"),
        "offset without colon": east.strftime("%Y-%m-%dT%H:%M:%S.") + text[-4:-1] + "+0200",
        "offset of hours": west.strftime("%Y-%m-%dT%H:%M:%S.") + text[-4:-1] + "-05",
        "no zone": text.removesuffix("Z"),
        "space": text.replace("T", " "),
        "comma": text.replace(".", ","),
        "microseconds": text.replace("Z", "000Z"),
        "nanoseconds": text.replace("Z", "000000Z"),
    }


@pytest.mark.parametrize("form", same_instant("2024-10-20T14:30:00.000Z"))
def test_every_form_of_an_instant_means_the_same(pair_api: DataApi, form: str) -> None:
    """Z, offsets, fractions and no zone at all (which is UTC) start the same window."""
    events = pair_api.all_records("events", "room")
    boundary = events[len(events) // 2]["timestamp"]
    found = pair_api.records("events", "room", startTime=same_instant(boundary)[form])
    assert found == [event for event in events if event["timestamp"] >= boundary] != []


def test_offset_is_percent_encoded_in_the_query(pair_api: DataApi) -> None:
    """`%2B02:00` is two hours east, so the wall clock there shows two hours more."""
    path = pair_api.path("events", "room")
    east = records(pair_api.ask(path, "startTime=2024-10-20T16:30:30%2B02:00"))
    assert east == records(pair_api.ask(path, "startTime=2024-10-20T14:30:30Z")) != []


@pytest.mark.parametrize(("data_type", "scope"), [place for place in FULL_PLACES if place[0] != "rooms"])
def test_both_ends_of_the_window_belong_to_it(pair_api: DataApi, data_type: str, scope: str) -> None:
    """From the first instant to the last holds both, and a millisecond less at each end holds neither."""
    everything = pair_api.all_records(data_type, scope)
    name = next(n for n in ("timestamp", "startTime", "joinedAt") if n in everything[0])
    first, last = everything[0][name], everything[-1][name]
    assert pair_api.records(data_type, scope, startTime=first, endTime=last, limit=MAX_LIMIT) == everything
    start, end = shifted(first, +1), shifted(last, -1)
    within = [record for record in everything if first < record[name] < last]
    if start <= end:
        found = pair_api.records(data_type, scope, startTime=start, endTime=end, limit=MAX_LIMIT)
        assert found == within
    assert pair_api.records(data_type, scope, startTime=first, endTime=first) == [
        record for record in everything if record[name] == first
    ]


def shifted(text: str, by_ms: int) -> str:
    instant = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return iso_from_ms(instant // timedelta(milliseconds=1) + by_ms)


def test_fractions_finer_than_a_millisecond_count(pair_api: DataApi) -> None:
    """A window that starts a microsecond after a record leaves it out; so does one that ends before it."""
    first = pair_api.all_records("chat", "room")[0]
    at = first["timestamp"].removesuffix("Z")
    before = shifted(first["timestamp"], -1).removesuffix("Z")
    assert first in pair_api.records("chat", "room", startTime=f"{before}999Z")
    assert first in pair_api.records("chat", "room", endTime=f"{at}001Z")
    assert first not in pair_api.records("chat", "room", startTime=f"{at}001Z")
    assert first not in pair_api.records("chat", "room", endTime=f"{before}999Z")


def test_a_date_is_its_midnight(pair_api: DataApi) -> None:
    """In UTC; as an end it therefore leaves that day out."""
    everything = pair_api.all_records("events", "room")
    assert {event["timestamp"][:10] for event in everything} == {"2024-10-20"}
    assert pair_api.records("events", "room", startTime="2024-10-20", endTime="2024-10-21") == everything
    assert pair_api.records("events", "room", endTime="2024-10-20") == []


@pytest.mark.parametrize(
    "window",
    [
        {"startTime": "2030-01-01"},
        {"endTime": "1999-12-31T23:59:59Z"},
        {"startTime": "2024-10-20T00:00:00Z", "endTime": "2024-10-20T00:00:00Z"},
    ],
)
def test_empty_window_is_a_success_without_records(pair_api: DataApi, window: dict[str, str]) -> None:
    """For every data type at every scope: an empty list, a total of 0 and nothing more to come."""
    for data_type, scope in PLACES:
        answer = pair_api.data(data_type, scope, **window)
        assert records(answer) == []
        assert answer.get_json()["metadata"]["pagination"] == {
            "total": 0, "returned": 0, "hasMore": False, "limit": 1000, "offset": 0,
        }  # fmt: skip


# --- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("beyond", [0, 1, 10**6, 2**53])
def test_offset_at_or_beyond_the_end_is_an_empty_page(pair_api: DataApi, beyond: int) -> None:
    """The total is told all the same, and nothing is said to follow."""
    for data_type, scope in FULL_PLACES:
        total = len(pair_api.all_records(data_type, scope))
        offset = min(total + beyond, 2**53)
        answer = pair_api.data(data_type, scope, offset=offset)
        assert records(answer) == []
        assert answer.get_json()["metadata"]["pagination"] == {
            "total": total, "returned": 0, "hasMore": False, "limit": 1000, "offset": offset,
        }  # fmt: skip


def test_limits_from_1_to_10000_are_taken(demo_api: DataApi) -> None:
    """The smallest and the largest page of a list that is larger than both."""
    for limit in (1, MAX_LIMIT):
        answer = demo_api.data("ratings/continuous", "experiment", limit=limit)
        assert len(records(answer)) == limit
        assert answer.get_json()["metadata"]["pagination"]["nextOffset"] == limit


# --- keys, organisations, ids ---------------------------------------------------------------------

WRONG_HEADERS = ["Authorization", "X-Api-Token", "Api-Key", "ApiKey", "X-Auth-Token"]


@pytest.mark.parametrize("header", WRONG_HEADERS)
def test_key_in_another_header_is_missing_and_told_so(pair_api: DataApi, header: str) -> None:
    """The message says where it was found and where it belongs."""
    value = pair_api.keys["full"]
    for sent in (value, f"Bearer {value}"):
        answer = pair_api.ask("/data/events/room/room_pair", key=None, headers={header: sent})
        error = error_of(answer, 401, "UNAUTHORIZED")
        assert error["details"] == {"reason": "missing"}
        assert error["message"] == f"No API key: send it in the X-API-Key header, not in {header}."


@pytest.mark.parametrize("parameter", ["apiKey", "api_key", "key", "X-API-Key", "apikey"])
def test_key_in_the_query_is_missing_and_told_so(pair_api: DataApi, parameter: str) -> None:
    """A key in an address ends up in logs; the message says where it belongs."""
    query = {parameter: pair_api.keys["full"]}
    error = error_of(pair_api.ask("/data/events/room/room_pair", query, key=None), 401, "UNAUTHORIZED")
    assert error["details"] == {"reason": "missing"}
    assert error["message"] == "No API key: send it in the X-API-Key header, not in the query string."


@pytest.mark.parametrize(
    ("value", "reason"),
    [("", "missing"), ("nobody", "unknown"), ("Bearer hst_live_your_key_here", "unknown"), ("é", "unknown")],
)
def test_key_must_be_known_to_the_letter(pair_api: DataApi, value: str, reason: str) -> None:
    """An empty one counts as missing, one with something around it as unknown."""
    answer = pair_api.ask("/data/events/room/room_pair", key=None, headers={"X-API-Key": value})
    assert error_of(answer, 401, "UNAUTHORIZED")["details"] == {"reason": reason}


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-Key"])
def test_header_names_have_no_case(pair_api: DataApi, name: str) -> None:
    """However a client writes the header, the key is found."""
    headers = {name: pair_api.keys["full"]}
    assert records(pair_api.ask("/data/events/room/room_pair", key=None, headers=headers)) != []


@pytest.mark.parametrize(("data_type", "scope"), PLACES)
def test_missing_scope_names_required_and_provided(pair_api: DataApi, data_type: str, scope: str) -> None:
    """A key for events alone opens what needs `read:events` and nothing else; a wildcard opens all."""
    required = ROWS[data_type].scope
    answer = pair_api.ask(pair_api.path(data_type, scope), pair_api.query(scope), key="events_only")
    by_wildcard = pair_api.ask(pair_api.path(data_type, scope), pair_api.query(scope), key="read_only")
    assert records(by_wildcard) == pair_api.records(data_type, scope)
    if required == "read:events":
        assert answer.data == by_wildcard.data
    else:
        error = error_of(answer, 403, "FORBIDDEN")
        assert error["details"] == {"required": [required], "provided": ["read:events"]}
        assert error["message"] == f"The API key lacks the scope {required}."


def test_required_scopes_are_those_of_the_documentation() -> None:
    """Participants, rooms and gaze use the scope of events; both kinds of ratings share one."""
    assert {name: row.scope for name, row in ROWS.items()} == {
        name: {
            "participants": "read:events",
            "rooms": "read:events",
            "eyetracking": "read:events",
            "ratings/continuous": "read:ratings",
            "ratings/sparse": "read:ratings",
        }.get(name, f"read:{name}")
        for name in ROWS
    }


@pytest.mark.parametrize(("data_type", "scope"), PLACES)
def test_another_organisations_data_is_forbidden(pair_api: DataApi, data_type: str, scope: str) -> None:
    """A key with every scope opens nothing that belongs to somebody else."""
    answer = pair_api.ask(pair_api.path(data_type, scope), pair_api.query(scope), key="other_organisation")
    error = error_of(answer, 403, "FORBIDDEN")
    assert error["details"] == {"required": ["org_main"], "provided": ["org_other"]}


def test_organisation_header_must_be_the_keys_own(pair_api: DataApi) -> None:
    """Another one is refused, the right one, an empty one and none are taken."""
    path = "/data/events/room/room_pair"
    answer = pair_api.ask(path, headers={"X-Organization-Id": "org_other"})
    error = error_of(answer, 403, "FORBIDDEN")
    assert error["details"] == {"required": ["org_other"], "provided": ["org_main"]}
    assert "X-Organization-Id" in error["message"]
    plain = pair_api.ask(path).data
    for value in ("org_main", ""):
        assert pair_api.ask(path, headers={"X-Organization-Id": value}).data == plain


@pytest.mark.parametrize(("data_type", "scope"), PLACES)
def test_unknown_id_is_not_found_and_one_that_exists_is_named(pair_api: DataApi, data_type: str, scope: str) -> None:
    """The details hold what was looked for; the message an id of the same kind to try."""
    answer = pair_api.ask(f"/data/{data_type}/{scope}/nobody", pair_api.query(scope))
    error = error_of(answer, 404, "NOT_FOUND")
    assert error["details"] == {"resource": scope, "id": "nobody"}
    what = {"participant": "participant in room room_pair"}.get(scope, scope)
    example = {"experiment": "exp_pair", "room": "room_pair", "participant": "user_one"}[scope]
    assert error["message"] == f"There is no {what} with the id 'nobody'. For example, {example} exists."


def test_participant_of_another_room_is_not_found(demo_api: DataApi) -> None:
    """An id that exists elsewhere does not exist here."""
    rooms = demo_api.sandbox.world.rooms("exp_research_001")
    stranger = demo_api.sandbox.world.participant_ids(rooms[1])[1]
    path = f"/data/events/participant/{stranger}"
    assert records(demo_api.ask(path, {"roomId": rooms[1].room_id})) != []
    error = error_of(demo_api.ask(path, {"roomId": rooms[0].room_id}), 404, "NOT_FOUND")
    assert error["details"]["id"] == stranger


@pytest.mark.parametrize(
    ("scope", "parameter"),
    [("experiment", "roomId"), ("experiment", "deploymentId"), ("room", "roomId")],
)
def test_filter_by_what_is_not_there_finds_nothing(pair_api: DataApi, scope: str, parameter: str) -> None:
    """A filter narrows down; it is no address, so nothing found is no error."""
    assert records(pair_api.data("events", scope, **{parameter: "nowhere"})) == []


def test_unknown_recording_has_no_download(pair_api: DataApi) -> None:
    """404 for a room or a recording that is not there, 403 for a key without the scope."""
    ask = pair_api.ask
    error = error_of(ask("/data/recordings/download/room_pair/rec_none"), 404, "NOT_FOUND")
    assert error["details"]["id"] == "rec_none"
    error = error_of(ask("/data/recordings/download/nowhere/rec_none"), 404, "NOT_FOUND")
    assert error["details"] == {"resource": "room", "id": "nowhere"}
    answer = ask("/data/recordings/download/room_pair/rec_none", key="events_only")
    assert error_of(answer, 403, "FORBIDDEN")["details"]["required"] == ["read:recordings"]


# --- bytes on the wire ----------------------------------------------------------------------------

NOT_FOUND, PARAMETER = (404, "NOT_FOUND"), (400, "INVALID_PARAMETER")
TARGETS = {
    "path out of the API": (b"/api/v3/../../etc/passwd", NOT_FOUND),
    "path out of a room": (b"/api/v3/data/events/room/../../../../etc/passwd", NOT_FOUND),
    "encoded path out": (b"/api/v3/data/events/room/%2e%2e%2f%2e%2e%2fetc%2fpasswd", NOT_FOUND),
    "double slash": (b"/api/v3//data/events/room/room_pair", NOT_FOUND),
    "backslashes": (b"/api/v3/data/events/room/..\\..\\etc", NOT_FOUND),
    "NUL": (b"/api/v3/data/events/room/%00", NOT_FOUND),
    "encoded bytes": (b"/api/v3/data/events/room/%ff%fe", NOT_FOUND),
    "broken escape in the query": (b"/api/v3/data/events/room/room_pair?limit=%zz", PARAMETER),
    "header in the path": (b"/api/v3/data/events/room/a%0d%0aX-Injected:%20yes", NOT_FOUND),
    "fragment": (b"/api/v3/data/events/room/nowhere#part", NOT_FOUND),
    "path parameter": (b"/api/v3/data/events/room/room_pair;v=1", NOT_FOUND),
    "absolute address": (b"http://elsewhere.example/api/v3/data/events/room/nowhere", NOT_FOUND),
    "very long": (b"/api/v3/data/events/room/" + b"x" * 60_000, NOT_FOUND),
}

# What is not ASCII has to be percent-encoded; HTTP knows no other address.
NO_HTTP = {
    "NUL as it is": b"/api/v3/data/events/room/\0",
    "raw bytes": b"/api/v3/data/events/room/\xff\xfe",
    "raw UTF-8": "/api/v3/data/events/room/r\u00e4ume".encode(),
    "raw bytes in the query": b"/api/v3/data/events/room/room_pair?limit=\xff",
    "space": b"/api/v3/data/events/room/room pair",
}


def exchange(server: Emulator, target: bytes) -> tuple[http.client.HTTPResponse, bytes]:
    """Send a request line as it is, which no client would let through."""
    address = urlsplit(server.url)
    head = b"\r\n".join(
        [b"GET " + target + b" HTTP/1.1", b"Host: localhost", b"X-API-Key: hst_live_your_key_here", b"", b""]
    )
    with socket.create_connection((address.hostname, address.port), timeout=TIMEOUT_S) as raw:
        raw.sendall(head)
        answer = http.client.HTTPResponse(raw)
        answer.begin()
        return answer, answer.read()


@pytest.mark.parametrize(("target", "error"), TARGETS.values(), ids=TARGETS)
def test_path_tricks_on_the_wire_get_an_envelope(pair_server: Emulator, target: bytes, error: tuple[int, str]) -> None:
    """Over a real socket too: JSON with a status that fits, whatever the request line holds."""
    answer, content = exchange(pair_server, target)
    body = json.loads(content)
    assert (answer.status, body["error"]["code"]) == error
    assert list(body) == ["status", "error"]
    assert body["status"] == "error"
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert answer.headers["X-Injected"] is None


@pytest.mark.parametrize("target", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_closed_with_a_plain_400(pair_server: Emulator, target: bytes) -> None:
    """It is no request, so it has no envelope, and no entry in the journal."""
    before = len(pair_server.sandbox.journal)
    answer, content = exchange(pair_server, target)
    assert answer.status == 400
    assert answer.headers["Connection"] == "close"
    assert not content.startswith(b"{")
    assert len(pair_server.sandbox.journal) == before
