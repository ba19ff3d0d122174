"""Where the emulated APIs lie on a server; apart from the APIs, since much that names them does without Flask."""

from typing import Final

__all__ = ["DATA_API", "INGESTION_API"]

DATA_API: Final = "/api/v3"
INGESTION_API: Final = "/api"
