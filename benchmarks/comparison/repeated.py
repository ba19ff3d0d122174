"""Questions that are repeated, to this project and to its peers; and a small page, which nobody asked for before."""

import json
from dataclasses import replace

from comparison.account import Account, data_path
from comparison.batches import FACIAL, VOICE, fixed_batch
from comparison.cases import BATCH, DATA, DEMO, LARGE, LARGE_EVENTS, LARGE_SYNC, NEW, SMALL, Case
from comparison.variations import NewPages, Window

__all__ = ["repeated_cases"]

EVENTS = f"{DATA}/data/events/room/room_abc123"
# Records of a small page.
PAGE = 10
LARGE_PAGES = {LARGE: "ratings/continuous", LARGE_EVENTS: "events", LARGE_SYNC: "sync"}
BATCHES = {BATCH: "events", FACIAL: "facial", VOICE: "voice"}


def repeated_cases(account: Account) -> list[Case]:
    """The cases with the answers of an emulator that runs with its default world."""
    small = account.reading(SMALL, EVENTS, f"limit={PAGE}")
    records = json.loads(account.reading(NEW, EVENTS, "limit=10000").ask(account.url))["data"]
    new = replace(small, name=NEW, variation=NewPages(PAGE, [Window(0, records)]))
    large = [account.reading(name, data_path(data_type, DEMO), "limit=1000") for name, data_type in LARGE_PAGES.items()]
    batches = [account.sending(name, kind, fixed_batch(kind)) for name, kind in BATCHES.items()]
    return [case.answered(account.url) for case in (small, new, *large, *batches)]
