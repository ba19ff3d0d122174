"""What a check prints: a line for each invariant, and what breaks it below."""

from collections.abc import Sequence

import click

from mockserver.check.run import Result

__all__ = ["lines_of", "summary_of"]

_COLOURS = {"ok": "green", "broken": "red", "skipped": "yellow"}


def lines_of(results: Sequence[Result]) -> list[str]:
    """The lines in order; colours are for a terminal, and click takes them out elsewhere."""
    width = max((len(result.invariant.title) for result in results), default=0)
    return [line for result in results for line in _lines(result, width)]


def summary_of(results: Sequence[Result], looked_into: str) -> str:
    """How many hold, and of what.

    Args:
        looked_into: What was checked, e.g. `experiments: 3, rooms: 10`.
    """
    counts = {state: sum(_state(result) == state for result in results) for state in _COLOURS}
    named = {"ok": "hold", "broken": "are broken", "skipped": "could not be checked"}
    told = [f"{count} {named[state]}" for state, count in counts.items() if count]
    return f"{len(results)} invariants: {', '.join(told)} ({looked_into})"


def _state(result: Result) -> str:
    if result.broken is not None:
        return "broken"
    return "ok" if result.skipped is None else "skipped"


def _lines(result: Result, width: int) -> list[str]:
    state, invariant = _state(result), result.invariant
    head = click.style(f"{state:<8}", fg=_COLOURS[state], bold=state == "broken")
    text = f"{invariant.number:>2}  {invariant.title:<{width}}  {result.looked_at:>9,} {result.unit}"
    if result.broken is None:
        reason = f"; {result.skipped}" if result.skipped else ""
        left_out = f"; events of clients left out: {result.left_out:,}" if result.left_out else ""
        return [f"{head}{text}{reason}{left_out}"]
    below = [click.style(_one_line(result.broken.sentence), fg="red"), result.broken.url]
    return [f"{head}{click.style(text, fg='red')}", *(f"{'':12}{line}" for line in below if line)]


def _one_line(text: str) -> str:
    """Records can hold newlines and escape sequences; a line of ours cannot."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)
