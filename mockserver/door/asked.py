"""A request once it is known whose it is: what the door found out, handed on to whoever answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mockserver.door.apis import Api
from mockserver.door.choice import PREFIX
from mockserver.door.entrance import Entrance
from mockserver.door.operations import Operation
from mockserver.door.query import Query
from mockserver.door.requests import declared_bytes
from mockserver.door.steps import Request
from mockserver.sandbox.counters import Count
from mockserver.sandbox.sandbox import DEFAULT_NAME, Sandbox

__all__ = ["Asked", "Remarks"]


@dataclass(slots=True)
class Remarks:
    """What a view leaves behind beside its answer.

    Attributes:
        rate_count: How far a limit is used up; None where none was counted.
        cause: Why the request was refused, for programs; None where it was not.
        message: The refusal's sentence.
        key_name: The API key's name.
        subject: The token's.
        session: The ingestion session that a batch is for.
        internal: A bug of the emulator.
    """

    rate_count: Count | None = None
    cause: str | None = None
    message: str | None = None
    key_name: str | None = None
    subject: str | None = None
    session: str | None = None
    internal: bool = False


@dataclass(slots=True)
class Asked:
    """One request.

    Attributes:
        fields: The headers by name in lower case; what came repeatedly is joined with commas.
        entrance: How the server is reached.
        sandbox: As it was when the head was complete; what happens to it meanwhile does not matter.
        now_ms: What its clock said then, ms since the epoch.
        revision: How often clients had changed its study by then.
        fingerprint: Of those changes.
        prefix: What the path began with to choose the sandbox, such as `/_mock/s/one`; mostly empty.
        path: Decoded, below the prefix.
        api: That the path lies in; None where nothing is served.
        allowed_origins: Of web pages that may call; of a preflight, which cannot name a sandbox, those of all.
        operation: That method and path name; None where there is none.
        names: What stands in the place of the operation's placeholders.
        query: What the query says to the operation.
        body: As far as it was read: one byte more than allowed stands for too much.
    """

    request: Request
    fields: Mapping[bytes, bytes]
    entrance: Entrance
    sandbox: Sandbox
    now_ms: int
    revision: int
    fingerprint: bytes
    prefix: str
    path: str
    api: Api | None
    allowed_origins: Collection[str]
    operation: Operation | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    query: Query = field(default_factory=Query)
    body: bytes = b""
    remarks: Remarks = field(default_factory=Remarks)

    def header(self, name: bytes) -> str:
        """A header's value; empty where it was not sent."""
        return self.fields.get(name, b"").decode("latin-1")

    @property
    def link_prefix(self) -> str:
        """What links to the same sandbox begin with, however this request named it: their readers send no header."""
        named = "" if self.sandbox.name == DEFAULT_NAME else PREFIX + self.sandbox.name
        return self.prefix or named

    @property
    def base_url(self) -> str:
        """Where the client reaches the same sandbox, without a slash at its end."""
        return self.entrance.base_url(self.request, self.fields) + self.link_prefix

    @property
    def declared_bytes(self) -> int | None:
        """The size that the client says its body has, or something as far beyond all; None where it does not say."""
        return declared_bytes(self.fields.get(b"content-length", b""))

    @property
    def body_is_too_large(self) -> bool:
        """Has it more bytes than the sandbox's settings allow?"""
        most = self.sandbox.settings.max_body_bytes
        return max(len(self.body), self.declared_bytes or 0) > most

    @property
    def has_body(self) -> bool:
        """Does the client send a body, even an empty one?"""
        return b"content-length" in self.fields or b"transfer-encoding" in self.fields
