"""A line for each request that was answered, for a person who watches: `--verbose`."""

from mockserver.control.redaction import Redaction
from mockserver.sandbox.journal import Entry

__all__ = ["verbose_line"]

# Which keys there are is the sandbox's; by their place and their look all go.
_REDACTION = Redaction(())


def verbose_line(entry: Entry) -> str:
    """What was asked, by the operation's name, and what came of it; without credentials."""
    head = entry.head
    asked = entry.operation_id or f"{head.method} {_REDACTION.path(head.path)[:100]}"
    query = f"?{_REDACTION.query(head.query)[:200]}" if head.query else ""
    answered = f"{entry.status or 'no answer'} {entry.answer_bytes} B {entry.duration_ns / 1e6:.1f} ms"
    outcome = "" if entry.outcome == "whole" else f" {entry.outcome}"
    cause = f" ({entry.cause})" if entry.cause else ""
    return _printable(f"{asked}{query} {answered}{outcome}{cause}")


def _printable(line: str) -> str:
    """In ASCII: a client's bytes must not steer a terminal."""
    return "".join(letter if letter.isascii() and letter.isprintable() else "?" for letter in line)
