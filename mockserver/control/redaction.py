"""Takes credentials out of what the journal shows: by their place in the request, and wherever else they stand.

The places are those where one is accepted (`door/credentials.py`); by value go the sandbox's own keys, and whatever has
the look of a key, a token or a link's signature, since answers and referrers hold them too.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote_plus

from mockserver.door.credentials import HEADERS, SIGNATURE, is_secret_parameter

__all__ = ["REDACTED", "Redaction"]

REDACTED = "[redacted]"
# A scenario may have a key of one letter; without that letter nothing could be read any more.
_SHORTEST_VALUE = 8
_LOOKS = (
    # Of a signed link, whose query may stand in JSON or in a percent-encoded address.
    rf"(?<={SIGNATURE}=)[0-9A-Za-z]+|(?<={SIGNATURE}%3D)[0-9A-Za-z]+",
    # A JSON Web Token: both of its first parts are JSON objects in base64.
    r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]*",
    r"hst_(?:live|test)_\w+",
)


class Redaction:
    """Redacts what belongs to one sandbox.

    Args:
        keys: The values of its API keys.
    """

    def __init__(self, keys: Iterable[str]) -> None:
        values = sorted((key for key in keys if len(key) >= _SHORTEST_VALUE), key=len, reverse=True)
        self._anywhere = re.compile("|".join([*map(re.escape, values), *_LOOKS]).encode())

    def body(self, data: bytes) -> bytes:
        """Bytes without the credentials in them."""
        return self._anywhere.sub(REDACTED.encode(), data)

    def header(self, name: str, value: str) -> str:
        """A header's value; of one that is a credential the scheme stays, such as `Bearer`."""
        # Not accepted with underscores, and a credential all the same.
        if name.lower().replace("_", "-") not in HEADERS:
            return self.text(value)
        scheme, space, _ = value.strip().partition(" ")
        return f"{scheme} {REDACTED}" if space and scheme.isalpha() else REDACTED

    def path(self, path: bytes) -> str:
        """A path, percent-encoded as it was sent."""
        return self.text(path.decode("latin-1"))

    def query(self, query: bytes) -> str:
        """A query, percent-encoded as it was sent."""
        return "&".join(map(self._parameter, query.decode("latin-1").split("&")))

    def text(self, text: str) -> str:
        """A text without the credentials in it."""
        return self.body(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def _parameter(self, pair: str) -> str:
        name, equals, _ = pair.partition("=")
        if equals and is_secret_parameter(unquote_plus(name)):
            return f"{self.text(name)}={REDACTED}"
        return self.text(pair)
