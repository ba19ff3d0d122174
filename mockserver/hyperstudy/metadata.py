"""What many metadata blocks have in common: which data an answer is about, and when it was given.

Source: response metadata of the data page, which all responses have (documented); that management endpoints have
the same is inferred.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from mockserver.hyperstudy.calls import Call
from mockserver.words.json_schema import INSTANT, TEXT, Schema
from mockserver.words.timestamps import iso_from_ms

__all__ = ["ABOUT", "KIND", "NOW", "PLACE", "about"]

# JSON Schemas by name.
KIND: Mapping[str, Schema] = MappingProxyType({"dataType": TEXT})
PLACE: Mapping[str, Schema] = MappingProxyType({"scope": TEXT, "scopeId": TEXT})
NOW: Mapping[str, Schema] = MappingProxyType({"timestamp": INSTANT})
ABOUT: Mapping[str, Schema] = MappingProxyType({**KIND, **PLACE, **NOW})


def about(call: Call, data_type: str, level: str, scope_id: str) -> dict[str, Any]:
    """The values that `ABOUT` describes."""
    return {"dataType": data_type, "scope": level, "scopeId": scope_id, "timestamp": iso_from_ms(call.now_ms)}
