"""What a process and its descendants use, as Linux tells it under /proc.

A server may be several processes (a launcher and what it launches), so processor time and memory are always
those of the tree. Processor time holds where wall time does not: other work of the machine is not in it.
"""

import contextlib
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Usage", "usage"]

PROC = Path("/proc")
# Places in /proc/PID/stat after the command's name; proc(5) counts from three more.
PARENT = 1
TIMES = slice(11, 15)
RESIDENT = 21


@dataclass(frozen=True)
class Usage:
    """What a tree of processes has used so far.

    Attributes:
        cpu_s: User and system time, with that of children who have ended.
        resident_mb: Resident memory now; pages that two processes share count twice.
    """

    cpu_s: float
    resident_mb: float


def usage(root: int) -> Usage:
    """What the process and its living descendants have used.

    Raises:
        ProcessLookupError: There is no such process.
    """
    stats = _stats()
    if root not in stats:
        raise ProcessLookupError(root)
    tree = [stats[pid] for pid in _tree(root, stats)]
    ticks = sum(int(field) for stat in tree for field in stat[TIMES])
    pages = sum(int(stat[RESIDENT]) for stat in tree)
    return Usage(ticks / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE") / 1e6)


def _tree(root: int, stats: dict[int, list[str]]) -> list[int]:
    children = defaultdict(list)
    for pid, stat in stats.items():
        children[int(stat[PARENT])].append(pid)
    tree = [root]
    for pid in tree:
        tree.extend(children[pid])
    return tree


def _stats() -> dict[int, list[str]]:
    """The fields of every process after its command's name, which may itself hold blanks and brackets."""
    stats = {}
    for folder in PROC.glob("[0-9]*"):
        # It may have ended since it was listed.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            stats[int(folder.name)] = (folder / "stat").read_text().rpartition(")")[2].split()
    return stats
