"""Rules that hold for every batch, tried on many."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingestion_support import KINDS, Ingestion, documented_items, make_app

# Every character there is, half surrogate pairs and NUL among them.
_TEXT = st.text(st.characters(exclude_categories=()), max_size=10)
_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**330), 10**330)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXT
)
_JSON = st.recursive(_LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3))
# Names that no schema knows, so that they can be added to a good item without harm.
_UNKNOWN = st.dictionaries(_TEXT.map("extra ".__add__), _JSON, max_size=3)


@st.composite
def items(draw: st.DrawFn, kind: str) -> tuple[Any, bool]:
    """An item, and whether it is good: a documented one, decorated, bereft of a field, or no item at all."""
    item = draw(st.sampled_from(documented_items(kind))) | draw(_UNKNOWN)
    harm = draw(st.sampled_from(["none", "none", "bereft", "foreign"]))
    if harm == "bereft":
        del item["timestamp" if "timestamp" in item else "transcript"]
    return (draw(_JSON) if harm == "foreign" else item), harm == "none"


BATCHES = st.sampled_from(KINDS).flatmap(lambda kind: st.tuples(st.just(kind), st.lists(items(kind), max_size=12)))
_fresh_sessions = itertools.count()
# A busy machine is no reason to fail.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def api() -> Ingestion:
    return Ingestion(make_app())


def post(api: Ingestion, kind: str, batch: list[Any]) -> tuple[str, dict[str, Any]]:
    """Post to a session of its own; returns its id and the `data` of the answer."""
    session_id = f"session {next(_fresh_sessions)}"
    data = api.post(kind, batch, session_id).get_json()["data"]
    assert data["sessionId"] == session_id
    return session_id, data


@settings(PATIENT, max_examples=60)
@given(BATCHES)
def test_batch_is_split_kept_and_read_back(api: Ingestion, drawn: tuple[str, list[tuple[Any, bool]]]) -> None:
    """Counts add up, rejections are in order, and what was accepted comes back equal, in its place."""
    kind, marked = drawn
    batch = [item for item, _ in marked]
    good = [index for index, (_, is_good) in enumerate(marked) if is_good]
    bad = [index for index, (_, is_good) in enumerate(marked) if not is_good]
    session_id, data = post(api, kind, batch)
    assert data["accepted"] == len(good)
    assert data["rejected"] == len(bad)
    assert [rejection["index"] for rejection in data["rejections"]] == bad
    assert all(list(rejection) == ["index", "reason"] for rejection in data["rejections"])
    stored = api.stored(sessionId=session_id)
    assert [entry["index"] for entry in stored] == good
    sent = [batch[index] for index in good]
    assert [json.dumps(entry["item"]) for entry in stored] == [json.dumps(item) for item in sent]


@settings(PATIENT, max_examples=60)
@given(_TEXT.filter(bool), _JSON)
def test_any_json_is_taken_with_any_session(api: Ingestion, session_id: str, extra: Any) -> None:
    """No text and no number is so odd that a batch is lost, and all of it comes back to the last digit."""
    item = documented_items("voice")[0] | {"extra": extra, "transcript": session_id}
    sent = f"{session_id} {next(_fresh_sessions)}"
    response = api.post("voice", [item, extra], sent)
    assert response.status_code == 200
    assert (response.get_json()["data"]["sessionId"], response.get_json()["data"]["accepted"]) == (sent, 1)
    total = api.client.get("/_mock/ingested?limit=1").get_json()["total"]
    (last,) = api.stored(offset=str(total - 1))
    assert (last["sessionId"], repr(last["item"])) == (sent, repr(item))


@settings(PATIENT, max_examples=120)
@given(st.sampled_from(KINDS), st.data())
def test_any_value_of_a_known_field_is_judged(api: Ingestion, kind: str, data: st.DataObject) -> None:
    """Accepted and shown, or rejected with a reason; never a crash."""
    item = documented_items(kind)[0]
    name = data.draw(st.sampled_from(list(item)))
    value = data.draw(_JSON | st.dictionaries(_TEXT, _LEAVES, min_size=1, max_size=3))
    session_id, told = post(api, kind, [item | {name: value}])
    stored = api.stored(sessionId=session_id)
    assert [repr(entry["item"]) for entry in stored] == [repr(item | {name: value})] * told["accepted"]
    assert all(rejection["reason"] for rejection in told["rejections"])


@settings(PATIENT, max_examples=30)
@given(BATCHES, st.data())
def test_no_item_affects_another(
    api: Ingestion, drawn: tuple[str, list[tuple[Any, bool]]], data: st.DataObject
) -> None:
    """In any other order, every item meets the same fate for the same reason."""
    kind, marked = drawn
    batch = [item for item, _ in marked]
    order = data.draw(st.permutations(range(len(batch))))

    def fates(permuted: list[Any]) -> list[str]:
        reasons = {entry["index"]: entry["reason"] for entry in post(api, kind, permuted)[1]["rejections"]}
        return [reasons.get(index, "accepted") for index in range(len(permuted))]

    before = fates(batch)
    assert fates([batch[index] for index in order]) == [before[index] for index in order]
