"""Ctrl-C and SIGTERM as something that was asked for, not as an exception out of nowhere.

A handler that raises can hit any line, also one that swallows the exception or is half-way through
tidying up. So the handler only takes note; whoever starts or serves looks, or waits.
"""

import contextlib
import queue
import signal
from collections.abc import Iterator
from types import FrameType

__all__ = ["StopSignals"]

# A terminal that closes asks to stop too, but Windows does not know it; there Ctrl-Break does, and whoever stops a
# process of its own group can send nothing else.
_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class StopSignals:
    """The wish to stop, from the moment that `heard` is entered; only the main thread may enter it."""

    def __init__(self) -> None:
        # An event would not do: setting it in a handler deadlocks when the main thread is just taking
        # its lock. This queue's `put` is made for being called there.
        self._received: queue.SimpleQueue[int] = queue.SimpleQueue()

    @property
    def requested(self) -> bool:
        """Was a signal received?"""
        return not self._received.empty()

    def wait(self) -> None:
        """Block until a signal was received; at once where one was already."""
        while True:
            # Windows notices a Ctrl-C only between two waits.
            with contextlib.suppress(queue.Empty):
                self._received.put(self._received.get(timeout=1.0))
                return

    @contextlib.contextmanager
    def heard(self) -> Iterator[None]:
        """Take the signals for as long as the block runs, then give them back.

        They stay taken once one was received: a second one must not hit the process while it ends.
        """
        before = {number: signal.signal(number, self._note) for number in _numbers()}
        try:
            yield
        finally:
            if not self.requested:
                for number, handler in before.items():
                    signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._received.put(number)


def _numbers() -> list[signal.Signals]:
    """The signals to hear; one that the caller has set to be ignored (nohup) stays so, except Ctrl-C.

    A shell without job control starts background programs with Ctrl-C ignored; `kill -INT` should still work.
    """
    known = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return [n for n in known if n == signal.SIGINT or signal.getsignal(n) != signal.SIG_IGN]
