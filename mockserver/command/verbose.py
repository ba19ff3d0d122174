"""A line for each request that was answered, for a person who watches: `--verbose`."""

from mockserver.sandbox.journal import Entry

__all__ = ["verbose_line"]


def verbose_line(entry: Entry) -> str:
    """What was asked, by the operation's name, and what came of it."""
    head = entry.head
    asked = entry.operation_id or f"{head.method} {head.path[:100].decode('latin-1')}"
    query = f"?{head.query[:200].decode('latin-1')}" if head.query else ""
    answered = f"{entry.status or 'no answer'} {entry.answer_bytes} B {entry.duration_ns / 1e6:.1f} ms"
    outcome = "" if entry.outcome == "whole" else f" {entry.outcome}"
    cause = f" ({entry.cause})" if entry.cause else ""
    return f"{asked}{query} {answered}{outcome}{cause}"
