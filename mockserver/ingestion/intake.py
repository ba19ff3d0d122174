"""A batch's way in: rules -> store -> lint. Knows the sandbox, and nothing of HTTP."""

import logging
from collections.abc import Sequence
from typing import Any

from mockserver.ingestion.batch import Accepted, Outcome, check_batch
from mockserver.ingestion.lint import lint_batch, ordinal_of
from mockserver.ingestion.schemas import Kind
from mockserver.sandbox.sandbox import Sandbox
from mockserver.store import History, NewItem

__all__ = ["take_in"]

_log = logging.getLogger("mockserver.lint")


def take_in(kind: Kind, session_id: str, batch: Sequence[Any], sandbox: Sandbox) -> Outcome:
    """Check a batch, keep what is right of it, and look it over."""
    outcome = check_batch(kind.schema, batch)
    items = [NewItem(item.index, item.text, ordinal_of(kind, item)) for item in outcome.accepted]
    number = sandbox.store.add_items(kind.name, session_id, items, sandbox.clock.now_ms())
    ordinals = [item.ordinal for item in items if item.ordinal is not None] or [0]
    history = sandbox.store.history(number, min(ordinals), max(ordinals))
    _look_over(kind, session_id, number, outcome.accepted, history, sandbox)
    return outcome


def _look_over(
    kind: Kind, session_id: str, batch: int, accepted: Sequence[Accepted], history: History, sandbox: Sandbox
) -> None:
    """Lint a stored batch: warnings go to the log and the store, never to the client."""
    warnings = lint_batch(kind, accepted, history, sandbox.clock.token_now_ms())
    sandbox.store.add_warnings(batch, warnings, sandbox.clock.now_ms())
    for warning in warnings:
        _log.warning("%s, batch %d of session %r: %s", kind.name, batch, session_id, warning.message)
