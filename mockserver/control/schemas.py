"""What the body of an order for a token must look like."""

from dataclasses import dataclass

from marshmallow import EXCLUDE, Schema

from mockserver.ingestion.fields import Choice, Text, Whole, Within
from mockserver.ingestion.tokens import DAY_S

__all__ = ["TokenOrder", "TokenOrderSchema"]

_LONGEST_TTL_S = 365 * DAY_S


@dataclass(frozen=True, slots=True)
class TokenOrder:
    """Which token to make: for whom, for how long (negative: an expired one), and on which plan."""

    subject: str = "tester"
    ttl_s: int = DAY_S
    plan: str = "free"


class TokenOrderSchema(Schema):
    """Body of `POST /_mock/tokens`; all fields are optional, and a token lasts a year at most."""

    class Meta:
        unknown = EXCLUDE

    subject = Text()
    plan = Text(validate=Choice("free", "pro"))
    ttl_s = Whole(data_key="ttlSeconds", validate=Within(-_LONGEST_TTL_S, _LONGEST_TTL_S))
