"""An API as the door sees it: where it lies, what it serves, and how it words a refusal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from mockserver.door.operations import Operation
from mockserver.door.refusals import Refusal
from mockserver.words.fidelity import Fidelity

if TYPE_CHECKING:
    from mockserver.door.asked import Asked
    from mockserver.sandbox.sandbox import Sandbox

__all__ = ["Api", "ApiName", "api_of"]

ApiName = Literal["hyperstudy", "ingestion", "control"]


@dataclass(frozen=True)
class Api:
    """One of the three.

    Attributes:
        base_path: Below which its operations lie.
        operations: Its rows, in the order in which the reference shows them.
        headers: What letting a caller in reads of a request, beside what an operation's row names.
        serve: From a row to a view as Flask calls it, which lets the caller in first.
        wrap: The body of a refusal, in the API's envelope.
        guard: Says why somebody may not call it at all, given their request and the default sandbox; None lets all in.
        emulated: It is a service's, and not the emulator's own: its requests are journalled.
    """

    name: ApiName
    base_path: str
    operations: tuple[Operation, ...]
    headers: tuple[str, ...]
    serve: Callable[[Operation], Callable[..., Any]]
    wrap: Callable[[Refusal], dict[str, Any]]
    guard: Callable[["Asked", "Sandbox"], str | None] | None = None
    emulated: bool = True

    def shown(self, least: Fidelity) -> "Api":
        """What is left of it, where `least` is the weakest label that is served; the emulator's own is always whole."""
        if not self.emulated or least == "inferred":
            return self
        return replace(self, operations=tuple(row.shown(least) for row in self.operations if row.is_shown(least)))

    def covers(self, path: str) -> bool:
        """Does a path lie in it?"""
        return path.startswith(self.base_path) and path[len(self.base_path) : len(self.base_path) + 1] in ("", "/")


def api_of(path: str, apis: Sequence[Api]) -> Api | None:
    """The API that a decoded path lies in: the one with the longest base that covers it.

    Args:
        apis: The base of each is not below that of a later one.
    """
    for api in apis:
        if api.covers(path):
            return api
    return None
