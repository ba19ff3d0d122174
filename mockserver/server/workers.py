"""Two threads that compute, so that the event loop never does: one for short work, one for what may take long.

One thread each, since threads of one interpreter only take turns: more of them make each wait longer. A plain thread
behind a queue, since an executor's locks cost as much again as the hop itself.
"""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

__all__ = ["Job", "Worker"]


class Job:
    """Work on its way to a worker and back.

    Args:
        work: Called in the worker.
        loop: Where its outcome is delivered.

    Attributes:
        outcome: Result and None, or None and what was raised.
    """

    __slots__ = ("_begun", "_loop", "_work", "outcome")

    def __init__(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> None:
        self._work = work
        self._loop = loop
        self._begun = threading.Lock()
        self.outcome: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def run(self) -> None:
        """Do the work in this thread, unless it was withdrawn."""
        if not self._begun.acquire(blocking=False):
            return
        try:
            outcome: tuple[Any, BaseException | None] = (self._work(), None)
        except BaseException as error:
            outcome = (None, error)
        # A loop that has been closed meanwhile waits for nothing.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._deliver, outcome)

    def withdraw(self) -> None:
        """See to it that the work is not begun any more; in the loop's thread. Work under way is not touched."""
        if self._begun.acquire(blocking=False):
            self._deliver((None, None))

    def _deliver(self, outcome: tuple[Any, BaseException | None]) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Worker:
    """A thread that does one job after the other, in the order in which they came."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def do(self, work: Callable[[], Any], loop: asyncio.AbstractEventLoop) -> Job:
        """Let work be done; its outcome is delivered on the loop."""
        job = Job(work, loop)
        self._jobs.put(job)
        return job

    def stop(self, *, within_s: float) -> None:
        """End after the job at hand; one that is stuck is left behind, on a daemon thread."""
        self._jobs.put(None)
        self._thread.join(within_s)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
            # Not kept until the next one comes: it holds the request that it was for.
            del job
