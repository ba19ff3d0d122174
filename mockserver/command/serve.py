"""The emulator's main job as one process: make a world, serve it, say so, stop when told.

    settings -> sandbox -> application -> socket -> first answer -> ready file and announcement -> stop

Stopping is asked for, never thrown (`stop_signals.py`), so these steps are undone in reverse order. What takes time
and is not needed for answering, such as the world's digest, comes after the first answer.
"""

import contextlib
import os
import sys
from collections.abc import Callable

import click

from mockserver.app import create_app, create_sandboxes, door_of
from mockserver.command import ready_file
from mockserver.command.banner import Announcement
from mockserver.command.manner import ServingManner
from mockserver.command.probe import problem_with
from mockserver.command.stop_signals import StopSignals
from mockserver.command.verbose import verbose_line
from mockserver.command.watch import watching
from mockserver.door.door import Door
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.journal import Entry
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.server import Server, serving
from mockserver.words.errors import MockserverError
from mockserver.words.timestamps import iso_from_ms

__all__ = ["SWITCH_INTERVAL_S", "serve"]

_FIRST_ANSWER_WITHIN_S = 30.0
# Five times as often as by default, the thread that computes lets those go on that answer. It is a setting of the whole
# process, so it belongs to the command and not to the server.
SWITCH_INTERVAL_S = 0.001


def serve(
    settings: Settings,
    process: ProcessSettings,
    how: ServingManner,
    *,
    announce: Callable[[Announcement, Server], None],
    stop: StopSignals,
) -> None:
    """Serve until told to stop.

    Args:
        settings: What to serve where a request names no sandbox.
        process: Where to listen, and where to keep what clients write.
        announce: Called once, as soon as requests are answered.
        stop: Looked at while starting, waited for afterwards.

    Raises:
        ScenarioError: The scenario is unknown or invalid.
        SettingsError: The address or the ready file cannot be used.
    """
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    told = _tell_entry if how.verbose else _tell_nothing
    with contextlib.closing(create_sandboxes(settings, process, told)) as sandboxes:
        app = create_app(process=process, sandboxes=sandboxes)
        if not stop.requested:
            _serve(door_of(app), process, sandboxes, how, announce=announce, stop=stop)


def _serve(
    door: Door,
    process: ProcessSettings,
    sandboxes: Sandboxes,
    how: ServingManner,
    *,
    announce: Callable[[Announcement, Server], None],
    stop: StopSignals,
) -> None:
    with serving(
        door, host=process.host, port=process.port, certificate=process.tls_cert, key=process.tls_key
    ) as server:
        # Not before the port is ours: the file may belong to the server that has it.
        ready_file.clear(how.ready_path)
        problem = problem_with(server.url, within_s=_FIRST_ANSWER_WITHIN_S)
        if problem is not None:
            raise MockserverError(f"listening, but {problem}; see the log")
        announcement = _describe(server, sandboxes.default)
        if stop.requested:
            return
        with (
            ready_file.kept(how.ready_path, announcement.as_json() + "\n"),
            watching(sandboxes, _tell) if how.watch else contextlib.nullcontext(),
        ):
            announce(announcement, server)
            stop.wait()


def _describe(server: Server, sandbox: Sandbox) -> Announcement:
    world, secret = sandbox.world, sandbox.settings.token_secret
    return Announcement(
        url=server.url,
        port=server.port,
        pid=os.getpid(),
        scenario=world.scenario.name,
        seed=world.seed,
        digest=world.digest(),
        now=iso_from_ms(sandbox.clock.now_ms()),
        token=mint(secret, sandbox.clock.token_now_ms()),
        token_secret=secret if secret == Settings().token_secret else None,
        ids=dict(world.sample_ids()),
        keys={name: key.value for name, key in world.scenario.keys.items()},
    )


def _tell_nothing(entry: Entry) -> None:
    pass


def _tell_entry(entry: Entry) -> None:
    _tell(verbose_line(entry))


def _tell(line: str) -> None:
    """Say something to whoever watches; that nobody does any more is no reason to stop serving."""
    with contextlib.suppress(OSError, ValueError):
        click.echo(f"mockserver: {line}", err=True)
