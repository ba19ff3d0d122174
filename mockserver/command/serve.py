"""The emulator's main job as one process: make a world, serve it, say so, stop when told.

    settings -> sandbox -> application -> socket -> first answer -> ready file and announcement -> stop

Stopping is asked for, never thrown (`stop_signals.py`), so these steps are undone in reverse order.
"""

import contextlib
import http.client
import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from mockserver.app import create_app, create_sandboxes, door_of
from mockserver.command import ready_file
from mockserver.command.banner import Announcement
from mockserver.command.stop_signals import StopSignals
from mockserver.door.door import Door
from mockserver.ingestion.tokens import mint
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.settings import ProcessSettings, Settings
from mockserver.server import Server, serving
from mockserver.words.addresses import DATA_API
from mockserver.words.errors import MockserverError

__all__ = ["serve"]

_FIRST_ANSWER_WITHIN_S = 30.0
_HEALTH = f"{DATA_API}/health"


def serve(
    settings: Settings,
    process: ProcessSettings,
    *,
    announce: Callable[[Announcement, Server], None],
    ready_path: Path | None,
    stop: StopSignals,
) -> None:
    """Serve until told to stop.

    Args:
        settings: What to serve where a request names no sandbox.
        process: Where to listen, and where to keep what clients write.
        announce: Called once, as soon as requests are answered.
        ready_path: File that holds the announcement as JSON from then on, until the end.
        stop: Looked at while starting, waited for afterwards.

    Raises:
        ScenarioError: The scenario is unknown or invalid.
        SettingsError: The address or the ready file cannot be used.
    """
    with contextlib.closing(create_sandboxes(settings, process)) as sandboxes:
        app = create_app(process=process, sandboxes=sandboxes)
        if not stop.requested:
            _serve(door_of(app), process, sandboxes.default, announce=announce, ready_path=ready_path, stop=stop)


def _serve(
    door: Door,
    process: ProcessSettings,
    sandbox: Sandbox,
    *,
    announce: Callable[[Announcement, Server], None],
    ready_path: Path | None,
    stop: StopSignals,
) -> None:
    with serving(door, host=process.host, port=process.port) as server:
        # Not before the port is ours: the file may belong to the server that has it.
        ready_file.clear(ready_path)
        _await_first_answer(server)
        announcement = _describe(server, sandbox)
        if stop.requested:
            return
        with ready_file.kept(ready_path, announcement.as_json() + "\n"):
            announce(announcement, server)
            stop.wait()


def _await_first_answer(server: Server) -> None:
    """Prove that requests are answered, by asking for what needs no key and no data."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_FIRST_ANSWER_WITHIN_S)
    try:
        connection.request("GET", _HEALTH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise MockserverError(f"listening, but {server.url} does not answer: {error}") from None
    finally:
        connection.close()
    if status != http.HTTPStatus.OK:
        raise MockserverError(f"listening, but {server.url}{_HEALTH} answers {status}; see the log")


def _describe(server: Server, sandbox: Sandbox) -> Announcement:
    world = sandbox.world
    return Announcement(
        url=server.url,
        port=server.port,
        pid=os.getpid(),
        scenario=world.scenario.name,
        seed=world.seed,
        digest=world.digest(),
        token=mint(sandbox.settings.token_secret, sandbox.clock.token_now_ms()),
        ids=dict(world.sample_ids()),
        keys={name: key.value for name, key in world.scenario.keys.items()},
    )
