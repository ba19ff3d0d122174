"""A million continuous ratings of `huge` as CSV: how many a core sends in a second, and what it takes of memory.

A page of CSV has at most 10,000 records, so this is a hundred requests, each at the offset that the one before told in
`X-Next-Offset`. What is right is told by another server, in half as large pages.
"""

import hashlib
import http.client
from collections.abc import Iterator
from dataclasses import dataclass

from comparison.cases import Case, WrongAnswer
from comparison.first_page import connected
from comparison.process_tree import usage

__all__ = ["RECORDS", "Reading", "digest_of", "read_all"]

RECORDS = 1_000_000
PAGE = 10_000


@dataclass(frozen=True)
class Reading:
    """One long download.

    Attributes:
        records_per_core_s: Records by the server's processor time.
        growth_mb: How much more resident memory it has at the most than before.
        late_growth_mb: The same, over the second half: by then caches that are bounded have grown.
    """

    records_per_core_s: float
    growth_mb: float
    late_growth_mb: float


def read_all(url: str, pid: int, case: Case, digest: str, records: int = RECORDS) -> Reading:
    """Download all of it from a server, and judge its processor time and memory.

    Args:
        url: Where it answers.
        pid: The root of its tree of processes.
        case: A page of the list, of any size.
        digest: Of what is right, as `digest_of` tells it.
        records: How many are read, a multiple of a page's.

    Raises:
        WrongAnswer: It sent something else.
    """
    told = hashlib.sha256()
    began = usage(pid)
    resident_mb = [began.resident_mb]
    for lines in pages(url, case, PAGE, records):
        told.update(lines)
        resident_mb.append(usage(pid).resident_mb)
    cpu_s = usage(pid).cpu_s - began.cpu_s
    if told.hexdigest() != digest:
        raise WrongAnswer(f"{records:,} records of CSV are not the same in pages of {PAGE:,} and of {PAGE // 2:,}")
    late_mb = resident_mb[len(resident_mb) // 2 :]
    # The system counts in hundredths of a second.
    return Reading(records / max(cpu_s, 0.01), max(resident_mb) - resident_mb[0], max(late_mb) - late_mb[0])


def digest_of(url: str, case: Case, records: int = RECORDS) -> str:
    """Of all lines without the heads, read in pages of another size.

    Raises:
        WrongAnswer: There are not as many records.
    """
    told = hashlib.sha256()
    for lines in pages(url, case, PAGE // 2, records):
        told.update(lines)
    return told.hexdigest()


def pages(url: str, case: Case, size: int, records: int) -> Iterator[bytes]:
    """The lines of each page, without the one that names the columns."""
    connection = connected(url)
    offset, head = 0, None
    try:
        for _ in range(records // size):
            connection.request("GET", f"{case.path}?limit={size}&offset={offset}&format=csv", headers=case.headers)
            answer = connection.getresponse()
            first, _, lines = answer.read().partition(b"\n")
            head = head or first
            check(answer, size, first == head, lines)
            yield lines
            offset = int(answer.headers["X-Next-Offset"])
    finally:
        connection.close()


def check(answer: http.client.HTTPResponse, size: int, same_head: bool, lines: bytes) -> None:
    # No cell of a rating holds a line break.
    if answer.status != 200 or not same_head or lines.count(b"\n") != size or "X-Next-Offset" not in answer.headers:
        raise WrongAnswer(f"status {answer.status}, not a page of {size:,} records: {lines[:300]!r}")
