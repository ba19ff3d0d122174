"""The files of recordings: they play, they weigh what they should, and any part of them can be had alone."""

import io
import itertools
import struct
import tracemalloc
from collections.abc import Iterator

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.simulation.media.files import LARGEST_BYTES, LONGEST_MS, MediaFile, recording_file, smallest_size

FORMATS = ("mp4", "webm")
SEED_SIZE_BYTES = 145_678_901
QUARTER_HOUR_MS = 900_000

formats = st.sampled_from(FORMATS)
durations_ms = st.integers(1, 60_000)
fillers_bytes = st.integers(0, 1_000_000)


class Pipe:
    """Bytes that can be read once, in order."""

    def __init__(self, content: bytes) -> None:
        self.read = io.BytesIO(content).read


def make(format: str, duration_ms: int, filler_bytes: int = 0, key: str = "room/rec") -> MediaFile:
    return recording_file(format, duration_ms, smallest_size(format, duration_ms) + filler_bytes, key)


def whole(file: MediaFile) -> bytes:
    return file.read(0, file.size)


def boxes(file: MediaFile) -> Iterator[tuple[bytes, int, int]]:
    """The top-level boxes of an mp4 file: type, start and length in bytes; only their headers are read."""
    start = 0
    while start < file.size:
        length, box_type = struct.unpack(">I4s", file.read(start, start + 8))
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(start + 8, start + 16))
        assert length >= 8
        yield box_type, start, length
        start += length


def element(file: MediaFile, start: int) -> tuple[int, int, int]:
    """The Matroska element that begins at `start`: id, start of its payload, its end; in bytes."""
    header = file.read(start, min(start + 12, file.size))
    id_bytes = 9 - header[0].bit_length()
    size_at = id_bytes
    size_bytes = 9 - header[size_at].bit_length()
    size = int.from_bytes(header[size_at : size_at + size_bytes]) & ((1 << 7 * size_bytes) - 1)
    payload = start + size_at + size_bytes
    return int.from_bytes(header[:id_bytes]), payload, payload + size


@settings(deadline=None, max_examples=60)
@given(durations_ms, fillers_bytes)
def test_video_decodes_from_first_to_last_frame(duration_ms: int, filler_bytes: int) -> None:
    """Every frame decodes, is 1280x720, and they hold in equal parts for the whole stated duration."""
    file = make("mp4", duration_ms, filler_bytes)
    with av.open(io.BytesIO(whole(file))) as container:
        assert abs(container.duration / 1000 - duration_ms) <= 50
        (stream,) = container.streams
        assert abs(stream.duration * stream.time_base * 1000 - duration_ms) <= 50
        frames = list(container.decode(stream))
    assert [(frame.width, frame.height) for frame in frames] == [(1280, 720)] * stream.frames
    shares = [frame.pts * frame.time_base * 1000 / duration_ms for frame in frames]
    assert shares == [index / len(frames) for index in range(len(frames))]


def test_video_shows_time_passing() -> None:
    """The frames are pictures that differ, so that a player's progress can be seen."""
    with av.open(io.BytesIO(whole(make("mp4", 1000)))) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
    assert len(pictures) == 4
    assert all((one != other).any() for one, other in itertools.combinations(pictures, 2))
    assert all(picture.std() > 10 for picture in pictures)


@settings(deadline=None, max_examples=60)
@given(durations_ms, fillers_bytes)
def test_audio_decodes_to_every_sample(duration_ms: int, filler_bytes: int) -> None:
    """Audio gives exactly 48 samples per ms, without a gap, and is stated to last that long."""
    file = make("webm", duration_ms, filler_bytes)
    with av.open(io.BytesIO(whole(file))) as container:
        assert abs(container.duration / 1000 - duration_ms) <= 50
        (stream,) = container.streams
        assert (stream.codec_context.name, stream.sample_rate, stream.channels) == ("opus", 48_000, 1)
        frames = list(container.decode(stream))
    starts_ms = [frame.pts * frame.time_base * 1000 for frame in frames]
    assert starts_ms == list(itertools.accumulate((frame.samples / 48 for frame in frames[:-1]), initial=0))
    assert sum(frame.samples for frame in frames) == duration_ms * 48


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("duration_ms", [1, 29_999, 30_000, 30_001, QUARTER_HOUR_MS, 3 * 3_600_000 + 1])
def test_stated_duration_is_exact(format: str, duration_ms: int) -> None:
    """Also at the edges of clusters and for hours."""
    with av.open(io.BytesIO(whole(make(format, duration_ms)))) as container:
        assert container.duration == duration_ms * 1000
        packets = [packet for packet in container.demux() if packet.size]
    assert packets[-1].pts * packets[-1].time_base * 1000 < duration_ms


