"""What a started server says about itself: to a program as JSON, to a person as lines to paste.

A line can be pasted into cmd, PowerShell and a POSIX shell alike. So what is in it is quoted by double quotes alone,
has nothing that any of them reads between those, and a batch, which is JSON, comes from a file. What cannot be written
in that way is not shown.
"""

import contextlib
import json
import re
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

import click

from mockserver.words.addresses import DATA_API, INGESTION_API
from mockserver.words.version import VERSION

__all__ = ["Announcement", "banner", "exposure_warning", "ready_line"]

_LABEL_WIDTH = 14
# With an item that is accepted, as short as one can be (after the ingestion page's first example).
_BATCH = "first_batch.json"
# Between double quotes these are read by a POSIX shell ($ ` \ !), by cmd (%) or by PowerShell ($ `); some of them take
# every kind of quote for one.
_SPECIAL = frozenset('$`\\!%"\u201c\u201d\u201e')
_PLAIN_WORD = re.compile(r"[A-Za-z0-9_./-]+")


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
        *_write_lines(announcement),
        f"Stop with Ctrl-C. More: {_help_command() or announcement.url}",
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
    """A key that may read and can be pasted: the one with full access, or the first that there is."""
    values = [announcement.keys.get("full") or "", *announcement.keys.values()]
    return next((value for value in values if value and _can_be_quoted(value)), "none")


def _read_command(announcement: Announcement) -> str:
    room = announcement.ids.get("room")
    path = f"data/events/room/{quote(room, safe='')}?limit=2" if room else "health"
    if not _can_be_quoted(path):
        path = "experiments?limit=2"
    return f'{_curl()} -H "X-API-Key: {_key(announcement)}" "{announcement.url}{DATA_API}/{path}"'


def _client_line(announcement: Announcement) -> str:
    base_url = f"{announcement.url}{DATA_API}"
    return f'hyperstudy.HyperStudy(api_key="{_key(announcement)}", base_url="{base_url}")'


def _write_lines(announcement: Announcement) -> list[str]:
    batch = _short(str(files("mockserver.command").joinpath(_BATCH))).as_posix()
    if not _can_be_quoted(batch):
        return [f"Write and read in a browser, with all that it takes: {announcement.url}{DATA_API}/docs?api=ingestion"]
    command = (
        f'{_curl()} -H "Authorization: Bearer {announcement.token}" -H "Content-Type: application/json" '
        f'-d "@{batch}" "{announcement.url}{INGESTION_API}/data/events"'
    )
    return ["Write with this ingestion token (valid for 24 hours):", f"  {command}"]


def _curl() -> str:
    """In Windows' own PowerShell, `curl` alone is another program."""
    return "curl.exe" if sys.platform == "win32" else "curl"


def _can_be_quoted(text: str) -> bool:
    """Does it mean itself between double quotes, whatever the shell?"""
    return text.isprintable() and not _SPECIAL & set(text)


def _short(path: str) -> Path:
    """The path from this folder on; the whole one where it is not below, or the folder is gone."""
    with contextlib.suppress(ValueError, OSError):
        return Path(path).relative_to(Path.cwd())
    return Path(path)


def _help_command() -> str | None:
    """What prints the help, from where this program was started; None where no shell but one would take it."""
    python = sys.executable or "python"
    if _is_called("mockserver", Path(python).parent):
        return "mockserver --help"
    names = [name for name in ("python", "python3") if shutil.which(name) == python]
    # A backslash or a space would have to be quoted, and PowerShell runs nothing that is.
    shown = next(iter(names), str(_short(python)))
    return f"{shown} -m mockserver --help" if _PLAIN_WORD.fullmatch(shown) else None


def _is_called(name: str, folder: Path) -> bool:
    """Is the program of that name the one in that folder?"""
    found = shutil.which(name)
    return found is not None and Path(found).parent == folder
