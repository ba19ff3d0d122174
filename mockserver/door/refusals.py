"""Why a request with a complete head is answered by no view: one value, which each API puts into its envelope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mockserver.words.fidelity import Fidelity

__all__ = ["Cause", "Refusal"]

Cause = Literal[
    "unknown_route",
    "wrong_method",
    "bad_host",
    "body_too_large",
    "unknown_sandbox",
    "two_sandboxes",
    "no_websockets",
    "stranger",
    "http_error",
    "crash",
    "unknown_script",
    "injected",
]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is told to a client whose request no view has answered.

    Attributes:
        status: Of HTTP.
        cause: What it is about, for programs.
        method: Of the request.
        path: Of the request, decoded, below a sandbox's prefix.
        allow: The methods that the path knows (405).
        most_bytes: What a body may have (413).
        expanded: It has more only once it is expanded.
        message: What is wrong and what would be right; empty where each API says so in its own words.
        least_fidelity: The weakest label of what may be told.
    """

    status: int
    cause: Cause
    method: str
    path: str
    allow: Sequence[str] = ()
    most_bytes: int = 0
    expanded: bool = False
    message: str = ""
    least_fidelity: Fidelity = "inferred"
