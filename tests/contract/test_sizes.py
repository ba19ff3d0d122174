"""How much one answer holds: 10,000 records, and of rooms 5,000, as the overview has it."""

import pytest
from emulator import ROWS, DataApi

from mockserver.hyperstudy.catalogue import MAX_LIMIT
from mockserver.hyperstudy.parameters import read_parameters

MOST = {name: 5_000 if name == "rooms" else 10_000 for name in ROWS}


@pytest.mark.parametrize("data_type", ROWS)
def test_an_answer_never_holds_more_than_it_may(data_type: str) -> None:
    """Whatever is asked for; what is left comes with the next page."""
    row = ROWS[data_type]
    for asked in (1, 4_999, 5_000, 5_001, MAX_LIMIT):
        found = read_parameters({"limit": str(asked), "roomId": "room_pair"}, row, row.levels[0], "x")
        assert found.limit == min(asked, MOST[data_type])


def test_the_limit_that_counts_is_told(pair_api: DataApi) -> None:
    """A client that asks for more rooms than an answer holds is answered, and sees by how many it may go on."""
    metadata = pair_api.data("rooms", "experiment", limit=MAX_LIMIT).get_json()["metadata"]
    assert (metadata["query"]["limit"], metadata["pagination"]["limit"]) == (5_000, 5_000)
    metadata = pair_api.data("participants", "experiment", limit=MAX_LIMIT).get_json()["metadata"]
    assert (metadata["query"]["limit"], metadata["pagination"]["limit"]) == (10_000, 10_000)
