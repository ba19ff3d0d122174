"""The links of a recording's record: two ways to its file, for the host that the request came to.

Source: `downloadUrl` signed and expiring (documented), `url` and `downloadPath` (observed in the client).
"""

from mockserver.hyperstudy.files import recording_path
from mockserver.hyperstudy.links import LINK_TTL_MS, sign
from mockserver.sandbox.settings import Settings
from mockserver.simulation.records.records import Recording, SparseRating

__all__ = ["RecordingLinks"]


class RecordingLinks:
    """Makes links that are valid for seven days from now.

    Args:
        base: Where the client reaches the server, without a slash at its end.
        base_path: The API's. now_ms: the sandbox's now.
        settings: The secret that signs links, and which reading of a status is wanted.
    """

    def __init__(self, base: str, base_path: str, settings: Settings, now_ms: int) -> None:
        self._base = base
        self._base_path = base_path
        self._secret = settings.link_secret
        self._observed = settings.reading == "observed"
        self._expires_at_ms = now_ms + LINK_TTL_MS

    def download_url(self, record: Recording) -> str | None:
        """A signed link; None while, or where, there is no file."""
        if record.file_size_bytes is None:
            return None
        path = recording_path(self._base_path, record.room_id, record.recording_id, record.format)
        return self._base + sign(path, self._expires_at_ms, self._secret)

    def status(self, record: Recording) -> str:
        """`completed` is documented, `complete` is what the official client saw."""
        return "complete" if self._observed and record.status == "completed" else record.status

    def rating(self, record: SparseRating) -> float:
        """On the question's own scale, as the data page shows it; from 0 to 100 is what the official client saw."""
        if not self._observed:
            return record.value
        return 100 * (record.value - record.scale_min) / (record.scale_max - record.scale_min)

    def download_path(self, record: Recording) -> str | None:
        """The path that mints a link, relative to the base URL; None where there is no file."""
        if record.file_size_bytes is None:
            return None
        return f"/data/recordings/download/{record.room_id}/{record.recording_id}"
