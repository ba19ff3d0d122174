"""Entity tags: what an answer depends on, told to the client, who need not be sent again what it has (RFC 9110, 13).

A tag is made from what an answer depends on and not from its bytes, so that it can be compared before there are any.
The service documents none; that answers have them is inferred.
"""

import hashlib

from mockserver.door.asked import Asked
from mockserver.door.replies import Reply
from mockserver.words.version import VERSION

__all__ = ["NO_STORE", "asks_for_any", "is_current", "not_modified", "tag_of"]

NO_STORE = (b"Cache-Control", b"no-store")
# Headers of a body that is not sent.
_OF_THE_BODY = {b"content-type", b"content-length", b"content-disposition", b"content-encoding"}


def tag_of(asked: Asked, read: tuple[object, ...]) -> bytes:
    """The tag of an answer: equal wherever all is equal that it depends on, in any process.

    Args:
        read: All of a request that such an answer may depend on, beside its target.
    """
    sandbox, request = asked.sandbox, asked.request
    made_of = VERSION, sandbox.identity, sandbox.keys.fingerprint, asked.fingerprint, asked.now_ms
    parts = (*made_of, request.path, request.query, read)
    return b'"' + hashlib.blake2b(repr(parts).encode(), digest_size=12).hexdigest().encode() + b'"'


def is_current(asked: Asked, tag: bytes) -> bool:
    """Does the client say that it has what this tag stands for?"""
    held = asked.fields.get(b"if-none-match")
    return held is not None and tag in [one.strip().removeprefix(b"W/") for one in held.split(b",")]


def asks_for_any(asked: Asked) -> bool:
    """Does the client have an answer, whichever it is?"""
    return asked.fields.get(b"if-none-match", b"").strip() == b"*"


def not_modified(reply: Reply, tag: bytes) -> Reply:
    """What is told to a client that has the answer already."""
    headers = [header for header in reply.headers if header[0].lower() not in _OF_THE_BODY]
    return Reply(304, headers if (b"ETag", tag) in headers else [*headers, (b"ETag", tag)], b"")
