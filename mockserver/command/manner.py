"""How a server runs, beside what it serves and where."""

from dataclasses import dataclass
from pathlib import Path

__all__ = ["ServingManner"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingManner:
    """What a person or a program sees of a server that runs.

    Attributes:
        watch: An edited scenario is read again, and its sandboxes begin anew.
        verbose: A line for each request is printed on standard error.
        ready_path: File that holds the announcement as JSON while requests are answered; None writes none.
    """

    watch: bool = False
    verbose: bool = False
    ready_path: Path | None = None
