"""A batch's way in: rules -> lint and study, in one transaction. Knows the sandbox, and nothing of HTTP."""

import logging
from collections.abc import Sequence
from typing import Any

from mockserver.ingestion.batch import Outcome, check_batch
from mockserver.ingestion.lint import lint_batch, ordinals_of
from mockserver.ingestion.schemas import Kind
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.study import History, NewItems, NewWarning

__all__ = ["take_in"]

_log = logging.getLogger("mockserver.lint")


def take_in(kind: Kind, session_id: str, batch: Sequence[Any], sandbox: Sandbox) -> Outcome:
    """Check a batch, and keep what is right of it together with what is odd about it.

    Warnings go to the log and the store, never to the client. It arrives in the time that clients live in.
    """
    outcome, now_ms = check_batch(kind, batch), sandbox.clock.token_now_ms()
    accepted = outcome.accepted
    items = NewItems(accepted.indexes, accepted.texts, ordinals_of(kind, accepted))

    def look_over(history: History) -> list[NewWarning]:
        return lint_batch(kind, accepted, history, now_ms)

    for found in sandbox.study.take_in(kind.name, session_id, items, now_ms, look_over):
        _log.warning("%s, batch %d of session %r: %s", kind.name, found.batch, session_id, found.message)
    return outcome
