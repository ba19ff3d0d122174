"""SHA-256 of what came and went, as the journal tells it."""

import hashlib

__all__ = ["sha256"]

# Of more than this, `hashlib` lets other threads go on meanwhile. A small body is hashed in less time than it takes to
# get one's turn back.
_HELD_BYTES = 2047
_SMALL_BYTES = 16 * _HELD_BYTES


def sha256(body: bytes) -> str:
    """The digest of a body, in hexadecimal digits."""
    if not _HELD_BYTES < len(body) <= _SMALL_BYTES:
        return hashlib.sha256(body).hexdigest()
    digest, view = hashlib.sha256(), memoryview(body)
    for start in range(0, len(body), _HELD_BYTES):
        digest.update(view[start : start + _HELD_BYTES])
    return digest.hexdigest()
