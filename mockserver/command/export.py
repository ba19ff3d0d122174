"""Golden answers: a world's answers as files, usable without the server.

Every file is what the application answers, byte for byte, to a request to 127.0.0.1:4747, so a test with
the files and a test with the server see the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from mockserver.app import create_app, create_sandboxes
from mockserver.hyperstudy.catalogue import CATALOGUE
from mockserver.hyperstudy.parameters import MAX_LIMIT
from mockserver.hyperstudy.routes import BASE_PATH
from mockserver.hyperstudy.rows import FORMATS
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.settings import DEFAULT_PORT, Settings
from mockserver.words.errors import SettingsError

__all__ = ["Written", "export", "golden_answers"]


def golden_answers(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Every data type at every scope in every format, as relative file name and bytes.

    The scopes are those of the world's sample ids; a world without rooms has only the experiment's. What does
    not fit into one answer goes on in another file: `room_from_10000.csv`.

    Raises:
        ScenarioError: The scenario is unknown or invalid.
        SettingsError: The scenario has no key with full access.
    """
    sandboxes = create_sandboxes(settings)
    sandbox = sandboxes.default
    client = create_app(sandboxes=sandboxes).test_client()
    headers = {"X-API-Key": _full_key(sandbox), "Host": f"127.0.0.1:{DEFAULT_PORT}"}
    yield "health.json", client.get(f"{BASE_PATH}/health", headers=headers).data
    ids = sandbox.world.sample_ids()
    for row in CATALOGUE:
        for scope in row.levels:
            if ids[scope] is None:
                continue
            path = f"{BASE_PATH}/data/{row.name}/{scope}/{ids[scope]}"
            room = {"roomId": ids["room"]} if scope == "participant" else {}
            for format_ in FORMATS:
                query = {"format": format_, "limit": MAX_LIMIT, **room}

                def ask(offset: int, path: str = path, query: dict[str, Any] = query) -> TestResponse:
                    asked = {**query, "offset": offset} if offset else query
                    return client.get(path, query_string=asked, headers=headers)

                for offset, content in _pages(ask):
                    part = f"_from_{offset}" if offset else ""
                    yield f"{row.name.replace('/', '_')}/{scope}{part}.{format_}", content


@dataclass(frozen=True, slots=True)
class Written:
    """What was written so far.

    Attributes:
        name: Of the last file, relative to the folder.
        bytes: Of all files together.
    """

    name: str = ""
    files: int = 0
    bytes: int = 0

    @property
    def size(self) -> str:
        """The same for people."""
        return f"{self.files:,} file{'' if self.files == 1 else 's'}, {self.bytes / 1e6:,.1f} MB"


def export(settings: Settings, out: Path, tell: Callable[[Written], None] = lambda written: None) -> Written:
    """Write the golden answers below a folder, which is made if it is not there.

    Args:
        settings: Name the world.
        out: The folder.
        tell: Is told of each file once it is written.

    Returns:
        What was written in all.

    Raises:
        ScenarioError: As for `golden_answers`.
        SettingsError: A file cannot be written.
    """
    written = Written()
    for name, content in golden_answers(settings):
        path = out / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise SettingsError(f"--out {out}: cannot write {name}: {error.strerror}") from None
        written = Written(name, written.files + 1, written.bytes + len(content))
        tell(written)
    return written


def _pages(ask: Callable[[int], TestResponse]) -> Iterator[tuple[int, bytes]]:
    """One answer after the other, each with its offset, until everything was answered."""
    offset: int | None = 0
    while offset is not None:
        answer = ask(offset)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.request.path} answered {answer.status_code}: {answer.text[:200]}")
        yield offset, answer.data
        offset = _next_offset(answer)


def _next_offset(answer: TestResponse) -> int | None:
    body = answer.get_json() if answer.is_json else None
    found = body["metadata"]["pagination"].get("nextOffset") if body else answer.headers.get("X-Next-Offset")
    return None if found is None else int(found)


def _full_key(sandbox: Sandbox) -> str:
    scenario = sandbox.world.scenario
    for key in scenario.keys.values():
        if "*" in key.scopes and not key.revoked and key.expires_ms is None:
            return key.value
    raise SettingsError(f"scenario {scenario.name}: export needs a key with the scope '*'")
