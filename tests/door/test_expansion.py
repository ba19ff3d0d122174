"""Compressed bodies by themselves: what they expand to, how far at most, and what is wrong with others."""

import contextlib
import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Sequence

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.door.expansion import (
    ExpandsTooFarError,
    NotExpandableError,
    UnknownCodingError,
    codings_of,
    expanded,
    unsaid_coding,
)


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


# How clients write what they call by that name.
WRITERS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip in members": ("gzip", lambda body: gzip.compress(body[:7]) + gzip.compress(b"") + gzip.compress(body[7:])),
    "gzip with padding": ("gzip", lambda body: gzip.compress(body) + b"\0\0\0"),
    "deflate": ("deflate", zlib.compress),
    "deflate, stored": ("deflate", lambda body: zlib.compress(body, 0)),
    "raw deflate": ("deflate", raw_deflate),
}
MOST = 100_000


@given(st.binary(max_size=9000), st.lists(st.sampled_from(list(WRITERS)), max_size=8))
def test_a_body_is_expanded_to_what_it_was(body: bytes, names: Sequence[str]) -> None:
    """Whatever was done to it, in the order in which it was done."""
    sent, codings = body, []
    for name in names:
        coding, write = WRITERS[name]
        sent, codings = write(sent), [*codings, coding]
    assert expanded(sent, codings_of(", ".join(codings)), MOST) == body


@pytest.mark.parametrize("name", WRITERS)
def test_most_bytes_are_allowed_and_one_more_is_not(name: str) -> None:
    """Of the last coding and of each before it."""
    coding, write = WRITERS[name]
    assert expanded(write(bytes(MOST)), [coding], MOST) == bytes(MOST)
    for codings, sent in (
        ([coding], write(bytes(MOST + 1))),
        ([coding, "gzip"], gzip.compress(write(bytes(MOST + 1)), mtime=0)),
    ):
        with pytest.raises(ExpandsTooFarError):
            expanded(sent, codings, MOST)
    # Half way it is too large, and at the end it is not.
    with pytest.raises(ExpandsTooFarError):
        expanded(gzip.compress(gzip.compress(b"") * 6000), ["gzip", "gzip"], MOST)


@pytest.mark.parametrize("write", [gzip.compress, zlib.compress, raw_deflate])
def test_a_bomb_is_not_expanded_beyond_what_is_allowed(write: Callable[[bytes], bytes]) -> None:
    """Two hundred megabytes of zeros in 200 kB cost what is allowed, and not more."""
    bomb = write(bytes(200_000_000))
    tracemalloc.start()
    with pytest.raises(ExpandsTooFarError):
        expanded(bomb, ["gzip" if write is gzip.compress else "deflate"], 1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000


@pytest.mark.parametrize("name", WRITERS)
def test_a_body_that_is_cut_off_is_refused_wherever_that_is(name: str) -> None:
    """No part of a body is taken for the whole."""
    coding, write = WRITERS[name]
    body = bytes(range(256)) * 4
    sent = write(body).rstrip(b"\0") if "padding" in name else write(body)
    whole = [place for place in range(len(sent)) if name == "gzip in members" and sent.startswith(b"\x1f\x8b", place)]
    for length in range(1, len(sent)):
        # Between members, what came is whole.
        if length not in whole:
            with pytest.raises(NotExpandableError, match="cut off|is not|goes on"):
                expanded(sent[:length], [coding], MOST)


@pytest.mark.parametrize(
    ("coding", "sent", "told"),
    [
        ("gzip", b'{"sessionId": "s"}', "the body is not gzip, as its Content-Encoding says (incorrect header check)"),
        ("gzip", zlib.compress(b"{}"), "the body is not gzip, as its Content-Encoding says (incorrect header check)"),
        ("deflate", b'{"sessionId": "s"}', "the body is not deflate, as its Content-Encoding says ("),
        ("deflate", gzip.compress(b"{}", mtime=0), "the body is not deflate, as its Content-Encoding says ("),
        (
            "gzip",
            gzip.compress(b"{}", mtime=0)[:-8] + bytes(8),
            "the body is not gzip, as its Content-Encoding says (incorrect d",
        ),
        ("gzip", gzip.compress(b"{}", mtime=0) + b"{}", "the body goes on after the end of its gzip"),
        ("deflate", zlib.compress(b"{}") + b"{}", "the body goes on after the end of its deflate"),
        ("gzip", gzip.compress(b"{}", mtime=0)[:10], "the body is cut off: its gzip ends too early"),
    ],
)
def test_what_is_wrong_with_a_body_is_told(coding: str, sent: bytes, told: str) -> None:
    """By the name that its client gave it."""
    with pytest.raises(NotExpandableError) as caught:
        expanded(sent, [coding], MOST)
    assert str(caught.value).startswith(told)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate"]))
@example(b"\x78\xbb", "deflate")
def test_any_bytes_are_expanded_or_refused(sent: bytes, coding: str) -> None:
    """And nothing crashes."""
    with contextlib.suppress(NotExpandableError, ExpandsTooFarError):
        assert isinstance(expanded(sent, [coding], MOST), bytes)


@pytest.mark.parametrize(
    ("header", "codings"),
    [
        ("", []),
        (" ", []),
        ("identity", []),
        ("Identity,", []),
        ("GZIP", ["gzip"]),
        ("x-gzip", ["gzip"]),
        ("deflate, identity ,x-GZip", ["deflate", "gzip"]),
        ("gzip," * 8, ["gzip"] * 8),
    ],
)
def test_codings_are_read_in_their_order(header: str, codings: list[str]) -> None:
    """In any case; `x-gzip` is an old name, and `identity` is none."""
    assert codings_of(header) == codings


@pytest.mark.parametrize("name", ["br", "zstd", "compress", "gzip;q=1", "aws-chunked", "*", "x" * 1000])
def test_other_codings_are_told_what_is_read(name: str) -> None:
    """In short, and whichever stand beside it."""
    for header in (name, f"gzip, {name}", f"{name}, gzip"):
        with pytest.raises(UnknownCodingError) as caught:
            codings_of(header)
        said = f"The body is compressed with {name[:40]} (Content-Encoding); send it as gzip or deflate, or as it is"
        assert str(caught.value) == said
    with pytest.raises(UnknownCodingError, match="compressed 9 times"):
        codings_of("gzip," * 9)


@pytest.mark.parametrize("level", range(10))
def test_what_is_compressed_and_does_not_say_so_is_noticed(level: int) -> None:
    """By how it begins, and no JSON begins so."""
    assert unsaid_coding(gzip.compress(b"{}", level)) == "gzip"
    assert unsaid_coding(zlib.compress(b"{}", level)) == "deflate"
    for body in (b"", b"{}", b"[1]", b"80", b"8>", b"H", b' "x"', b"\xef\xbb\xbf{}", b"x"):
        assert unsaid_coding(body) == ""
