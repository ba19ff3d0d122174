"""What the `Content-Type` of an answer says."""

from typing import Final

__all__ = ["JSON"]

# JSON is UTF-8 whatever is said (RFC 8259), and some readers, R's among them, take what says nothing for Latin-1. So
# every JSON answer of all three APIs says it (inferred).
JSON: Final = "application/json; charset=utf-8"
