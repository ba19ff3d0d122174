"""Addresses that much names which does without Flask: where the APIs lie, and what means every interface."""

from typing import Final

__all__ = ["DATA_API", "EVERY_INTERFACE", "INGESTION_API"]

DATA_API: Final = "/api/v3"
INGESTION_API: Final = "/api"
# As a host to listen on; none of them is an address to call.
EVERY_INTERFACE: Final = ("*", "0.0.0.0", "::", "[::]")