@pytest.mark.parametrize("format", FORMATS)
def test_file_plays_through_a_pipe(format: str) -> None:
    """A client may hand the download straight to a decoder, which then cannot seek in it."""
    file = make(format, QUARTER_HOUR_MS, 123_457)
    from_pipe, from_file = Pipe(whole(file)), io.BytesIO(whole(file))
    with av.open(from_pipe) as piped, av.open(from_file) as container:
        assert [packet.pts for packet in piped.demux()] == [packet.pts for packet in container.demux()]


@given(formats, durations_ms, fillers_bytes)
def test_size_is_exact(format: str, duration_ms: int, filler_bytes: int) -> None:
    """Whatever size is asked for, from the smallest on, that many bytes come."""
    size_bytes = smallest_size(format, duration_ms) + filler_bytes
    file = recording_file(format, duration_ms, size_bytes, "key")
    assert file.size == len(whole(file)) == sum(map(len, file.chunks(0, file.size))) == size_bytes


@given(formats, durations_ms, st.integers(0, 200_000), st.data())
def test_ranges_concatenate_to_the_whole(format: str, duration_ms: int, filler_bytes: int, data: st.DataObject) -> None:
    """Cutting a file anywhere, in any number of places, changes no byte."""
    file = make(format, duration_ms, filler_bytes)
    cuts = data.draw(st.lists(st.integers(0, file.size), max_size=8).map(sorted))
    edges = [0, *cuts, file.size]
    assert b"".join(file.read(*span) for span in itertools.pairwise(edges)) == whole(file)


@given(formats, st.integers(0, 50_000), st.integers(0, 50_000), st.integers(1, 70_000))
def test_chunks_are_the_range_in_pieces(format: str, one: int, other: int, chunk_bytes: int) -> None:
    """Chunks are no longer than asked for, and together the range."""
    file = make(format, 1000, 50_000)
    start, stop = sorted((one, other))
    pieces = list(file.chunks(start, stop, chunk_bytes))
    assert all(0 < len(piece) <= chunk_bytes for piece in pieces)
    assert b"".join(pieces) == file.read(start, stop)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("part_bytes", [65_536, 1_000_000, 1 << 20, 8 << 20])
def test_parts_of_a_round_size_differ(format: str, part_bytes: int) -> None:
    """A download whose parts were put together in the wrong order has another checksum."""
    file = make(format, 1000, SEED_SIZE_BYTES)
    parts = {file.read(index * part_bytes, index * part_bytes + 64) for index in range(1, 16)}
    assert len(parts) == 15


@pytest.mark.parametrize("format", FORMATS)
def test_key_decides_the_filler(format: str) -> None:
    """Two recordings of the same size differ; the same one never does."""
    assert whole(make(format, 1000, 500, "a")) == whole(make(format, 1000, 500, "a"))
    assert whole(make(format, 1000, 500, "a")) != whole(make(format, 1000, 500, "b"))


@pytest.mark.parametrize("format", FORMATS)
def test_large_file_is_read_with_flat_memory(format: str) -> None:
    """The seed's own recording, 145 MB of 15 minutes, never needs more than half a megabyte."""
    recording_file(format, QUARTER_HOUR_MS, SEED_SIZE_BYTES, "key")
    tracemalloc.start()
    try:
        file = recording_file(format, QUARTER_HOUR_MS, SEED_SIZE_BYTES, "key")
        read_bytes = sum(len(chunk) for chunk in file.chunks(0, file.size))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert read_bytes == SEED_SIZE_BYTES
    assert peak_bytes < 500_000


