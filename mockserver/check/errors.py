"""What keeps a check from being made, as opposed to what a check finds."""

from mockserver.words.errors import MockserverError

__all__ = ["CheckError", "RefusedError", "UnreadableError"]


class CheckError(MockserverError):
    """The server cannot be asked: it is not there, refuses the keys, or answers with an error."""


class RefusedError(CheckError):
    """The server does not accept the API key, or the key may not read that."""


class UnreadableError(Exception):
    """A record is not shaped as documented, so no rule can be applied to it: that is a finding.

    Attributes:
        url: Shows the record.
    """

    def __init__(self, sentence: str, url: str) -> None:
        super().__init__(sentence)
        self.url = url
