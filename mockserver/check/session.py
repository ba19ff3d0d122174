"""A check from beginning to end: a server at an address or a world in this process, a bar, results."""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence

import click

from mockserver.app import create_app, create_sandboxes
from mockserver.check.reader import Reader
from mockserver.check.run import Result, Run
from mockserver.check.transport import HttpTransport, InProcessTransport
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.settings import Settings

__all__ = ["check", "reader_at", "reader_of"]


@contextlib.contextmanager
def reader_at(url: str, keys: Sequence[str], control_headers: Mapping[str, str]) -> Iterator[Reader]:
    """Read from a server at an address.

    Args:
        control_headers: What its control API wants of callers from other machines.

    Raises:
        CheckError: Nobody answers there, or not as a HyperStudy API does.
    """
    with contextlib.closing(HttpTransport(url)) as transport:
        yield Reader(transport, keys, control_headers)


@contextlib.contextmanager
def reader_of(settings: Settings, keys: Sequence[str]) -> Iterator[Reader]:
    """Read from a world that is made for it, without a socket.

    Args:
        settings: Which world.
        keys: API keys; none named, all keys of the scenario that may read everything.

    Raises:
        ScenarioError: The scenario is unknown or invalid.
    """
    with contextlib.closing(create_sandboxes(settings)) as sandboxes:
        app = create_app(sandboxes=sandboxes)
        yield Reader(InProcessTransport(app), keys or _reading_keys(sandboxes.default))


def check(reader: Reader, experiment_ids: Sequence[str], most_rooms: int | None) -> tuple[list[Result], str, list[str]]:
    """Check, with a progress bar on standard error if that is a terminal.

    Returns:
        The results, what was looked into in words, and the experiments that no key may read.

    Raises:
        CheckError: The server cannot be asked.
    """
    run = Run(reader, experiment_ids, most_rooms=most_rooms)
    with _bar(run.steps) as tick:
        results = run.results(tick)
    rooms = sum(len(survey.looked_at) for survey in run.surveys)
    of_rooms = sum(len(survey.room_ids) for survey in run.surveys)
    share = f"{rooms:,} of {of_rooms:,}" if rooms < of_rooms else f"{rooms:,}"
    return results, f"experiments: {len(run.surveys)}, rooms: {share}", run.forbidden


@contextlib.contextmanager
def _bar(steps: int) -> Iterator[Callable[[], None]]:
    if not sys.stderr.isatty():
        yield lambda: None
        return
    with click.progressbar(length=steps, label="Checking", file=sys.stderr) as bar:
        yield lambda: bar.update(1)


def _reading_keys(sandbox: Sandbox) -> list[str]:
    """One organisation's key reads one organisation's experiments, so all of them are taken."""
    now_ms = sandbox.clock.now_ms()
    return [
        key.value
        for key in sandbox.world.scenario.keys.values()
        if {"*", "read:*"} & set(key.scopes) and not key.revoked and (key.expires_ms is None or key.expires_ms > now_ms)
    ]
