"""What a started server says about itself: to a program as JSON, to a person as lines to paste."""

import contextlib
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import click

from mockserver.words.addresses import DATA_API, INGESTION_API
from mockserver.words.version import VERSION

__all__ = ["Announcement", "banner", "exposure_warning", "ready_line"]

_LABEL_WIDTH = 14
# An item that is accepted, as short as one can be (after the ingestion page's first example).
_CLICK = {"eventType": "click", "targetSelector": "#buy", "timestamp": "2026-03-16T10:14:32.120Z"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """All that a client needs to begin.

    Attributes:
        url: Base of both APIs, without a trailing slash.
        pid: Process to stop.
        scenario, seed, digest: The world; the digest is equal where every answer is.
        now: What the clock said at the start, ISO 8601.
        token: Ingestion JWT, valid for 24 h.
        token_secret: Signs others like it; None where it is one of the user's own, which is not told.
        ids: A sample `experiment`, `room`, `participant` and `session`; null where the world has none.
        keys: Name to value of the scenario's API keys.
    """

    url: str
    port: int
    pid: int
    scenario: str
    seed: int
    digest: str
    now: str
    token: str
    token_secret: str | None
    ids: dict[str, str | None]
    keys: dict[str, str]

    def as_json(self) -> str:
        """One line, in ASCII, since nothing is known of the reader's encoding."""
        return json.dumps(asdict(self))


def ready_line(announcement: Announcement) -> str:
    """The last line on standard output, for programs that wait for it."""
    return f"ready {announcement.url}"


def exposure_warning(host: str) -> str:
    """The warning that goes with an address that other machines reach."""
    return f"Warning: --host {host} lets other machines in; keys and tokens here are public."


def banner(announcement: Announcement, *, styled: bool) -> list[str]:
    """The lines for a person, without the ready line.

    Args:
        announcement: What to tell.
        styled: Colours and bold type, for a terminal.
    """
    title = f"mockserver {VERSION}: HyperStudy data API v3 and OpenScouter ingestion API, emulated"
    lines = [
        click.style(title, bold=True),
        _labelled("data API", f"{announcement.url}{DATA_API}"),
        _labelled("ingestion API", f"{announcement.url}{INGESTION_API}"),
        _labelled("reference", f"{announcement.url}{DATA_API}/docs"),
        _labelled("world", _world(announcement)),
        _labelled("sample ids", _ids(announcement)),
        _labelled("API keys", ", ".join(announcement.keys) + " (values: --json)"),
        "Read with curl, or with the official Python client:",
        f"  {_read_command(announcement)}",
        f"  {_client_line(announcement)}",
        "Write with this ingestion token (valid for 24 hours):",
        f"  TOKEN={announcement.token}",
        f"  {_write_command(announcement)}",
        f"Stop with Ctrl-C. More: {_help_command()}",
    ]
    return lines if styled else [click.unstyle(line) for line in lines]


def _labelled(label: str, text: str) -> str:
    return click.style(f"  {label:<{_LABEL_WIDTH}}", fg="cyan") + text


def _world(announcement: Announcement) -> str:
    world = f"scenario {announcement.scenario}, seed {announcement.seed}, digest {announcement.digest}"
    return f"{world}, now {announcement.now}"


def _ids(announcement: Announcement) -> str:
    known = [f"{kind} {value}" for kind, value in announcement.ids.items() if value]
    return ", ".join(known) or "none, this world is empty"


def _key(announcement: Announcement) -> str:
    """A key that may read: the one with full access, or the first that there is."""
    values = list(announcement.keys.values())
    return announcement.keys.get("full") or (values[0] if values else "none")


def _read_command(announcement: Announcement) -> str:
    room = announcement.ids.get("room")
    path = f"data/events/room/{quote(room, safe='')}?limit=2" if room else "health"
    # Double quotes are understood by every shell, Windows' included.
    return f'curl -H "X-API-Key: {_key(announcement)}" "{announcement.url}{DATA_API}/{path}"'


def _client_line(announcement: Announcement) -> str:
    base_url = f"{announcement.url}{DATA_API}"
    return f'hyperstudy.HyperStudy(api_key="{_key(announcement)}", base_url="{base_url}")'


def _write_command(announcement: Announcement) -> str:
    session = announcement.ids.get("session") or "sess_001"
    body = json.dumps({"sessionId": session, "batch": [_CLICK]})
    return (
        'curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" '
        f"-d '{body}' {announcement.url}{INGESTION_API}/data/events"
    )


def _help_command() -> str:
    """What prints the help, from where this program was started: `mockserver` alone is on no path."""
    python = sys.executable or "python"
    # Not below this folder, or a folder that is gone: then the whole path.
    with contextlib.suppress(ValueError, OSError):
        python = str(Path(python).relative_to(Path.cwd()))
    return f'"{python}" -m mockserver --help' if " " in python else f"{python} -m mockserver --help"
