"""Edited scenarios are read again while they are served: `--watch`.

Files are looked at several times a second, contents and all: a scenario is a few small files, and no way of being
told by the system works for every editor, container and network drive.
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.words.errors import MockserverError

__all__ = ["Watcher", "watching"]

_EVERY_S = 0.25
_log = logging.getLogger("mockserver")


class Watcher:
    """Looks after the files of every scenario that is served.

    Args:
        sandboxes: Whose scenarios they are.
        tell: Takes a line for a person: what was read again, or why it could not be.
    """

    def __init__(self, sandboxes: Sandboxes, tell: Callable[[str], None]) -> None:
        self._sandboxes = sandboxes
        self._tell = tell
        # What the sandboxes of a scenario were made of; a new one may have had it read again meanwhile.
        self._served: dict[str, Mapping[Path, bytes]] = {}
        self._seen: dict[str, Mapping[Path, bytes]] = {}
        self._told: dict[str, str] = {}

    def look(self) -> None:
        """Read again what was edited since it was read, once two looks in a row have found the same.

        So a file that an editor has written half is left alone until it is whole.
        """
        for scenario, known in self._sandboxes.scenario_files().items():
            served = self._served.setdefault(scenario, known)
            present = {path: _content(path) for path in served}
            settled = self._seen.get(scenario) == present
            self._seen[scenario] = present
            if present == served:
                self._told.pop(scenario, None)
            elif settled:
                self._read_again(scenario)

    def _read_again(self, scenario: str) -> None:
        try:
            names = self._sandboxes.reload(scenario)
        except MockserverError as error:
            # Whatever is wrong stays wrong until the next edit, and is told once.
            if self._told.get(scenario) != str(error):
                self._told[scenario] = str(error)
                said = "; ".join(str(error).splitlines())
                self._tell(f"{scenario} was edited and is not taken over: {said}")
        else:
            self._served[scenario] = self._sandboxes.scenario_files()[scenario]
            self._told.pop(scenario, None)
            self._tell(f"{scenario} was edited and is served now; begun anew: {', '.join(names)}")


@contextlib.contextmanager
def watching(sandboxes: Sandboxes, tell: Callable[[str], None]) -> Iterator[None]:
    """Look on a thread for as long as the block runs."""
    watcher, ended = Watcher(sandboxes, tell), threading.Event()

    def run() -> None:
        while not ended.wait(_EVERY_S):
            try:
                watcher.look()
            except Exception:
                _log.exception("bug in mockserver while watching scenarios")

    thread = threading.Thread(target=run, name="mockserver-watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _content(path: Path) -> bytes:
    """Nothing, where there is nothing: editors put a new file in the place of the old one."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
