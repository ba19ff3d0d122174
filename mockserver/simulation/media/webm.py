"""Audio recordings: a track of Opus silence as long as the recording, and a Void element behind it.

Silence costs next to nothing in Opus: a frame of no bytes is legal (RFC 6716, 3.2.1) and decoders answer it
with silence, so a packet of six such frames is two bytes for 120 ms. What a client decodes therefore has
exactly 48 samples for each ms of the recording, for 67 bytes a second. No base file is needed. The elements
stand in the order in which they are read: header, Segment (Info, Tracks, Clusters of half a minute, Void).
"""

import struct
from functools import cache

__all__ = ["CONTENT_TYPE", "head", "smallest_size"]

CONTENT_TYPE = "audio/webm"

# Matroska's names (RFC 9559) for the elements used here.
_EBML, _EBML_VERSION, _EBML_READ_VERSION = 0x1A45DFA3, 0x4286, 0x42F7
_EBML_MAX_ID_LENGTH, _EBML_MAX_SIZE_LENGTH = 0x42F2, 0x42F3
_DOC_TYPE, _DOC_TYPE_VERSION, _DOC_TYPE_READ_VERSION = 0x4282, 0x4287, 0x4285
_VOID, _SEGMENT = 0xEC, 0x18538067
_INFO, _TIMESTAMP_SCALE, _DURATION, _MUXING_APP, _WRITING_APP = 0x1549A966, 0x2AD7B1, 0x4489, 0x4D80, 0x5741
_TRACKS, _TRACK_ENTRY, _TRACK_NUMBER, _TRACK_UID, _TRACK_TYPE = 0x1654AE6B, 0xAE, 0xD7, 0x73C5, 0x83
_FLAG_LACING, _CODEC_ID, _CODEC_PRIVATE, _SEEK_PRE_ROLL = 0x9C, 0x86, 0x63A2, 0x56BB
_AUDIO, _SAMPLING_FREQUENCY, _CHANNELS = 0xE1, 0xB5, 0x9F
_CLUSTER, _TIMESTAMP, _SIMPLE_BLOCK = 0x1F43B675, 0xE7, 0xA3
_BLOCK_GROUP, _BLOCK, _DISCARD_PADDING = 0xA0, 0xA1, 0x75A2

_NS_PER_MS = 1_000_000
_SAMPLE_RATE_HZ = 48_000
_AUDIO_TRACK_TYPE = 2
# What WebM asks of Opus (80 ms), so that a decoder has settled where playback begins after a seek.
_SEEK_PRE_ROLL_NS = 80 * _NS_PER_MS

