"""Pages of a thousand records that nobody asked for before: of every data type that a world has, in JSON and CSV.

A list is known by a few windows, which lie evenly over all of it, and each page is cut from one of them. The right
answer to a page is thus told by larger pages, of another server.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from comparison.account import Account, data_path
from comparison.cases import DEMO, HUGE, Case, WrongAnswer
from comparison.variations import CSV, JSON, NewPages, Window, head_and_records

__all__ = [
    "EVENTS",
    "LISTS",
    "MAIN_TYPES",
    "RATINGS",
    "SIZE",
    "SYNC",
    "List",
    "first_page",
    "new_page_at",
    "new_page_cases",
]

SIZE = 1000
# Pages can begin at any of the first thousand places of a window.
WINDOW = 2 * SIZE
MOST_WINDOWS = 20

RATINGS, EVENTS, SYNC = MAIN_TYPES = ("ratings/continuous", "events", "sync")
OTHER_TYPES = {
    DEMO: ("ratings/sparse", "components", "chat", "recordings", "videochat", "participants", "rooms"),
    HUGE: ("components", "participants", "rooms"),
}


@dataclass(frozen=True)
class List:
    """One list of a world in one format.

    Attributes:
        world: The scenario.
        data_type: As the path names it.
        form: JSON or CSV.
    """

    world: str
    data_type: str
    form: str

    @property
    def name(self) -> str:
        """What the tables call a new page of it."""
        return f"new page, {self.data_type} of {self.world}, {self.form}"

    @property
    def is_main(self) -> bool:
        """Is there a target for it?"""
        return self.data_type in MAIN_TYPES and self.form == JSON


LISTS = [
    List(world, data_type, form)
    for world, types in OTHER_TYPES.items()
    for data_type in (*MAIN_TYPES, *types)
    for form in (JSON, CSV)
]


def new_page_cases(account: Account) -> Iterator[Case]:
    """The cases of the world that an emulator runs."""
    for listed in LISTS:
        if listed.world == account.world:
            yield new_page_case(account, listed)


def new_page_case(account: Account, listed: List) -> Case:
    """One of them, with the windows that its pages are cut from."""
    case = page_of(account, listed)
    total = json.loads(replace(case, query="limit=1").ask(account.url))["metadata"]["pagination"]["total"]
    found = [window_at(account, case, offset, listed.form) for offset in window_offsets(total)]
    head, _ = found[0]
    return replace(case, variation=NewPages(SIZE, [window for _, window in found], listed.form, head))


def first_page(account: Account, data_type: str) -> Case:
    """The first page of a list as JSON, with its answer."""
    return page_of(account, List(account.world, data_type, JSON))


def new_page_at(account: Account, name: str, offset: int) -> Case:
    """The page of continuous ratings at one offset, each time asked for as nobody did before."""
    case = page_of(account, List(account.world, RATINGS, JSON))
    # The larger page begins before it, where it can.
    begin = max(0, offset - SIZE)
    _, larger = window_at(account, case, begin, JSON)
    page = Window(offset, larger.records[offset - begin :][:SIZE])
    return replace(case, name=name, variation=NewPages(SIZE, [page]))


def page_of(account: Account, listed: List) -> Case:
    query = f"limit={SIZE}" + ("&format=csv" if listed.form == CSV else "")
    case = account.reading(listed.name, data_path(listed.data_type, listed.world), query)
    # Servers have ports of their own, which links of recordings would show.
    return replace(case, host="mock.example", is_main=listed.is_main).answered(account.url)


def window_at(account: Account, case: Case, offset: int, form: str) -> tuple[tuple[str, ...], Window]:
    """The names of the columns, and what stands from an offset on.

    Raises:
        WrongAnswer: It is no such list.
    """
    answer = replace(case, query=f"limit={WINDOW}&offset={offset}&format={form}").ask(account.url)
    found = head_and_records(answer, form)
    if found is None:
        raise WrongAnswer(f"{case.name}: no list of records: {answer[:300]!r}")
    head, records = found
    return head, Window(offset, records)


def window_offsets(total: int) -> list[int]:
    """Where windows begin: the first at the beginning of a list of so many records, the last up to its end."""
    count = max(1, min(MOST_WINDOWS, total // WINDOW))
    return [number * (total - WINDOW) // (count - 1) for number in range(count)] if count > 1 else [0]
