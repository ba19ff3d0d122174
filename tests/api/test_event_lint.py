"""What a client writes and reads back otherwise is told to the developer, and to nobody else."""

from typing import Any

import pytest
from study_support import StudyApi

JSON_TYPES = [(1, "number"), (2.5, "number"), (True, "boolean"), ({}, "object"), ([1], "array")]


@pytest.fixture
def api() -> StudyApi:
    return StudyApi("pair")


def write(api: StudyApi, **more: Any) -> None:
    event = {"eventType": "component.update", "roomId": "room_pair", "participantId": "user_one", **more}
    verdict = api.answer("POST", "/data/events/batch", {"events": [event]}, expect=201)["data"]
    assert verdict == {"recorded": 1, "rejected": 0, "rejections": []}


def lint(api: StudyApi) -> list[tuple[str, str, int]]:
    """What the control API tells of written events: rule, message, how often."""
    warnings = api.app.test_client().get("/_mock/lint").get_json()["warnings"]
    assert {one["operation"] for one in warnings} <= {"recordEvents"}
    return [(one["rule"], one["message"], one["times"]) for one in warnings]


@pytest.mark.parametrize(("value", "type_"), JSON_TYPES)
def test_a_value_that_becomes_text_is_told_with_its_type(api: StudyApi, value: Any, type_: str) -> None:
    """For each event, by the id under which it is read."""
    write(api, response={"value": value, "responseTime": 5})
    write(api, response={"value": value})
    ids = [one["id"] for one in api.get("/data/events/room/room_pair", limit=10_000) if "written" in one["id"]]
    assert lint(api) == [
        ("value_as_text", f"{id_}: response.value was sent as JSON {type_} and reads back as text", 1) for id_ in ids
    ]
    assert len(ids) == 2


@pytest.mark.parametrize("response", [None, {}, {"value": None}, {"value": ""}, {"value": "3", "responseTime": 1}])
def test_what_reads_back_as_it_was_written_is_not_told(api: StudyApi, response: Any) -> None:
    write(api, response=response)
    assert lint(api) == []


def test_fields_that_are_not_kept_are_named(api: StudyApi) -> None:
    """Each once, with how often it came; those of a response too."""
    for _ in range(3):
        write(api, foo=1, response={"value": "a", "bar": None})
    (first,) = {one["id"] for one in api.get("/data/events/room/room_pair", limit=10_000) if "000001" in one["id"]}
    assert lint(api) == [
        ("unkept_field", f"recordEvents does not keep the field 'foo', first in {first}", 3),
        ("unkept_field", f"recordEvents does not keep the field 'response.bar', first in {first}", 3),
    ]
