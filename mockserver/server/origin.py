"""Which web page asks, for answers that are given before there is a request: the `Origin` in what came of a head.

A page can read an answer only if it names the page's origin, also one that refuses what no parser has seen whole.
"""

import re
from collections.abc import Sequence

__all__ = ["OriginSearch", "origin_in"]

_ORIGIN = re.compile(rb"\r\norigin:[ \t]*([^\r\n]*?)[ \t]*\r\n", re.IGNORECASE)
_HEAD_ENDS = b"\r\n\r\n"
# No origin that could be allowed is in a longer line.
_LONGEST_LINE = 4096


class OriginSearch:
    """Looks for the origin in a head that comes in pieces, and keeps no more of it than a line.

    Attributes:
        origin: As it was sent; empty as long as none was found.
        is_over: Nothing more can be found: the origin is known, or the head has ended without one.
    """

    def __init__(self) -> None:
        self._line = b""
        self.origin = b""
        self.is_over = False

    def feed(self, data: bytes) -> None:
        """Look at the next piece."""
        text = self._line + data
        head, ends, _ = text.partition(_HEAD_ENDS)
        match = _ORIGIN.search(head + ends)
        if match:
            self.origin = match[1]
        self.is_over = self.is_over or bool(match or ends)
        # A line that is cut has no line end before it any more, so its rest is not taken for an origin.
        self._line = text[max(text.rfind(b"\r\n"), len(text) - _LONGEST_LINE, 0) :]


def origin_in(pieces: Sequence[bytes]) -> bytes:
    """The origin in the pieces of a head; empty where there is none."""
    search = OriginSearch()
    search.feed(b"".join(pieces))
    return search.origin
