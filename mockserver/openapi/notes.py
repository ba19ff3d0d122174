"""Asking an application for examples: one request at a time, with the ids that are known so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from mockserver.door.apis import Api
from mockserver.door.operations import Operation
from mockserver.door.paths import filled, meaning, placeholders
from mockserver.door.refusals import Refusal
from mockserver.openapi.description import ErrorKind
from mockserver.openapi.example import Example
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.sandboxes import Sandboxes
from mockserver.sandbox.settings import DEFAULT_PORT

__all__ = ["ORIGIN", "RECORDS", "Notes", "demo_key", "unasked"]

# Where the links of an example point: the address at which a server listens by default.
ORIGIN = f"http://127.0.0.1:{DEFAULT_PORT}"
# As many records of a list as a reader needs.
RECORDS = 2
_FORMATS = {"text/csv": "csv", "application/x-ndjson": "ndjson"}


def demo_key(sandbox: Sandbox) -> str:
    """The value of a key to try things with: the one with full access, or the first; empty where there is none."""
    keys = sandbox.world.scenario.keys
    key = keys.get("full") or next(iter(keys.values()), None)
    return key.value if key else ""


@dataclass(slots=True)
class Notes:
    """What is known so far.

    Attributes:
        app: One that nobody else uses: things are created, changed and deleted in it.
        headers: That let a caller in.
        known: What placeholders stand for, by their meaning.
        examples: By operation id.
        errors: By operation id, then by the name of the kind.
    """

    app: Flask
    api: Api
    headers: Mapping[str, str]
    known: dict[str, str] = field(default_factory=dict)
    examples: dict[str, Example] = field(default_factory=dict)
    errors: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def rows(self) -> dict[str, Operation]:
        """The API's operations, by id."""
        return {row.id: row for row in self.api.operations}

    @property
    def sandbox(self) -> Sandbox:
        """The only one that there is."""
        sandboxes: Sandboxes = self.app.extensions["mockserver"]
        return sandboxes.default

    def ask(
        self,
        operation_id: str,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        path: Mapping[str, str] | None = None,
    ) -> TestResponse:
        """Send one request, with the ids that are known, or those in `path`."""
        operation = self.rows[operation_id]
        return self.app.test_client(use_cookies=False).open(
            self.api.base_path + filled(operation.path, path or self.ids(operation)),
            method=operation.method,
            query_string=query,
            json=body,
            headers={**self.headers, **(headers or {})},
            base_url=ORIGIN,
        )

    def ids(self, operation: Operation) -> dict[str, str]:
        """A value for each placeholder of an operation; `nowhere` for what is not known."""
        path = operation.path
        return {name: self.known.get(meaning(path, name), "nowhere") for name in placeholders(path)}

    def path_of(self, operation: Operation) -> Mapping[str, str]:
        """What the placeholders of an operation stand for in its example, or else as far as that is known."""
        noted = self.examples.get(operation.id)
        return noted.path if noted else self.ids(operation)

    def refuse(self, operation_id: str, kind: ErrorKind, **request: Any) -> None:
        """Ask for something that is refused, and keep the answer if it was refused with that kind of error.

        What is hidden is not asked.
        """
        if operation_id not in self.rows:
            return
        answer = self.ask(operation_id, **request)
        if answer.status_code == kind.status and answer.is_json:
            self.errors.setdefault(operation_id, {})[kind.name] = answer.get_json()

    def note(self, operation_id: str, query: Mapping[str, Any] | None = None, body: Any = None) -> Any:
        """Ask, and keep request and answer as an example if it worked; what is hidden is not asked.

        Returns:
            The answer's `data`, or else the whole answer; None where there is none.
        """
        operation, query = self.rows.get(operation_id), query or {}
        if operation is None:
            return None
        answer = self.ask(operation_id, query, body)
        if answer.status_code != operation.status:
            return None
        whole = answer.get_json() if answer.is_json else None
        answers = {} if whole is None else {"application/json": _cut(whole)}
        self.examples[operation_id] = Example(self.ids(operation), query, body, answers)
        return whole.get("data") if isinstance(whole, dict) and operation.answer.enveloped else whole

    def note_formats(self, operation_id: str) -> None:
        """Ask for a noted example's first record in the other formats, where one can ask for a single one."""
        noted = self.examples.get(operation_id)
        if noted is None or "limit" not in noted.query:
            return
        other = {
            form: self.ask(operation_id, {**noted.query, "limit": 1, "format": _FORMATS[form]}, path=noted.path).text
            for form in self.rows[operation_id].answer.formats
            if form in _FORMATS
        }
        self.examples[operation_id] = replace(noted, answers={**noted.answers, **other})


def unasked(notes: Notes, row: Operation) -> dict[str, Any]:
    """Errors of an operation that cannot be had by asking politely, in the API's envelope, by the name of the kind."""
    path, most = notes.api.base_path + filled(row.path, notes.path_of(row)), notes.sandbox.settings.max_body_bytes
    too_large = Refusal(413, "body_too_large", row.method, path, most_bytes=most)
    crash = Refusal(500, "crash", row.method, path)
    return {"TooLarge": notes.api.wrap(too_large), "InternalServerError": notes.api.wrap(crash)}


def _cut(answer: Any) -> Any:
    """The same answer with no more records than a reader needs."""
    if not isinstance(answer, dict):
        return answer
    shorter = dict(answer)
    for name in ("data", "metadata"):
        value = shorter.get(name)
        if isinstance(value, list):
            shorter[name] = value[:RECORDS]
        elif isinstance(value, dict):
            shorter[name] = {k: v[:RECORDS] if isinstance(v, list) else v for k, v in value.items()}
    return shorter
