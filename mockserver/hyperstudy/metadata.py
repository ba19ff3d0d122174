"""JSON Schemas of what many metadata blocks have in common.

Source: response metadata of the data page (documented); that management endpoints have the same is inferred.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

__all__ = ["KIND", "NOW", "PLACE"]

_TEXT = {"type": "string"}

KIND: Mapping[str, dict[str, Any]] = MappingProxyType({"dataType": _TEXT})
PLACE: Mapping[str, dict[str, Any]] = MappingProxyType({"scope": _TEXT, "scopeId": _TEXT})
NOW: Mapping[str, dict[str, Any]] = MappingProxyType({"timestamp": {"type": "string", "format": "date-time"}})
