"""Rules that hold for every batch, tried on many."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingestion_support import KINDS, Ingestion, documented_items, make_app

_LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=10)
)
_JSON = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
# Names that no schema knows, so that they can be added to a good item without harm.
_UNKNOWN = st.dictionaries(st.text(max_size=10).map("extra ".__add__), _JSON, max_size=3)


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