@pytest.mark.parametrize("filler_bytes", [0, 1, (1 << 32) - 10_000, 1 << 32, SEED_SIZE_BYTES << 10])
def test_mp4_boxes_span_the_file(filler_bytes: int) -> None:
    """The headers before the media, the filler last and up to the end, in files over 4 GiB too."""
    file = make("mp4", QUARTER_HOUR_MS, filler_bytes)
    found = list(boxes(file))
    assert [box_type for box_type, _, _ in found] == [b"ftyp", b"moov", b"free", b"mdat", b"free"]
    assert found[-1][1] + found[-1][2] == file.size


def test_mp4_headers_agree_on_the_duration() -> None:
    """Movie, track and media each state it, in ticks of their own; players differ in which they believe."""
    content = whole(make("mp4", 123_457))
    movie_ticks_per_s, movie_ticks = struct.unpack_from(">II", content, content.index(b"mvhd") + 16)
    (track_ticks,) = struct.unpack_from(">I", content, content.index(b"tkhd") + 24)
    media_ticks_per_s, media_ticks = struct.unpack_from(">II", content, content.index(b"mdhd") + 16)
    stated_ms = [
        movie_ticks * 1000 / movie_ticks_per_s,
        track_ticks * 1000 / movie_ticks_per_s,
        media_ticks * 1000 / media_ticks_per_s,
    ]
    assert stated_ms == [123_457] * 3


@pytest.mark.parametrize("box_bytes", [(1 << 32) - 1, 1 << 32])
def test_mp4_filler_changes_its_size_field_at_4_gib(box_bytes: int) -> None:
    """A box that 32 bits can describe has a short header, the next longer one a 64-bit size."""
    file = make("mp4", 1000, box_bytes - 8)
    *_, (box_type, start, length) = boxes(file)
    assert (box_type, length) == (b"free", box_bytes)
    assert file.read(start, start + 4) == struct.pack(">I", 1 if box_bytes >> 32 else box_bytes)


@pytest.mark.parametrize("filler_bytes", [0, 1, 126, 127, 128, 16_383, SEED_SIZE_BYTES, 1 << 32, 1 << 40])
def test_webm_elements_span_the_file(filler_bytes: int) -> None:
    """The segment ends with the file, and so does the Void element inside it."""
    file = make("webm", 61_000, filler_bytes)
    _, _, segment_start = element(file, 0)
    segment_id, start, segment_stop = element(file, segment_start)
    assert (segment_id, segment_stop) == (0x18538067, file.size)
    ids = []
    while start < file.size:
        element_id, _, start = element(file, start)
        ids.append(element_id)
    assert ids == [0x1549A966, 0x1654AE6B, *[0x1F43B675] * 3, 0xEC]
    assert start == file.size


@pytest.mark.parametrize("format", FORMATS)
def test_too_small_a_size_names_the_smallest(format: str) -> None:
    """The one who asks learns what would have worked."""
    smallest_bytes = smallest_size(format, 5000)
    with pytest.raises(ValueError, match=str(smallest_bytes)):
        recording_file(format, 5000, smallest_bytes - 1, "key")


def test_smallest_files_are_small() -> None:
    """A quarter of an hour fits into tens of kilobytes, and ten seconds into less than ten."""
    assert smallest_size("mp4", QUARTER_HOUR_MS) < 10_000
    assert smallest_size("webm", QUARTER_HOUR_MS) < 64_000
    assert smallest_size("webm", 10_000) < 1_100


@pytest.mark.parametrize(
    ("format", "duration_ms", "size_bytes", "named"),
    [
        ("mov", 1000, 50_000, "mp4, webm"),
        ("mp4", 0, 50_000, "duration_ms is 0"),
        ("webm", LONGEST_MS + 1, 50_000_000, str(LONGEST_MS)),
        ("mp4", 1000, LARGEST_BYTES + 1, str(LARGEST_BYTES)),
    ],
)
def test_impossible_files_are_refused(format: str, duration_ms: int, size_bytes: int, named: str) -> None:
    """The message names what is wrong or would be right."""
    with pytest.raises(ValueError, match=named):
        recording_file(format, duration_ms, size_bytes, "key")


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 10**9)])
def test_bytes_outside_the_file_are_refused(start: int, stop: int) -> None:
    """Short answers would hide a bug in who asks."""
    with pytest.raises(ValueError, match="no bytes"):
        make("mp4", 1000).read(start, stop)
