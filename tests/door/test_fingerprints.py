"""Digests are those of the whole body, however it is taken in."""

import hashlib

import pytest

from mockserver.door.fingerprints import sha256


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 4094, 4095, 32_752, 32_753, 300_000])
def test_a_digest_is_of_the_whole_body(size: int) -> None:
    """On both sides of each length at which it is done otherwise."""
    body = bytes(number * 7 % 251 for number in range(size))
    assert sha256(body) == hashlib.sha256(body).hexdigest()