_PACKET_MS = 120
# Configuration 31 (fullband, 20 ms frames), mono; the second byte counts frames of equal size, here none.
_SILENT_PACKET = bytes((31 << 3 | 0b11, _PACKET_MS // 20))
# A packet's time is that of its cluster plus a signed 16-bit number of ms.
_PACKETS_PER_CLUSTER = 250
_CLUSTER_MS = _PACKETS_PER_CLUSTER * _PACKET_MS
_KEYFRAME = 0x80

_SHORT_SIZE_LIMIT = 0x7F


def smallest_size(duration_ms: int) -> int:
    """Bytes of the shortest file: 67 for each second of silence, and some 200 around it."""
    return len(_head(_content(duration_ms), void_bytes=0))


def head(duration_ms: int, size_bytes: int) -> bytes:
    """Everything of a file of `size_bytes` that comes before its filler; grows with the duration.

    Args:
        duration_ms: At least 1.
        size_bytes: `smallest_size(duration_ms)` to 2**56.
    """
    content = _content(duration_ms)
    return _head(content, void_bytes=size_bytes - len(_head(content, void_bytes=0)))


def _head(content: bytes, *, void_bytes: int) -> bytes:
    """A whole file but for the payload of the Void element that ends it."""
    void_header = _element_header(_VOID, void_bytes)
    segment_bytes = len(content) + len(void_header) + void_bytes
    return b"".join((_ebml_header(), _element_header(_SEGMENT, segment_bytes), content, void_header))


def _content(duration_ms: int) -> bytes:
    """What the Segment holds before the Void element."""
    return _info(duration_ms) + _tracks() + _clusters(duration_ms)


def _ebml_header() -> bytes:
    return _element(
        _EBML,
        _unsigned(_EBML_VERSION, 1),
        _unsigned(_EBML_READ_VERSION, 1),
        _unsigned(_EBML_MAX_ID_LENGTH, 4),
        _unsigned(_EBML_MAX_SIZE_LENGTH, 8),
        _element(_DOC_TYPE, b"webm"),
        _unsigned(_DOC_TYPE_VERSION, 4),
        _unsigned(_DOC_TYPE_READ_VERSION, 2),
    )


def _info(duration_ms: int) -> bytes:
    return _element(
        _INFO,
        _unsigned(_TIMESTAMP_SCALE, _NS_PER_MS),
        _float(_DURATION, duration_ms),
        _element(_MUXING_APP, b"mockserver"),
        _element(_WRITING_APP, b"mockserver"),
    )


def _tracks() -> bytes:
    # RFC 7845, 5.1: version 1, one channel, nothing to skip at the start, no gain, the plain channel mapping.
    opus_head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, _SAMPLE_RATE_HZ, 0, 0)
    audio = _element(_AUDIO, _float(_SAMPLING_FREQUENCY, _SAMPLE_RATE_HZ), _unsigned(_CHANNELS, 1))
    entry = _element(
        _TRACK_ENTRY,
        _unsigned(_TRACK_NUMBER, 1),
        _unsigned(_TRACK_UID, 1),
        _unsigned(_TRACK_TYPE, _AUDIO_TRACK_TYPE),
        _unsigned(_FLAG_LACING, 0),
        _element(_CODEC_ID, b"A_OPUS"),
        _element(_CODEC_PRIVATE, opus_head),
        _unsigned(_SEEK_PRE_ROLL, _SEEK_PRE_ROLL_NS),
        audio,
    )
    return _element(_TRACKS, entry)


def _clusters(duration_ms: int) -> bytes:
    """Silence from 0 to `duration_ms`; full packets but for the last, whose surplus decoders discard."""
    full_packets = (duration_ms - 1) // _PACKET_MS
    full_clusters, packets_over = divmod(full_packets, _PACKETS_PER_CLUSTER)
    cluster_blocks = _cluster_blocks()
    clusters = [_cluster(index * _CLUSTER_MS, cluster_blocks) for index in range(full_clusters)]
    surplus_ms = (full_packets + 1) * _PACKET_MS - duration_ms
    blocks_over = cluster_blocks[: packets_over * (len(cluster_blocks) // _PACKETS_PER_CLUSTER)]
    ending = blocks_over + _last_packet(packets_over * _PACKET_MS, surplus_ms)
    return b"".join((*clusters, _cluster(full_clusters * _CLUSTER_MS, ending)))


def _cluster(start_ms: int, blocks: bytes) -> bytes:
    return _element(_CLUSTER, _unsigned(_TIMESTAMP, start_ms), blocks)


@cache
def _cluster_blocks() -> bytes:
    """The packets of a full cluster, each of the same number of bytes."""
    times_ms = range(0, _CLUSTER_MS, _PACKET_MS)
    return b"".join(_element(_SIMPLE_BLOCK, _block(after_ms, _KEYFRAME)) for after_ms in times_ms)


def _last_packet(after_ms: int, surplus_ms: int) -> bytes:
    discard = struct.pack(">i", surplus_ms * _NS_PER_MS)
    return _element(_BLOCK_GROUP, _element(_BLOCK, _block(after_ms, 0)), _element(_DISCARD_PADDING, discard))


def _block(after_ms: int, flags: int) -> bytes:
    """One packet of track 1, `after_ms` after the start of its cluster."""
    return struct.pack(">BhB", 0x80 | 1, after_ms, flags) + _SILENT_PACKET


def _unsigned(element_id: int, value: int) -> bytes:
    return _element(element_id, value.to_bytes(max(1, _byte_length(value))))


def _float(element_id: int, value: float) -> bytes:
    return _element(element_id, struct.pack(">d", value))


def _element(element_id: int, *payloads: bytes) -> bytes:
    payload = b"".join(payloads)
    if len(payload) < _SHORT_SIZE_LIMIT:
        return element_id.to_bytes(_byte_length(element_id)) + bytes((0x80 | len(payload),)) + payload
    return _element_header(element_id, len(payload)) + payload


def _element_header(element_id: int, payload_bytes: int) -> bytes:
    """An element's id and size, the latter always in eight bytes: so no file size is out of reach."""
    return element_id.to_bytes(_byte_length(element_id)) + struct.pack(">Q", 1 << 56 | payload_bytes)


def _byte_length(number: int) -> int:
    return (number.bit_length() + 7) // 8
