"""The links of a recording's record: two ways to its file, for the host that the request came to.

Source: `downloadUrl` signed and expiring (documented), `url` and `downloadPath` (observed in the client).
"""

from dataclasses import dataclass

from mockserver.hyperstudy.files import recording_path
from mockserver.hyperstudy.links import LINK_TTL_MS, sign
from mockserver.simulation.records.records import Recording, SparseRating

__all__ = ["RecordingLinks"]


@dataclass(frozen=True, slots=True)
class RecordingLinks:
    """Makes links that are valid for seven days from now.

    Attributes:
        base: Where the client reaches the server, without a slash at its end.
        base_path: The API's.
        secret: What links are signed with.
        observed: The reading of the official client is wanted.
        now_ms: The sandbox's now, ms since the epoch.
    """

    base: str
    base_path: str
    secret: str
    observed: bool
    now_ms: int

    def download_url(self, record: Recording) -> str | None:
        """A signed link; None while, or where, there is no file."""
        if record.file_size_bytes is None:
            return None
        path = recording_path(self.base_path, record.room_id, record.recording_id, record.format)
        return self.base + sign(path, self.now_ms + LINK_TTL_MS, self.secret)

    def status(self, record: Recording) -> str:
        """`completed` is documented, `complete` is what the official client saw."""
        return "complete" if self.observed and record.status == "completed" else record.status

    def rating(self, record: SparseRating) -> float:
        """On the question's own scale, as the data page shows it; from 0 to 100 is what the official client saw."""
        if not self.observed:
            return record.value
        return 100 * (record.value - record.scale_min) / (record.scale_max - record.scale_min)

    def download_path(self, record: Recording) -> str | None:
        """The path that mints a link, relative to the base URL; None where there is no file."""
        if record.file_size_bytes is None:
            return None
        return f"/data/recordings/download/{record.room_id}/{record.recording_id}"
